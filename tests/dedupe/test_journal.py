"""The journal keeps what people decided: nothing is lost, nothing is rewritten, everything can be taken back."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import identity, journal
from dedupe.identity import Identity
from dedupe.journal import JournalError


def event(kind: str, at: str = "2026-11-22T10:00:00Z", **more: Any) -> dict[str, Any]:
    return {"at": at, "user": "steward", "kind": kind, **more}


def judge(left: str, right: str, verdict: str, at: str = "2026-11-22T10:00:00Z", **more: Any) -> dict[str, Any]:
    return event("judge", at, left=left, right=right, verdict=verdict, **more)


def test_what_is_appended_is_read_back_with_an_id_and_the_pair_in_order(tmp_path: Path) -> None:
    path = tmp_path / "home" / "journal.jsonl"
    written = journal.append(path, judge("b:2", "a:1", "same", left_hash="B", right_hash="A"))
    assert (written["left"], written["left_hash"]) == ("a:1", "A")
    assert (written["right"], written["right_hash"]) == ("b:2", "B")
    assert written["id"]
    assert journal.read(path) == [written]


def test_no_file_is_no_events(tmp_path: Path) -> None:
    assert journal.read(tmp_path / "none.jsonl") == []


@pytest.mark.parametrize(
    "bad",
    [
        {"user": "x", "kind": "judge", "left": "a", "right": "b", "verdict": "same"},  # no time
        judge("a", "b", "perhaps"),
        judge("a", "a", "same"),
        event("rename", old="a"),
        event("takedown", reason="asked"),
    ],
)
def test_an_event_that_lacks_something_is_refused_and_nothing_is_written(tmp_path: Path, bad: dict[str, Any]) -> None:
    with pytest.raises(JournalError):
        journal.append(tmp_path / "journal.jsonl", bad)
    assert not (tmp_path / "journal.jsonl").exists()


def test_unknown_kinds_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal.append(path, event("praise", text="gut gemacht"))
    journal.append(path, judge("a", "b", "same"))
    assert [one["kind"] for one in journal.read(path)] == ["praise", "judge"]
    assert len(journal.decide(journal.read(path)).verdicts) == 1


def test_a_torn_last_line_is_passed_over_and_set_aside_by_the_next_append(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    first = journal.append(path, judge("a", "b", "same"))
    with path.open("ab") as file:
        file.write(b'{"id": "torn", "kind": "ju')
    assert journal.read(path) == [first]
    second = journal.append(path, judge("a", "c", "different"))
    assert journal.read(path) == [first, second]
    assert "torn" in (tmp_path / "journal.jsonl.torn").read_text()


def test_a_whole_last_line_without_its_newline_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    first = judge("a", "b", "same") | {"id": "1"}
    path.write_text(json.dumps(first))
    second = journal.append(path, judge("a", "c", "different"))
    assert journal.read(path) == [first, second]


def test_a_broken_line_in_the_middle_names_its_place(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text('{"id": "1", "kind": "x"}\nnonsense\n{"id": "2", "kind": "x"}\n')
    with pytest.raises(JournalError, match="line 2"):
        journal.read(path)


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: journal.append(path, judge("a", f"b{n}", "same")), range(40)))
    assert {one["right"] for one in journal.read(path)} == {f"b{n}" for n in range(40)}


def test_the_newest_verdict_wins_and_ties_go_to_the_greater_id() -> None:
    events = [
        judge("a", "b", "same", "2026-01-02") | {"id": "1"},
        judge("a", "b", "different", "2026-01-01") | {"id": "2"},
        judge("c", "d", "same", "2026-01-01") | {"id": "8"},
        judge("c", "d", "unsure", "2026-01-01") | {"id": "9"},
    ]
    for order in (events, events[::-1]):
        verdicts = journal.decide(order).verdicts
        assert verdicts["a", "b"].verdict == "same"
        assert verdicts["c", "d"].verdict == "unsure"


def test_undo_brings_back_the_older_verdict_and_can_itself_be_undone() -> None:
    older = judge("a", "b", "same", "2026-01-01") | {"id": "1"}
    newer = judge("a", "b", "different", "2026-01-02") | {"id": "2"}
    undo = event("undo", "2026-01-03", event_id="2") | {"id": "3"}
    redo = event("undo", "2026-01-04", event_id="3") | {"id": "4"}
    assert journal.decide([older, newer, undo]).verdicts["a", "b"].verdict == "same"
    assert journal.decide([older, newer, undo, redo]).verdicts["a", "b"].verdict == "different"


def test_a_rename_chain_has_a_first_and_a_present_name() -> None:
    events = [
        event("rename", "2026-01-01", old="s:1", new="s:2") | {"id": "1"},
        event("rename", "2026-02-01", old="s:2", new="s:3") | {"id": "2"},
    ]
    decisions = journal.decide(events)
    assert decisions.first_name("s:3") == "s:1"
    assert decisions.first_name("t:9") == "t:9"
    assert decisions.present_name("s:1", {"s:3": 0}) == "s:3"
    assert decisions.present_name("s:1", {"s:1": 0, "s:3": 0}) == "s:1"
    assert decisions.present_name("s:1", {}) is None


def test_rename_circles_end() -> None:
    events = [
        event("rename", old="a", new="b") | {"id": "1"},
        event("rename", old="b", new="a") | {"id": "2"},
    ]
    assert journal.decide(events).first_name("a") in ("a", "b")
    assert journal.decide(events).present_name("a", {}) is None


def test_a_verdict_knows_whether_a_side_changed() -> None:
    verdict = journal.decide([judge("a", "b", "same", left_hash="1", right_hash="2") | {"id": "1"}]).verdicts["a", "b"]
    assert not verdict.changed("1", "2")
    assert verdict.changed("1", "3")


@given(st.permutations(range(6)))
def test_decisions_do_not_depend_on_the_order_of_events(order: list[int]) -> None:
    events = [
        judge("a", "b", "same", "2026-01-01") | {"id": "1"},
        judge("a", "b", "different", "2026-01-02") | {"id": "2"},
        event("undo", "2026-01-03", event_id="2") | {"id": "3"},
        event("override", "2026-01-01", offer_id="a", field="title", value="x") | {"id": "4"},
        event("override", "2026-01-05", offer_id="a", field="title", value="y") | {"id": "5"},
        event("rename", old="b", new="c") | {"id": "6"},
    ]
    assert journal.decide(events[place] for place in order) == journal.decide(events)


def test_the_first_identity_of_an_offer_stands(tmp_path: Path) -> None:
    path = tmp_path / "identity.jsonl"
    assert identity.sync(path, [Identity("b", "run1"), Identity("a", "run1")]) == 2
    assert identity.sync(path, [{"offer_id": "a", "first_seen": "run2"}, {"offer_id": "c", "first_seen": "run2"}]) == 1
    known = identity.read(path)
    assert {name: one.first_seen for name, one in known.items()} == {"a": "run1", "b": "run1", "c": "run2"}
    assert identity.sync(path, known.values()) == 0
