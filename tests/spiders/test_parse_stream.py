"""Catalogues that do not fit into memory: rows wait on disk, are merged there, and the order is that of first rows."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from measured import HARVEST, PARSE, peak_megabytes, write_source
from openqcat_catalogue import write_catalogue

from spiders.listing import ListingDict
from spiders.merge import merge, merged_by_ref
from spiders.output import Output
from spiders.page import Page
from spiders.parse import parse_pages
from spiders.source import bare_source
from spiders.spool import Spool
from spiders.statistics import Statistics


def row(ref: str, **fields: object) -> ListingDict:
    return {"ref": ref, "title": None, "instances": [], **fields}


ROWS = [
    row("b", title="B", keywords=["x"], raw=1),
    row("a", raw=2, instances=[{"ref": "1", "dates": "heute", "sessions": []}]),
    row("b", title="B, anders", keywords=["y", "x"], raw=3),
    row("ä€", title="zuletzt"),
    row(
        "a", title="A", url="https://example.org/a", raw=4, instances=[{"ref": None, "dates": "morgen", "sessions": []}]
    ),
    row(
        "a",
        raw=4,
        instances=[{"ref": None, "dates": "morgen", "sessions": []}, {"ref": "1", "dates": "nie", "sessions": []}],
    ),
]


def test_a_spool_merges_as_memory_does_in_the_order_of_first_rows(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "rows")
    assert [spool.add(record) for record in ROWS] == [True, True, False, True, False, False]
    spool.close()
    merged = list(spool.merged())
    assert [record["ref"] for record, _ in merged] == ["b", "a", "ä€"]
    assert merged == list(merged_by_ref(ROWS))
    (b, told_b), (a, told_a), (_, told_c) = merged
    assert (b["title"], b["keywords"], b["raw"]) == ("B", ["x", "y"], {"rows": [1, 3]})
    assert (a["title"], a["url"], [run["dates"] for run in a["instances"]]) == (
        "A",
        "https://example.org/a",
        ["heute", "morgen"],
    )
    assert (told_b, told_a, told_c) == (["title: 'B' and 'B, anders'"], ["run 1: told in two ways"], [])
    assert ("b" in spool, "c" in spool, spool.has_repeated) == (True, False, True)


def test_rows_are_on_disk_at_once_and_half_a_character_pair_stays_what_it_was(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "rows")
    spool.add(row("1", title="\ud83d kaputt"))
    (line,) = (tmp_path / "rows").read_bytes().splitlines()
    assert json.loads(line.decode("utf-8"))["title"] == "\ud83d kaputt"


def test_many_runs_of_one_course_are_merged_in_reasonable_time() -> None:
    runs = 20_000
    began = time.monotonic()
    record, conflicts = merge(row("1", instances=[{"ref": str(n), "dates": str(n)}], raw=n) for n in range(runs))
    assert (len(record["instances"]), conflicts) == (runs, [])
    assert time.monotonic() - began < 5


def test_output_merges_and_counts_again(tmp_path: Path) -> None:
    output, statistics = Output(tmp_path, "quelle"), Statistics("quelle", started_at="2027-01-01T00:00:00Z")
    for record in ROWS:
        if output.write(record):
            statistics.measure(record)
    output.sighted("b", "https://example.org/z/b", ["zweite Rubrik"])
    output.sighted("b", "https://example.org/a/b", ["erste Rubrik"])
    path = output.close(failed=False, statistics=statistics)
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [record["ref"] for record in found] == ["b", "a", "ä€"]
    assert found[0]["categories"] == ["erste Rubrik", "zweite Rubrik"]
    assert found[0]["url"] == "https://example.org/a/b"  # whichever was found first
    assert (statistics.listings, statistics.issues["conflict"]) == (3, 2)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["quelle.jsonl"]


def test_what_only_a_list_says_comes_last_and_nothing_is_left_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    file = tmp_path.parent / f"{tmp_path.name}.xml"
    write_catalogue(file, 1)
    rows = parse_pages(bare_source("openqcat"), [Page(file.as_uri(), path=file)])
    assert next(rows)["ref"] == "0"
    assert list(tmp_path.iterdir())
    rows.close()
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_thirty_megabytes_are_parsed_and_harvested_in_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "katalog.xml"
    offers = write_catalogue(file, 30)
    parsed, source = tmp_path / "parsed.jsonl", write_source(tmp_path, file.name)
    assert peak_megabytes([*PARSE, "--platform", "openqcat", str(file)], parsed, 120) < 100
    harvest = ["--source", str(source), "--out", str(tmp_path), "--http", str(tmp_path), "--root", str(tmp_path)]
    assert peak_megabytes([*HARVEST, *harvest], tmp_path / "log", 120) < 150
    for found in (parsed, tmp_path / "grosskatalog.jsonl"):
        with found.open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        assert [row["ref"] for row in rows] == [str(number) for number in range(offers)]
        assert all(row["title"] == f"Drehen und Fräsen {row['ref']}" and len(row["instances"]) == 4 for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "xml"])
def test_open_vhs_is_streamed_too(form: str, tmp_path: Path) -> None:
    events, text = 10_000, "Wir nähen, färben und bügeln. " * 90
    file, parsed = tmp_path / f"kurse.{form}", tmp_path / "parsed.jsonl"
    with file.open("w", encoding="utf-8") as out:
        if form == "json":
            out.write('{"veranstaltungen": {"@version": "1.1", "veranstaltung": [')
            event = {"name": "Nähen", "text": {"eigenschaft": "Beschreibung", "text": text}}
            out.write(",".join(json.dumps({"guid": str(number), **event}) for number in range(events)))
            out.write("]}}")
        else:
            about = f"<name>Nähen</name><text><eigenschaft>text</eigenschaft><text>{text}</text></text>"
            elements = (f"<veranstaltung><guid>{number}</guid>{about}</veranstaltung>" for number in range(events))
            out.writelines(["<veranstaltungen>", *elements, "</veranstaltungen>"])
    assert file.stat().st_size > 25_000_000
    assert peak_megabytes([*PARSE, "--platform", "openvhs", str(file)], parsed, 120) < 100
    with parsed.open(encoding="utf-8") as lines:
        assert [json.loads(line)["ref"] for line in lines] == [str(number) for number in range(events)]


def test_parse_starts_at_once_and_without_scrapy(tmp_path: Path) -> None:
    file = tmp_path / "katalog.xml"
    write_catalogue(file, 1)
    code = (
        "import sys; from flows.cli import app; "
        f"app(['parse', '--platform', 'openqcat', {str(file)!r}], standalone_mode=False); "
        "sys.stderr.write(repr([name for name in ('scrapy', 'twisted', 'prefect', 'duckdb') if name in sys.modules]))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=True)
    assert ended.stderr.decode() == "[]"
    assert ended.stdout.count(b"\n") > 50
