"""What a harvest noticed: read from its statistics, and told in German."""

import re
from pathlib import Path

import pytest

from flows.notes import dominant, german_note, notes_of
from spiders.page import Follow, Note
from spiders.statistics import Statistics

ROOMS = Path(__file__).parents[2]


def told(statistics: Statistics, **more: object) -> list[tuple[str, int, str]]:
    report = statistics.report("finished", None) | more
    return [(note.kind, note.count, note.example) for note in notes_of(report)]


def statistics() -> Statistics:
    return Statistics("hbz", started_at="2026-11-22T00:30:00.000Z")


def test_notes_are_counted_by_kind_with_their_first_message() -> None:
    counted = statistics()
    for number in (1, 2):
        counted.note(Note("loop", f"page {number}"), "http://hbz.localhost/")
    counted.note(Note("window", "too many"), None)
    assert told(counted) == [("loop", 2, "page 1"), ("window", 1, "too many")]


def test_what_was_dropped_or_failed_is_noted_once() -> None:
    counted = statistics()
    counted.dropped["no_ref"] += 1
    counted.error("http://hbz.localhost/2", "no_ref: 'Kurs' has no id")
    counted.issues["conflict"] += 1
    counted.error("http://hbz.localhost/3", "conflict: 4711: title: 'A' and 'B'")
    counted.page_failed(Follow("http://hbz.localhost/4", "detail"), "HTTP 500")
    counted.page_failed(Follow("http://hbz.localhost/5", "detail"), "no HTML page")
    counted.page_failed(Follow("http://hbz.localhost/intern/", "detail"), "Forbidden by robots.txt")
    assert told(counted) == [
        ("errors", 2, "HTTP 500 (http://hbz.localhost/4)"),
        ("conflict", 1, "4711: title: 'A' and 'B'"),
        ("no_ref", 1, "'Kurs' has no id"),
        ("robots", 1, "http://hbz.localhost/intern/"),
    ]


def test_pages_that_are_gone_are_noted() -> None:
    gone = [{"url": "http://hbz.localhost/1", "ref": None}, {"url": "http://hbz.localhost/2", "ref": "2"}]
    assert told(statistics(), gone=gone) == [("gone", 2, "http://hbz.localhost/1")]


def test_a_harvest_without_notes_has_none() -> None:
    assert told(statistics()) == []
    assert notes_of({}) == ()


def test_the_encoding_of_most_pages() -> None:
    assert dominant({"cp1252": 2, "utf-8": 30}) == "utf-8"
    assert dominant({"utf-8": 2, "cp1252": 2}) == "cp1252"
    assert dominant({}) is None


def test_every_kind_that_a_spider_notes_has_a_german_wording() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOMS / "spiders").glob("**/*.py"))
    kinds = set(re.findall(r"""(?:Note|self\.drop)\(\s*"(\w+)\"""", text)) | {"errors", "conflict", "robots", "gone"}
    assert {"loop", "no_ref", "invalid", "row_rejected"} <= kinds
    assert not {kind for kind in kinds if german_note(kind) == kind}


@pytest.mark.parametrize("kind", ["unheard_of", ""])
def test_an_unknown_kind_is_shown_as_it_is(kind: str) -> None:
    assert german_note(kind) == kind
