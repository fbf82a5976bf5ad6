"""The real samples, where they are at hand: nothing lost, nothing doubled, and what is no data is refused."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from normalize.model import Listing
from normalize.offer import to_offer
from spiders.harvest import harvest
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


def test_openqcat_services_of_three_files_are_one_offer_with_three_runs(captures: Path) -> None:
    (found,) = listings(captures, "openqcat")
    own, *others = found.instances
    assert (own.ref, own.price, found.price) == (found.ref, found.price, "35464.5 EUR")
    assert len({run.ref for run in found.instances}) == 3
    assert [run.schedule for run in found.instances] == ["Vollzeit", "Vollzeit", "Teilzeit"]  # both codes say Vollzeit
    assert others[1].duration == "mehr als 2 Jahre bis 3 Jahre"  # given as a code alone
    dates = {run.dates for run in found.instances}
    assert dates == {"2027-02-05T00:00:00.000+01:00 - 2029-01-26T00:00:00.000+01:00"}  # not those of the advertisement
    assert found.funding[0] == "Bildungsgutschein"
    assert found.language == "deu, eng"


def test_openvhs_official_example(captures: Path) -> None:
    found = listings(captures, "openvhs")
    assert (len({row.ref for row in found}), len({row.course_number for row in found})) == (6, 5)
    assert [len(run.sessions) for row in found for run in row.instances] == [5, 10, 0, 0, 0, 0]
    assert [row.price for row in found] == ["82.8", "109.0", "69.6", "130.0", "0.0", None]
    assert [row.instances[0].availability for row in found] == ["9 von 12", "10 von 12", "10 von 16", None, None, None]
    offset, none = found[1].instances[0].sessions[0], found[1].instances[0].sessions[-1]
    assert (offset.times, none.times) == ("13:00:00+02:00 - 16:15:00+02:00", None)
    assert found[3].instances[0].dates == "2021-02-06 - 2021-01-31"


def test_openvhs_of_berlin_in_xml_and_json(captures: Path) -> None:
    found = listings(captures, "openvhs-berlin")
    assert len(found) == runs(found) == 3
    assert (found[2].price, found[2].price_note) == ("126.20", "erm. Preis: 65,60 EUR")
    assert "Bildungsurlaub" in found[2].keywords


def test_lahnstein_rows_give_no_wrong_offer(captures: Path) -> None:
    """Number, place and price of the collected rows run on into other courses; some times begin with the deadline."""
    found = listings(captures, "vhs-lahnstein")
    assert len(found) == 13
    assert "IBAN" not in "".join(row.model_dump_json(exclude={"raw"}) for row in found)
    smeared = 0
    for row in found:
        offer = to_offer(row, kind="provider")
        assert all(run.place.venue is None and run.price is None for run in offer.instances)
        deadline = re.match(r"(\d\d)\.(\d\d)\.(\d{4}) Zeiten", row.instances[0].dates or "")
        if deadline:
            smeared += 1
            day = f"{deadline[3]}-{deadline[2]}-{deadline[1]}"
            shown = {run.start for run in offer.instances} | {run.end for run in offer.instances}
            assert None not in shown
            assert day not in shown | {meeting.date for run in offer.instances for meeting in run.sessions}
            assert "not a date of the run" in {issue.reason for issue in offer.issues}
    assert smeared == 2


def test_an_empty_file_of_lahnstein_fails_its_harvest(captures: Path, tmp_path: Path) -> None:
    toml = (
        (SOURCES / "vhs-lahnstein.toml")
        .read_text(encoding="utf-8")
        .replace("kurse_2025-11-15_raw", "kurse_2026-08-22_empty")
    )
    (tmp_path / "vhs-lahnstein.toml").write_text(toml, encoding="utf-8")
    result = harvest(tmp_path / "vhs-lahnstein.toml", out=tmp_path, http=tmp_path / "http", seconds=60, root=captures)
    assert (result.ok, result.complete, result.statistics["listings"]) == (False, False, 0)
    assert result.reason is not None


@pytest.mark.parametrize(
    ("platform", "file"),
    [
        ("mein_now", "mein-now/monitor_2026-06-18.json"),
        ("table", "cmx-vhs-lahnstein/kurse_2026-08-22_empty.json"),
        ("ba", "hwk-meisterkompass/chambers.json"),
        ("hbz", "kufer-vhs-vg/fetch-course-details_0.html"),
        ("openqcat", "openvhs/openvhs-1.2_example.xml"),
        ("openvhs", "openqcat/services/service_Main.xml"),
        ("openvhs", "ba-kursnet/bildungsangebot_v2.json"),
    ],
)
def test_what_is_not_the_platforms_data_is_refused(captures: Path, platform: str, file: str) -> None:
    with pytest.raises(UnreadableError):
        list(parse_files(bare_source(platform), [captures / file]))
