"""The weekly sample: worked off by the keys of the pair page, marked in the journal, and measured."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from dedupe import journal
from dedupe.desk.sampling import PER_WEEK
from dedupe.golden import Known
from dedupe.journal import Event
from tests.dedupe.offers import offer
from tests.support.desk_home import FIRST_SEEN, visible, write_night

WEEK = "2026-W47"  # of the desk's clock: 22.11.2026


def merged(count: int) -> list[Known]:
    """Courses of two listings each that the machine merges: the house's and the agency's copy."""
    found = []
    for number in range(count):
        fields = {"town": "Bottrop", "starts": ("2027-03-01",), "price": "480.00", "units": 40.0}
        title, course_number = f"{_WORDS[number]} Grundlagen", f"K-{1000 + number}"
        found += [
            offer(f"haus:{number}", title, course_number=course_number, **fields),
            offer(f"amt:{number}", title, course_number=course_number, kind="aggregator", **fields),
        ]
    return [Known(visible(one), FIRST_SEEN, "active") for one in found]


_WORDS = (
    "Gabelstapler", "Buchhaltung", "Kehlnaht", "Wundpflege", "Kranführung", "Lagerlogistik", "Zerspanung", "Steuern",
    "Arbeitsrecht", "Brandschutz", "Photoshop", "Italienisch", "Datenbanken", "Demenz", "Metallbau", "Verkauf",
    "Podcast", "Projektmanagement", "Ladungssicherung", "Fotografie", "Kältetechnik", "Trockenbau", "Englisch",
    "Gärtnerei",
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_night(tmp_path, merged(len(_WORDS)))
    return tmp_path


def events(home: Path) -> list[Event]:
    return journal.read(home / "journal.jsonl")


def decide(browser: TestClient, page: Response, verdict: str, week: str = WEEK) -> Response:
    fields = dict(re.findall(r'<input type="hidden" form="decide" name="(\w+)" value="([^"]*)">', page.text))
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token
    form = fields | {"csrf": token[1], "verdict": verdict}
    return browser.post("/pair", params={"sample": week}, data=form, follow_redirects=True)


def test_a_week_has_twenty_merges_and_their_verdicts_are_marked_and_measured(home: Path, eva: TestClient) -> None:
    assert f"{PER_WEEK} von {PER_WEEK} sind noch zu prüfen" in eva.get("/sample").text
    page = eva.get("/pair", params={"sample": WEEK})
    for number in range(PER_WEEK):
        assert "Hat der Rechner hier recht?" in page.text
        page = decide(eva, page, "different" if number == 0 else "unsure" if number == 1 else "same")
    assert "Die Stichprobe dieser Woche ist geprüft." in page.text
    assert [event["sample"] for event in events(home)] == [WEEK] * PER_WEEK
    assert len({(event["left"], event["right"]) for event in events(home)}) == PER_WEEK
    shown = eva.get("/sample").text
    assert "Alle geprüft" in shown
    # 18 of 19: the Wilson interval at 95 % is 0.7536 to 0.9906
    assert "95 %</strong> von 19 geprüften" in shown
    assert "zwischen 75 % und 99 %" in shown
    assert "von 19 geprüften" in eva.get("/figures").text


def test_what_a_night_parted_after_it_was_found_wrong_stays_in_the_sample(home: Path, eva: TestClient) -> None:
    decide(eva, eva.get("/pair", params={"sample": WEEK}), "different")
    write_night(home, merged(len(_WORDS)), "20261122T003000Z")
    shown = eva.get("/sample").text
    assert f"{PER_WEEK - 1} von {PER_WEEK} sind noch zu prüfen" in shown
    assert '<span class="tag bad">verschieden</span>' in shown


def test_a_verdict_that_is_taken_back_counts_no_more(home: Path, eva: TestClient) -> None:
    page = decide(eva, eva.get("/pair", params={"sample": WEEK}), "same")
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token
    eva.post("/undo", params={"sample": WEEK}, data={"csrf": token[1]})
    assert "Noch ist keine automatische Zusammenführung geprüft." in eva.get("/sample").text


@pytest.mark.parametrize("week", ["2026-W48", ""])
def test_nobody_marks_a_verdict_outside_of_this_weeks_sample(home: Path, eva: TestClient, week: str) -> None:
    page = eva.get("/pair", params={"left": "amt:0", "right": "haus:0"})
    decide(eva, page, "same", week)
    (event,) = events(home)
    assert "sample" not in event


def test_skipping_leads_through_the_sample_and_back_to_its_beginning(eva: TestClient) -> None:
    page = eva.get("/pair", params={"sample": WEEK})
    seen = []
    for _ in range(PER_WEEK + 1):
        found = re.search(r'form="decide" name="left" value="([^"]*)"', page.text)
        assert found
        seen.append(found[1])
        page = decide(eva, page, "skip")
    assert len(set(seen)) == PER_WEEK
    assert seen[0] == seen[-1]
