"""The weekly sample: drawn by nobody, the same for everybody, and honest about how sure it is."""

from datetime import date
from typing import Any

import pytest

from dedupe.desk.sampling import PER_WEEK, Precision, by_week, draw, iso_week, precision, wilson

PAIRS = [(f"a:{n}", f"b:{n}") for n in range(1000)]


def test_a_week_draws_the_same_pairs_whatever_their_order_and_another_week_others() -> None:
    drawn = draw(PAIRS, "2026-W49")
    assert len(drawn) == len(set(drawn)) == PER_WEEK
    assert draw(reversed(PAIRS), "2026-W49") == drawn
    assert len(set(drawn) & set(draw(PAIRS, "2026-W50"))) < PER_WEEK / 2
    assert set(draw(PAIRS[:3], "2026-W49")) == set(PAIRS[:3])


def test_a_few_new_merges_hardly_change_the_sample_of_a_running_week() -> None:
    more = [*PAIRS, *((f"c:{n}", f"d:{n}") for n in range(10))]
    assert len(set(draw(more, "2026-W49")) & set(draw(PAIRS, "2026-W49"))) >= PER_WEEK - 3


def test_every_pair_has_the_same_chance() -> None:
    drawn = [int(left[2:]) for week in range(1, 501) for left, _ in draw(PAIRS, f"2026-W{week}")]
    assert sum(drawn) / len(drawn) == pytest.approx(499.5, abs=10)  # the mean of 10,000 draws has an error of 2.9


def test_weeks_are_those_of_the_calendar() -> None:
    assert iso_week(date(2026, 11, 30)) == "2026-W49"
    assert iso_week(date(2027, 1, 1)) == "2026-W53"


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    # Wilson score intervals at 95 % as tabulated, e.g. Newcombe (1998), Statistics in Medicine 17, table I
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(hits: int, total: int, low: float, high: float) -> None:
    assert wilson(hits, total) == pytest.approx((low, high), abs=5e-5)
    assert wilson(total - hits, total) == pytest.approx((1 - high, 1 - low), abs=5e-5)


def judged(week: str, left: str, verdict: str) -> dict[str, Any]:
    return {"sample": week, "left": left, "right": "z:1", "verdict": verdict}


def test_the_precision_counts_each_checked_merge_once_and_leaves_out_unsure_ones() -> None:
    said = [
        judged("2026-W48", "a:1", "same"),
        judged("2026-W49", "a:2", "different"),
        judged("2026-W49", "a:2", "same"),
        judged("2026-W49", "a:3", "unsure"),
        judged("2026-W49", "a:4", "different"),
    ]
    assert precision(said) == Precision(same=2, different=1, unsure=1)
    assert by_week(said) == {"2026-W49": Precision(1, 1, 1), "2026-W48": Precision(1, 0, 0)}
    assert precision(said).share == pytest.approx(2 / 3)
    nothing = precision([])
    assert (nothing.share, nothing.interval) == (None, None)
