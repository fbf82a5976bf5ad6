"""All offers of a night in order of seniority: their ids, when each was first seen, and what is compared of them.

Keys are asked by row and may be read as late as that: a night in which little changed needs few of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dedupe.columns import Columns, Rows
from dedupe.keys import Key
from dedupe.table import Table, tabulate


@dataclass(frozen=True)
class Register:
    """A row for each offer, the senior first."""

    ids: Sequence[str]
    births: Sequence[str]  # first_seen
    columns: Columns
    table: Table

    @property
    def keys(self) -> Sequence[Key]:
        """What is compared of each offer."""
        return self.columns.keys

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def rows(self) -> dict[str, int]:
        """Offer id -> its row."""
        return {offer_id: row for row, offer_id in enumerate(self.ids)}

    @cached_property
    def nights(self) -> Rows:
        """For every row the number of the night it was first seen."""
        changed = [night != before for night, before in zip(self.births, ["", *self.births], strict=False)]
        return np.cumsum(np.array(changed, np.bool_), dtype=np.int32)

    @cached_property
    def voices(self) -> Rows:
        """For every row the most senior row that it repeats exactly, itself if none."""
        _, first, group = np.unique(self.table.lines["repeats"], return_index=True, return_inverse=True)
        return first.astype(np.int32)[group]


def register(keys: Sequence[Key]) -> Register:
    """The register of keys, which are in order of seniority."""
    columns = Columns(keys)
    return Register([key.offer_id for key in keys], [key.first_seen for key in keys], columns, tabulate(columns))
