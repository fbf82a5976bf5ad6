"""Whole courses at once: all offers on the desk are one course, or one of them does not belong."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dedupe.desk.deciding import judgement, together
from dedupe.desk.ledger import Ledger, Subject
from dedupe.desk.queue import open_queue
from dedupe.desk.snapshot import OfferCard, Snapshot
from dedupe.journal import Event, Pair

MOST = 60  # members of a course that are decided on at once


@dataclass(frozen=True, slots=True)
class Group:
    """The offers of one or more courses, as of the night and what people said since, the senior first.

    `out`: those somebody took out since. `state` changes with the members, their contents and the verdicts on them.
    """

    members: tuple[OfferCard, ...]
    out: frozenset[str]
    state: str

    @property
    def inside(self) -> tuple[OfferCard, ...]:
        """The members that nobody took out."""
        return tuple(one for one in self.members if one.offer_id not in self.out)

    @property
    def is_small(self) -> bool:
        """Whether it can be decided on at once."""
        return len(self.members) <= MOST


def group_of(snapshot: Snapshot, ledger: Ledger, offer_ids: Iterable[str]) -> Group:
    """The courses of these offers as one group."""
    courses = dict.fromkeys(course for offer_id in offer_ids if (course := snapshot.course_of(offer_id)))
    one_now = open_queue(snapshot, ledger).courses
    everywhere = dict.fromkeys(one for course in courses for one in one_now.with_course(course))
    members = [card for course in everywhere for card in snapshot.members(course, MOST + 1)]
    members = sorted(members, key=lambda card: (card.first_seen, card.offer_id))[: MOST + 1]
    verdicts = ledger.among([card.offer_id for card in members])
    told = [f"{card.offer_id} {card.match_hash}" for card in members] + sorted(event["id"] for event in verdicts)
    since = snapshot.made_at.isoformat(timespec="milliseconds")
    return Group(
        tuple(members),
        _taken_out(members, [event for event in verdicts if event["at"] > since]),
        hashlib.sha256("\n".join(told).encode()).hexdigest()[:32],
    )


def join(ledger: Ledger, group: Group, user: str, note: str = "") -> list[Event] | None:
    """Say that all of these are one course: each with the senior, and every pair that somebody had called different.

    None, and nothing written, if the journal changed meanwhile.
    """
    ids = {card.offer_id: card for card in group.inside}
    senior = group.inside[0]
    pairs = {_pair(senior.offer_id, other) for other in ids if other != senior.offer_id}
    verdicts = {(event["left"], event["right"]): event for event in ledger.among(ids)}
    pairs |= {pair for pair, event in verdicts.items() if event["verdict"] != "same"}
    wanted = [pair for pair in sorted(pairs) if (verdicts.get(pair) or {}).get("verdict") != "same"]
    return _write(ledger, [(pair, "same") for pair in wanted], ids, user, note)


def take_out(ledger: Ledger, group: Group, offer_id: str, user: str, note: str = "") -> list[Event] | None:
    """Say that one offer does not belong, and that the others stay one course.

    It differs from every other member, so that no union can hold it. The others may have been held together by it
    alone (repeats of one source are compared with the senior only), so each is called the same as the next senior.
    None, and nothing written, if the journal changed meanwhile. Raises KeyError for an offer that is no member.
    """
    ids = {card.offer_id: card for card in group.inside}
    if offer_id not in ids:
        raise KeyError(offer_id)
    senior, *others = (other for other in ids if other != offer_id)
    kept = [pair for other in others if not ledger.standing("judge", *(pair := _pair(senior, other)))]
    apart = [(_pair(offer_id, other), "different") for other in (senior, *others)]
    return _write(ledger, [*apart, *((pair, "same") for pair in kept)], ids, user, note)


def _write(
    ledger: Ledger, verdicts: Sequence[tuple[Pair, str]], cards: dict[str, OfferCard], user: str, note: str
) -> list[Event] | None:
    events, seen = [], dict[Subject, str | None]()
    for pair, verdict in verdicts:
        hashes = (cards[pair[0]].match_hash, cards[pair[1]].match_hash)
        events.append(judgement(pair, hashes, "same" if verdict == "same" else "different", note))
        standing = ledger.standing("judge", *pair)
        seen["judge", *pair] = standing["id"] if standing else None
    return ledger.append(together(events) if len(events) > 1 else events, user, seen) if events else []


def _taken_out(members: Sequence[OfferCard], verdicts: Sequence[Event]) -> frozenset[str]:
    """The offers that were called different from at least every other member that was left."""
    apart = {(event["left"], event["right"]) for event in verdicts if event["verdict"] == "different"}
    out: set[str] = set()
    for card in reversed(members):  # of two that differ the junior goes
        others = [one.offer_id for one in members if one.offer_id not in (card.offer_id, *out)]
        if others and all(_pair(card.offer_id, other) in apart for other in others):
            out.add(card.offer_id)
    return frozenset(out)


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)
