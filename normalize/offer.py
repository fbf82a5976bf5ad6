"""From a listing to an offer: every field goes to its grammar, every doubt becomes an issue of the offer.

This module only connects: what a string means is decided in the module named after the field.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError

from normalize.assigned import NOTHING, Assigned
from normalize.attributes import read_audiences, read_certificate, read_prerequisites
from normalize.availability import read_availability
from normalize.completeness import completeness
from normalize.dates import When, read_day, read_when
from normalize.durations import duration_doubts, read_duration, takes_more_than_a_day
from normalize.formats import read_format, read_languages, read_schedule
from normalize.funding import read_evidence
from normalize.hashes import content_hash, match_hash
from normalize.links import read_url
from normalize.model import (
    Availability,
    Duration,
    FundingEvidence,
    Instance,
    Issue,
    Listing,
    ListingInstance,
    Offer,
    Price,
    Session,
)
from normalize.personal import impersonal, names_a_teacher, read_contact, read_public
from normalize.places import read_place
from normalize.prices import read_price
from normalize.providers import identify
from normalize.reading import Doubt, Reading
from normalize.scope import read_scope
from normalize.text import is_garbled, plain, sanitise_html, without_surrogates
from normalize.titles import Title, read_title
from normalize.topics import read_topics
from normalize.vocabulary import Format, Schedule, SourceKind

BERLIN = ZoneInfo("Europe/Berlin")
LONG_TEXT = 4_000  # characters of requirements, target group and the like

T = TypeVar("T")


@dataclass
class _Issues:
    """Collects the doubts of one listing under the field they arose in."""

    found: list[Issue] = field(default_factory=list)

    def keep(self, name: str, reading: Reading[T]) -> T:
        """The value of a reading; its doubts are recorded under the field `name`."""
        self.add(name, reading.doubts)
        return reading.value

    def add(self, name: str, doubts: Iterable[Doubt]) -> None:
        self.found.extend(
            Issue(field=name, raw=impersonal(doubt.raw), reason=impersonal(doubt.reason)) for doubt in doubts
        )


def to_offer(listing: Listing, *, kind: SourceKind, today: date | None = None, assigned: Assigned = NOTHING) -> Offer:
    """Read a listing as a careful person would: what cannot be read is null or unknown, plus an issue.

    `kind` says whether the source is the provider itself, an aggregator or an upload. `today` overrides the reference
    date (otherwise `fetched_at` in Berlin), which serves only dates without a year and rules dated by law. `assigned`
    is what stewards said of names that our lists do not know.
    """
    listing = _encodable(listing)
    issues = _Issues()
    today = today or _reference_date(listing, issues)
    _signal_unknown_keys(listing, issues)
    _signal_repairs(listing, issues)

    title = issues.keep("title", read_title(listing.title))
    subtitle = issues.keep("subtitle", read_public(plain(listing.subtitle)))
    categories = _texts(listing.categories)
    keywords = _texts(listing.keywords)
    certificate = issues.keep("certificate", read_public(plain(listing.certificate, LONG_TEXT)))
    form, schedule = _form((listing.format, listing.schedule), (listing.title, listing.subtitle), "format", issues)
    mentions = [*listing.keywords, listing.title or "", listing.subtitle or ""]
    evidence = issues.keep("funding", read_evidence(listing.funding, also=mentions))
    funding = tuple(each.funding for each in evidence)
    duration = issues.keep("duration", read_duration(listing.duration))
    instances = tuple(_instances(listing, title, duration, today, assigned, issues))
    topics = read_topics(title.display or "", categories, keywords)
    offer = Offer(
        offer_id=f"{listing.source}:{listing.ref}",
        source=listing.source,
        source_kind=kind,
        ref=listing.ref,
        url=issues.keep("url", read_url(listing.url)),
        fetched_at=listing.fetched_at,
        provider=issues.keep("provider", assigned.provider(identify(listing.provider, listing.provider_ref))),
        course_number=plain(listing.course_number) or title.number,
        title=title.display,
        title_raw=listing.title,
        subtitle=subtitle,
        description=issues.keep("description", read_public(sanitise_html(listing.description, listing.url))),
        level=title.features.offer_level,
        parts=title.features.parts,
        topics=topics,
        format=form,
        schedule=schedule,
        duration=duration,
        price=issues.keep("price", read_price(listing.price, listing.price_note)),
        funding=funding,
        funding_evidence=tuple(FundingEvidence(funding=each.funding, text=impersonal(each.text)) for each in evidence),
        certificate=certificate,
        certificate_kind=issues.keep("certificate", read_certificate(listing.certificate)),
        requirements=issues.keep("requirements", read_public(plain(listing.requirements, LONG_TEXT))),
        prerequisites=read_prerequisites(listing.requirements),
        target_group=issues.keep("target_group", read_public(plain(listing.target_group, LONG_TEXT))),
        audiences=read_audiences(listing.target_group),
        languages=issues.keep("language", read_languages(listing.language)),
        contact=issues.keep("contact.email", read_contact(listing.contact)),
        keywords=keywords,
        instances=instances,
        scope=read_scope(
            title=title.display or "",
            topics=topics,
            categories=categories,
            keywords=keywords,
            source_kind=kind,
            funding=funding,
            places=[instance.place for instance in instances],
            certificate=certificate,
        ),
        issues=tuple(issues.found),
    )
    found = completeness(offer)
    offer = offer.model_copy(update={"completeness": found.score, "missing": found.missing})
    return offer.model_copy(update={"content_hash": content_hash(offer), "match_hash": match_hash(offer)})


def _encodable(listing: Listing) -> Listing:
    """The listing itself, or without lone surrogates (JSON can spell them as escapes), which no encoder takes."""
    try:
        listing.model_dump_json(exclude={"raw"})
    except PydanticSerializationError:
        return Listing.model_validate(without_surrogates(listing.model_dump(exclude={"raw"})))
    return listing


def _instances(
    listing: Listing, title: Title, length: Duration, today: date | None, assigned: Assigned, issues: _Issues
) -> Iterator[Instance]:
    """The runs of a listing; one published string may state several, of which the first keeps the source's ref."""
    if not listing.instances and title.status:
        issues.add("title", [Doubt(listing.title or "", "a status in the title, but no run to set it on")])
    for index, run in enumerate(listing.instances):
        yield from _instance(run, f"instances[{index}]", listing, title, length, today, assigned, issues)


