"""What is carried from night to night changes the time a night takes and nothing else."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dedupe import journal
from dedupe.golden import Known
from dedupe.incremental import KEYS, NUMBERS, RECORDS, dump_key, key_of
from dedupe.keys import read_key
from dedupe.pipeline import Permission, dedupe
from dedupe.prints import print_of
from dedupe.scoring import dump_model, load_model
from tests.dedupe.offers import RUNS, key, offer, random_offer

FILES = ("clusters.jsonl", "candidates.jsonl", "conflicts.jsonl", "courses.jsonl")


def write_snapshot(path: Path, known: dict[str, Known]) -> Path:
    rows = (
        {**json.loads(one.offer.model_dump_json()), "first_seen": one.first_seen, "status": one.status}
        for one in known.values()
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def outcome(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


class Nights(RuleBasedStateMachine):
    """Offers come, change, go and return, people judge; every night is run with and without what was kept."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(mkdtemp())
        self.known: dict[str, Known] = {}
        self.night = 0
        self.changed = False
        self.permission = Permission(lambda offer: offer, "everything")

    @rule(seeds=st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
    def arrive(self, seeds: list[int]) -> None:
        self.night += 1
        for seed in seeds:
            offer_id = f"{('house', 'agency', 'table')[seed % 3]}:{len(self.known)}"
            self.known[offer_id] = Known(random_offer(offer_id, seed), f"2026110{self.night % 10}", "active")
        self.changed = True

    @rule(pick=st.integers(0, 10**6), seed=st.integers(0, 10**6))
    def change(self, pick: int, seed: int) -> None:
        if self.known:
            offer_id = sorted(self.known)[pick % len(self.known)]
            self.known[offer_id] = replace(self.known[offer_id], offer=random_offer(offer_id, seed))
            self.changed = True

    @rule(pick=st.integers(0, 10**6))
    def withdraw_or_return(self, pick: int) -> None:
        if self.known:
            one = self.known[sorted(self.known)[pick % len(self.known)]]
            status = "withdrawn" if one.status == "active" else "active"
            self.known[one.offer.offer_id] = replace(one, status=status)
            self.changed = True

    @rule(pick=st.integers(0, 10**6))
    def forget(self, pick: int) -> None:
        if self.known:
            del self.known[sorted(self.known)[pick % len(self.known)]]
            self.changed = True

    @rule(one=st.integers(0, 10**6), other=st.integers(0, 10**6), verdict=st.sampled_from(journal.VERDICTS))
    def judge(self, one: int, other: int, verdict: str) -> None:
        names = sorted(self.known)
        if len(names) > 1 and one % len(names) != other % len(names):
            left, right = sorted((names[one % len(names)], names[other % len(names)]))
            event = {"at": f"2026-11-02T{self.night:02d}", "user": "s", "kind": "judge", "verdict": verdict}
            journal.append(self.home / "journal.jsonl", {**event, "left": left, "right": right})
            self.changed = True

    @rule(seed=st.integers(0, 10**6))
    def fetch_all_again(self, seed: int) -> None:
        """As every night does: some at the same moment, some in another order than the night before."""
        dice = Random(seed)
        for offer_id, one in self.known.items():
            fetched = dice.choice((None, f"2026-11-02T01:{dice.randint(0, 3):02d}:00.000Z"))
            self.known[offer_id] = replace(one, offer=one.offer.model_copy(update={"fetched_at": fetched}))
        self.changed = True

    @rule(pick=st.integers(0, 10**6), title=st.sampled_from(["Hydraulik kompakt", None]))
    def override(self, pick: int, title: str | None) -> None:
        if self.known:
            offer_id = sorted(self.known)[pick % len(self.known)]
            event = {"at": f"2026-11-02T{self.night:02d}", "user": "s", "kind": "override", "field": "title"}
            journal.append(self.home / "journal.jsonl", {**event, "offer_id": offer_id, "value": title})
            self.changed = True

    @rule(old=st.integers(0, 10**6), new=st.integers(0, 10**6))
    def rename(self, old: int, new: int) -> None:
        names = sorted(self.known)
        if names and old % len(names) != new % len(names):
            event = {"at": f"2026-11-02T{self.night:02d}", "user": "s", "kind": "rename"}
            both = {"old": names[old % len(names)], "new": names[new % len(names)]}
            journal.append(self.home / "journal.jsonl", {**event, **both})
            self.changed = True

    @rule(source=st.sampled_from(["house", "agency", "table", None]))
    def silence(self, source: str | None) -> None:
        """A source that permits nothing; None: all permit everything again."""
        self.permission = Permission(lambda offer: None if offer.source == source else offer, str(source))
        self.changed = True

    @rule(name=st.sampled_from([NUMBERS, KEYS, RECORDS]), damage=st.sampled_from([b"", b"PK\x03\x04", b"no archive"]))
    def damage(self, name: str, damage: bytes) -> None:
        (self.home / "cache").mkdir(exist_ok=True)
        (self.home / "cache" / name).write_bytes(damage)
        self.changed = True

    @invariant()
    def both_ways_give_the_same_bytes(self) -> None:
        if self.changed:
            path, said = write_snapshot(self.home / "offers.jsonl", self.known), self.home / "journal.jsonl"
            dedupe(path, said, self.home / "full", permission=self.permission)
            dedupe(path, said, self.home / "fast", permission=self.permission, cache=self.home / "cache")
            assert outcome(self.home / "fast") == outcome(self.home / "full")
            self.changed = False


TestNights = Nights.TestCase
TestNights.settings = settings(
    max_examples=8, stateful_step_count=8, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    known = {f"house:{n}": Known(random_offer(f"house:{n}", n), "20261101", "active") for n in range(120)}
    write_snapshot(tmp_path / "offers.jsonl", known)
    return tmp_path


def night(home: Path, **more: Any) -> Any:
    return dedupe(home / "offers.jsonl", home / "journal.jsonl", home / "out", cache=home / "cache", **more)


def test_an_unchanged_night_scores_no_candidate_again(home: Path) -> None:
    first, second = night(home), night(home)
    assert (first.reused, second.reused) == (0, first.pairs)
    assert first.pairs > 100


def test_only_pairs_with_a_changed_side_are_scored_again(home: Path) -> None:
    first = night(home)
    rows = [json.loads(line) for line in (home / "offers.jsonl").read_text().splitlines()]
    rows[7]["description"] = "Pumpen, Ventile und Zylinder auslegen"  # which no blocking rule looks at
    (home / "offers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    second = night(home)
    # what is scored again has the one changed offer on a side: at most one pair with each of the others
    assert 0 < second.pairs - second.reused < 120
    assert second.pairs == first.pairs
    assert night(home).reused == second.pairs  # and is known from then on


def test_another_model_is_another_opinion(home: Path, tmp_path: Path) -> None:
    night(home)
    model = tmp_path / "model.json"
    model.write_text(dump_model(replace(load_model(), bias=load_model().bias - 1)))
    assert night(home, model=model).reused == 0


@pytest.mark.parametrize("harm", ["cut", "columns", "rows", "foreign", "a key", "a record"])
def test_a_damaged_folder_is_a_full_run_and_no_error(home: Path, harm: str) -> None:
    night(home)
    before = outcome(home / "out")
    path = home / "cache" / NUMBERS
    with np.load(path) as kept:
        arrays = {name: kept[name] for name in kept.files}
    if harm == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif harm == "columns":
        np.savez(path, stamp=arrays["stamp"], lines=arrays["lines"])
    elif harm == "rows":
        np.savez(path, **{**arrays, "candidates pairs": arrays["candidates pairs"] + (1 << 40)})
    elif harm == "foreign":
        np.savez(path, **{**arrays, "candidates scores": arrays["candidates scores"].astype(np.float32)})
    else:
        text = home / "cache" / {"a key": KEYS, "a record": RECORDS}[harm]
        text.write_bytes(text.read_bytes().replace(b"Marl", b"Lamr", 1).replace(b"marl", b"lamr", 1))
    assert night(home).reused == 0
    assert outcome(home / "out") == before
    assert night(home).reused > 0  # the folder was written anew


def test_what_was_kept_of_an_offer_that_is_gone_goes_with_it(home: Path) -> None:
    night(home)
    rows = (home / "offers.jsonl").read_text().splitlines()
    gone = json.loads(rows.pop())["offer_id"]
    told = f'"{gone}"'.encode()
    assert any(told in path.read_bytes() for path in (home / "cache").iterdir())
    (home / "offers.jsonl").write_text("".join(f"{row}\n" for row in rows))
    night(home)
    assert not any(told in path.read_bytes() for path in (home / "cache").iterdir())


def test_a_title_that_looks_like_a_mark_or_a_name_of_the_line_is_kept_as_it_is(home: Path) -> None:
    """The times of fetching are put into kept records and cut out of lines; no text of a page may be taken for one."""
    titles = ('"fetched_at":"2020-01-01"', '\\"last_seen": "x"', f'"{"0" * 32}:000000"', "\\")
    known = {
        f"house:{n}": Known(
            offer(f"house:{n}", title, fetched_at="2026-11-02T01:00:00.000Z", description=title), "20261101", "active"
        )
        for n, title in enumerate(titles)
    }
    write_snapshot(home / "offers.jsonl", known)
    night(home)
    again = night(home)
    courses = [json.loads(line) for line in (home / "out" / "courses.jsonl").read_text().splitlines()]
    assert sorted(course["title"] for course in courses) == sorted(titles)
    assert {course["provenance"]["title"]["fetched_at"] for course in courses} == {"2026-11-02T01:00:00.000Z"}
    assert again.reused == again.pairs


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_a_key_is_kept_as_it_is(seed: int) -> None:
    one = read_key(random_offer("house:1", seed), "20261101")
    assert key_of(dump_key(one)) == one


def test_prints_tell_apart_what_is_compared_and_ignore_the_order_of_runs() -> None:
    plain = {"title": "Hydraulik", "starts": RUNS, "town": "Marl", "price": "90.00", "units": 8.0}
    others = [
        key("a:2", **plain),
        key("a:1", **{**plain, "title": "Hydraulik A1"}),
        key("a:1", **{**plain, "starts": RUNS[:2]}),
        key("a:1", **{**plain, "price": "8.00", "units": 90.0}),
        key("a:1", **plain, description="Ölhydraulik verstehen, Pumpen und Ventile prüfen"),
    ]
    assert print_of(key("a:1", **plain)) == print_of(key("a:1", **{**plain, "starts": RUNS[::-1]}))
    assert len({print_of(key("a:1", **plain)), *map(print_of, others)}) == 6
