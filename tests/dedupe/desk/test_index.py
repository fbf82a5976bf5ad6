"""The index of a snapshot and the order of the queue."""

import random
from pathlib import Path

import pytest

from dedupe import journal
from dedupe.desk.benefit import affected_runs, benefit
from dedupe.desk.deciding import undo
from dedupe.desk.index import NAME
from dedupe.desk.ledger import Ledger
from dedupe.desk.queue import Filter, OpenQueue, open_queue
from dedupe.desk.snapshot import Snapshot, Snapshots
from dedupe.golden import Known, build_course
from tests.dedupe.offers import offer
from tests.support.desk_home import FIRST_SEEN, NIGHT, alike, visible, write_night


def waiting(home: Path) -> list[tuple[str, str, str]]:
    """Left, kind and since of the open pairs, in order."""
    snapshot = Snapshot((home / "review" / "current").resolve())
    found = open_queue(snapshot, Ledger(home / "journal.jsonl")).pairs
    return [(one.pair[0], one.kind, one.since) for one in found]


def test_doubt_and_what_a_visitor_can_still_attend_are_worth_most() -> None:
    assert benefit(10, 0.5) > benefit(10, 0.9) > benefit(10, 0.99)
    assert benefit(100, 0.5) > benefit(1, 0.5) > benefit(0, 0.5)
    starts = ("2026-11-20", "2026-11-22", "2027-03-01")
    course = build_course("c", [Known(visible(offer("a:1", starts=starts)), FIRST_SEEN, "active")])
    assert affected_runs(course.model_dump(mode="json"), "2026-11-22") == 2
    outside = build_course("c", [Known(offer("a:1", starts=starts), FIRST_SEEN, "active")])
    assert affected_runs(outside.model_dump(mode="json"), "2026-11-22") == 0


def test_a_pair_keeps_the_night_since_which_it_waits(tmp_path: Path) -> None:
    write_night(tmp_path, alike(2))
    assert {since for _, _, since in waiting(tmp_path)} == {FIRST_SEEN}
    write_night(tmp_path, alike(3), "20261122T003000Z")
    assert {left: since for left, _, since in waiting(tmp_path)} == {
        "alpha:000": FIRST_SEEN, "alpha:001": FIRST_SEEN, "alpha:002": "20261122T003000Z",
    }  # fmt: skip


def test_what_changed_and_what_contradicts_itself_comes_first(tmp_path: Path) -> None:
    def say(left: str, right: str, verdict: str, second: int, **more: str) -> None:
        at = f"2026-11-20T10:00:{second:02d}.000+00:00"
        told = {"kind": "judge", "at": at, "user": "eva", "left": left, "right": right, "verdict": verdict}
        journal.append(tmp_path / "journal.jsonl", told | more)

    say("alpha:004", "beta:004", "same", 1, left_hash="was it was", right_hash="what it was")
    say("alpha:000", "alpha:001", "same", 2)
    say("alpha:001", "alpha:002", "same", 3)
    say("alpha:000", "alpha:002", "different", 4)  # what the two before imply
    write_night(tmp_path, alike(5))
    found = waiting(tmp_path)
    assert {kind for _, kind, _ in found[:2]} == {"changed", "contradiction"}
    assert {kind for _, kind, _ in found[2:]} == {"doubt"}
    say("alpha:001", "alpha:002", "different", 5)  # before the night: it does not answer the question
    assert "contradiction" in {kind for _, kind, _ in waiting(tmp_path)}


@pytest.mark.parametrize("seed", range(8))
def test_a_queue_that_is_kept_up_is_the_one_read_anew(tmp_path: Path, seed: int) -> None:
    write_night(tmp_path, alike(8))
    snapshot, ledger = Snapshot(tmp_path / "review" / NIGHT), Ledger(tmp_path / "journal.jsonl")
    rng = random.Random(seed)
    ids = [one.offer.offer_id for one in alike(8)]
    for _ in range(30):
        if ledger.events and rng.random() < 0.1:
            undo(ledger, rng.choice(ledger.events)["id"], "eva")
        else:
            left, right = sorted(rng.sample(ids, 2) if rng.random() < 0.7 else rng.choice(snapshot.waiting).pair)
            verdict = rng.choice(("same", "different", "unsure"))
            ledger.append([{"kind": "judge", "left": left, "right": right, "verdict": verdict}], "eva")
        kept = open_queue(snapshot, ledger).pairs
        anew = OpenQueue(Ledger(ledger.path)).of(snapshot).pairs
        assert kept == anew


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Filter(), 3), (Filter(source="beta"), 3), (Filter(source="gamma"), 0), (Filter(place="Bottrop"), 3),
        (Filter(kind="doubt"), 3), (Filter(kind="changed"), 0), (Filter(provider="Lernhaus Ruhr gGmbH"), 3),
    ],
)  # fmt: skip
def test_filters_ask_for_either_side(tmp_path: Path, wanted: Filter, count: int) -> None:
    write_night(tmp_path, alike(3))
    pairs = Snapshot(tmp_path / "review" / NIGHT).waiting
    assert sum(map(wanted, pairs)) == count


def test_a_snapshot_without_index_gets_one_and_the_newest_is_taken_up(tmp_path: Path) -> None:
    folder = write_night(tmp_path, alike(2))
    (folder / NAME).unlink()
    snapshots = Snapshots(tmp_path / "review" / "current")
    old = snapshots.newest()
    assert len(old.waiting) == 2
    assert snapshots.newest() is old
    write_night(tmp_path, alike(3), "20261122T003000Z")
    assert snapshots.newest().run_id == "20261122T003000Z"
    known = old.offer("alpha:001")  # who still works with the old one can
    assert known
    assert known.offer.title == alike(2)[2].offer.title
