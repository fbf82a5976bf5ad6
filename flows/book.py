"""The book of a night: what is known of each source as the night goes on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from exports.model import SourceStatus
from flows.evidence import Expectation, Harvest, Reading, compared
from flows.gates import is_all_past, reasons_to_hold, reasons_to_hold_reading
from flows.outcome import IssueKind, SourceNight
from flows.refresh import Knowledge
from flows.tally import Tally
from spiders.source import Source
from warehouse.load import Counts, Gone

ROWS_OF_ONE_REF = ("table", "odav")  # software whose rows are runs: several of one course are no fault


@dataclass(frozen=True)
class Normalised:
    """What normalisation made of one good harvest, on `day`.

    Of its `instances`, `dated` have a date, and of these `ahead` are not over.
    """

    ids: frozenset[str]
    instances: int
    dated: int
    ahead: int
    day: date
    issues: int
    kinds: tuple[IssueKind, ...]


class Book:
    """One page per source, in the order of the sources. Only the flow writes here, between the stages."""

    def __init__(self, absent: Iterable[SourceNight] = ()) -> None:
        self._pages = {page.source: page for page in absent}
        self._harvests: dict[str, Harvest] = {}
        self._complete: set[str] = set()
        self._before: dict[str, tuple[Knowledge, str | None]] = {}
        self._readings: dict[str, Reading] = {}
        self._instances: dict[str, int] = {}
        self._tally = Tally()

    @property
    def pages(self) -> tuple[SourceNight, ...]:
        """What is known of every source."""
        return tuple(self._pages.values())

    @property
    def issues(self) -> tuple[IssueKind, ...]:
        """The issues of the good harvests by kind."""
        return self._tally.kinds()

    def is_fresh(self, key: str) -> bool:
        """Whether the source passed so far."""
        return self._pages[key].state == "fresh"

    def is_complete(self, key: str) -> bool:
        """Whether absence from this harvest proves something: it has all pages of a source that lists all it has."""
        return key in self._complete

    def gone(self, key: str) -> tuple[Gone, ...]:
        """The course pages that are gone; a harvest of which anything failed proves not even that."""
        harvest = self._harvests.get(key)
        return harvest.gone if harvest and harvest.complete else ()

    def harvested(
        self, source: Source, harvest: Harvest | BaseException, known: Knowledge, released: str | None
    ) -> None:
        """Let a harvest pass or hold it with its reasons; one that could not even be tried is held too."""
        if isinstance(harvest, BaseException):
            failure = f"Der Abruf ist gescheitert: {type(harvest).__name__}: {harvest}"
            harvest = Harvest(listings=0, failure=failure[:500])
        repeats = source.kind != "provider" or source.platform in ROWS_OF_ONE_REF
        expected = Expectation(source.expect.min_listings, source.expect.fill, repeats)
        reasons = reasons_to_hold(harvest, expected, known.good, released)
        self._harvests[source.key] = harvest
        self._before[source.key] = known, released
        if harvest.complete and source.complete:
            self._complete.add(source.key)
        self._pages[source.key] = SourceNight(
            source=source.key,
            name=source.name,
            state="held" if reasons else "fresh",
            reasons=reasons,
            pages=harvest.pages,
            listings=harvest.listings,
            seconds=harvest.seconds,
            last_good=known.last_good,
            licence=source.permission.licence,
            failed=harvest.failure is not None,
            notes=harvest.notes,
        )

    def normalised(self, source: Source, result: Normalised | BaseException) -> None:
        """Note what normalisation made of it; a failure there holds the source, and so do the gates on what it read."""
        key = source.key
        if isinstance(result, BaseException):
            reason = f"Die Einträge ließen sich nicht verarbeiten: {type(result).__name__}: {result}"
            self._change(key, state="held", reasons=(reason[:500],))
            return
        known, released = self._before[key]
        reading = compared(
            known.alive,
            result.ids,
            self._harvests[key],
            lists_all=source.complete,
            day=result.day,
            released=released,
        )
        reading = replace(reading, dated=result.dated, ahead=result.ahead)
        self._readings[key] = reading
        self._instances[key] = result.instances
        self._change(key, offers=len(result.ids), issues=result.issues, known=reading.known, met=reading.met)
        if reasons := reasons_to_hold_reading(reading, known.good, released):
            self._change(key, state="held", reasons=reasons)
        else:
            self._tally.add_kinds(result.kinds)

    def loaded(self, moved: Mapping[str, Counts], run_id: str) -> None:
        """Note how the offers of the good sources moved; tonight is their newest good night."""
        for key, counts in moved.items():
            moves = {name: getattr(counts, name) for name in Counts.__dataclass_fields__}
            self._change(key, last_good=run_id, **moves)

    def _change(self, key: str, **fields: Any) -> None:
        self._pages[key] = self._pages[key].model_copy(update=fields)

    def records(self, run_id: str, moved: Mapping[str, Counts]) -> Iterator[dict[str, Any]]:
        """How each source fared, as the warehouse keeps it for later gates and pictures."""
        for key, page in self._pages.items():
            harvest = self._harvests.get(key, Harvest(listings=0))
            counts = moved.get(key, Counts())
            yield {
                **page.model_dump(exclude={"state", "reasons", "last_good", "licence", "name", "notes"}),
                **{name: getattr(counts, name) for name in Counts.__dataclass_fields__},
                "run_id": run_id,
                "status": page.state,
                "reason": " ".join(page.reasons) or None,
                "instances": self._instances.get(key),
                "fill": dict(harvest.fill),
                "robots": dict(harvest.robots),
                "charset": harvest.charset,
                "marks": sorted(harvest.marks),
                "unmet": harvest.unmet,
                "repeated": harvest.repeated,
                "all_past": is_all_past(self._readings.get(key, Reading())),
                "complete": self.is_complete(key),
                "gone": [vars(gone) for gone in self.gone(key)],
            }


def source_status(page: SourceNight) -> SourceStatus:
    """How the published data set speaks of a source: a held one with older data is stale."""
    return SourceStatus(
        source=page.source,
        name=page.name,
        status="stale" if page.state == "held" and page.last_good else page.state,
        last_good=page.last_good,
        licence=page.licence,
        reason=" ".join(page.reasons) or None,
    )
