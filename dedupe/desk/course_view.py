"""Everything that the page of a course shows: the course under today's corrections, and where its values come from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from dedupe.desk import german
from dedupe.desk.config import DeskConfig
from dedupe.desk.correcting import FIELDS, Correction, look_at
from dedupe.desk.ledger import Ledger
from dedupe.desk.snapshot import OfferCard, Snapshot
from dedupe.golden import Known, build_course
from dedupe.journal import Event
from dedupe.overrides import PLACE, in_force
from normalize.labels import label
from normalize.model import Course, CourseInstance, Provenance
from normalize.text import html_to_text

MOST = 100  # members that are read

RULES_DE = {
    "override": "von Hand korrigiert",
    "source_kind": "eigene Quelle des Anbieters geht vor",
    "only_value": "nur hier angegeben",
    "agreed": "alle sagen dasselbe",
    "newer": "zuletzt abgerufen",
    "fuller": "am ausführlichsten",
    "senior": "am längsten bekannt",
}


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field of the course, whose value it shows and why; `field` names it where it can be corrected."""

    name: str
    text: str
    origin: Provenance | None
    field: str | None


@dataclass(frozen=True, slots=True)
class CourseView:
    """A course on the screen. `members` are at most MOST, of `size`."""

    course: Course
    lines: Sequence[FieldLine]
    runs: Sequence[tuple[CourseInstance, str]]  # with the field that moves it, "" where it cannot be named
    members: Sequence[OfferCard]
    size: int
    corrections: Sequence[Correction]


def course_view(snapshot: Snapshot, ledger: Ledger, course_id: str, config: DeskConfig) -> CourseView | None:
    """Gather a course of the last night; None if there is none of this id."""
    cards = snapshot.members(course_id, MOST + 1)
    known = [one for card in cards[:MOST] if (one := snapshot.offer(card.offer_id))]
    if not known:
        return None
    course = merged(course_id, known, ledger, config) or _built(course_id, known, ledger)  # only stewards look here
    today = config.now().date()
    offers = {one.offer.offer_id: one.offer for one in known}
    events = [event for fields in overrides_on(ledger, known).values() for event in fields.values()]
    return CourseView(
        course=course,
        lines=[line for name, field, read in _LINES if (line := _line(course, name, field, read))],
        runs=[(run, f"{PLACE}{run.instance_id}" if run.instance_id else "") for run in course.instances],
        members=cards[:MOST],
        size=len(cards),
        corrections=[look_at(event, offers.get(event["offer_id"]), today) for event in events],
    )


def merged(course_id: str, known: Sequence[Known], ledger: Ledger, config: DeskConfig) -> Course | None:
    """The course that these offers make under the corrections in force, with what may be shown of them; None if nothing
    may."""
    shown = [
        replace(one, offer=offer)
        for one in known
        if (offer := config.permitted(one.offer) if config.permitted else one.offer)
    ]
    return _built(course_id, shown, ledger) if shown else None


def _built(course_id: str, known: Sequence[Known], ledger: Ledger) -> Course:
    newest = max((one.offer.fetched_at or "" for one in known), default="")
    return build_course(course_id, known, in_force(overrides_on(ledger, known), newest))


def overrides_on(ledger: Ledger, known: Iterable[Known]) -> dict[str, dict[str, Event]]:
    """The corrections of these offers that nobody took back."""
    wanted, found = {one.offer.offer_id for one in known}, dict[str, dict[str, Event]]()
    for event in ledger.in_force("override"):
        if event["offer_id"] in wanted:
            found.setdefault(event["offer_id"], {})[event["field"]] = event
    return found


def _line(course: Course, name: str, field: str, read: Callable[[Course], str]) -> FieldLine | None:
    text = read(course)
    if not text and field not in FIELDS:
        return None
    return FieldLine(name, text, course.provenance.get(field), field if field in FIELDS else None)


_LINES: tuple[tuple[str, str, Callable[[Course], str]], ...] = (
    ("Titel", "title", lambda one: one.title or ""),
    ("Untertitel", "subtitle", lambda one: one.subtitle or ""),
    ("Anbieter", "provider", lambda one: one.provider.name if one.provider else ""),
    ("Kursnummer", "course_number", lambda one: one.course_number or ""),
    ("Niveau", "level", lambda one: label("level", one.level) if one.level else ""),
    ("Themen", "topics", lambda one: ", ".join(label("topic", key) for key in one.topics)),
    ("Form", "format", lambda one: label("format", one.format) if one.format != "unknown" else ""),
    ("Zeitmodell", "schedule", lambda one: label("schedule", one.schedule) if one.schedule != "unknown" else ""),
    ("Dauer", "duration", lambda one: german.duration_de(one.duration)),
    ("Preis", "price", lambda one: german.price_de(one.price)),
    ("Förderung", "funding", lambda one: ", ".join(label("funding", key) for key in one.funding)),
    ("Abschluss", "certificate", lambda one: one.certificate or ""),
    ("Voraussetzungen", "requirements", lambda one: one.requirements or ""),
    ("Zielgruppe", "target_group", lambda one: one.target_group or ""),
    ("Adresse der Seite", "url", lambda one: one.url or ""),
    ("Beschreibung", "description", lambda one: html_to_text(one.description) if one.description else ""),
    ("Gehört auf das Portal?", "scope", lambda one: one.scope.reason),
)
