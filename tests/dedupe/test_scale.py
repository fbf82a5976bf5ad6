"""What makes a million offers possible changes no outcome: columns, projections, partitions, restricted evidence."""

from collections import defaultdict
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe import blocking
from dedupe.columns import Columns, distinct, distinct_pairs, paired, unpaired
from dedupe.comparing import compare, pair_completeness
from dedupe.features import Pairs, batch_of, measure
from dedupe.journal import Decisions
from dedupe.keys import Key, read_key
from dedupe.projection import Projector
from dedupe.register import register
from dedupe.resolver import resolve
from dedupe.scored import Judged, Scored, connected, within_groups
from dedupe.scoring import load_model
from tests.dedupe.offers import key, random_offer

NIGHT = "20261101T000000Z"


def random_keys(seed: int, count: int) -> list[Key]:
    """Offers of few words and houses, by id."""
    ids = sorted(f"{('house', 'agency', 'table')[n % 3]}:{n:03d}" for n in range(count))
    return [read_key(random_offer(offer_id, seed + n), NIGHT) for n, offer_id in enumerate(ids)]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_asking_only_what_is_distinct_gives_what_asking_every_pair_gives(seed: int) -> None:
    keys = random_keys(seed, 25)
    pairs = list(combinations(range(25), 2))
    left, right = (np.array(side, np.int32) for side in zip(*pairs, strict=True))
    projector = Projector(Columns(keys))
    assert np.array_equal(projector.batch(left, right).measure(), measure(batch_of(keys, pairs)))
    part = Random(seed).sample(range(len(pairs)), 40)  # what was learnt of the features holds for other batches
    few = projector.narrowed(np.arange(25, dtype=np.int32)).batch(left[part], right[part]).measure()
    assert np.array_equal(few, measure(batch_of(keys, [pairs[place] for place in part])))


def test_a_feature_is_asked_once_for_pairs_that_are_alike_in_what_it_reads() -> None:
    asked: list[str] = []

    def judge(a: Key, b: Key) -> str:
        asked.append("same" if a.towns == b.towns else "other")
        return asked[-1]

    def towns(pairs: Pairs) -> list[str]:
        return pairs.each(judge)

    keys = [key(f"a:{n}", f"Kurs {n}", starts=("2027-01-11",), town=("Marl", "Herten")[n % 2]) for n in range(10)]
    left = np.zeros(9, np.int32)
    answers, places = Projector(Columns(keys)).batch(left, np.arange(1, 10, dtype=np.int32)).ask(towns)
    assert [answers[place] for place in places] == ["other", "same"] * 4 + ["other"]
    assert sorted(asked) == ["other", "same"]  # Marl with Herten, Marl with Marl


def test_a_feature_that_compares_a_part_as_a_whole_is_given_all_of_it() -> None:
    def kinds(pairs: Pairs) -> list[str]:
        return pairs.each(lambda a, b: "same" if a.kind == b.kind and a.kind.features == b.kind.features else "other")

    keys = [key("a:1", "Englisch A1"), key("a:2", "Englisch A1"), key("a:3", "Englisch A2")]
    answers, places = Projector(Columns(keys)).batch(np.zeros(2, np.int32), np.array([1, 2], np.int32)).ask(kinds)
    assert [answers[place] for place in places] == ["same", "other"]


