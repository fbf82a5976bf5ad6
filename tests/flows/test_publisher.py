"""Publishing by day: at once, after a night that runs, and again after a desk that was stopped; refusals are told."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.home import Home, night_lock, night_runs
from flows.publisher import Publisher

# Stands for the command: notes that it was called, then says on stdout, stderr and by its exit status what it is told.
COMMAND = """
import pathlib, sys
calls = pathlib.Path(sys.argv[sys.argv.index("--home") + 1]) / "calls"
calls.write_text(calls.read_text() + "x" if calls.exists() else "x")
sys.stdout.write({out!r}); sys.stderr.write({err!r}); sys.exit({status})
"""
GOOD = json.dumps({"version": "20261130T120000Z", "note": None})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path, "standin")
    place.own()
    return place


def publisher(home: Home, out: str = GOOD, err: str = "", status: int = 0) -> Publisher:
    return Publisher(home, (sys.executable, "-c", COMMAND.format(out=out, err=err, status=status)), poll=0.05)


def calls(home: Home) -> int:
    path = home.root / "calls"
    return len(path.read_text()) if path.exists() else 0


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def test_what_is_asked_for_is_published_once_and_its_version_told(home: Home) -> None:
    desk = publisher(home)
    assert desk.state().phase == "idle"
    desk.ask("eva")
    until(lambda: desk.state().phase == "done")
    assert desk.state().version == "20261130T120000Z"
    assert "20261130T120000Z" in desk.state().text_de
    until(lambda: not (home.root / "desk" / "publish.json").exists())
    assert calls(home) == 1


def test_during_a_night_it_waits_says_so_and_comes_after_it_once(home: Home) -> None:
    desk = publisher(home)
    with night_lock(home):
        assert night_runs(home)
        desk.ask("eva")
        until(lambda: desk.state().phase == "waiting")
        desk.ask("maria")
        assert "Eine Nacht läuft" in desk.state().text_de
        assert calls(home) == 0
    until(lambda: desk.state().phase == "done")
    until(lambda: not (home.root / "desk" / "publish.json").exists())
    assert calls(home) == 1


def test_a_desk_that_was_stopped_while_it_waited_takes_it_up_at_its_next_start(home: Home) -> None:
    with night_lock(home):
        stopped = publisher(home)
        stopped.ask("eva")
        until(lambda: stopped.state().phase == "waiting")
        stopped.stop()
    assert calls(home) == 0
    desk = publisher(home)
    desk.resume()
    until(lambda: desk.state().phase == "done")
    assert calls(home) == 1


@pytest.mark.parametrize(
    ("out", "err"),
    [
        ("", "Es wurde nichts veröffentlicht: zu viele Kurse fielen weg"),
        (json.dumps({"version": "v", "note": "Die Version v ist festgehalten"}), ""),
        ("", ""),
    ],
)
def test_a_refusal_is_told_with_its_reason_and_not_tried_again(home: Home, out: str, err: str) -> None:
    desk = publisher(home, out, err, 1)
    desk.ask("eva")
    until(lambda: desk.state().phase == "refused")
    until(lambda: not (home.root / "desk" / "publish.json").exists())
    said = desk.state().text_de
    assert said == (err or ("Die Version v ist festgehalten" if out else said))
    assert said
    assert calls(home) == 1


def test_who_looks_whether_a_night_runs_never_keeps_one_from_beginning(home: Home) -> None:
    assert not night_runs(home)
    for _ in range(200):
        with night_lock(home):
            assert night_runs(home)
        assert not night_runs(home)
