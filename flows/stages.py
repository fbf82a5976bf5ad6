"""The stages of a night as plain functions: what happens, in the order of `nightly`, without a word about Prefect."""

from datetime import UTC, date, datetime
from typing import Any

from flows.again import write_manifest
from flows.book import Book, Normalised, source_status
from flows.chart import BERLIN, moment
from flows.erasure import erase
from flows.gates import Harvest
from flows.lines import BadLine, read_listings
from flows.notes import dominant, notes_of
from flows.opening import Night
from flows.outcome import NightReport, Published, SourceNight, headline
from flows.quarantine import UNREAD, Unread
from flows.reasons import german, german_failure
from flows.refresh import Refreshed, past_nights, publish_version, record_only, refresh
from flows.report import write_report
from flows.tally import Tally
from flows.terms import taken_down
from flows.tidy import tidy
from normalize.offer import to_offer
from spiders.harvest import HarvestResult
from spiders.harvest import harvest as run_harvest
from spiders.source import Source
from spiders.tape import SUFFIX
from warehouse.load import Gone, SourceLoad

REPEATED = "the same ref twice in one harvest; the first counts"


def harvest(night: Night, source: Source) -> Harvest:
    """Harvest one source in a process of its own, within the time its TOML allows."""
    with night.turn(source):
        result = run_harvest(
            night.files[source.key],
            out=night.folder,
            http=night.home.http,
            seconds=source.politeness.max_seconds,
            base_url=f"http://{source.key}.localhost" if night.proxy else None,
            proxy=night.proxy,
            root=night.captures,
            contact=night.settings.contact,
            run_id=night.run_id,
            replay=night.replay / f"{source.key}{SUFFIX}" if night.replay else None,
            cancelled=night.cancelled,
        )
    if banned := taken_down(night.home).of(source.key):
        erase(night.home, banned, [night.folder])  # the source still publishes what was taken down here
    return told(result)


def told(result: HarvestResult) -> Harvest:
    """What the gates judge by; a harvest that left no statistics is only its failure."""
    if not result.statistics:
        return Harvest(0, failure=result.reason)
    counted = result.statistics
    return Harvest(
        listings=counted["listings"],
        failure=result.reason and german_failure(result.reason),
        complete=result.complete,
        failed_pages=counted["failed_pages"],
        declared_total=counted["declared_total"],
        unmet=_unmet(counted),
        duplicates=counted["duplicates"],
        fill=counted["fill"],
        errors=tuple(f"{german(error['message'])} ({error['url']})" for error in counted["errors"]),
        pages=counted["pages"],
        seconds=counted["seconds"],
        robots=counted.get("robots") or {},
        charset=dominant(counted.get("charsets") or {}),
        marks=frozenset(counted.get("marks") or ()),
        gone=tuple(Gone(page.get("url"), page.get("ref")) for page in counted.get("gone") or ()),
        notes=notes_of(counted),
    )


def _unmet(counted: dict[str, Any]) -> int:
    """How many records the source says it has and did not show.

    Statistics that do not tell are taken at their word when they say that all was met. Otherwise every row counts, also
    one whose ref was read before; where queries overlap that may be too many.
    """
    if "unmet" in counted:
        return int(counted["unmet"])
    if counted["complete"] or counted["declared_total"] is None:
        return 0
    return max(int(counted["declared_total"] - counted["listings"] - counted["duplicates"]), 0)


