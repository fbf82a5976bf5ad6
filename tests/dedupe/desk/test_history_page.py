"""The history: who, when, what, why; filtered, taken back, exported; and the figures on it."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from dedupe import journal
from dedupe.desk import second
from dedupe.desk.ledger import Ledger
from tests.dedupe.desk.conftest import token_of
from tests.dedupe.desk.test_pair_page import decide, events, form_of, pair_of
from tests.support.desk_home import alike, write_night


def test_the_history_tells_who_when_what_and_why_and_takes_back(home: Path, eva: TestClient) -> None:
    decide(eva, eva.get("/pair"), "different", note="andere Stufe")
    page = eva.get("/history")
    for told in ("22.11.2026, 10:30 Uhr", '<strong><bdi class="foreign">verschieden</bdi></strong>', "andere Stufe"):
        assert told in page.text
    form = {"csrf": token_of(page), "event_id": events(home)[0]["id"], "note": "verklickt"}
    answer = eva.post("/history/undo", params={"user": "eva"}, data=form)
    assert answer.headers["location"] == "/history?done=undone&user=eva"
    assert "zurückgenommen von eva" in eva.get("/history").text
    assert journal.decide(events(home)).verdicts == {}
    assert (events(home)[1]["kind"], events(home)[1]["note"]) == ("undo", "verklickt")


def test_an_undo_can_be_taken_back(home: Path, eva: TestClient) -> None:
    decide(eva, eva.get("/pair"), "different")
    for place in (0, 1):
        token = token_of(eva.get("/history"))
        eva.post("/history/undo", data={"csrf": token, "event_id": events(home)[place]["id"]})
    (verdict,) = journal.decide(events(home)).verdicts.values()
    assert verdict.verdict == "different"
    assert eva.get("/queue").text.count('class="facts"') == 5


def test_filters_by_person_day_kind_and_words_of_note_or_title(home: Path, sign_in: Callable[..., TestClient]) -> None:
    eva, uwe = sign_in("eva"), sign_in("uwe")
    decide(eva, eva.get("/pair"), "same", note="Anruf beim Anbieter")
    decide(uwe, uwe.get("/pair"), "different")
    rows = {
        "": 2,
        "user=eva": 1,
        "kind=judge": 2,
        "kind=undo": 0,
        "first=2026-11-22&last=2026-11-22": 2,
        "last=2026-11-21": 0,
        "first=2026-11-23": 0,
        "text=anruf": 1,
        "text=kompaktkurs": 2,
        "text=%25": 0,
    }
    assert {query: eva.get(f"/history?{query}").text.count('<td class="decision">') for query in rows} == rows


def test_the_export_holds_every_event_and_no_formula(home: Path, eva: TestClient) -> None:
    decide(eva, eva.get("/pair"), "same", note='=HYPERLINK("https://evil.example")')
    book = load_workbook(BytesIO(eva.get("/history.xlsx").content))
    head, row = book.active.iter_rows()  # type: ignore[union-attr]
    told = {name.value: cell for name, cell in zip(head, row, strict=True)}
    assert (told["Wer"].value, told["Was"].value, told["Inhalt"].value) == ("eva", "Urteil", "gleich")
    assert told["Zeit"].value.isoformat() == "2026-11-22T10:30:00"
    assert (told["Warum"].data_type, told["Warum"].value[:10]) == ("s", "=HYPERLINK")


def test_a_second_opinion_is_blind_changes_nothing_and_counts_as_agreement(
    home: Path, sign_in: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    eva, uwe = sign_in("eva"), sign_in("uwe")
    page, pairs = eva.get("/pair"), []
    for _ in range(6):
        pairs.append(pair_of(page))
        page = decide(eva, page, "same", note="geheim")
    pair = pairs[2]
    monkeypatch.setattr(second, "is_sampled", lambda asked: asked == pair)
    monkeypatch.setattr(second, "EVERY", 1)
    write_night(home, alike(7), "20261123T003000Z")  # one more pair, which uwe decides first
    blind = decide(uwe, uwe.get("/pair"), "same")
    assert pair_of(blind) == pair
    assert "beurteilt" not in blind.text
    assert "geheim" not in blind.text
    query = {"left": pair[0], "right": pair[1], "blind": "1"}
    assert form_of(eva.get("/pair", params=query))["blind"] == "", "nobody checks oneself"
    decide(uwe, blind, "different")
    ledger = Ledger(home / "journal.jsonl")
    told = second.agreement(ledger)
    assert (told.asked, told.agreed, len(told.disagreements)) == (1, 0, 1)
    assert journal.decide(events(home)).verdicts[pair].verdict == "same"
    figures = eva.get("/figures").text
    assert "0 %" in figures
    assert "eva: gleich · uwe: verschieden" in figures


def test_how_much_each_colleague_did_is_for_administrators(home: Path, sign_in: Callable[..., TestClient]) -> None:
    eva, uwe, ada = sign_in("eva"), sign_in("uwe"), sign_in("ada")
    for browser in (eva, uwe):
        decide(browser, browser.get("/pair"), "same")
    rows = {
        name: [f'<th scope="row">{person}</th>' in browser.get("/figures").text for person in ("eva", "uwe")]
        for name, browser in (("eva", eva), ("uwe", uwe), ("ada", ada))
    }
    assert rows == {"eva": [True, False], "uwe": [False, True], "ada": [True, True]}
    assert '<td class="number">2</td></tr>' in eva.get("/figures").text  # of the week, all together


def test_one_pair_in_twenty_belongs_to_the_sample() -> None:
    sampled = sum(second.is_sampled((f"alpha:{number}", f"beta:{number}")) for number in range(4000))
    assert 150 < sampled < 250
