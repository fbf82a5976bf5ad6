"""Six nights with faults, decisions, rollbacks and takedowns in between; sixty are in tests/soak."""

from pathlib import Path

import pytest

from flows.home import Home
from tests.flows.season import Season

pytestmark = pytest.mark.slow


def test_a_short_season_keeps_every_promise(tmp_path: Path) -> None:
    season = Season(Home(tmp_path / "home", "standin"), seed=3, sources=("slv", "bz", "mein-now"))
    for number in range(1, 7):
        season.play(number)
        if number == 3:
            season.take_down(season.an_offer())
            season.check()
        if number == 5:
            season.take_down("bz")
            season.check()
    assert len(season.ever) > 20
    assert any("night" in line and "zurückgehalten" in line for line in season.told)
    assert any(line.startswith("rollback") for line in season.told)
    assert any(line.startswith("judge") for line in season.told)