@pytest.mark.parametrize("size", [1, 50])
def test_the_outcome_does_not_depend_on_the_size_of_partitions(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = random_keys(5, 120)
    whole = compare(register(keys), load_model())
    monkeypatch.setattr(blocking.Blocks.partitions, "__defaults__", (size,))
    parts = compare(register(keys), load_model())
    assert parts.considered == whole.considered
    assert dict(parts.scores) == dict(whole.scores)
    assert parts.links == whole.links


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_clusters_need_no_more_than_the_evidence_of_what_links_connect(seed: int) -> None:
    keys = random_keys(seed, 80)
    found = compare(register(keys), load_model())
    born = {one.offer_id: one.first_seen for one in keys}
    barriers = {pair: score for pair, score in found.evidence.items() if score == -np.inf}
    less, all_of_it = (
        resolve(born, Decisions(), found.links, evidence=known, kinds=found.kinds, conflict=found.conflict,
                voices=found.voices, fit=load_model().fit)
        for known in (found.evidence, {**found.scores, **barriers})
    )  # fmt: skip
    assert less == all_of_it
    assert set(found.evidence) <= set(found.scores)


def test_impossible_pairs_are_not_scored() -> None:
    keys = [
        key("a:1", "Englisch A1", "Nordkamp", starts=("2027-01-11",)),
        key("b:1", "Englisch A2", "Nordkamp", starts=("2027-01-11",)),  # another level
        key("c:1", "Englisch A1", "Paritas", starts=("2027-01-11",)),  # a stranger, but the same day
        key("d:1", "Englisch A1", "Paritas", starts=("2027-01-12",)),  # a stranger
    ]
    assert {("a:1", "c:1"), ("c:1", "d:1")} <= set(compare(register(keys), load_model()).scores)
    assert not {("a:1", "b:1"), ("a:1", "d:1")} & set(compare(register(keys), load_model()).scores)


def test_pair_completeness_counts_true_pairs_that_compared_true_pairs_connect() -> None:
    keys = [key(f"a:{n}", "Hydraulik", "Nordkamp", price=f"{n}.00") for n in range(3)] + [key("b:1", "Rückenschule")]
    found = compare(register(keys), load_model())
    labels = {"a:0": "x", "a:1": "x", "a:2": "x", "b:1": "x"}
    assert pair_completeness(found, labels) == 0.5  # 3 of 6: b:1 shares nothing with the others
    assert pair_completeness(found, {**labels, "a:1": "y", "b:1": "z"}) == 1.0  # a:0 and a:2 are themselves a pair
    assert pair_completeness(compare(register([]), load_model()), {}) == 1.0


def test_columns_number_values_in_order_of_their_first_row() -> None:
    columns = Columns([key("a:1", "B"), key("b:1", "A"), key("a:2", "B"), key("b:2", "B", level="A1")])
    assert columns.codes("source").tolist() == [0, 1, 0, 1]
    assert columns.examples("source").tolist() == [0, 1]
    assert columns.codes("source", "title").tolist() == [0, 1, 0, 2]
    assert columns.examples("source", "title").tolist() == [0, 1, 3]
    assert columns.values("kind.level") == [None, "A1"]
    assert columns.codes("kind.level").tolist() == [0, 0, 0, 1]
    assert Columns([]).codes("source", "title").tolist() == []


@given(st.lists(st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))))
def test_two_columns_go_into_one_and_back(pairs: list[tuple[int, int]]) -> None:
    ones, others = (np.array([pair[side] for pair in pairs], np.int32) for side in (0, 1))
    back = unpaired(paired(ones, others))
    assert back[0].tolist() == ones.tolist()
    assert back[1].tolist() == others.tolist()
    assert distinct(paired(ones, others)).tolist() == sorted({one << 32 | other for one, other in pairs})


@pytest.mark.parametrize("size", [4, 1 << 20])  # by a table, and by sorting
def test_distinct_pairs_stand_for_all(size: int) -> None:
    ones, others = np.array([3, 0, 3, 3], np.int32), np.array([1, 1, 1, 2], np.int32)
    left, right, places = distinct_pairs(ones, others, size)
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 1), (3, 1), (3, 2)]
    assert places.tolist() == [1, 0, 1, 2]


@given(st.integers(1, 30), st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=40))
def test_connected_rows_have_the_smallest_row_of_their_group(count: int, pairs: list[tuple[int, int]]) -> None:
    pairs = [(a % count, b % count) for a, b in pairs]
    neighbours = defaultdict(set)
    for a, b in pairs:
        neighbours[a].add(b)
        neighbours[b].add(a)
    left, right = (np.array([pair[side] for pair in pairs], np.int32) for side in (0, 1))
    found = connected(count, left, right).tolist()
    for row in range(count):
        reached, new = {row}, {row}
        while new:
            new = {other for one in new for other in neighbours[one]} - reached
            reached |= new
        assert found[row] == min(reached)


def test_pairs_within_groups_leave_out_what_is_too_large() -> None:
    group = np.array([0, 1, 0, 1, 0, 5, 1, 1], np.int32)
    found = within_groups(np.array([0, 1, 2, 3, 4, 5, 6, 7], np.int32), group, 3)
    assert sorted(zip(*(side.tolist() for side in unpaired(found)), strict=True)) == [(2, 0), (4, 0), (4, 2)]
    assert len(within_groups(np.zeros(0, np.int32), group, 3)) == 0


def test_scores_are_found_by_the_names_of_a_pair() -> None:
    keys = [key("b:1"), key("a:1"), key("c:1")]  # seniority need not be the order of names
    pairs = paired(np.array([1, 2], np.int32), np.array([0, 1], np.int32))
    found = Scored(register(keys), Judged(pairs, np.array([-1.0, 0.5])))
    assert dict(found) == {("a:1", "b:1"): -1.0, ("a:1", "c:1"): 0.5}
    assert found.get(("b:1", "c:1"), 7.0) == 7.0
    assert found.chosen(found.scores > 0) == {("a:1", "c:1"): 0.5}
