"""A whole night read again from its tapes: the same result without the stand-in, or a refusal that says why."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.home import Home, WrongUsage
from flows.replay import check_replay, reason_not_to_replay, taped_night
from spiders.kept import Bodies
from spiders.tape import Entry, Header, TapeWriter

Finish = Callable[..., tuple[int, str, str]]
RUN = "20261122T003000Z"


def taped(home: Home, *bodies: str) -> None:
    home.harvest(RUN).mkdir(parents=True)
    with TapeWriter(home.harvest(RUN) / "slv.tape.jsonl", Header("slv")) as tape:
        for body in bodies:
            tape.add(Entry("2026-11-22T00:30:00.000Z", "http://x/", "http://x/", 200, body=body))


def test_a_night_can_be_read_again_while_its_responses_are_kept(tmp_path: Path) -> None:
    home = Home(tmp_path, "standin")
    bodies = Bodies(home.http / "slv")
    name = bodies.keep(b"abc")
    taped(home, name)
    check_replay(home, RUN, ["slv", "dekra"])
    assert taped_night(home, RUN) == home.harvest(RUN)
    assert reason_not_to_replay(home.harvest(RUN), "slv") is None
    assert reason_not_to_replay(home.harvest(RUN), "dekra") == (
        "In der Nacht vom 22.11.2026, 01:30 Uhr wurde diese Quelle nicht abgerufen."
    )
    bodies.path(name).unlink()
    check_replay(home, RUN, ["dekra"])  # nobody asks for the lost one
    with pytest.raises(WrongUsage, match="1 responses of slv are no longer kept"):
        check_replay(home, RUN, ["slv"])


@pytest.mark.parametrize("run", ["20200101T000000Z", "", "..", "../harvest/20261122T003000Z", "*"])
def test_an_unknown_night_is_named(tmp_path: Path, run: str) -> None:
    home = Home(tmp_path, "standin")
    taped(home)
    with pytest.raises(WrongUsage, match=RUN):
        taped_night(home, run)


def test_a_damaged_tape_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path, "standin")
    taped(home)
    (home.harvest(RUN) / "slv.tape.jsonl").write_text("no tape\n", encoding="utf-8")
    with pytest.raises(WrongUsage, match=r"slv\.tape\.jsonl"):
        check_replay(home, RUN, ["slv"])


def report_of(home: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home / "reports" / "latest.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
@pytest.mark.prefect
def test_a_replayed_night_equals_the_night(finish: Finish, tmp_path: Path) -> None:
    home, chosen = tmp_path / "home", ("hbz", "mein-now", "vhs-recklinghausen")
    status, _, said = finish(
        "nightly", "--standin", "--courses", "40", "--home", str(home), "--sources", ",".join(chosen)
    )
    assert status == 0, said
    first = report_of(home)

    status, _, said = finish(
        "nightly", "--replay", first["run_id"], "--home", str(home), "--sources", ",".join((*chosen, "slv"))
    )
    assert status == 0, said
    assert said.startswith("Wiederholung der Nacht vom ")
    second = report_of(home)
    assert (second["replay_of"], second["profile"]) == (first["run_id"], "standin")
    assert second["run_id"] != first["run_id"]
    assert second["surviving"] == 1.0
    assert {page["source"]: page["state"] for page in second["sources"]} == {
        **dict.fromkeys(chosen, "fresh"),
        "slv": "skipped",
    }
    for key in chosen:
        for name in (f"{key}.jsonl", f"{key}.offers.jsonl"):
            old, new = (home / "harvest" / run["run_id"] / name for run in (first, second))
            assert old.read_bytes() == new.read_bytes(), name

    # and a replay can be replayed
    assert finish("nightly", "--replay", second["run_id"], "--home", str(home), "--sources", "hbz")[0] == 0


@pytest.mark.slow
def test_a_replay_that_cannot_be_is_wrong_usage(finish: Finish, tmp_path: Path) -> None:
    home = Home(tmp_path, "standin")
    home.own()
    taped(home, "0" * 64)
    for arguments, reason in (
        (("--replay", "20200101T000000Z"), "no tape"),
        (("--replay", RUN, "--sources", "slv"), "no longer kept"),
        (("--replay", RUN, "--standin"), "exactly one"),
        (("--replay", RUN, "--night", "2"), "--standin"),
    ):
        status, out, said = finish("nightly", *arguments, "--home", str(tmp_path))
        assert (status, out) == (2, ""), said
        assert reason in said
