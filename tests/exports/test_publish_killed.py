"""Killed at any moment, `current` is a complete, verified version, and the next publication goes on from it."""

from typing import Any

import pytest

from tests.exports.kills import check_kills


@pytest.mark.slow
def test_ten_kills(portal: Any, consumer: Any, course: Any) -> None:
    check_kills(portal, consumer, course, 10)
