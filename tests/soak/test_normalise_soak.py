"""A hundred thousand random and mutated listings through the whole of normalisation."""

import pytest
from hostile import check, hostile_listings


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(101, 111))
def test_ten_thousand_hostile_listings(seed: int) -> None:
    for row in hostile_listings(10_000, seed):
        check(row)
