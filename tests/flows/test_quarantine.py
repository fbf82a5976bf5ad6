"""What a night could not read: every record with its reason, and the kept page it came from."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.home import Home
from flows.quarantine import EXAMPLES, QUARANTINE, write_quarantine
from flows.stages import normalise
from flows.terms import TakenDown
from normalize.assigned import read_assignments
from tests.flows.test_stages import night_of, source

RUN = "20261122T003000Z"
PAGE = "https://haus.example/kurs/"


def write_jsonl(path: Path, rows: list[Any]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def listing(ref: str, **fields: Any) -> dict[str, Any]:
    return {"source": "haus", "ref": ref, "title": f"Löten {ref}", "url": PAGE + ref, "provider": "Haus"} | fields


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A night with a line that is none, a ref met twice, prices nobody can read, and a page that failed."""
    night = night_of(tmp_path, haus := source("haus", "https://haus.example"))
    night.folder.mkdir(parents=True)
    rows = [listing(str(n), price=f"teuer <b>{n % (EXAMPLES + 2)}</b>") for n in range(EXAMPLES + 5)]
    write_jsonl(night.folder / "haus.jsonl", [{"source": "haus", "title": "ohne Kennung"}, *rows, rows[0]])
    statistics = {
        "issues": {"errors": 31, "json": 30},
        "errors": [{"url": PAGE + "x", "message": "HTTP 500"}, {"url": PAGE + "y", "message": "json: block 2: broken"}],
    }
    (night.folder / "haus.stats.json").write_text(json.dumps(statistics), encoding="utf-8")
    answer = {"n": 1, "at": "", "url": PAGE + "0", "final_url": PAGE + "0", "body": "ab" * 32, "robots": False}
    write_jsonl(night.folder / "haus.tape.jsonl", [{"source": "haus"}, answer])
    normalise(night, haus)
    return night.home


def quarantine(home: Home, run_id: str = RUN, banned: TakenDown = TakenDown()) -> list[dict[str, Any]]:  # noqa: B008
    snapshot = home.review / run_id
    snapshot.mkdir(parents=True)
    write_quarantine(home, snapshot, run_id, banned)
    (home.review / "current").unlink(missing_ok=True)
    (home.review / "current").symlink_to(run_id)
    return [json.loads(line) for line in (snapshot / QUARANTINE).read_text(encoding="utf-8").splitlines()]


def test_every_record_that_was_not_read_is_there_with_its_reason(home: Home) -> None:
    found = quarantine(home)
    failed, broken = (row for row in found if row["kind"] == "page")
    assert (failed["reason"], failed["url"]) == ("HTTP 500", PAGE + "x")
    assert (broken["reason"], broken["count"]) == ("block 2: broken", 30)
    line, repeated = (row for row in found if row["kind"] == "record")
    assert (line["line"], line["source"], "ohne Kennung" in line["raw"]) == (1, "haus", True)
    assert (repeated["offer_id"], repeated["body"]) == ("haus:0", "ab" * 32)
    prices = [row for row in found if row["kind"] == "field" and row["field"] == "Preis"]
    assert len(prices) == EXAMPLES
    assert {row["count"] for row in prices} == {EXAMPLES + 5}
    assert prices[0]["raw"] == "teuer <b>0</b>"
    assert len({row["raw"] for row in prices}) == EXAMPLES
    assert {row["run"] for row in found} == {RUN}


def test_a_publication_without_a_harvest_keeps_the_list_of_the_night(home: Home) -> None:
    night = quarantine(home)
    assert quarantine(home, "20261122T120000Z") == night


def test_nothing_of_what_was_taken_down_stays_in_the_list(home: Home) -> None:
    quarantine(home)
    found = quarantine(home, "20261122T120000Z", TakenDown(offers=frozenset({"haus:0"})))
    assert found
    assert {row["kind"] for row in found} == {"field"}  # a page or a line may have been that offer's
    assert "haus:0" not in {row["offer_id"] for row in found}
    assert quarantine(home, "20261122T130000Z", TakenDown(sources=frozenset({"haus"}))) == []


def test_a_night_reads_names_as_the_stewards_assigned_them(home: Home) -> None:
    said = read_assignments([{"what": "provider", "raw": "Haus", "key": "dekra-akademie"}])
    night = replace(night_of(home.root, haus := source("haus", "https://haus.example")), assigned=said)
    normalise(night, haus)
    lines = (night.folder / "haus.offers.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["provider"]["name"] for line in lines} == {"DEKRA Akademie"}
