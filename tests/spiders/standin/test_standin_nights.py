"""From night to night the sites move a little, and refs stay."""

from datetime import date
from itertools import pairwise

import pytest

from spiders.standin import build_catalogue, publish, truth
from spiders.standin.catalogue import Catalogue
from spiders.standin.nights import born, size_at
from spiders.standin.publish import Publication


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return build_catalogue(season=date(2026, 7, 1))


def listings(catalogue: Catalogue, night: int) -> dict[str, Publication]:
    published = publish(catalogue, night)
    return {f"{source}:{offer.ref}": offer for source, offers in published.items() for offer in offers}


def test_about_one_percent_comes_and_goes_and_two_percent_change(catalogue: Catalogue) -> None:
    new = gone = changed = compared = 0
    for night in range(2, 9):
        before, after = listings(catalogue, night - 1), listings(catalogue, night)
        new += len(after.keys() - before.keys())
        gone += len(before.keys() - after.keys())
        both = before.keys() & after.keys()
        changed += sum(before[offer_id] != after[offer_id] for offer_id in both)
        compared += len(both)
    assert 0.006 <= new / compared <= 0.018
    assert 0.004 <= gone / compared <= 0.015
    assert 0.015 <= changed / compared <= 0.05  # listings that change, and runs that move


def test_sixty_nights_never_shrink_the_catalogue(catalogue: Catalogue) -> None:
    sizes = [len(truth(catalogue, night)) for night in range(1, 61)]
    assert min(sizes) >= sizes[0] * 0.99
    assert sizes[-1] >= sizes[0]
    assert all(abs(later - earlier) <= 0.03 * earlier for earlier, later in pairwise(sizes))


def test_titles_prices_texts_addresses_dates_and_places_change_under_stable_refs(catalogue: Catalogue) -> None:
    before, after = listings(catalogue, 1), listings(catalogue, 15)
    pairs = [(before[offer_id], after[offer_id]) for offer_id in before.keys() & after.keys()]
    assert any(new.title == f"{old.title} - ausgebucht" for old, new in pairs)
    assert any(new.title == f"{old.title}: Ausgebucht!" for old, new in pairs)
    assert any(old.price and new.price and new.price != old.price for old, new in pairs)
    assert any(len(new.paragraphs) > len(old.paragraphs) for old, new in pairs)
    assert any(new.category != old.category for old, new in pairs)
    moved = [
        (old_run, new_run)
        for old, new in pairs
        for old_run, new_run in zip(old.runs, new.runs, strict=True)
        if old_run.start != new_run.start
    ]
    assert moved
    assert all(new_run.start > old_run.start for old_run, new_run in moved if old_run.start and new_run.start)
    assert any(
        not old_run.full and new_run.full
        for old, new in pairs
        for old_run, new_run in zip(old.runs, new.runs, strict=True)
    )
    assert all(old.course.key == new.course.key for old, new in pairs)


def test_what_is_withdrawn_stays_away(catalogue: Catalogue) -> None:
    nights = [set(listings(catalogue, night)) for night in (1, 10, 20)]
    assert not (nights[0] - nights[1]) & nights[2]


def test_the_truth_names_exactly_what_is_published(catalogue: Catalogue) -> None:
    for night in (1, 12):
        shown = listings(catalogue, night)
        assert {offer_id: offer.course.key for offer_id, offer in shown.items()} == dict(truth(catalogue, night))


def test_the_order_of_asking_does_not_matter(catalogue: Catalogue) -> None:
    fresh = build_catalogue(season=date(2026, 7, 1))
    assert truth(fresh, 30) == truth(catalogue, 30)
    assert truth(fresh, 2) == truth(catalogue, 2)


@pytest.mark.parametrize("courses", [1, 20, 400])
def test_born_is_the_first_night_that_holds_a_course(courses: int) -> None:
    for index in range(courses, courses + 12):
        night = born(index, courses)
        assert size_at(courses, night) > index >= size_at(courses, night - 1)
