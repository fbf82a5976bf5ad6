"""Fixtures for every room."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def captures() -> Path:
    """The folder of real samples beside the repository; tests that need it skip where it is absent."""
    folder = Path(__file__).parents[1].parent / "shared" / "captures"
    if not folder.is_dir():
        pytest.skip("the real samples are not on this machine")
    return folder
