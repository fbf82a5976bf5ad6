"""Everything that the page of a pair shows, gathered from the snapshot and the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dedupe.desk.config import DeskConfig
from dedupe.desk.course_view import merged
from dedupe.desk.groups import Group, group_of
from dedupe.desk.ledger import Ledger
from dedupe.desk.queue import is_of_these
from dedupe.desk.reasons import Opinion, opinion
from dedupe.desk.side_by_side import Line, RunLine, field_lines, run_lines, title_line
from dedupe.desk.snapshot import Snapshot, Waiting
from dedupe.golden import Known
from dedupe.journal import Event, Pair
from normalize.model import Course

Tone = Literal["", "good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence on what just happened, and the event it tells of."""

    text: str
    tone: Tone = ""
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Sides:
    """Both offers and how they compare."""

    left: Known
    right: Known
    title: Line
    fields: Sequence[Line]
    coming: Sequence[RunLine]
    past: Sequence[RunLine]
    opinion: Opinion
    merged: Course | None


@dataclass(frozen=True, slots=True)
class PairView:
    """A pair on the screen.

    `waiting`: how the queue asks for it, None where it does not; `standing`: the verdict in force; `sides`: None where
    an offer is no longer known; `both`: the two courses as one group, `groups`: each by itself. A second opinion
    (`is_second`) does not show the first.
    """

    pair: Pair
    is_second: bool
    waiting: Waiting | None
    standing: Event | None
    is_changed: bool
    past_events: Sequence[Event]
    sides: Sides | None
    hashes: Pair
    both: Group
    groups: Sequence[Group]

    @property
    def is_one_course(self) -> bool:
        """Whether both offers are members of one course as of the night."""
        return len({card.course_id for card in self.both.members if card.offer_id in self.pair}) < 2


def pair_view(
    snapshot: Snapshot, ledger: Ledger, pair: Pair, config: DeskConfig, *, is_second: bool = False
) -> PairView:
    """Gather what is known of a pair; its offers may be unknown."""
    left, right = snapshot.offer(pair[0]), snapshot.offer(pair[1])
    standing = ledger.standing("judge", *pair)
    both = group_of(snapshot, ledger, pair)
    hashes = (left.offer.match_hash if left else "", right.offer.match_hash if right else "")
    return PairView(
        pair=pair,
        is_second=is_second,
        waiting=snapshot.by_pair.get(pair),
        standing=standing,
        is_changed=standing is not None and not is_of_these(standing, hashes),
        past_events=() if is_second else ledger.about("judge", *pair)[::-1],
        sides=_sides(snapshot, ledger, left, right, both, config) if left and right and pair[0] != pair[1] else None,
        hashes=hashes,
        both=both,
        groups=[group_of(snapshot, ledger, [offer_id]) for offer_id in pair],
    )


def _sides(snapshot: Snapshot, ledger: Ledger, left: Known, right: Known, both: Group, config: DeskConfig) -> Sides:
    day = snapshot.made_at.date().isoformat()
    runs = run_lines(left.offer, right.offer, day)
    candidate = snapshot.candidate((left.offer.offer_id, right.offer.offer_id))
    return Sides(
        left=left,
        right=right,
        title=title_line(left.offer, right.offer),
        fields=field_lines(left.offer, right.offer),
        coming=[run for run in runs if not run.is_past],
        past=[run for run in runs if run.is_past],
        opinion=opinion(candidate, left, right, config.model),
        merged=merged(both.inside[0].course_id or "", _known(snapshot, both), ledger, config),
    )


def _known(snapshot: Snapshot, group: Group) -> list[Known]:
    return [known for card in group.inside if (known := snapshot.offer(card.offer_id))]
