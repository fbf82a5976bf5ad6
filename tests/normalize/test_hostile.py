"""Two thousand hostile listings through the whole of normalisation; the soak passes a hundred thousand."""

from hostile import check, hostile_listings

from normalize.model import Listing
from normalize.offer import to_offer


def test_no_hostile_listing_breaks_anything() -> None:
    for row in hostile_listings(2_000):
        check(row)


def test_normalising_twice_gives_the_same() -> None:
    for row in hostile_listings(300, seed=2):
        assert to_offer(Listing.model_validate(row), kind="provider") == to_offer(
            Listing.model_validate(row), kind="provider"
        )
