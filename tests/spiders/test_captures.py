"""The real samples, where they are at hand: nothing lost, nothing doubled, and what is no data is refused."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from normalize.model import Listing
from spiders.page import UnreadableError
from spiders.parse import parse_files
from spiders.source import bare_source, load_source

SOURCES = Path(__file__).parents[2] / "spiders" / "sources" / "captures"


def listings(captures: Path, key: str) -> list[Listing]:
    source = load_source(SOURCES / f"{key}.toml")
    found = list(parse_files(source, [captures / name for name in source.start]))
    assert all(listing.title and listing.provider and listing.source == key for listing in found)
    return found


def runs(found: list[Listing]) -> int:
    return sum(len(listing.instances) for listing in found)


def test_ba_payload(captures: Path) -> None:
    found = listings(captures, "ba")
    assert (len(found), runs(found)) == (12, 12)
    assert all(listing.instances[0].venue and listing.instances[0].city for listing in found)


def test_vhs_rows_by_course_number_with_their_distinct_dates(captures: Path) -> None:
    lines = (captures / "kufer-vhs-recklinghausen" / "courses.jsonl").read_text(encoding="utf-8").splitlines()
    rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    found = listings(captures, "vhs-recklinghausen")
    assert (len(rows), len(found)) == (325, 285)
    assert runs(found) == len({(row["knr"], row["date"], row["time"], row["venue"]) for row in rows})


def test_chamber_rows_are_all_kept_as_runs(captures: Path) -> None:
    file = captures / "hwk-meisterkompass" / "courses_2026-07-16.json.gz"
    rows: list[dict[str, Any]] = json.loads(gzip.decompress(file.read_bytes()))
    found = listings(captures, "hwk-kurse")
    assert len(found) == len({(row["source_url"], str(row["parts"])) for row in rows})
    assert runs(found) == len(rows) == 2412


@pytest.mark.parametrize(
    ("platform", "file"),
    [
        ("mein_now", "mein-now/monitor_2026-06-18.json"),
        ("table", "cmx-vhs-lahnstein/kurse_2026-08-22_empty.json"),
        ("ba", "hwk-meisterkompass/chambers.json"),
        ("hbz", "kufer-vhs-vg/fetch-course-details_0.html"),
    ],
)
def test_what_is_not_the_platforms_data_is_refused(captures: Path, platform: str, file: str) -> None:
    with pytest.raises(UnreadableError):
        list(parse_files(bare_source(platform), [captures / file]))
