"""The book of a night: which gate judges which source, and what is kept of each for later nights."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.book import Book, Normalised, source_status
from flows.evidence import GoodRun, Harvest
from flows.home import Home, Profile
from flows.opening import Night
from flows.refresh import Knowledge
from flows.settings import Settings
from flows.stages import normalise
from spiders.source import Source
from warehouse.alive import AliveOffer
from warehouse.load import Gone

RUN = "20261122T003000Z"
NOTHING = Knowledge((), None)
FINE = Harvest(
    listings=100, fill={"title": 1.0}, robots={"a.example": None}, charset="utf-8", marks=frozenset("ab"),
    gone=(Gone("https://a.example/1", "1"),),
)  # fmt: skip


def source(**more: Any) -> Source:
    fields = {"key": "hbz", "name": "HBZ", "kind": "provider", "platform": "hbz", "start": ["/"], "ref": "id"}
    return Source.model_validate(fields | {"homepage": "https://a.example", "complete": True} | more)


def read(*refs: str, dated: int = 0, ahead: int = 0) -> Normalised:
    ids = frozenset(f"hbz:{ref}" for ref in refs)
    return Normalised(ids, dated, dated, ahead, date(2026, 11, 22), 0, ())


def record(book: Book) -> dict[str, Any]:
    (found,) = book.records(RUN, {})
    return found


@pytest.mark.parametrize(
    ("more", "held"),
    [
        ({}, True),
        ({"kind": "aggregator", "platform": "mein_now"}, False),  # it lists per query
        ({"platform": "table"}, False),  # rows of one ref are its runs
        ({"kind": "upload", "platform": "json_ld"}, False),
    ],
)
def test_who_may_name_a_ref_twice(more: dict[str, Any], held: bool) -> None:
    book = Book()
    book.harvested(source(**more), replace(FINE, duplicates=50), NOTHING, None)
    assert book.is_fresh("hbz") is not held


def test_a_harvest_that_could_not_be_tried_is_held_as_failed() -> None:
    book = Book()
    book.harvested(source(), OSError("no space left"), NOTHING, None)
    (page,) = book.pages
    assert (page.state, page.failed) == ("held", True)
    assert "no space left" in page.reasons[0]
    assert source_status(page).status == "held"


def test_what_later_gates_need_is_recorded_and_read_back() -> None:
    book = Book()
    book.harvested(source(), replace(FINE, declared_total=103, unmet=1, duplicates=2), NOTHING, None)
    kept = record(book)
    assert kept["gone"] == [{"url": "https://a.example/1", "ref": "1"}]
    assert (kept["status"], kept["complete"], kept["failed"]) == ("held", True, False)
    run = GoodRun.of(kept)
    assert run == GoodRun(
        run_id=RUN, listings=100, fill={"title": 1.0}, robots={"a.example": None}, charset="utf-8",
        marks=frozenset("ab"), unmet=1, repeated=2 / 102, released=True,
    )  # fmt: skip
    old = {"run_id": RUN, "status": "fresh", "listings": 7}  # of a program that told less
    assert GoodRun.of(old) == GoodRun(RUN, 7)


def test_only_a_whole_harvest_says_what_is_gone() -> None:
    for complete in (True, False):
        book = Book()
        book.harvested(source(), replace(FINE, complete=complete), NOTHING, None)
        assert bool(book.gone("hbz")) is complete
        assert book.is_complete("hbz") is complete
    book = Book()
    book.harvested(source(complete=False), FINE, NOTHING, None)
    assert book.gone("hbz")
    assert not book.is_complete("hbz")


def test_what_was_read_can_hold_a_source_whose_harvest_was_good() -> None:
    alive = tuple(AliveOffer(f"hbz:{ref}", ref, None, "20261121T003000Z", None) for ref in "abcdefghij")
    book = Book()
    book.harvested(source(), FINE, Knowledge((), "20261121T003000Z", alive), None)
    assert book.is_fresh("hbz")
    book.normalised(source(), read(*"abcdef", "new"))
    (page,) = book.pages
    assert (page.state, page.offers, page.known, page.met, page.surviving) == ("held", 7, 10, 6, 0.6)
    assert "4 von 10" in page.reasons[0]
    assert source_status(page).status == "stale"
    assert book.issues == ()


def test_a_catalogue_of_the_past_is_remembered_as_one() -> None:
    for ahead, past in ((0, True), (1, False)):
        book = Book()
        book.harvested(source(), FINE, NOTHING, None)
        book.normalised(source(), read("a", dated=5, ahead=ahead))
        assert record(book)["all_past"] is past
        assert book.is_fresh("hbz") is not past


@pytest.mark.parametrize(("profile", "ahead"), [("live", 1), ("captures", 2)])
def test_nothing_in_a_recording_is_over(tmp_path: Path, profile: Profile, ahead: int) -> None:
    night = Night(
        run_id=RUN, started=datetime(2026, 11, 22, 0, 30, tzinfo=UTC), home=Home(tmp_path, profile),
        settings=Settings(), sources=(), files={}, absent=(), known={}, released={}, hosts={},
    )  # fmt: skip
    night.folder.mkdir(parents=True)
    runs = [
        {"dates": "20.11.2026 - 22.11.2026"},
        {"dates": "21.11.2026"},
        {"dates": "laufend"},
    ]  # today is its last day
    listing = {"source": "hbz", "ref": "1", "title": "Kurs", "fetched_at": "2026-11-22T00:30:00Z", "instances": runs}
    (night.folder / "hbz.jsonl").write_text(json.dumps(listing) + "\n", encoding="utf-8")
    found = normalise(night, source())
    assert (found.ids, found.instances, found.dated, found.ahead) == (frozenset({"hbz:1"}), 3, 2, ahead)
