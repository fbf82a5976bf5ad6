"""Sixty nights with faults, decisions, rollbacks and takedowns in between: every promise holds after each of them."""

import sys
from pathlib import Path

import pytest

from flows.home import Home
from tests.flows.season import Season

pytestmark = pytest.mark.soak

NIGHTS = 60
TAKEDOWNS = {10: "offer", 20: "offer", 30: "slv", 40: "offer", 50: "offer"}


@pytest.mark.parametrize("seed", [1])
def test_sixty_nights_keep_every_promise(tmp_path: Path, seed: int) -> None:
    season = Season(Home(tmp_path / "home", "standin"), seed=seed)
    try:
        for number in range(1, NIGHTS + 1):
            season.play(number)
            if what := TAKEDOWNS.get(number):
                season.take_down(season.an_offer() if what == "offer" else what)
                season.check()
    finally:
        sys.stderr.write("\n".join(season.told) + "\n")
    assert len(season.ever) > 30
