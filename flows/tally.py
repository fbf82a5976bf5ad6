"""Issues of a night, counted by kind, each kind with its first example."""

import re
from collections import Counter
from collections.abc import Iterable

from flows.outcome import IssueKind
from normalize.model import Offer

EXAMPLE = 500  # characters of an example that are kept


class Tally:
    """Counts issues by field and reason; runs and meetings of an offer are not told apart."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._examples: dict[tuple[str, str], tuple[str, str]] = {}

    @property
    def total(self) -> int:
        """All issues counted so far."""
        return self._counts.total()

    def add(self, field: str, reason: str, raw: str, offer_id: str, count: int = 1) -> None:
        """Count an issue."""
        kind = (re.sub(r"\[\d+\]", "", field), reason)
        self._counts[kind] += count
        self._examples.setdefault(kind, (raw[:EXAMPLE], offer_id))

    def add_offer(self, offer: Offer) -> None:
        """Count the issues of an offer."""
        for issue in offer.issues:
            self.add(issue.field, issue.reason, issue.raw, offer.offer_id)

    def add_kinds(self, kinds: Iterable[IssueKind]) -> None:
        """Count what another tally found."""
        for kind in kinds:
            self.add(kind.field, kind.reason, kind.example, kind.offer_id, kind.count)

    def kinds(self) -> tuple[IssueKind, ...]:
        """The kinds, most frequent first."""
        return tuple(
            IssueKind(field=field, reason=reason, count=count, example=raw, offer_id=offer_id)
            for (field, reason), count in self._counts.most_common()
            for raw, offer_id in [self._examples[field, reason]]
        )
