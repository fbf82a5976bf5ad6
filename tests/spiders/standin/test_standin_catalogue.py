"""The catalogue: deterministic, of the promised size, full of near but different courses, and with known duplicates."""

import os
import string
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from hashlib import sha256
from itertools import combinations
from pathlib import Path

import pytest
from rapidfuzz.fuzz import token_sort_ratio

from spiders.standin import build_catalogue, publish, season_of, truth
from spiders.standin.catalogue import Course
from spiders.standin.inventory import FORMS, inventory, providers
from spiders.standin.publish import SOURCES

ROOT = Path(__file__).parents[3]
SEASON = date(2026, 7, 1)
# Everything a night says, as one digest; run in another process too.
DIGEST = """
from datetime import date
from hashlib import sha256
from spiders.standin import build_catalogue, publish, truth
catalogue = build_catalogue(7, 60, season=date(2027, 1, 1))
print(sha256(repr((publish(catalogue, 9), truth(catalogue, 9))).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def default() -> list[Course]:
    return build_catalogue(season=SEASON).until(1)


def test_the_same_arguments_give_the_same_bytes_in_any_process() -> None:
    digests = set()
    for seed in ("0", "4711"):
        ran = subprocess.run(
            [sys.executable, "-c", DIGEST],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(ran.stdout)
    assert len(digests) == 1


def test_another_seed_is_another_catalogue() -> None:
    digests = {sha256(repr(build_catalogue(seed, 30, season=SEASON).until(1)).encode()).hexdigest() for seed in (1, 2)}
    assert len(digests) == 2


@pytest.mark.parametrize(("courses", "least", "most"), [(20, 60, 140), (400, 1_800, 2_200), (4_000, 18_000, 22_000)])
def test_any_size_on_request_with_some_five_listings_a_course(courses: int, least: int, most: int) -> None:
    catalogue = build_catalogue(courses=courses, season=SEASON)
    assert len({course.key for course in catalogue.until(1)}) == courses
    listings = truth(catalogue)
    assert least <= len(listings) <= most
    assert len({offer_id for offer_id, _ in listings}) == len(listings)


def test_a_smaller_catalogue_is_the_beginning_of_a_larger_one() -> None:
    small, large = (build_catalogue(courses=courses, season=SEASON) for courses in (50, 90))
    assert [course.key for course in small.until(1)] == [course.key for course in large.until(1)][:50]


def test_every_source_has_listings_and_a_known_part_of_courses_is_in_several() -> None:
    catalogue = build_catalogue(season=SEASON)
    where: dict[str, set[str]] = defaultdict(set)
    for offer_id, course in truth(catalogue):
        where[course].add(offer_id.partition(":")[0])
    assert set().union(*where.values()) == set(SOURCES)
    of_big_houses = [where[course.key] for course in catalogue.until(1) if course.provider.lane != "federal"]
    also_federal = sum("mein-now" in sources for sources in of_big_houses)
    assert 0.35 <= also_federal / len(of_big_houses) <= 0.6
    joint = [sources for sources in of_big_houses if len(sources - {"mein-now", "openvhs"}) == 2]
    assert 4 <= len(joint) <= 30
    again_as_a_feed = [sources for sources in of_big_houses if {"vhs-recklinghausen", "openvhs"} <= sources]
    assert 10 <= len(again_as_a_feed) <= 30


def test_hard_negatives_abound(default: list[Course]) -> None:
    """At least half of all courses have a different course with a nearly equal title."""
    near = set()
    for left, right in combinations(default, 2):
        if token_sort_ratio(left.title.casefold(), right.title.casefold()) >= 85:
            near |= {left.key, right.key}
    assert len(near) >= len(default) / 2


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("vhs-sprache-englisch-a1-1", "vhs-sprache-englisch-a1-2"),  # neighbouring levels
        ("slv-schweisser-mag-135-rohr", "slv-schweisser-wig-141-rohr"),  # processes
        ("hbz-meister-kfm-teil-iii", "hbz-meister-kfm-teil-iv"),  # parts
        ("dekra-bkf-modul-1", "dekra-bkf-modul-2"),  # modules
        ("dekra-stapler-gabelstapler-grundausbildung", "dekra-stapler-gabelstapler-jaehrliche"),  # refresher
        ("bz-aevo-vorbereitungslehrgang", "bz-aevo-pruefung"),  # examination
        ("bz-office-excel-grundkurs-onsite", "bz-office-excel-grundkurs-online"),  # online edition
        ("bz-office-excel-grundkurs", "vhs-office-excel-grundkurs"),  # another provider
    ],
)
def test_each_kind_of_hard_negative_is_in_the_inventory(left: str, right: str) -> None:
    keys = [course.key for course in build_catalogue(courses=2_000, season=SEASON).until(1)]
    assert any(key.startswith(left) for key in keys)
    assert any(key.startswith(right) for key in keys)


def test_no_wording_drops_what_tells_courses_apart() -> None:
    for series in inventory():
        gaps = {name for name, _ in series.vary if name not in FORMS}
        for template in (series.title, *series.also):
            named = {name for _, name, _, _ in string.Formatter().parse(template) if name}
            assert named == gaps, f"{series.id}: {template}"


def test_spellings_of_different_values_never_coincide() -> None:
    for series in inventory():
        for name, values in series.vary:
            spellings = Counter(spelling for value in values for spelling in {value.own, *value.others})
            assert max(spellings.values()) == 1, f"{series.id}.{name}"


def test_every_house_named_in_a_series_exists_and_shares_no_title_by_mistake(default: list[Course]) -> None:
    for series in inventory():
        assert set(series.houses) <= {*providers(), "more"}
    titles = Counter((course.provider.key, course.title) for course in default)
    assert max(titles.values()) == 1


def test_dates_lie_around_the_season_and_some_are_vague(default: list[Course]) -> None:
    runs = [run for course in default for run in course.runs]
    starts = [run.start for run in runs if run.start]
    assert min(starts) >= SEASON - timedelta(62)
    assert max(starts) <= SEASON + timedelta(460)
    assert any(start < SEASON for start in starts)
    assert any(run.start is None for run in runs)
    assert any(run.month_only for run in runs)
    assert all(run.meetings() for run in runs if run.start and not run.month_only)
    assert {run.full for run in runs} == {True, False}


def test_refs_do_not_depend_on_the_season_but_for_the_half_year_in_kufer_numbers() -> None:
    def refs(season: date) -> set[str]:
        listings = truth(build_catalogue(courses=80, season=season))
        return {offer_id for offer_id, _ in listings if not offer_id.startswith(("vhs-", "morgenrot:"))}

    assert refs(date(2026, 7, 1)) == refs(date(2028, 1, 1))
    numbers = [offer.ref for offer in publish(build_catalogue(courses=80, season=SEASON))["vhs-recklinghausen"]]
    assert all(number[:3] in ("26A", "26B", "27A", "27B") and number[3] == "-" for number in numbers)


@pytest.mark.parametrize(
    ("today", "season"),
    [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 6, 30), date(2026, 1, 1)),
        (date(2026, 7, 1), date(2026, 7, 1)),
        (date(2026, 12, 31), date(2026, 7, 1)),
    ],
)
def test_a_season_is_a_half_year(today: date, season: date) -> None:
    assert season_of(today) == season


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one course"):
        build_catalogue(courses=0, season=SEASON)
    with pytest.raises(ValueError, match="nights count from 1"):
        publish(build_catalogue(courses=5, season=SEASON), 0)
