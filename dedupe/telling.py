"""Do two descriptions agree in what tells this course from the others of its house?

Houses say the same of all their courses: who funds, where one parks, how one enrols. What stands in many of the
descriptions that a house has in a source tells nothing; what is left is often taken over word for word where the title
is not. Only what was known when the younger of the two arrived counts as the house's, so nothing that comes later
changes what was thought of a pair.
"""

from collections import Counter
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dedupe.columns import Rows
from dedupe.register import Register

Scores = npt.NDArray[np.float64]
Text = frozenset[int]  # prints of the stems of a description

DOUBT = 5.0  # nats: beyond, on either side, descriptions decide nothing
LEAST = 4  # courses of a house from which what they share is the house's
SHARE = 0.4  # of a house's courses whose descriptions have a word that is the house's
FEW = 3  # telling words, of which at least so many are needed
ALIKE, APART = 0.6, 0.15  # shares of the telling words of the one that says less
UNASKED = -1  # the level of a reason that was not looked into
_LEVELS = ("alike", "some", "missing", "apart")


def told(left: Rows, right: Rows, scores: Scores, offers: Register) -> npt.NDArray[np.int8]:
    """Whether the descriptions agree in what not all offers of the house say, as the place of the level in this list.

    alike: Beschreibungen gleich in dem, was nicht alle Angebote des Hauses sagen
    some: Beschreibungen teilweise gleich in dem, was nicht alle Angebote des Hauses sagen
    missing: Beschreibungen sagen nichts, was nicht alle Angebote des Hauses sagen
    apart: Beschreibungen verschieden in dem, was nicht alle Angebote des Hauses sagen

    Asked of pairs of two sources whose score (nats) leaves doubt; of others the level is UNASKED. Only numbers of the
    offers are read, no keys.
    """
    source = offers.table.lines["source"]
    asked = np.flatnonzero((source[left] != source[right]) & (np.abs(scores) < DOUBT))
    houses = _Houses(offers)
    found = np.full(len(left), UNASKED, np.int8)
    pairs = zip(left[asked].tolist(), right[asked].tolist(), strict=True)
    found[asked] = np.fromiter((_LEVELS.index(houses.level(a, b)) for a, b in pairs), np.int8, len(asked))
    return found


class _Houses:
    """What each house says of most of its courses, source by source, as of a night."""

    def __init__(self, offers: Register) -> None:
        self._table, self._nights = offers.table, offers.nights
        _, self._house = np.unique(offers.table.lines["owner"], return_inverse=True)
        self._common: dict[tuple[int, int], Text] = {}
        self._texts: dict[int, Text] = {}

    @cached_property
    def _members(self) -> tuple[Rows, npt.NDArray[np.intp]]:
        """The rows by house, in order of seniority within each, and where each house begins."""
        order = np.argsort(self._house, kind="stable")
        return order.astype(np.int32), np.searchsorted(self._house[order], np.arange(self._house.max(initial=0) + 2))

    @cached_property
    def _stems(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
        """Every text beside each of its stems, by text."""
        owners, values = self._table.parts["told"]
        order = np.argsort(owners, kind="stable")
        return owners[order], values[order]

    def level(self, left: int, right: int) -> str:
        """The level of a pair of rows."""
        one, other = self._text(left), self._text(right)
        if not one or not other:
            return "missing"
        night = int(max(self._nights[left], self._nights[right]))
        general = self._general(int(self._house[left]), night) | self._general(int(self._house[right]), night)
        ones, others = one - general, other - general
        least = min(len(ones), len(others))
        if least < FEW:
            return "missing"
        share = len(ones & others) / least
        return "alike" if share >= ALIKE else "some" if share >= APART else "apart"

    def _general(self, house: int, night: int) -> Text:
        """The stems that a house had in most descriptions by a night, dates and editions of a course counted once."""
        if (house, night) not in self._common:
            rows, begins = self._members
            members = rows[begins[house] : begins[house + 1]]
            members = members[self._nights[members] <= night]
            _, first = np.unique(self._table.lines["title"][members], return_index=True)
            texts = [text for row in members[np.sort(first)].tolist() if (text := self._text(row))]
            counts = Counter(stem for text in texts for stem in text)
            enough = SHARE * len(texts) if len(texts) >= LEAST else np.inf
            self._common[house, night] = frozenset(stem for stem, count in counts.items() if count >= enough)
        return self._common[house, night]

    def _text(self, row: int) -> Text:
        text = int(self._table.lines["text"][row])
        if text not in self._texts:
            owners, stems = self._stems
            start, end = (np.searchsorted(owners, np.uint64(text), side) for side in ("left", "right"))
            self._texts[text] = frozenset(stems[start:end].tolist())
        return self._texts[text]
