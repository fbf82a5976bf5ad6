"""Do two descriptions agree in what tells this course from the others of its house?

Houses say the same of all their courses: who funds, where one parks, how one enrols. What stands in many of the
descriptions that a house has in a source tells nothing; what is left is often taken over word for word where the title
is not. Only what was known when the younger of the two arrived counts as the house's, so nothing that comes later
changes what was thought of a pair.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from dedupe.columns import Rows
from dedupe.keys import Key
from dedupe.register import Register

Scores = npt.NDArray[np.float64]
Text = frozenset[str]

DOUBT = 5.0  # nats: beyond, on either side, descriptions decide nothing
LEAST = 4  # courses of a house from which what they share is the house's
SHARE = 0.4  # of a house's courses whose descriptions have a word that is the house's
FEW = 3  # telling words, of which at least so many are needed
ALIKE, APART = 0.6, 0.15  # shares of the telling words of the one that says less
_LEVELS = ("alike", "some", "missing", "apart")
UNASKED = -1  # the level of a reason that was not looked into


def told(left: Rows, right: Rows, scores: Scores, offers: Register) -> npt.NDArray[np.int8]:
    """Whether the descriptions agree in what not all offers of the house say, as the place of the level in this list.

    alike: Beschreibungen gleich in dem, was nicht alle Angebote des Hauses sagen
    some: Beschreibungen teilweise gleich in dem, was nicht alle Angebote des Hauses sagen
    missing: Beschreibungen sagen nichts, was nicht alle Angebote des Hauses sagen
    apart: Beschreibungen verschieden in dem, was nicht alle Angebote des Hauses sagen

    Asked of pairs of two sources whose score (nats) leaves doubt; of others the level is UNASKED.
    """
    source = offers.table.lines["source"]
    asked = np.flatnonzero((source[left] != source[right]) & (np.abs(scores) < DOUBT))
    found = np.full(len(left), UNASKED, np.int8)
    houses = _Houses(offers)
    found[asked] = np.fromiter(
        (houses.level(a, b) for a, b in zip(left[asked].tolist(), right[asked].tolist(), strict=True)),
        np.int8,
        len(asked),
    )
    return found


class _Houses:
    """What each house says of most of its courses, source by source, as of a night."""

    def __init__(self, offers: Register) -> None:
        self._keys = offers.keys
        houses, self._house = np.unique(offers.table.lines["owner"], return_inverse=True)
        self._rows = np.argsort(self._house, kind="stable")  # in order of seniority within each house
        self._begins = np.searchsorted(self._house[self._rows], np.arange(len(houses) + 1))
        self._common: dict[tuple[int, str], Text] = {}

    def level(self, left: int, right: int) -> int:
        """The place of the level of a pair of rows."""
        a, b = self._keys[left], self._keys[right]
        if not a.text or not b.text:
            return _LEVELS.index("missing")
        night = max(a.first_seen, b.first_seen)
        general = self._general(left, night) | self._general(right, night)
        ones, others = a.text - general, b.text - general
        least = min(len(ones), len(others))
        if least < FEW:
            return _LEVELS.index("missing")
        share = len(ones & others) / least
        return _LEVELS.index("alike" if share >= ALIKE else "some" if share >= APART else "apart")

    def _general(self, row: int, night: str) -> Text:
        """The words that the house of this row had in most descriptions by that night."""
        house = int(self._house[row])
        if (house, night) not in self._common:
            texts = dict(self._titled(house, night))
            counts = Counter(word for text in texts.values() for word in text)
            enough = SHARE * len(texts)
            self._common[house, night] = frozenset(
                word for word, count in counts.items() if len(texts) >= LEAST and count >= enough
            )
        return self._common[house, night]

    def _titled(self, house: int, night: str) -> Iterator[tuple[Text, Text]]:
        """Title and description of each course of a house, its dates and editions counted once: the senior's."""
        seen: set[Text] = set()
        for row in self._rows[self._begins[house] : self._begins[house + 1]].tolist():
            key: Key = self._keys[row]
            if key.text and key.first_seen <= night and key.title not in seen:
                seen.add(key.title)
                yield key.title, key.text
