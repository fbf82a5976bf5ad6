"""The desks beside the pairs: unknown names, sources and what was not read, lists to send, publishing."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from dedupe import journal
from dedupe.desk.actions import ActionError, LastNight, PublishState, SourceState
from dedupe.journal import Event
from tests.dedupe.desk.conftest import signed_in, token_of
from tests.support.desk_home import NIGHT, desk_app, no_actions

BODY = "ab" * 32
EVIL = "<script>alert(1)</script>"
STRANGER = {"offers": 3, "sources": [["alpha", 2], ["beta", 1]], "example": "alpha:000", "title": "Gabelstapler"}
HANDOUTS: dict[str, list[dict[str, Any]]] = {
    "unknown-providers.jsonl": [
        STRANGER | {"key": "werkschule-musterhof", "name": "Werkschule Musterhof GmbH"},
        STRANGER | {"key": "musterhof", "name": "Musterhof e.V.", "offers": 1},
    ],
    "unknown-places.jsonl": [STRANGER | {"key": "haus am anger", "name": "Haus am Anger"}],
    "completeness.jsonl": [
        {"key": "b", "name": '=HYPERLINK("x")', "offers": 2, "score": 37.0, "missing": [["Preis", 2]], "letter": "-"},
        {"key": "a", "name": "Haus Übung", "offers": 1, "score": 91.5, "missing": [], "letter": "Ihr Angebot ..."},
    ],
    "quarantine.jsonl": [
        {"source": "alpha", "run": NIGHT, "kind": kind, "field": field, "reason": reason, "raw": raw,
         "offer_id": offer_id, "url": url, "body": body, "count": count, "line": None}
        for kind, field, reason, raw, offer_id, url, body, count in (
            ("field", "Preis", "keine Zahl erkannt", f"teuer {EVIL}", "alpha:000", "javascript:alert(1)", BODY, 40),
            ("record", "Eintrag", "ref: fehlt", "{}", None, None, None, None),
            ("page", "Seiten", "HTTP 500", None, None, "https://haus.example/1", None, None),
        )
    ],
}  # fmt: skip


@pytest.fixture
def home(home: Path) -> Path:
    for name, rows in HANDOUTS.items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (home / "review" / NIGHT / name).write_text(text, encoding="utf-8")
    return home


def events(home: Path) -> list[Event]:
    return journal.read(home / "journal.jsonl")


def send(browser: TestClient, path: str, **form: str) -> Any:
    return browser.post(path, data={"csrf": token_of(browser.get("/queue"))} | form)


def test_an_unknown_provider_is_assigned_to_a_known_one_or_is_its_own(home: Path, eva: TestClient) -> None:
    page = eva.get("/assign").text
    assert "Anbieter (2)" in page
    assert "Orte (1)" in page
    wanted = {"what": "provider", "key": "werkschule-musterhof", "seen": ""}
    assert send(eva, "/assign/one", **wanted, choice="dekra-akademie").status_code == 303
    assert send(eva, "/assign/one", what="provider", key="musterhof", choice="own", name="Musterhof").status_code == 303
    first, second = events(home)
    assert (first["kind"], first["raw"], first["key"]) == ("assign", "Werkschule Musterhof GmbH", "dekra-akademie")
    assert (second["raw"], second["key"], second["name"]) == ("Musterhof e.V.", "musterhof", "Musterhof")
    page = eva.get("/assign").text
    assert "Anbieter (0)" in page
    assert "ab der nächsten Nacht" in page
    assert "DEKRA Akademie" in page


def test_a_place_is_assigned_to_a_town_or_to_elsewhere_and_taken_back(home: Path, eva: TestClient) -> None:
    place = {"what": "place", "key": "haus am anger"}
    send(eva, "/assign/one", **place, choice="Herten")
    (event,) = events(home)
    assert (event["what"], event["raw"], event["key"]) == ("place", "Haus am Anger", "Herten")
    send(eva, "/assign/one", **place, choice="elsewhere", seen=event["id"])
    assert events(home)[-1]["key"] == "elsewhere"
    send(eva, "/history/undo", event_id=events(home)[-1]["id"], back="assign")
    assert "Herten" in eva.get("/assign", params={"what": "place"}).text


def test_two_who_assign_the_same_name_do_not_overwrite_each_other(
    home: Path, sign_in: Callable[..., TestClient]
) -> None:
    eva, uwe = sign_in("eva"), sign_in("uwe")
    place = {"what": "place", "key": "haus am anger", "seen": ""}
    send(eva, "/assign/one", **place, choice="Herten")
    answer = send(uwe, "/assign/one", **place, choice="Marl")
    assert answer.status_code == 409
    assert "Herten" in answer.text
    assert len(events(home)) == 1


@pytest.mark.parametrize("choice", ["", "atlantis", "own"])
def test_what_is_not_on_the_list_is_refused(home: Path, eva: TestClient, choice: str) -> None:
    assert send(eva, "/assign/one", what="place", key="haus am anger", choice=choice).status_code == 422
    assert send(eva, "/assign/one", what="place", key="nirgends", choice="Herten").status_code == 404
    assert events(home) == []


def test_what_was_not_read_is_listed_by_reason_with_its_kept_page_as_text(home: Path) -> None:
    kept = {("alpha", BODY): f"<h1>Kurs</h1>{EVIL}".encode(), ("alpha", "cd" * 32): b"PK\x03\x04..."}
    actions = no_actions(
        kept=lambda source, body: kept.get((source, body)),
        record=lambda run, offer: f'{{"title": "{EVIL}"}}' if (run, offer) == (NIGHT, "alpha:001") else None,
    )
    app = desk_app(home, actions)
    eva = signed_in(app, "eva")
    page = eva.get("/unread").text
    assert "keine Zahl erkannt" in page
    assert "40 ×" in page
    assert "und 39 weitere" in page
    assert "HTTP 500" in page
    assert EVIL not in page
    assert 'href="javascript' not in page
    assert "keine Zahl erkannt" not in eva.get("/unread", params={"kind": "page"}).text
    shown = eva.get("/unread/page", params={"source": "alpha", "body": BODY}).text
    assert "&lt;h1&gt;Kurs&lt;/h1&gt;" in shown
    assert EVIL not in shown
    assert "keine Textdatei" in eva.get("/unread/page", params={"source": "alpha", "body": "cd" * 32}).text
    assert eva.get("/unread/page", params={"source": "alpha", "body": "ee" * 32}).status_code == 404
    record = eva.get("/unread/record", params={"run": NIGHT, "offer": "alpha:001"}).text
    assert "{&#34;title&#34;: &#34;&lt;script&gt;" in record
    assert eva.get("/unread/record", params={"run": NIGHT, "offer": "alpha:002"}).status_code == 404


def test_the_completeness_of_providers_is_a_table_to_send(eva: TestClient) -> None:
    assert "Haus Übung" in eva.get("/completeness", params={"q": "uebung"}).text
    sheet = load_workbook(BytesIO(eva.get("/completeness.xlsx").content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert rows[0] == ('=HYPERLINK("x")', 2, 37, "Preis (2)", "-")
    assert sheet["A2"].data_type == "s"
    only = load_workbook(BytesIO(eva.get("/completeness.xlsx", params={"provider": "a"}).content)).active
    assert only is not None
    assert [row[0] for row in only.iter_rows(min_row=2, values_only=True)] == ["Haus Übung"]


def sources_app(home: Path, release: Callable[..., Event]) -> TestClient:
    held = SourceState("dekra", "DEKRA Akademie", "held", (f"Der Katalog war leer. {EVIL}",), 0, NIGHT)
    night = LastNight(NIGHT, (held, SourceState("hbz", "HBZ", "fresh", (), 12, NIGHT)))
    return signed_in(desk_app(home, no_actions(night=lambda: night, release=release)), "eva")


def test_a_held_source_is_shown_with_its_reason_and_released_with_one(home: Path) -> None:
    def release(source: str, reason: str, user: str) -> Event:
        event = {"kind": "release", "at": "2026-11-22", "user": user, "source": source, "run": NIGHT, "reason": reason}
        return journal.append(home / "journal.jsonl", event)

    eva = sources_app(home, release)
    page = eva.get("/sources").text
    assert "Der Katalog war leer." in page
    assert EVIL not in page
    assert send(eva, "/sources/release", source="dekra", reason=" ").status_code == 422
    assert send(eva, "/sources/release", source="dekra", reason="neu gebaut").status_code == 303
    assert "Freigegeben von" in eva.get("/sources").text
    send(eva, "/history/undo", event_id=events(home)[0]["id"], back="sources")
    assert "Freigegeben von" not in eva.get("/sources").text


def test_a_release_that_is_refused_says_why(home: Path) -> None:
    def release(*_: str) -> Event:
        raise ActionError("Diese Quelle kennt die letzte Nacht nicht.")

    answer = send(sources_app(home, release), "/sources/release", source="dekra", reason="neu")
    assert answer.status_code == 422
    assert "Diese Quelle kennt die letzte Nacht nicht." in answer.text


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (PublishState("idle"), "Jetzt veröffentlichen"),
        (PublishState("waiting", "Eine Nacht läuft."), "Wartet auf die Nacht."),
        (PublishState("running", "Die Veröffentlichung läuft."), "Läuft."),
        (PublishState("done", "Version 1 ist veröffentlicht.", "1"), "Version 1 ist veröffentlicht."),
        (PublishState("refused", f"Zu viele Kurse fielen weg. {EVIL}"), "Abgelehnt."),
    ],
)
def test_the_desk_says_how_a_publication_stands(home: Path, state: PublishState, says: str) -> None:
    asked: list[str] = []
    actions = no_actions(publish=asked.append, state=lambda: state, published=lambda: "2026-11-21T01:00:00Z")
    eva = signed_in(desk_app(home, actions), "eva")
    judged = {"kind": "judge", "user": "eva", "left": "alpha:000", "right": "beta:000", "verdict": "same"}
    for day in ("2026-11-20", "2026-11-22"):
        journal.append(home / "journal.jsonl", judged | {"at": f"{day}T09:00:00+00:00"})
    page = eva.get("/publishing").text
    assert says in page
    assert "Urteile über Paare: 1" in page
    assert "21.11.2026, 02:00 Uhr" in page
    assert EVIL not in page
    part = eva.get("/publishing/state", headers={"HX-Request": "true"}).text
    assert says in part
    assert "<html" not in part
    assert ("every 2s" in part) == (state.phase in ("waiting", "running"))
    assert send(eva, "/publishing").status_code == 303
    assert asked == ["eva"]


def test_nothing_of_it_is_shown_to_strangers(home: Path) -> None:
    stranger = TestClient(desk_app(home), base_url="http://localhost", follow_redirects=False)
    pages = ("search", "course?offer=alpha:000", "corrections", "correct", "assign", "assign/one", "sources", "unread")
    for path in (
        *pages,
        "unread/page",
        "completeness",
        "completeness.xlsx",
        "publishing",
        "publishing/state",
        "sample",
    ):
        answer = stranger.get(f"/{path}")
        assert (answer.status_code, answer.text) == (303, "")
    for path in ("correct", "corrections/keep", "assign/one", "sources/release", "publishing"):
        assert stranger.post(f"/{path}", data={}).status_code in (303, 403)
