"""Correcting a course: what is written, what is refused, and that nobody overwrites a colleague unseen."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from dedupe import journal
from dedupe.golden import Known
from dedupe.journal import Event
from tests.dedupe.desk.conftest import signed_in, token_of
from tests.dedupe.offers import offer
from tests.support.desk_home import FIRST_SEEN, NOW, desk_app, visible, write_night

UNTIL = "2027-03-31"


def known(offer_id: str, title: str, *, provider: str = "Lernhaus Ruhr gGmbH", **more: Any) -> Known:
    return Known(visible(offer(offer_id, title, provider, **more)), FIRST_SEEN, "active")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with two courses, one of them with a run."""
    write_night(
        tmp_path, [known("alpha:1", "Excel", starts=("2027-03-01",), town="Bottrop"), known("beta:1", "Kehlnaht")]
    )
    return tmp_path


def course_id(home: Path, offer_id: str = "alpha:1") -> str:
    lines = (home / "review" / "current" / "clusters.jsonl").read_text(encoding="utf-8").splitlines()
    found = {row["offer_id"]: row["course_id"] for row in map(json.loads, lines)}
    return str(found[offer_id])


def events(home: Path) -> list[Event]:
    return journal.read(home / "journal.jsonl")


def correct(
    browser: TestClient, home: Path, field: str = "title", page: Response | None = None, **more: Any
) -> Response:
    """Send the form of a field."""
    course = course_id(home)
    page = page or browser.get("/correct", params={"course": course, "field": field})
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
    form = hidden | {"until": UNTIL, "reason": "Tippfehler der Quelle"} | more
    return browser.post("/correct", data=form)


def test_a_correction_is_written_with_reason_end_and_what_the_source_said(home: Path, eva: TestClient) -> None:
    answer = correct(eva, home, value="Excel kompakt")
    assert answer.status_code == 303
    (event,) = events(home)
    del event["id"], event["at"]
    assert event == {
        "kind": "override", "user": "eva", "offer_id": "alpha:1", "field": "title", "value": "Excel kompakt",
        "until": UNTIL, "reason": "Tippfehler der Quelle", "seen": "Excel",
    }  # fmt: skip
    page = eva.get(answer.headers["location"]).text
    assert "Excel kompakt" in page
    assert "noch nicht veröffentlicht" in page
    assert "von Hand korrigiert" not in page  # a single offer needs no word on where a value comes from


@pytest.mark.parametrize(
    ("field", "form", "value"),
    [
        ("topics", {"value": ["office_software", "it"]}, ["office_software", "it"]),
        ("level", {"value": "advanced"}, "advanced"),
        ("url", {"value": "https://haus.example/1"}, "https://haus.example/1"),
        ("hidden", {}, True),
        (
            "place:alpha:1#2027-03-01",
            {"venue": "Bürgerhaus", "postcode": "45699", "city": "Herten"},
            {"venue": "Bürgerhaus", "postcode": "45699", "city": "Herten"},
        ),
    ],
)
def test_every_field_that_can_be_corrected_has_a_form(
    home: Path, eva: TestClient, field: str, form: dict[str, Any], value: Any
) -> None:
    assert correct(eva, home, field, **form).status_code == 303
    (event,) = events(home)
    assert (event["field"], event["value"], event["offer_id"]) == (field, value, "alpha:1")
    assert eva.get("/course", params={"id": course_id(home)}).status_code == 200


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"value": ""}, "Bitte einen Text eingeben."),
        ({"value": "<b>Excel</b>"}, "nur einfachen Text"),
        ({"value": "Excel", "reason": " "}, "Bitte kurz begründen."),
        ({"value": "Excel", "until": ""}, "bis wann die Korrektur gilt"),
        ({"value": "Excel", "until": "2026-11-21"}, "liegt in der Vergangenheit"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_of_it_is_lost(
    home: Path, eva: TestClient, form: dict[str, str], says: str
) -> None:
    answer = correct(eva, home, **form)
    assert answer.status_code == 422
    assert says in answer.text
    assert form["value"].replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert events(home) == []


def test_of_two_who_correct_at_once_the_second_sees_the_first(home: Path, sign_in: Callable[..., TestClient]) -> None:
    eva, uwe = sign_in("eva"), sign_in("uwe")
    late = uwe.get("/correct", params={"course": course_id(home), "field": "title"})
    correct(eva, home, value="Excel von Eva")
    answer = correct(uwe, home, page=late, value="Excel von Uwe")
    assert answer.status_code == 409
    assert "Excel von Eva" in answer.text
    assert len(events(home)) == 1
    assert correct(uwe, home, page=answer, value="Excel von Uwe").status_code == 303
    assert [event["value"] for event in events(home)] == ["Excel von Eva", "Excel von Uwe"]


def test_a_correction_comes_to_the_top_when_its_source_changes_and_can_be_kept_or_lifted(
    home: Path, eva: TestClient
) -> None:
    correct(eva, home, value="Excel kompakt")
    assert "Quelle geändert" not in eva.get("/corrections").text
    write_night(home, [known("alpha:1", "Excel für alle"), known("beta:1", "Kehlnaht")], "20261123T003000Z")
    page = eva.get("/corrections")
    assert 'stand in der Quelle: <bdi class="foreign">Excel</bdi>' in page.text
    assert 'Jetzt steht dort: <bdi class="foreign">Excel für alle</bdi>' in page.text
    (event,) = events(home)
    form = {"csrf": token_of(page), "event_id": event["id"]}
    assert eva.post("/corrections/keep", data=form).status_code == 303
    assert events(home)[-1]["seen"] == "Excel für alle"
    assert "Quelle geändert" not in eva.get("/corrections").text
    lifted = {"csrf": token_of(page), "event_id": events(home)[-1]["id"], "back": "corrections"}
    assert eva.post("/history/undo", data=lifted).headers["location"] == "/corrections"
    assert "Excel für alle" in eva.get("/course", params={"offer": "alpha:1"}).text


def test_a_correction_that_is_over_or_whose_offer_is_gone_is_told(home: Path, eva: TestClient) -> None:
    correct(eva, home, value="Excel kompakt")
    later = signed_in(desk_app(home, now=lambda: datetime(2027, 4, 1, 9, tzinfo=UTC)), "eva")
    assert "abgelaufen" in later.get("/corrections").text
    form = {"csrf": token_of(later.get("/corrections")), "event_id": events(home)[0]["id"]}
    assert later.post("/corrections/keep", data=form).status_code == 303
    assert events(home)[-1]["until"] > "2027-09-01"
    assert ">gilt" in later.get("/corrections").text
    write_night(home, [known("beta:1", "Kehlnaht")], "20261123T003000Z")
    assert "Angebot nicht mehr da" in later.get("/corrections").text


def test_a_hidden_course_says_so(home: Path, eva: TestClient) -> None:
    correct(eva, home, "hidden")
    assert "ausgeblendet" in eva.get("/course", params={"offer": "alpha:1"}).text


@pytest.mark.parametrize("field", ["description", "course_id", "place:alpha:1#weg", ""])
def test_other_fields_have_no_form(home: Path, eva: TestClient, field: str) -> None:
    assert eva.get("/correct", params={"course": course_id(home), "field": field}).status_code == 404
    assert eva.get("/correct", params={"course": "cnirgendwo", "field": "title"}).status_code == 404


def test_a_correction_holds_half_a_year_unless_somebody_says_otherwise(home: Path, eva: TestClient) -> None:
    page = eva.get("/correct", params={"course": course_id(home), "field": "title"}).text
    assert f'value="{(NOW + timedelta(days=182)).date().isoformat()}"' in page
