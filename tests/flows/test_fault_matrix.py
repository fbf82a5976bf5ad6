"""A fast cut of the fault matrix: one night in which all sources are broken, each in another way."""

import sys
from pathlib import Path

import pytest
from fault_nights import Finish, clean_nights, faulty_night, matrix, told

from spiders.standin.faults import KINDS

pytestmark = [pytest.mark.slow, pytest.mark.prefect]


def test_a_night_of_many_faults_gives_right_data_or_held_sources(finish: Finish, tmp_path: Path) -> None:
    home = tmp_path / "home"
    clean = clean_nights(finish, home, 1)
    assert all(clean.values())
    outcomes = faulty_night(finish, home, 0)
    assert not [outcome for outcome in outcomes if outcome.wrong], matrix(outcomes)


@pytest.mark.soak
def test_every_fault_at_every_source(finish: Finish, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    clean_nights(finish, home, 3)
    outcomes = [outcome for shift in range(len(KINDS)) for outcome in faulty_night(finish, home, shift)]
    with capsys.disabled():
        sys.stdout.write(f"\n{matrix(outcomes)}\n{told(outcomes)}\n")
    assert not [outcome for outcome in outcomes if outcome.wrong]
