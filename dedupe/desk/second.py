"""Second opinions: a share of the decided pairs is asked another steward, who does not learn what the first one said.

The answer decides nothing. It is an event of its own (`recheck`) that only measures how far stewards agree.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from dedupe.desk.deciding import Shown, Verdict, judgement
from dedupe.desk.ledger import Ledger
from dedupe.desk.queue import is_of_these
from dedupe.desk.snapshot import Snapshot
from dedupe.journal import Event, Pair

ONE_IN = 20  # decided pairs
EVERY = 10  # decisions of a person after which one is mixed in


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of so many pairs judged twice so many got the same verdict; the others as (first, second)."""

    asked: int
    agreed: int
    disagreements: tuple[tuple[Event, Event], ...]


@cache
def is_sampled(pair: Pair) -> bool:
    """Whether a pair belongs to the sample: by its name alone, so that nobody chooses."""
    digest = hashlib.sha256("\n".join(pair).encode()).digest()
    return int.from_bytes(digest[:4]) % ONE_IN == 0


def may_ask(ledger: Ledger, pair: Pair, user: str) -> bool:
    """Whether this person can give a second opinion on a pair: somebody else decided it, and nobody did twice."""
    first = ledger.standing("judge", *pair)
    return (
        first is not None
        and first["user"] != user
        and first["verdict"] != "unsure"
        and is_sampled(pair)
        and ledger.standing("recheck", *pair) is None
    )


def next_to_ask(snapshot: Snapshot, ledger: Ledger, user: str) -> Pair | None:
    """The pair that waits longest for a second opinion of this person and looks as it did to the first."""
    for event in sorted(ledger.in_force("judge"), key=lambda event: str(event["at"])):
        pair = (event["left"], event["right"])
        if not may_ask(ledger, pair, user):
            continue
        cards = snapshot.cards(pair)
        if len(cards) == 2 and is_of_these(event, (cards[0].match_hash, cards[1].match_hash)):
            return pair
    return None


def answer(ledger: Ledger, shown: Shown, verdict: Verdict, user: str, note: str) -> list[Event] | None:
    """Append a second opinion. None if the first is no longer what it was, or somebody was quicker."""
    event = {**judgement(shown.pair, shown.hashes, verdict, note), "kind": "recheck", "of": shown.seen}
    return ledger.append([event], user, {("judge", *shown.pair): shown.seen, ("recheck", *shown.pair): None})


def agreement(ledger: Ledger) -> Agreement:
    """How far the second opinions agree with the first ones, as both are in force today."""
    both = list(_both(ledger))
    apart = tuple((first, other) for first, other in both if first["verdict"] != other["verdict"])
    return Agreement(len(both), len(both) - len(apart), apart)


def _both(ledger: Ledger) -> Iterator[tuple[Event, Event]]:
    for other in ledger.in_force("recheck"):
        first = ledger.event(other["of"])
        if first is not None:
            yield first, other
