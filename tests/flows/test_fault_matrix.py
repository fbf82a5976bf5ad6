"""No fault of a source gives wrong data: it is survived, or the source is held for the right reason."""

import sys
from pathlib import Path

import pytest
from fault_matrix import table, told_in_words, try_all

from spiders.standin.faults import KINDS, FaultKind
from spiders.standin.publish import SOURCES

EVERY: tuple[FaultKind, ...] = KINDS


@pytest.mark.slow
def test_every_source_under_one_fault_and_every_fault_at_one_source(tmp_path: Path) -> None:
    """A fast cut: source i has fault i, so that all sources and all faults occur."""
    pairs = [(SOURCES[place % len(SOURCES)], EVERY[place % len(EVERY)]) for place in range(len(SOURCES))]
    outcomes = try_all(pairs, tmp_path)
    assert {outcome.fault for outcome in outcomes} == set(EVERY)
    assert not [outcome for outcome in outcomes if outcome.wrong], told_in_words(outcomes)


@pytest.mark.soak
def test_every_fault_at_every_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = try_all([(source, fault) for source in SOURCES for fault in EVERY], tmp_path)
    with capsys.disabled():
        sys.stdout.write(f"\n{table(outcomes)}\n{told_in_words(outcomes)}\n")
    assert not [outcome for outcome in outcomes if outcome.wrong]
