"""Held, released, good again: real warehouse, journal, gates and report; only what the harvest tells is made up."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from flows import operate, stages
from flows.book import Book
from flows.opening import opened
from flows.outcome import NightReport, SourceNight
from flows.request import NightRequest
from spiders.harvest import judge
from spiders.statistics import Statistics

pytestmark = pytest.mark.slow

TOML = """
key = "hbz"
name = "HWK Bildungszentrum"
kind = "provider"
platform = "hbz"
homepage = "https://hbz.example.org"
start = ["/kurse"]
ref = "id"
complete = true
[scope]
region = "Emscher-Lippe"
counts = "das ganze Programm"
[permission]
crawl = "granted"
basis = "letter"
by = "Eva Beispiel"
date = 2026-01-01
[expect]
min_listings = 6
"""
TWENTY = tuple(f"{number}" for number in range(20))
NO_DAYS: Mapping[str, str] = MappingProxyType({})  # all in January 2027


def course(ref: str, day: str) -> dict[str, Any]:
    run = {"dates": day, "venue": "Bildungszentrum", "postcode": "45879", "city": "Gelsenkirchen"}
    return {
        "source": "hbz", "ref": ref, "url": f"https://hbz.example.org/kurs-{ref}", "title": f"Schweißen, Stufe {ref}",
        "provider": "HWK Bildungszentrum", "price": "980,00 €", "fetched_at": "2026-11-22T00:30:00Z",
        "instances": [run],
    }  # fmt: skip


@dataclass
class Nights:
    """Night after night on one home; `told` are statistics that a harvest would write beside its listings."""

    home: Path
    nights: int = 0

    def night(self, refs: tuple[str, ...] = TWENTY, *, days: Mapping[str, str] = NO_DAYS, **told: Any) -> SourceNight:
        """One night in which the source lists `refs`, each with a run on its one of `days`."""
        self.nights += 1
        request = NightRequest(profile="live", home=self.home, run_id=f"202611{self.nights:02}T003000Z")
        with opened(request) as night:
            (source,) = night.sources
            statistics = Statistics("hbz", started_at="2026-11-22T00:30:00.000Z", pages=30)
            rows = [course(ref, days.get(ref, "11.01.2027 - 15.01.2027")) for ref in refs]
            for row in rows:
                statistics.measure(row)
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            (night.folder / "hbz.jsonl").write_text(lines, encoding="utf-8")
            report = statistics.report("finished", None) | told
            (night.folder / "hbz.stats.json").write_text(json.dumps(report), encoding="utf-8")
            book = Book(night.absent)
            harvest = stages.told(judge("hbz", night.folder, 0))
            book.harvested(source, harvest, night.known["hbz"], night.released.get("hbz"))
            if book.is_fresh("hbz"):
                book.normalised(source, stages.normalise(night, source))
            loaded = stages.load_and_deduplicate(night, book)
            if loaded is not None:
                book.loaded(loaded.moved, night.run_id)
            record: NightReport = stages.report(night, book, {}, None)
        (page,) = record.sources
        return page

    def release(self) -> None:
        operate.release("hbz", "mit der Quelle geklärt", "eva", home=self.home)


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nights:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "hbz.toml").write_text(TOML, encoding="utf-8")
    monkeypatch.setenv("BILDUNGSRAUM_SOURCES", str(folder))
    return Nights(tmp_path / "home")


ROBOTS = {"robots": {"hbz.example.org": "0a1b"}}
MARKS = {"marks": [f"course-{letter}" for letter in "abcdef"]}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({}, {"refs": TWENTY[:13]}, ("Nur 13 Einträge", "üblicherweise 20")),
        (ROBOTS, {"robots": {"hbz.example.org": "ffff"}}, ("robots.txt von hbz.example.org hat sich geändert",)),
        (MARKS, {"marks": [f"kurs-{letter}" for letter in "uvwxyz"]}, ("anders aufgebaut", "0 von 12 Merkmalen")),
        ({"charsets": {"utf-8": 28, "cp1252": 2}}, {"charsets": {"cp1252": 29, "utf-8": 1}}, ("cp1252", "utf-8")),
        ({}, {"declared_total": 25, "unmet": 5}, ("nennt 25 Einträge; 5 davon",)),
        ({}, {"duplicates": 4}, ("4 von 24 Einträgen (16,7 %)",)),
        (
            {},
            {"days": dict.fromkeys(TWENTY, "12.01.2026 - 16.01.2026")},
            ("Alle 20 Termine mit Datum",),
        ),
        ({}, {"refs": (*TWENTY[:12], *"abcdefgh")}, ("8 von 20 bekannten Angeboten (40 %)",)),
    ],
    ids=["rows", "robots", "template", "charset", "total", "duplicates", "past", "withdrawn"],
)
def test_held_released_and_good_again(
    nights: Nights, before: dict[str, Any], after: dict[str, Any], words: tuple[str, ...]
) -> None:
    for _ in range(3):
        assert nights.night(**before).reasons == ()
    good = f"202611{nights.nights:02}T003000Z"
    for _ in range(2):  # it does not get used to it
        held = nights.night(**after)
        assert (held.state, held.last_good, held.new, held.withdrawn) == ("held", good, 0, 0)
        assert len(held.reasons) == 1
        assert all(word in held.reasons[0] for word in words)
    nights.release()
    for _ in range(4):  # also when the baseline is three runs old, and what is absent is withdrawn
        page = nights.night(**after)
        assert page.reasons == ()
        assert page.state == "fresh"


def test_the_withdrawals_of_a_released_harvest_take_two_nights(nights: Nights) -> None:
    for _ in range(3):
        nights.night()
    assert nights.night(TWENTY[:10]).state == "held"
    nights.release()
    assert (page := nights.night(TWENTY[:10])).missed == 10
    assert (page.known, page.met) == (20, 10)
    assert nights.night(TWENTY[:10]).withdrawn == 10
    assert (page := nights.night(TWENTY[:10])).withdrawn == 0
    assert page.surviving == 1.0
    # the new baseline holds again what is worse than it
    assert nights.night(TWENTY[:6]).state == "held"
    page = nights.night(TWENTY)
    assert (page.state, page.reappeared, page.unchanged) == ("fresh", 10, 10)


def test_a_held_night_neither_loses_nor_counts_an_absence(nights: Nights) -> None:
    nights.night()
    assert nights.night(TWENTY[1:]).missed == 1
    assert nights.night(TWENTY[1:], robots={}, unmet=10).state == "held"
    assert nights.night(TWENTY[1:], complete=False).withdrawn == 0
    assert nights.night(TWENTY[1:]).withdrawn == 1


def test_a_page_that_is_gone_counts_in_a_good_complete_harvest_only(nights: Nights) -> None:
    nights.night()
    gone = [{"url": "https://hbz.example.org/kurs-0", "ref": None}]
    assert nights.night(TWENTY[1:], complete=False, gone=gone).withdrawn == 0
    assert nights.night(TWENTY[1:], unmet=10, gone=gone).state == "held"
    page = nights.night(TWENTY[1:], gone=gone)
    assert (page.missed, page.withdrawn) == (0, 1)
    assert [(note.kind, note.count, note.example) for note in page.notes] == [("gone", 1, gone[0]["url"])]
    assert nights.night().reappeared == 1


def test_a_run_whose_harvest_failed_is_no_baseline(nights: Nights) -> None:
    for _ in range(3):
        nights.night()
    held = nights.night(TWENTY[:2], finish_reason="shutdown", failure="stopped", exit_reason="Abgebrochen.")
    assert (held.state, held.failed) == ("held", True)
    nights.release()
    assert nights.night(TWENTY[:5]).reasons == ("Nur 5 Einträge; erwartet werden mindestens 6.",)


def test_offers_whose_runs_are_over_may_vanish(nights: Nights) -> None:
    over = dict.fromkeys(TWENTY[:10], "01.11.2026 - 02.11.2026")
    nights.night(days=over)
    assert nights.night(TWENTY[10:], days=over).reasons == (  # on their last day
        "10 von 20 bekannten Angeboten (50 %) fehlen; mehr als 30 % auf einmal werden nicht zurückgezogen. "
        "Angebote, deren Termine vorbei sind, zählen nicht mit.",
    )
    assert nights.night(TWENTY[10:], days=over).missed == 10
