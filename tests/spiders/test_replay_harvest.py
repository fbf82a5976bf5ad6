"""A harvest read again from its tape is the harvest it was, without any network; a changed reader reads it anew."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pages import card, hbz_course, html
from website import Reply, Site, serving

from spiders.harvest import HarvestResult, harvest
from spiders.kept import Bodies
from spiders.output import Output
from spiders.page import Follow, Page
from spiders.reader import Reader
from spiders.replay import MISSING, replay
from spiders.source import Source, load_source
from spiders.standin import StandIn
from spiders.statistics import Statistics
from spiders.tape import Entry, Header, Tape, TapeWriter

SOURCES = Path(__file__).parents[2] / "spiders" / "sources"
SEASON = date(2026, 7, 1)
TELLING = (
    "listings",
    "pages",
    "failed_pages",
    "complete",
    "issues",
    "errors",
    "fill",
    "robots",
    "charsets",
    "marks",
    "gone",
)


def run(folder: Path, night: str, key: str, **options: Any) -> HarvestResult:
    file = options.pop("file", SOURCES / f"{key}.toml")
    return harvest(file, out=folder / night, http=folder / "http", **{"seconds": 100.0, "timeout": 5.0, **options})


def again(folder: Path, key: str, night: str = "first", **options: Any) -> HarvestResult:
    """Read a night again; a proxy that refuses every connection shows whether anything wants to leave."""
    closed = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in closed.items():
            patch.setenv(name, value)
        return run(folder, "again", key, replay=folder / night / f"{key}.tape.jsonl", **options)


def read(result: HarvestResult) -> bytes:
    assert result.listings is not None
    return result.listings.read_bytes()


def tape_of(folder: Path, night: str, key: str) -> list[dict[str, Any]]:
    lines = (folder / night / f"{key}.tape.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines[1:]]


def told(result: HarvestResult) -> dict[str, Any]:
    return {name: result.statistics[name] for name in TELLING}


# --- the stand-in ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("key", ["hbz", "vhs-recklinghausen", "mein-now"])
def test_a_replay_equals_its_night_and_a_second_night_costs_304s(tmp_path: Path, key: str) -> None:
    with StandIn(season=SEASON, courses=60) as site:
        options = {"base_url": site.base_url(key), "proxy": site.proxy_url}
        first = run(tmp_path, "first", key, **options)
        assert first.ok, first.reason
        second = run(tmp_path, "second", key, **options)
    # a course in two categories may be found by the other address, which has no kept answer yet
    known = {entry["url"] for entry in tape_of(tmp_path, "first", key) if entry["headers"].get("ETag")}
    entries = tape_of(tmp_path, "second", key)
    assert {entry["status"] for entry in entries if entry["cookiejar"] is None and entry["url"] in known} == {304}
    assert {entry["status"] for entry in entries if entry["cookiejar"] is not None} <= {200}
    assert second.ok
    for night, result in (("first", first), ("second", second)):
        replayed = again(tmp_path, key, night)
        assert replayed.ok, replayed.reason
        assert read(replayed) == read(result)
        assert told(replayed) == told(result)
    assert any(entry["cookiejar"] for entry in entries) is (key == "vhs-recklinghausen")


# --- failures, files, changed readers -------------------------------------------------------------------------------


def failing(site: Site) -> None:
    lists = ("/de/meister/meisterschulen-von-a-bis-z", "/de/weiterbildung/kurse-von-a-bis-z")
    links = "".join(f"<a href='/de/weiterbildung/kurs-{number}'>K</a>" for number in range(1, 41))
    site.routes.update({path: html(links) for path in lists})
    for number in range(1, 41):
        site.routes[f"/de/weiterbildung/kurs-{number}"] = hbz_course(f"Kurs {number}")
    site.routes["/de/weiterbildung/kurs-2"] = Reply(status=500)
    site.routes["/de/weiterbildung/kurs-3"] = Reply(b"", hang=10)
    site.routes["/de/weiterbildung/kurs-4"] = Reply(status=410)
    site.routes["/de/weiterbildung/kurs-5"] = Reply(status=301, headers={"Location": "/de/weiterbildung/kurs-50"})
    site.routes["/de/weiterbildung/kurs-50"] = hbz_course("Kurs 5, umgezogen")
    site.routes["/robots.txt"] = b"User-agent: *\nDisallow: /de/weiterbildung/kurs-6\n"


@pytest.mark.slow
def test_failures_fail_alike_and_a_page_that_is_gone_is_none(tmp_path: Path) -> None:
    with serving() as site:
        failing(site)
        first = run(tmp_path, "first", "hbz", base_url="http://hbz.localhost", proxy=site.url, timeout=0.7)
    assert first.ok, first.reason
    assert (first.complete, first.statistics["failed_pages"], first.statistics["listings"]) == (False, 3, 36)
    assert first.statistics["gone"] == [{"url": "http://hbz.localhost/de/weiterbildung/kurs-4", "ref": "4"}]
    assert sum("/kurs-4" in (error["url"] or "") for error in first.statistics["errors"]) == 0
    assert set(first.statistics["robots"]) == {"hbz.localhost"}
    replayed = again(tmp_path, "hbz")
    assert read(replayed) == read(first)
    assert told(replayed) == told(first)


@pytest.mark.slow
def test_what_only_the_list_said_is_as_old_as_the_list_in_a_replay_too(tmp_path: Path) -> None:
    with serving() as site:
        for path in (
            "politik-und-gesellschaft",
            "kultur-gestalten",
            "gesundheit",
            "digitales-und-beruf",
            "grundbildung",
        ):
            site.routes[f"/{path}/"] = html("<p class='kw-leer'>Keine Kurse</p>")
        site.routes["/junge-vhs/"] = html("<p class='kw-leer'>Keine Kurse</p>")
        site.routes["/sprachen/"] = html("<h1>Sprachen</h1>" + "".join(card(f"26B-{n}") for n in range(3)))
        for number in range(3):
            path = f"/sprachen/kw/bereich/kursdetails/kurs/26B-{number}/kursname/Englisch/kategorie-id/26"
            site.routes[path] = Reply(status=500)
        options = {"base_url": "http://vhs-recklinghausen.localhost", "proxy": site.url}
        first = run(tmp_path, "first", "vhs-recklinghausen", **options)
    assert len(read(first).splitlines()) == 3
    assert read(again(tmp_path, "vhs-recklinghausen")) == read(first)


FILE_SOURCE = """
key = "blatt"
name = "Ein Blatt"
kind = "upload"
platform = "table"
start = ["kurse.csv"]
ref = "Kursnummer"
scope = { region = "Probe", counts = "alles" }
"""


@pytest.mark.slow
def test_a_file_is_replayed_as_it_was(tmp_path: Path) -> None:
    toml, sheet = tmp_path / "blatt.toml", tmp_path / "kurse.csv"
    toml.write_text(FILE_SOURCE, encoding="utf-8")
    sheet.write_text("Kursnummer;Titel\nA1;Schweißen\nA2;Löten\n", encoding="utf-8")
    os.utime(sheet, (1_790_000_000, 1_790_000_000))
    first = run(tmp_path, "first", "blatt", file=toml, root=tmp_path)
    assert first.ok, first.reason
    sheet.unlink()
    replayed = again(tmp_path, "blatt", file=toml)
    assert replayed.ok, replayed.reason
    assert read(replayed) == read(first)
    assert b'"fetched_at": "2026-09-21T' in read(replayed)
    assert not list((tmp_path / "again").glob("*.files"))


def bench(tmp_path: Path, *entries: Entry) -> tuple[Reader, Callable[[], None], Path]:
    """A reader of the HBZ on a tape of these entries, and what plays it."""
    with TapeWriter(tmp_path / "hbz.tape.jsonl", Header("hbz")) as tape:
        for entry in entries:
            tape.add(entry)
    source: Source = load_source(SOURCES / "hbz.toml")
    reader = Reader(source, Statistics("hbz", started_at="2026-11-22T00:30:00.000Z"), Output(tmp_path, "hbz"))

    def play() -> None:
        with TapeWriter(tmp_path / "again.tape.jsonl", Header("hbz")) as written:
            replay(reader, Tape(tmp_path / "hbz.tape.jsonl"), written, Bodies(tmp_path / "http"), tmp_path / "files")

    return reader, play, tmp_path / "hbz.jsonl.part"


def test_a_page_the_tape_does_not_know_is_a_failed_page(tmp_path: Path) -> None:
    reader, play, _ = bench(tmp_path)
    play()
    assert {error["message"] for error in reader.statistics.errors} == {MISSING}
    assert reader.statistics.failed_list is not None


def test_a_response_that_is_no_longer_kept_is_a_failed_page(tmp_path: Path) -> None:
    url = load_source(SOURCES / "hbz.toml").urls[0]
    reader, play, _ = bench(tmp_path, Entry("2026-11-22T00:30:00.000Z", url, url, 200, body="0" * 64))
    play()
    assert "kept response" in str(reader.statistics.errors[0]["message"])


def test_a_changed_reader_reads_other_things_from_the_same_tape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Changed:
        """Asks for the second answer of an address first, and for no more than that."""

        @staticmethod
        def start(source: Source) -> list[Follow]:
            return [Follow("http://x/two", kind="detail"), Follow("http://x/one", kind="detail")]

        @staticmethod
        def read(page: Page, source: Source) -> list[dict[str, Any]]:
            return [{"ref": page.url, "title": page.text}]

    monkeypatch.setattr("spiders.reader.platform", lambda _: Changed)
    bodies = Bodies(tmp_path / "http")
    entries = [
        Entry(f"2026-11-22T00:30:0{n}.000Z", url, url, 200, body=bodies.keep(url.encode()))
        for n, url in enumerate(("http://x/one", "http://x/unasked", "http://x/two"))
    ]
    reader, play, part = bench(tmp_path, *entries)
    play()
    reader.output.close(failed=False, statistics=reader.statistics)
    rows = [json.loads(line) for line in part.with_suffix("").read_text(encoding="utf-8").splitlines()]
    assert [(row["title"], row["fetched_at"]) for row in rows] == [  # in the order of the tape
        ("http://x/one", "2026-11-22T00:30:00.000Z"),
        ("http://x/two", "2026-11-22T00:30:02.000Z"),
    ]


def test_a_replay_imports_nothing_that_could_open_a_socket() -> None:
    code = "import sys, spiders.run; sys.exit(bool({'scrapy', 'twisted', 'urllib3', 'requests'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
