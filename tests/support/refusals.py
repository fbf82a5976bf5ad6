"""Reads a page up to the point where its platform refuses it."""

from collections.abc import Iterable
from typing import Any

import pytest

from spiders.page import UnreadableError


def read_until_refused(found: Iterable[Any]) -> tuple[list[str | None], str]:
    """The refs of the rows that were read before, notes left out, and the reason of the refusal."""
    refs: list[str | None] = []
    try:
        for row in found:
            refs += [row["ref"]] if isinstance(row, dict) else []
    except UnreadableError as error:
        return refs, str(error)
    pytest.fail(f"not refused; {len(refs)} rows were read")
