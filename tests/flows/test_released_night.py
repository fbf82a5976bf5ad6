"""A release with the real command line: half a catalogue is held, released, and then the new normal."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.prefect]


def test_half_a_catalogue_is_held_until_a_person_releases_it(
    finish: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    def night(number: int, *more: str) -> tuple[int, dict[str, Any]]:
        home = ("--home", str(tmp_path), "--night", str(number))
        status, _, said = finish("nightly", "--standin", "--courses", "40", "--sources", "hbz", *home, *more)
        assert status in (0, 1), said
        (page,) = json.loads((tmp_path / "reports" / "latest.json").read_text(encoding="utf-8"))["sources"]
        return status, page

    status, first = night(1)
    assert (status, first["state"], first["known"]) == (0, "fresh", 0)

    status, held = night(2, "--fault", "hbz=half")
    assert (status, held["state"], held["last_good"]) == (1, "held", first["last_good"])
    (reason,) = held["reasons"]
    assert "bekannten Angeboten" in reason
    assert "fehlen" in reason
    assert 0.3 < held["met"] / held["known"] < 0.7

    status, out, _ = finish("release", "hbz", "--reason", "Sommerpause", "--user", "eva", "--home", str(tmp_path))
    assert status == 0
    released = json.loads(out)
    assert (released["kind"], released["source"], released["user"]) == ("release", "hbz", "eva")
    assert released["reason"] == "Sommerpause"
    assert released["run"] in {path.stem for path in (tmp_path / "reports").glob("2*.json")}
    events = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [event["id"] for event in events] == [released["id"]]

    status, passed = night(2, "--fault", "hbz=half")
    assert (status, passed["state"], passed["withdrawn"]) == (0, "fresh", 0)
    assert passed["missed"] > 0
    status, passed = night(2, "--fault", "hbz=half")
    assert (status, passed["state"], passed["missed"]) == (0, "fresh", 0)
    assert passed["withdrawn"] > 0