def _instance(
    run: ListingInstance,
    path: str,
    listing: Listing,
    title: Title,
    length: Duration,
    today: date | None,
    assigned: Assigned,
    issues: _Issues,
) -> Iterator[Instance]:
    whens = issues.keep(f"{path}.dates", read_when(run.dates or _dates_in(title, run), run.times, today))
    sessions = tuple(_sessions(run, path, today, issues))
    town = run.city or (None if run.venue or run.postcode or run.online else title.town)
    where = read_place(run.venue, run.room, run.street, run.postcode, town, run.online)
    place = issues.keep(f"{path}.place", assigned.place(where))
    availability = issues.keep(f"{path}.availability", read_availability(run.availability))
    duration = issues.keep(f"{path}.duration", read_duration(run.duration)) if run.duration else None
    deadline = issues.keep(f"{path}.deadline", read_day(run.deadline, today))
    price = _price(run, path, issues)
    url = issues.keep(f"{path}.url", read_url(run.url))
    for position, read in enumerate(whens or (When(),)):
        when = _begin_only(read) if takes_more_than_a_day(duration or length) else read
        hints = (run.format, run.schedule, when.hint)
        form, schedule = _form(hints, (), f"{path}.format", issues) if any(hints) else ("unknown", "unknown")
        held = when.sessions or sessions
        issues.add(f"{path}.duration", duration_doubts(duration, when) if duration else ())
        days = sorted(date.fromisoformat(session.date) for session in held if session.date)
        start = when.start or (days[0] if days else None)
        end = when.end or (days[-1] if sessions and days else None)
        if start and end and end < start:
            issues.add(
                f"{path}.sessions", [Doubt(run.dates or run.times or "", "the meetings end before the run begins")]
            )
            end = None
        ref = run.ref if position == 0 else None
        yield Instance(
            instance_id=f"{listing.source}:{listing.ref}#{ref}" if ref else None,
            ref=ref,
            url=url,
            start=_iso(start),
            end=_iso(end),
            precision=when.precision if when.start else ("day" if days else "unknown"),
            open_start=when.open_start,
            start_time=when.start_time,
            end_time=when.end_time,
            weekdays=when.weekdays,
            deadline=_iso(deadline),
            place=place,
            availability=_status(availability, when, title),
            price=price,
            duration=duration,
            format=None if form == "unknown" else form,
            schedule=None if schedule == "unknown" else schedule,
            sessions=held,
        )


