"""What else could it be: pairs in the light of their rivals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.features import level_texts
from dedupe.rivals import FLOOR, rival

HOUSE, AGENCY = 0, 1
SAME_FROM = -0.7


def levels(
    pairs: dict[tuple[int, int], float], source: list[int], birth: list[int] | None = None
) -> dict[tuple[int, int], str]:
    """The level of every pair of rows, by name."""
    rows = np.array(sorted(pairs), np.int32).reshape(-1, 2)
    scores = np.array([pairs[pair] for pair in sorted(pairs)], np.float64)
    born = np.array(birth or [0] * len(source), np.int32)
    found = rival(rows[:, 0], rows[:, 1], scores, np.array(source, np.int32), born, SAME_FROM)
    names = list(level_texts(rival))
    return {pair: names[level] for pair, level in zip(sorted(pairs), found.tolist(), strict=True)}


def test_what_has_no_rival_is_alone_and_one_source_says_nothing() -> None:
    assert levels({(0, 1): 2.0}, [HOUSE, AGENCY]) == {(0, 1): "alone"}
    assert levels({(0, 1): 2.0}, [HOUSE, HOUSE]) == {(0, 1): "inside"}


def test_the_better_of_two_is_ahead_and_the_other_behind() -> None:
    pairs = {(0, 2): 6.0, (1, 2): 4.5}
    assert levels(pairs, [HOUSE, HOUSE, AGENCY]) == {(0, 2): "ahead", (1, 2): "behind"}
    assert levels(pairs | {(1, 2): 1.0}, [HOUSE, HOUSE, AGENCY]) == {(0, 2): "clear", (1, 2): "far"}
    assert levels(pairs | {(1, 2): 6.0}, [HOUSE, HOUSE, AGENCY]) == {(0, 2): "tied", (1, 2): "tied"}


def test_what_is_out_of_the_question_is_no_rival() -> None:
    assert levels({(0, 2): 3.0, (1, 2): FLOOR - 1}, [HOUSE, HOUSE, AGENCY])[0, 2] == "alone"


def test_two_listings_of_one_course_are_no_rivals_of_each_other() -> None:
    """A house that lists every run by itself has many that fit equally well."""
    pairs = {(0, 2): 5.0, (1, 2): 5.0, (0, 1): 4.0}
    assert levels(pairs, [HOUSE, HOUSE, AGENCY])[0, 2] == "alone"
    assert levels(pairs | {(0, 1): -3.0}, [HOUSE, HOUSE, AGENCY])[0, 2] == "tied"


def test_what_comes_later_is_no_rival_of_what_was_there() -> None:
    pairs = {(0, 1): 2.0, (1, 2): 6.0}
    found = levels(pairs, [HOUSE, AGENCY, HOUSE], birth=[0, 0, 1])
    assert found == {(0, 1): "alone", (1, 2): "clear"}


@given(
    st.lists(st.sampled_from([0, 1, 2]), min_size=3, max_size=9).flatmap(
        lambda source: st.tuples(
            st.just(source),
            st.lists(st.integers(0, 2), min_size=len(source), max_size=len(source)),
            st.dictionaries(
                st.tuples(st.integers(0, len(source) - 1), st.integers(0, len(source) - 1)).filter(
                    lambda pair: pair[0] < pair[1]
                ),
                st.integers(-6, 9).map(float),
                min_size=1,
            ),
        )
    )
)
def test_levels_are_those_of_the_definition(
    case: tuple[list[int], list[int], dict[tuple[int, int], float]],
) -> None:
    """Against the plain definition, pair by pair."""
    source, birth, pairs = case

    def score(a: int, b: int) -> float:
        return pairs.get((min(a, b), max(a, b)), -9.0)

    def margin(a: int, b: int) -> float:
        born = max(birth[a], birth[b])
        rivals = [
            score(a, other)
            for other in range(len(source))
            if other not in (a, b)
            and source[other] == source[b]
            and birth[other] <= born
            and score(a, other) > FLOOR
            and score(other, b) <= SAME_FROM
        ]
        return score(a, b) - max(rivals, default=-np.inf)

    found = levels(pairs, source, birth)
    for (a, b), value in pairs.items():
        least = min(margin(a, b), margin(b, a)) if value > FLOOR else np.inf
        expected = (
            "inside" if source[a] == source[b] else "alone" if np.isinf(least) else
            "clear" if least >= 3 else "ahead" if least >= 0.5 else "tied" if least >= -0.5 else
            "behind" if least >= -3 else "far"
        )  # fmt: skip
        assert found[a, b] == expected


@pytest.mark.parametrize("newcomer", [8.0, 2.0, -3.0])
def test_a_newcomer_changes_no_level_among_older_ones(newcomer: float) -> None:
    older = {(0, 2): 3.0, (1, 2): 1.0, (1, 3): 2.0}
    source, birth = [HOUSE, HOUSE, AGENCY, AGENCY], [0, 0, 0, 1]
    before = levels(older, source, birth)
    after = levels(older | {(2, 4): newcomer, (0, 4): newcomer}, [*source, HOUSE], [*birth, 2])
    assert {pair: after[pair] for pair in older} == before
