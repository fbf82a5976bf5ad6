"""How much was decided, by whom and in which week."""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from dedupe.desk.history import day_of
from dedupe.desk.ledger import Ledger

WEEKS = 12


@dataclass
class OfSteward:
    """What one person decided; what was taken back counts only there."""

    user: str
    verdicts: Counter[str] = field(default_factory=Counter)
    others: int = 0  # corrections, assignments, releases
    taken_back: int = 0

    @property
    def total(self) -> int:
        """All that is in force or was replaced by a newer verdict, not taken back."""
        return self.verdicts.total() + self.others


@dataclass(frozen=True, slots=True)
class Figures:
    """Per steward, and per ISO week (newest first) the judgements of each."""

    stewards: list[OfSteward]
    weeks: list[tuple[str, Counter[str]]]


def figures(ledger: Ledger) -> Figures:
    """Count the journal."""
    return _figures(ledger, ledger.version)


@lru_cache(maxsize=1)
def _figures(ledger: Ledger, _version: int) -> Figures:
    people: dict[str, OfSteward] = {}
    weeks: dict[str, Counter[str]] = {}
    for event in ledger.events:
        if event["kind"] in ("undo", "rename"):
            continue
        person = people.setdefault(event["user"], OfSteward(event["user"]))
        if not ledger.is_live(event["id"]):
            person.taken_back += 1
        elif event["kind"] in ("judge", "recheck"):
            person.verdicts[event["verdict"]] += 1
            year, week, _ = day_of(event).isocalendar()
            weeks.setdefault(f"{year}-W{week:02d}", Counter())[event["user"]] += 1
        else:
            person.others += 1
    stewards = sorted(people.values(), key=lambda person: (-person.total, person.user))
    return Figures(stewards, sorted(weeks.items(), reverse=True)[:WEEKS])
