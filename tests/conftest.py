"""Fixtures for every room, and what a test may skip on a machine that lacks something."""

import atexit
import os
import shutil
from pathlib import Path

import pytest

# What `.ci/run` has installed: a test that needs it fails there instead of being skipped.
REQUIRED = os.environ.get("BILDUNGSRAUM_REQUIRE", "").split()


def pytest_unconfigure() -> None:
    """Keep DuckDB's binding from listing, behind the results, what the dying interpreter has not freed yet."""
    atexit.register(lambda: os.dup2(os.open(os.devnull, os.O_WRONLY), 2))


@pytest.fixture(scope="session")
def captures() -> Path:
    """The folder of real samples beside the repository; tests that need it skip where it is absent."""
    folder = Path(__file__).parents[1].parent / "shared" / "captures"
    if not folder.is_dir():
        pytest.skip("the real samples are not on this machine")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Debian's Chromium."""
    return _program("chromium", "chromium")


@pytest.fixture(scope="session")
def libreoffice() -> str:
    """The path of Debian's LibreOffice."""
    return _program("libreoffice", "soffice")


def _program(package: str, command: str) -> str:
    path = shutil.which(command)
    if path is None:
        if package in REQUIRED:
            pytest.fail(f"{package} is required here, but not installed")
        pytest.skip(f"{package} is not on this machine")
    return path
