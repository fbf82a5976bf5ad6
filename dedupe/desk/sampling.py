"""The weekly sample: a few of the machine's own merges, drawn at random, for stewards to check how often it is right.

The unit is one offer that the machine put to the senior offer of a course. Which of them a week draws follows from
their ids and the name of the week alone: everybody sees the same, and nobody can choose. A verdict is an ordinary
judgement with the week in `sample`, so it corrects the course as well.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from heapq import nsmallest
from math import sqrt

from dedupe.desk.ledger import Ledger
from dedupe.desk.snapshot import Snapshot
from dedupe.journal import Event, Pair

PER_WEEK = 20
POOL = 10 * PER_WEEK  # drawn first: of these go the pairs that people judged otherwise
Z = 1.96  # of a normal distribution: 95 % lie within


def iso_week(day: date) -> str:
    """The name of the week a day lies in: "2026-W49"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def draw(pairs: Iterable[Pair], week: str, size: int = PER_WEEK) -> list[Pair]:
    """A random sample of the pairs, whatever their order; it hardly changes when some come or go."""
    return nsmallest(size, pairs, key=lambda pair: sha256("\n".join((week, *pair)).encode()).digest())


@dataclass(frozen=True, slots=True)
class Sampled:
    """A merge of a week's sample, and the verdict on it if there is one."""

    pair: Pair
    said: Event | None


def weekly(snapshot: Snapshot, ledger: Ledger, week: str) -> list[Sampled]:
    """The sample of a week. A merge that turned out wrong stays in it when the next night has parted the two."""
    judged = {pair_of(event): event for event in judgements(ledger) if event["sample"] == week}
    fresh = (pair for pair in _pool(snapshot, week) if ledger.standing("judge", *pair) is None)
    return [Sampled(pair, judged.get(pair)) for pair in draw({*judged, *fresh}, week)]


def following(sample: Sequence[Sampled], but: Pair | None) -> Pair | None:
    """The next merge to check: behind `but` where that is one of the sample, then from the beginning."""
    place = next((number for number, one in enumerate(sample) if one.pair == but), -1)
    ordered = [*sample[place + 1 :], *sample[: place + 1]]
    return next((one.pair for one in ordered if one.said is None), None)


def judgements(ledger: Ledger) -> list[Event]:
    """All live judgements that were given on a sample, oldest first."""
    return [
        event for event in ledger.events
        if event["kind"] == "judge" and event.get("sample") and ledger.is_live(event["id"])
    ]  # fmt: skip


def pair_of(event: Event) -> Pair:
    """The pair of a judgement."""
    return event["left"], event["right"]


@lru_cache(maxsize=2)
def _pool(snapshot: Snapshot, week: str) -> tuple[Pair, ...]:
    return tuple(draw(_merges(snapshot), week, POOL))


def _merges(snapshot: Snapshot) -> Iterator[Pair]:
    """Each offer of a course with the senior one."""
    course = senior = None
    for offer_id, course_id in snapshot.clustered():
        if course_id != course:
            course, senior = course_id, offer_id
        elif senior is not None:
            yield (senior, offer_id) if senior < offer_id else (offer_id, senior)


@dataclass(frozen=True, slots=True)
class Precision:
    """How many of the checked merges were right; `unsure` ones say nothing."""

    same: int
    different: int
    unsure: int

    @property
    def checked(self) -> int:
        """Merges of which somebody knew."""
        return self.same + self.different

    @property
    def share(self) -> float | None:
        """The measured precision, None before the first check."""
        return self.same / self.checked if self.checked else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between which shares the true one lies with 95 % confidence (Wilson 1927); None before the first check."""
        return wilson(self.same, self.checked) if self.checked else None


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The Wilson score interval of a share at 95 %: right also near 0 and 1, and for small samples."""
    share, spread = hits / total, Z * Z / total
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def precision(judgements: Iterable[Event]) -> Precision:
    """What these live judgements of the sample say; of several on one pair in one week the last given counts."""
    verdicts = {(event["sample"], event["left"], event["right"]): event["verdict"] for event in judgements}
    counts = Counter(verdicts.values())
    return Precision(counts["same"], counts["different"], counts["unsure"])


def by_week(judgements: Iterable[Event]) -> dict[str, Precision]:
    """The same week by week, the newest first."""
    weeks: dict[str, list[Event]] = {}
    for event in judgements:
        weeks.setdefault(event["sample"], []).append(event)
    return {week: precision(weeks[week]) for week in sorted(weeks, reverse=True)}