def normalise(night: Night, source: Source) -> Normalised:
    """Turn a good harvest into offers, one line each; a line that gives none becomes an issue, never a silent gap."""
    tally = Tally()
    seen: set[str] = set()
    instances = dated = ahead = 0
    # recordings are of days long past, which nobody noted: of them nothing is over
    day = date.min if night.home.profile == "captures" else night.started.astimezone(BERLIN).date()
    listings, offers = night.folder / f"{source.key}.jsonl", night.folder / f"{source.key}.offers.jsonl"
    with (
        listings.open("rb") as lines,
        offers.open("wb") as out,
        Unread(night.folder / f"{source.key}{UNREAD}") as unread,
    ):
        for item in read_listings(lines):
            if isinstance(item, BadLine):
                tally.add("listing", item.reason, item.raw, f"{source.key}, Zeile {item.number}")
                unread.line(item)
                continue
            offer = to_offer(item.listing, kind=source.kind, assigned=night.assigned)
            if offer.offer_id in seen:
                tally.add("ref", REPEATED, offer.ref, offer.offer_id)
                unread.repeated(offer, REPEATED)
                continue
            seen.add(offer.offer_id)
            last_days = [last for run in offer.instances if (last := run.end or run.start)]
            instances += len(offer.instances)
            dated += len(last_days)
            ahead += sum(last >= day.isoformat() for last in last_days)
            tally.add_offer(offer)
            unread.fields(offer)
            out.write(offer.model_dump_json().encode() + b"\n")
    return Normalised(frozenset(seen), instances, dated, ahead, day, tally.total, tally.kinds())


def load_and_deduplicate(night: Night, book: Book) -> Refreshed | None:
    """Load what passed its gates and find the courses, in one transaction; None if nothing passed."""
    loads = [
        SourceLoad(
            page.source,
            night.folder / f"{page.source}.jsonl",
            night.folder / f"{page.source}.offers.jsonl",
            complete=book.is_complete(page.source),
            gone=book.gone(page.source),
        )
        for page in book.pages
        if page.state == "fresh"
    ]
    if not loads:
        record_only(night.home, night.run_id, night.started, book.records(night.run_id, {}))
        return None
    done = refresh(night.home, night.run_id, night.started, loads, lambda moved: book.records(night.run_id, moved))
    write_manifest(night.folder, night.started, list(book.records(night.run_id, done.moved)))
    return done


def publish(night: Night, book: Book, refreshed: Refreshed) -> Published | str:
    """Publish what is known now; held sources are marked stale. A refusal is returned as a sentence."""
    statuses = [source_status(page) for page in book.pages]
    return publish_version(
        night.home, night.run_id, night.started, refreshed.snapshot, statuses, night.settings.keep_versions
    )


def report(night: Night, book: Book, totals: dict[str, int], published: Published | str | None) -> NightReport:
    """Write the report of the night, whatever became of it."""
    version = published if isinstance(published, Published) else None
    refusal = published if isinstance(published, str) else None
    if version is not None:
        totals = totals | {"published": version.counts.get("courses", 0)}
    said = headline(book.pages, version, refusal)
    if night.replay is not None:
        said = f"Wiederholung der Nacht vom {moment(night.replay.name):%d.%m.%Y, %H:%M Uhr}: {said}"
    finished = datetime.now(UTC)
    record = NightReport(
        run_id=night.run_id,
        profile=night.home.profile,
        replay_of=night.replay.name if night.replay else None,
        started_at=night.started.isoformat(timespec="seconds"),
        finished_at=finished.isoformat(timespec="seconds"),
        seconds=round((finished - night.started).total_seconds(), 1),
        good=is_good(book.pages, version),
        headline=said,
        refusal=refusal,
        published=version,
        counts=totals,
        surviving=surviving(book.pages),
        sources=book.pages,
        issues=book.issues,
        history=past_nights(night.home, [page.source for page in book.pages]),
    )
    write_report(record, night.home.reports)
    tidy(night.home, night.settings.keep_nights, night.settings.keep_days)
    return record


def is_good(pages: tuple[SourceNight, ...], version: Published | None) -> bool:
    """Nothing was held, and what was harvested went live. To skip what may not be harvested is no failure."""
    return all(page.state == "skipped" for page in pages) or (
        version is not None and all(page.state != "held" for page in pages)
    )


def surviving(pages: tuple[SourceNight, ...]) -> float | None:
    """The share of known offers that the fresh sources still name by the same ref; None on a first night."""
    fresh = [page for page in pages if page.state == "fresh"]
    known = sum(page.known for page in fresh)
    return sum(page.met for page in fresh) / known if known else None
