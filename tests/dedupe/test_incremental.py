"""Scores carried from night to night change the time a night takes and nothing else."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dedupe import journal
from dedupe.columns import Columns
from dedupe.golden import Known
from dedupe.incremental import prints_of, remember
from dedupe.pipeline import dedupe
from dedupe.scoring import dump_model, load_model
from normalize.model import Offer
from tests.dedupe.offers import key, offer

WORDS = ("Hydraulik", "Pneumatik", "Statik", "Schweißen", "MAG", "Grundkurs", "Aufbaukurs", "A1", "B1")
HOUSES = ("Lernhaus Ruhr gGmbH", "Lernhaus Ruhr", "Nordkamp Akademie", "VHS Herten", None)
RUNS = ("2027-01-11", "2027-03-08", "2027-06-14")
FILES = ("clusters.jsonl", "candidates.jsonl", "conflicts.jsonl", "courses.jsonl")


def random_offer(offer_id: str, seed: int) -> Offer:
    dice = Random(seed)
    return offer(
        offer_id,
        " ".join(dice.sample(WORDS, dice.randint(1, 3))),
        dice.choice(HOUSES),
        starts=dice.sample(RUNS, dice.randint(0, 2)),
        town=dice.choice(("Marl", "Herten", None)),
        price=dice.choice(("90.00", "95.00", None)),
        units=dice.choice((8.0, 40.0, None)),
        course_number=dice.choice(("K 2027-118", "77", None)),
        kind="aggregator" if offer_id.startswith("agency") else "provider",
    )


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

    @rule(damage=st.sampled_from([b"", b"PK\x03\x04", b"no archive"]))
    def damage(self, damage: bytes) -> None:
        (self.home / "cache.npz").write_bytes(damage)
        self.changed = True

    @invariant()
    def both_ways_give_the_same_bytes(self) -> None:
        if self.changed:
            path = write_snapshot(self.home / "offers.jsonl", self.known)
            dedupe(path, self.home / "journal.jsonl", self.home / "full")
            dedupe(path, self.home / "journal.jsonl", self.home / "fast", cache=self.home / "cache.npz")
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
    return dedupe(home / "offers.jsonl", home / "journal.jsonl", home / "out", cache=home / "cache.npz", **more)


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


@pytest.mark.parametrize("harm", ["cut", "columns", "rows", "foreign"])
def test_a_damaged_file_is_a_full_run_and_no_error(home: Path, harm: str) -> None:
    night(home)
    before = outcome(home / "out")
    path = home / "cache.npz"
    with np.load(path) as kept:
        arrays = {name: kept[name] for name in kept.files}
    if harm == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif harm == "columns":
        np.savez(path, stamp=arrays["stamp"], prints=arrays["prints"])
    elif harm == "rows":
        np.savez(path, **{**arrays, "pairs": arrays["pairs"] + (1 << 40)})
    else:
        np.savez(path, **{**arrays, "scores": arrays["scores"].astype(np.float32)})
    assert night(home).reused == 0
    assert outcome(home / "out") == before
    assert night(home).reused > 0  # the file was written anew


def test_prints_tell_apart_what_is_compared_and_ignore_the_order_of_runs() -> None:
    plain = {"title": "Hydraulik", "starts": RUNS, "town": "Marl", "price": "90.00", "units": 8.0}
    columns = Columns(
        [
            key("a:1", **plain),
            key("a:1", **{**plain, "starts": RUNS[::-1]}),
            key("a:2", **plain),
            key("a:1", **{**plain, "title": "Hydraulik A1"}),
            key("a:1", **{**plain, "starts": RUNS[:2]}),
            key("a:1", **{**plain, "price": "8.00", "units": 90.0}),
            key("a:1", **plain, description="Ölhydraulik verstehen, Pumpen und Ventile prüfen"),
        ]
    )
    prints = prints_of(columns).tolist()
    assert prints[0] == prints[1]
    assert len(set(prints)) == 6


def test_no_file_is_no_memory(tmp_path: Path) -> None:
    columns = Columns([key("a:1"), key("b:1")])
    memory = remember(tmp_path / "none.npz", columns, load_model())
    assert np.isinf(memory.recall(np.array([0], np.int32), np.array([1], np.int32))).all()
