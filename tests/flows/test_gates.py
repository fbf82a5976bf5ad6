"""Gates: when a harvest is held, and that the sentence names the numbers."""

from dataclasses import replace
from datetime import date

import pytest

from flows.evidence import compared
from flows.gates import REMEMBERED, Expectation, GoodRun, Harvest, Reading, reasons_to_hold, reasons_to_hold_reading
from warehouse.alive import AliveOffer
from warehouse.load import Gone

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
        ({"declared_total": 120, "unmet": 20}, ("nennt 120 Einträge; 20 davon",)),
    ],
)
def test_a_harvest_that_fails_by_itself(change: dict[str, object], words: tuple[str, ...]) -> None:
    (reason,) = reasons(replace(FINE, **change))  # type: ignore[arg-type]
    assert all(word in reason for word in words)
    assert reason.endswith(".") or "HTTP 500" in reason


@pytest.mark.parametrize(("listings", "held"), [(70, False), (69, True), (1000, False)])
def test_seventy_percent_of_the_median_of_the_good_runs(listings: int, held: bool) -> None:
    # the median of 100, 90, 110, 100, 400 is 100
    found = reasons(replace(FINE, listings=listings), good=FIVE)
    assert bool(found) is held
    if held:
        assert found == (
            "Nur 69 Einträge; in den letzten 5 guten Läufen waren es üblicherweise 100 "
            "(mindestens 70 % davon werden verlangt).",
        )


def test_runs_of_more_than_a_month_ago_do_not_count() -> None:
    ancient = [GoodRun(f"2025010{day}T003000Z", 5000) for day in range(1, 10)]
    month = [GoodRun(f"202611{day:02}T003000Z", 100) for day in range(1, REMEMBERED + 1)]
    assert reasons(FINE, good=[*ancient, *month]) == ()
    (reason,) = reasons(FINE, good=[*ancient, *month[:7]])
    assert "in den letzten 16 guten Läufen waren es üblicherweise 5000" in reason


def test_below_three_runs_the_toml_decides() -> None:
    for good in ([], FIVE[:1], FIVE[:2]):
        low = replace(FINE, listings=50)
        assert reasons(low, least=51, good=good) == ("Nur 50 Einträge; erwartet werden mindestens 51.",)
        assert reasons(low, least=50, good=good) == ()
    # the median of 100, 90, 110 is 100: the TOML is no yardstick any more
    assert reasons(replace(FINE, listings=69), least=1, good=FIVE[:3])
    assert reasons(replace(FINE, listings=70), least=500, good=FIVE[:3]) == ()


RELEASED = "20261106T003000Z"


def released(**facts: object) -> list[GoodRun]:
    """Five good runs, and then one that a steward released."""
    return [*FIVE, GoodRun(RELEASED, 50, {"price": 0.9}, released=True, **facts)]  # type: ignore[arg-type]


def test_a_release_starts_a_new_baseline() -> None:
    half = replace(FINE, listings=50)
    assert reasons(half, good=FIVE)
    assert reasons(half, good=released(), released=RELEASED, least=60) == ()  # a person decided, not the TOML
    fewer = replace(FINE, listings=49)
    assert reasons(fewer, good=released(), released=RELEASED, least=60) == (
        "Nur 49 Einträge; erwartet werden mindestens 50.",
    )
    after = [*released(), GoodRun("20261107T003000Z", 50, {"price": 0.9}), GoodRun("20261108T003000Z", 60)]
    assert reasons(replace(FINE, listings=35, fill={}), good=after, released=RELEASED) == ()
    (reason,) = reasons(replace(FINE, listings=34, fill={}), good=after, released=RELEASED)
    assert "in den letzten 3 guten Läufen waren es üblicherweise 50" in reason


def test_what_was_released_passes_again_and_worse_does_not() -> None:
    known = released(unmet=20, repeated=0.5, robots={"a.example": "new"}, charset="cp1252", marks=frozenset("vwxyz"))
    same = replace(
        FINE, listings=50, duplicates=50, declared_total=120, unmet=20, robots={"a.example": "new"}, charset="cp1252",
        marks=frozenset("vwxyz"),
    )  # fmt: skip
    assert reasons(same, good=known, released=RELEASED) == ()
    assert len(reasons(replace(same, unmet=21), good=known, released=RELEASED)) == 1
    assert len(reasons(replace(same, duplicates=51), good=known, released=RELEASED)) == 1
    assert len(reasons(replace(same, robots={"a.example": "newer"}), good=known, released=RELEASED)) == 1