def _begin_only(when: When) -> When:
    """A run of several days of which a single one is shown: that is its first, and its end is not known."""
    return when if when.end != when.start or when.sessions else replace(when, end=None)


def _dates_in(title: Title, run: ListingInstance) -> str | None:
    """Dates that stood in the title serve a run that states none itself."""
    return None if run.times or run.sessions else title.dates_text


def _sessions(run: ListingInstance, path: str, today: date | None, issues: _Issues) -> Iterator[Session]:
    for index, session in enumerate(run.sessions):
        whens = issues.keep(f"{path}.sessions[{index}].date", read_when(session.date, session.times, today))
        when = whens[0] if whens else When()
        yield Session(
            date=_iso(when.start),
            start_time=when.start_time,
            end_time=when.end_time,
            venue=plain(session.venue),
            room=plain(session.room),
        )


def _status(stated: Availability, when: When, title: Title) -> Availability:
    """The run's own status wins; then a word beside its dates; then a status that stood in the title."""
    if stated.status != "unknown":
        return stated
    beside = read_availability(when.status_text).value.status if when.status_text else "unknown"
    status = beside if beside != "unknown" else title.status or "unknown"
    return stated.model_copy(update={"status": status})


def _price(run: ListingInstance, path: str, issues: _Issues) -> Price | None:
    if run.price is None and run.price_note is None:
        return None
    return issues.keep(f"{path}.price", read_price(run.price, run.price_note))


def _form(
    stated: tuple[str | None, ...], implied: tuple[str | None, ...], name: str, issues: _Issues
) -> tuple[Format, Schedule]:
    """Format and schedule. Sources mix both in one field, so a text is in doubt only if neither reader knows it."""
    form, schedule = read_format(stated), read_schedule(stated)
    if form.value == "unknown" and schedule.value == "unknown":
        issues.add(name, dict.fromkeys((*form.doubts, *schedule.doubts)))
    return (
        form.value if form.value != "unknown" else read_format(implied).value,
        schedule.value if schedule.value != "unknown" else read_schedule(implied).value,
    )


def _texts(values: Iterable[str]) -> tuple[str, ...]:
    """Plain texts without blanks and repetitions, in the published order."""
    return tuple(dict.fromkeys(text for value in values if (text := plain(value))))


def _reference_date(listing: Listing, issues: _Issues) -> date | None:
    """The day of the fetch in Berlin."""
    if listing.fetched_at is None:
        return None
    try:
        fetched = datetime.fromisoformat(listing.fetched_at)
    except ValueError:
        issues.add("fetched_at", [Doubt(listing.fetched_at, "not an ISO 8601 time")])
        return None
    return fetched.replace(tzinfo=fetched.tzinfo or UTC).astimezone(BERLIN).date()


def _signal_unknown_keys(listing: Listing, issues: _Issues) -> None:
    """A key outside the contract is never read and never dropped silently."""
    for path, model in _published(listing):
        for key, value in (model.model_extra or {}).items():
            if names_a_teacher(key):
                issues.add(f"{path}{key}", [Doubt("***", "a teacher's name, not carried on")])
            else:
                issues.add(f"{path}{key}", [Doubt(str(value), "not a field of the listing contract")])


def _published(listing: Listing) -> Iterator[tuple[str, BaseModel]]:
    yield "", listing
    if listing.contact:
        yield "contact.", listing.contact
    for index, run in enumerate(listing.instances):
        yield f"instances[{index}].", run
        for number, session in enumerate(run.sessions):
            yield f"instances[{index}].sessions[{number}].", session


def _signal_repairs(listing: Listing, issues: _Issues) -> None:
    for name in ("title", "subtitle", "description", "requirements", "target_group"):
        value: str | None = getattr(listing, name)
        if value and "\ufffd" in value:
            issues.add(name, [Doubt(value, "characters were lost before we fetched it (U+FFFD)")])
        elif value and is_garbled(value):
            issues.add(name, [Doubt(value, "broken characters repaired")])


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
