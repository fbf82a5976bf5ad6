"""A healthy stand-in for the tests of this folder."""

from collections.abc import Iterator

import pytest
from standin_client import SEASON, Get, client

from spiders.standin import StandIn


@pytest.fixture(scope="session")
def site() -> Iterator[StandIn]:
    """A healthy stand-in of 150 courses; tests that break or move it make their own."""
    with StandIn(season=SEASON, courses=150) as running:
        yield running


@pytest.fixture(scope="session")
def get(site: StandIn) -> Get:
    return client(site)
