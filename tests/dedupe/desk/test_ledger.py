"""The ledger: what is in force, taken up from a growing file, and never overwritten unseen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dedupe import journal
from dedupe.desk.deciding import Shown, judge, last_of, undo
from dedupe.desk.ledger import Ledger

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PAIR = ("a:1", "b:2")
SHOWN = Shown(PAIR, ("x", "y"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def ledger_at(path: Path, now: datetime = NOW) -> Ledger:
    return Ledger(path, lambda: now)


def test_what_others_append_is_taken_up_and_a_line_that_is_being_written_is_not(path: Path) -> None:
    mine, other = ledger_at(path), ledger_at(path)
    assert judge(other, SHOWN, "same", "uwe", "")
    mine.refresh()
    standing = mine.standing("judge", *PAIR)
    assert standing
    assert (standing["user"], standing["verdict"]) == ("uwe", "same")
    with path.open("a") as file:
        file.write('{"id": "half')
    version = mine.version
    mine.refresh()
    assert mine.version == version
    assert judge(mine, Shown(("c:1", "d:2"), ("x", "y")), "unsure", "eva", "")  # the torn line is set aside
    assert len(ledger_at(path).events) == 2
    assert path.with_name("journal.jsonl.torn").read_text() == '{"id": "half\n'


def test_of_many_who_decide_at_once_exactly_one_is_written(path: Path) -> None:
    desks = [ledger_at(path) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        verdicts = list(
            pool.map(lambda number: judge(desks[number], SHOWN, "same", f"user{number}", ""), range(len(desks)))
        )
    assert sum(verdict is not None for verdict in verdicts) == 1
    assert len(journal.read(path)) == 1


def test_a_later_decision_wins_even_if_the_clock_went_back(path: Path) -> None:
    first = judge(ledger_at(path), SHOWN, "same", "eva", "")
    assert first
    late = ledger_at(path, NOW - timedelta(hours=3))
    assert judge(late, Shown(PAIR, ("x", "y"), first[0]["id"]), "different", "uwe", "")
    assert journal.decide(journal.read(path)).verdicts[PAIR].verdict == "different"


def test_undo_takes_back_a_whole_batch_and_what_stood_before_stands_again(path: Path) -> None:
    ledger = ledger_at(path)
    before = judge(ledger, SHOWN, "different", "eva", "")
    assert before
    events = [
        {"kind": "judge", "left": "a:1", "right": right, "verdict": "same", "batch": "one"} for right in ("b:2", "c:3")
    ]
    assert ledger.append(events, "eva")
    last = last_of(ledger, "eva")
    assert last
    assert len(undo(ledger, last["id"], "eva")) == 2
    assert ledger.standing("judge", *PAIR) == before[0]
    assert ledger.standing("judge", "a:1", "c:3") is None
    assert undo(ledger, last["id"], "eva") == []
    assert last_of(ledger, "eva") == before[0]


def test_by_key_nobody_takes_back_what_others_or_other_days_decided(path: Path) -> None:
    yesterday = ledger_at(path, NOW - timedelta(hours=20))
    judge(yesterday, SHOWN, "same", "eva", "")
    today = ledger_at(path)
    judge(today, Shown(("c:1", "d:2"), ("x", "y")), "same", "uwe", "")
    assert last_of(today, "eva") is None