@pytest.mark.parametrize(("now", "held"), [(0.80, False), (0.79, True), (1.0, False)])
def test_a_key_field_may_lose_ten_points(now: float, held: bool) -> None:
    found = reasons(replace(FINE, fill={"price": now}), good=FIVE)
    assert bool(found) is held
    if held:
        assert found == ("Das Feld „Preis“ ist nur noch in 79 % der Einträge gefüllt (letzter guter Lauf: 90 %).",)


def test_one_listing_of_a_small_catalogue_may_lose_a_field() -> None:
    full = [GoodRun("20261101T003000Z", 5, {"price": 1.0})]
    assert reasons(replace(FINE, listings=5, fill={"price": 0.8}), good=full) == ()
    assert reasons(replace(FINE, listings=5, fill={"price": 0.6}), good=full)


def test_a_field_that_vanished_from_the_statistics_is_empty() -> None:
    (reason,) = reasons(replace(FINE, fill={}), good=FIVE)
    assert "0 %" in reason


def test_refs_that_repeat() -> None:
    # 2 of 100 rows are allowed, 3 of 103 are not; a single one never is an alarm
    assert reasons(replace(FINE, listings=98, duplicates=2)) == ()
    assert reasons(replace(FINE, listings=100, duplicates=3)) == (
        "3 von 103 Einträgen (2,9 %) tragen eine Kennung, die schon vergeben war (höchstens 2 % sind erlaubt).",
    )
    assert reasons(replace(FINE, listings=5, duplicates=1)) == ()
    assert reasons(replace(FINE, listings=5, duplicates=2))
    assert reasons_to_hold(replace(FINE, duplicates=300), Expectation(repeats=True), []) == ()


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ("a1", "a1", None),
        ("a1", "b2", "hat sich geändert"),
        (None, "b2", "ist neu"),
        ("a1", None, "ist verschwunden"),
        (None, None, None),
    ],
)
def test_a_changed_robots_txt(before: str | None, now: str | None, words: str | None) -> None:
    good = [replace(run, robots={"www.example.org": before, "old.example.org": "x"}) for run in FIVE]
    found = reasons(replace(FINE, robots={"www.example.org": now, "new.example.org": "y"}), good=good)
    if words is None:
        assert found == ()
    else:
        assert found == (
            f"Die robots.txt von www.example.org {words}; ob der Abruf noch erlaubt ist, muss ein Mensch prüfen.",
        )


def test_a_changed_charset() -> None:
    good = [replace(run, charset="utf-8") for run in FIVE]
    assert reasons(replace(FINE, charset="UTF8"), good=good) == ()
    assert reasons(replace(FINE, charset=None), good=good) == ()
    assert reasons(replace(FINE, charset="cp1252"), good=FIVE) == ()
    (reason,) = reasons(replace(FINE, charset="cp1252"), good=good)
    assert "cp1252 (letzter guter Lauf: utf-8)" in reason
    assert reasons(replace(FINE, charset="x-unknown"), good=good)


@pytest.mark.parametrize(
    ("now", "held"),
    [("abcdef", False), ("abcdefghijkl", False), ("abcdefghijklm", True), ("uvwxyz", True), ("abcd", False)],
)
def test_a_new_template(now: str, held: bool) -> None:
    # of a to f and a to l six of twelve are common, which is just enough; below five marks nothing is said
    good = [replace(run, marks=frozenset("abcdef")) for run in FIVE]
    found = reasons(replace(FINE, marks=frozenset(now)), good=good)
    assert bool(found) is held
    if now == "uvwxyz":
        assert "nur 0 von 12 Merkmalen stimmen überein (0 %, mindestens 50 %" in found[0]


def test_an_old_record_is_passed_over_for_the_last_that_tells() -> None:
    good = [replace(FIVE[0], charset="utf-8", robots={"a.example": "1"}, marks=frozenset("abcdef")), *FIVE[1:]]
    changed = replace(FINE, charset="cp1252", robots={"a.example": "2"}, marks=frozenset("uvwxyz"))
    assert len(reasons(changed, good=good)) == 3
    assert reasons(changed) == ()  # a first night has nothing to compare with


