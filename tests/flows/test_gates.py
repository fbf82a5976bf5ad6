"""Gates: when a harvest is held, and that the sentence names the numbers."""

from dataclasses import replace

import pytest

from flows.gates import Expectation, GoodRun, Harvest, reasons_to_hold

FINE = Harvest(listings=100, fill={"price": 0.9})
FIVE = [
    GoodRun(f"2026110{day}T003000Z", count, {"price": 0.9}) for day, count in enumerate((100, 90, 110, 100, 400), 1)
]


def reasons(harvest: Harvest, *, least: int = 1, good: list[GoodRun] | None = None, **more: object) -> tuple[str, ...]:
    return reasons_to_hold(harvest, Expectation(min_listings=least), good or [], **more)  # type: ignore[arg-type]


def test_a_good_harvest_has_no_reason() -> None:
    assert reasons(FINE, good=FIVE) == ()
    assert reasons(FINE) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"failure": "Die robots.txt der Quelle verbietet den Abruf."}, ("robots.txt",)),
        ({"failed_pages": 6, "pages": 94, "errors": ("HTTP 500",)}, ("6 von 100", "HTTP 500")),
        ({"listings": 0}, ("leer",)),
        ({"declared_total": 120}, ("120", "100")),
    ],
)
def test_a_harvest_that_fails_by_itself(change: dict[str, object], words: tuple[str, ...]) -> None:
    (reason,) = reasons(replace(FINE, **change))  # type: ignore[arg-type]
    assert all(word in reason for word in words)
    assert reason.endswith(".") or "HTTP 500" in reason


@pytest.mark.parametrize(("listings", "held"), [(70, False), (69, True), (1000, False)])
def test_seventy_percent_of_the_median_of_the_last_five(listings: int, held: bool) -> None:
    # the median of 100, 90, 110, 100, 400 is 100
    found = reasons(replace(FINE, listings=listings), good=FIVE)
    assert bool(found) is held
    if held:
        assert "Nur 69 Einträge" in found[0]
        assert "100" in found[0]
        assert "70 %" in found[0]


def test_only_the_last_five_good_runs_count() -> None:
    ancient = [GoodRun("20250101T003000Z", 5000), GoodRun("20250102T003000Z", 5000), GoodRun("20250103T003000Z", 5000)]
    assert reasons(FINE, good=[*FIVE, *ancient]) == ()


def test_the_first_good_run_is_already_a_yardstick() -> None:
    (reason,) = reasons(replace(FINE, listings=60), good=FIVE[:1])
    assert "dem letzten guten Lauf" in reason


def test_without_history_the_toml_decides() -> None:
    assert reasons(replace(FINE, listings=50), least=51) == ("Nur 50 Einträge; erwartet werden mindestens 51.",)
    assert reasons(replace(FINE, listings=51), least=51) == ()


def test_a_release_starts_a_new_baseline() -> None:
    half = replace(FINE, listings=50)
    assert reasons(half, good=FIVE)
    assert reasons(half, good=FIVE, released="20261106T003000Z") == ()
    since = GoodRun("20261107T003000Z", 50, {"price": 0.9})
    assert reasons(half, good=[*FIVE, since], released="20261106T003000Z") == ()
    assert reasons(replace(FINE, listings=30), good=[*FIVE, since], released="20261106T003000Z")


@pytest.mark.parametrize(("now", "held"), [(0.80, False), (0.79, True), (1.0, False)])
def test_a_key_field_may_lose_ten_points(now: float, held: bool) -> None:
    found = reasons(replace(FINE, fill={"price": now}), good=FIVE)
    assert bool(found) is held
    if held:
        assert found == ("Das Feld „Preis“ ist nur noch in 79 % der Einträge gefüllt (letzter guter Lauf: 90 %).",)


def test_a_field_that_vanished_from_the_statistics_is_empty() -> None:
    (reason,) = reasons(replace(FINE, fill={}), good=FIVE)
    assert "0 %" in reason


def test_the_first_fill_rate_is_judged_by_the_toml() -> None:
    expected = Expectation(fill={"price": 0.95})
    (reason,) = reasons_to_hold(FINE, expected, [])
    assert "90 %" in reason
    assert "95 %" in reason
    assert reasons_to_hold(FINE, expected, FIVE) == ()


def test_several_failures_are_all_named() -> None:
    assert len(reasons(replace(FINE, listings=40, declared_total=100, fill={"price": 0.1}), good=FIVE)) == 3


def test_duplicates_were_met_and_fill_the_declared_total() -> None:
    assert reasons(replace(FINE, declared_total=103, duplicates=3)) == ()


def test_a_few_lost_pages_hold_nothing() -> None:
    assert reasons(replace(FINE, failed_pages=5, pages=95, complete=False)) == ()


def test_only_key_fields_are_compared_with_the_last_good_run() -> None:
    before = [GoodRun("20261101T003000Z", 100, {"price": 0.9, "funding": 0.9, "instances.city": 1.0})]
    (reason,) = reasons(replace(FINE, fill={"price": 0.9, "funding": 0.0, "instances.city": 0.5}), good=before)
    assert "Ort der Termine" in reason