# --- what was read ---


@pytest.mark.parametrize(("lost", "held"), [(3, False), (4, True), (10, True), (0, False)])
def test_more_than_thirty_percent_lost(lost: int, held: bool) -> None:
    found = reasons_to_hold_reading(Reading(expected=10, lost=lost))
    assert bool(found) is held
    if lost == 4:
        assert found[0].startswith("4 von 10 bekannten Angeboten (40 %) fehlen; mehr als 30 % auf einmal")


def test_the_loss_of_a_handful_says_nothing() -> None:
    assert reasons_to_hold_reading(Reading(expected=4, lost=4)) == ()
    assert reasons_to_hold_reading(Reading(expected=5, lost=2))


def test_a_catalogue_of_the_past() -> None:
    assert reasons_to_hold_reading(Reading(dated=5)) == ("Alle 5 Termine mit Datum liegen in der Vergangenheit.",)
    assert reasons_to_hold_reading(Reading(dated=5, ahead=1)) == ()
    assert reasons_to_hold_reading(Reading(dated=4)) == ()
    assert reasons_to_hold_reading(Reading(dated=5), FIVE)
    assert reasons_to_hold_reading(Reading(dated=5), released(all_past=True), RELEASED) == ()
    healed = [*released(all_past=True), GoodRun("20261107T003000Z", 50)]
    assert reasons_to_hold_reading(Reading(dated=5), healed, RELEASED)


TODAY = date(2026, 11, 22)


def alive(ref: str, last_day: str | None = None, seen: str = "20261121T003000Z") -> AliveOffer:
    return AliveOffer(f"hbz:{ref}", ref, f"https://hbz.example.org/{ref}", seen, last_day)


def test_what_is_expected_and_what_is_lost() -> None:
    offers = [alive("met"), alive("absent"), alive("today", "2026-11-22"), alive("over", "2026-11-21"), alive("gone")]
    met = {"hbz:met", "hbz:new"}
    by_ref = replace(FINE, gone=(Gone(None, "gone"),))
    by_url = replace(FINE, gone=(Gone("https://hbz.example.org/gone", None), Gone("https://hbz.example.org/met")))

    def lost(harvest: Harvest, lists_all: bool, released: str | None = None) -> tuple[int, int, int, int]:
        told = compared(offers, met, harvest, lists_all=lists_all, day=TODAY, released=released)
        return told.known, told.met, told.expected, told.lost

    assert lost(FINE, True) == (5, 1, 4, 3)  # all but the one that is over
    assert lost(FINE, False) == (5, 1, 4, 0)  # absence proves nothing
    assert lost(by_ref, False) == lost(by_url, False) == (5, 1, 4, 1)
    assert lost(replace(by_ref, complete=False), True) == (5, 1, 4, 0)
    assert lost(FINE, True, "20261121T003000Z") == (5, 1, 0, 0)  # nobody has seen them since the release
    assert lost(FINE, True, "20261120T003000Z") == (5, 1, 4, 3)


def test_the_first_fill_rate_is_judged_by_the_toml() -> None:
    expected = Expectation(fill={"price": 0.95})
    (reason,) = reasons_to_hold(FINE, expected, [])
    assert "90 %" in reason
    assert "95 %" in reason
    assert reasons_to_hold(FINE, expected, FIVE) == ()


def test_several_failures_are_all_named() -> None:
    assert len(reasons(replace(FINE, listings=40, declared_total=100, unmet=60, fill={"price": 0.1}), good=FIVE)) == 3


def test_a_few_lost_pages_hold_nothing() -> None:
    assert reasons(replace(FINE, failed_pages=5, pages=95, complete=False)) == ()


def test_only_key_fields_are_compared_with_the_last_good_run() -> None:
    before = [GoodRun("20261101T003000Z", 100, {"price": 0.9, "funding": 0.9, "instances.city": 1.0})]
    (reason,) = reasons(replace(FINE, fill={"price": 0.9, "funding": 0.0, "instances.city": 0.5}), good=before)
    assert "Ort der Termine" in reason
