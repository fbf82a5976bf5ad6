"""Two offers field by field and run by run, each line with how the two sides stand to each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from dedupe.desk import german
from dedupe.desk.differences import Mark, Piece, TextPair, compare_texts
from normalize.labels import label
from normalize.model import Instance, Offer
from normalize.text import fold, html_to_text

MARKS_DE: dict[Mark, tuple[str, str]] = {
    "equal": ("=", "gleich"),
    "similar": ("≈", "ähnlich"),
    "different": ("≠", "verschieden"),
    "one": ("·", "nur einmal genannt"),
}
Values = Callable[[Offer], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both offers."""

    name: str
    left: tuple[Piece, ...]
    right: tuple[Piece, ...]
    mark: Mark
    cut: bool = False


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run of one offer beside the run of the other that begins on the same day, if any."""

    left: Instance | None
    right: Instance | None
    mark: Mark
    is_past: bool


def field_lines(left: Offer, right: Offer) -> list[Line]:
    """The fields of two offers that at least one of them fills."""
    lines = [_line(name, _set_pair(read(left), read(right))) for name, read in _SETS.items()]
    lines += [_line(name, compare_texts(read(left), read(right))) for name, read in _TEXTS.items()]
    order = {name: place for place, name in enumerate(_ORDER)}
    return sorted((line for line in lines if line.left or line.right), key=lambda line: order[line.name])


def title_line(left: Offer, right: Offer) -> Line:
    """Both titles."""
    return _line("Titel", compare_texts(left.title or "", right.title or ""))


def run_lines(left: Offer, right: Offer, day: str) -> list[RunLine]:
    """The runs of both by date, those that begin on one day beside each other; `day` (ISO) parts past from coming."""
    by_start: dict[tuple[str, str], tuple[list[Instance], list[Instance]]] = {}
    for side, offer in enumerate((left, right)):
        for run in offer.instances:
            by_start.setdefault((run.start or "9999", run.precision), ([], []))[side].append(run)
    lines = []
    for _, sides in sorted(by_start.items()):
        for one, other in zip_longest(*(sorted(runs, key=_run_order) for runs in sides)):
            lines.append(RunLine(one, other, _run_mark(one, other), _is_past(one or other, day)))
    return lines


def _run_order(run: Instance) -> tuple[str, str, str]:
    return run.end or "", run.start_time or "", _town(run)


def _run_mark(one: Instance | None, other: Instance | None) -> Mark:
    if one is None or other is None:
        return "one"
    agree = [
        (one.end or one.start) == (other.end or other.start),
        (one.start_time or other.start_time) == (other.start_time or one.start_time),
        _town(one) == _town(other) or not _town(one) or not _town(other),
        one.place.online == other.place.online,
    ]
    if one.start is None:
        return "similar" if all(agree) else "different"
    return "equal" if all(agree) else "similar"


def _town(run: Instance) -> str:
    return fold(run.place.city or "")


def _is_past(run: Instance | None, day: str) -> bool:
    return run is not None and not run.open_start and bool(run.start) and (run.end or run.start or "") < day


def _line(name: str, pair: TextPair) -> Line:
    return Line(name, pair.left, pair.right, pair.mark, pair.cut)


def _set_pair(ones: Sequence[str], others: Sequence[str]) -> TextPair:
    """Two sets of values: equal, similar where they share some, different where none."""
    left, right = ({fold(value) or value for value in values} for values in (ones, others))
    mark: Mark = "one" if not left or not right else "equal" if left == right else "different"
    if mark == "different" and left & right:
        mark = "similar"
    return TextPair(_listed(ones, right, mark), _listed(others, left, mark), mark)


def _listed(values: Sequence[str], elsewhere: set[str], mark: Mark) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for value in values:
        found += [Piece(", ", differs=False)] if found else []
        found.append(Piece(value, mark != "one" and (fold(value) or value) not in elsewhere))
    return tuple(found)


def _words(kind: str, *values: str | None) -> list[str]:
    return list(dict.fromkeys(label(kind, value) for value in values if value and value != "unknown"))


def _some(*values: str | None) -> list[str]:
    return [value for value in values if value]


_SETS: dict[str, Values] = {
    "Anbieter": lambda offer: [offer.provider.name] if offer.provider else [],
    "Kursnummer": lambda offer: _some(offer.course_number),
    "Niveau": lambda offer: _words("level", offer.level),
    "Teile": lambda offer: [f"Teil {part}" for part in offer.parts],
    "Form": lambda offer: _words("format", offer.format, *(run.format for run in offer.instances if run.format)),
    "Zeitmodell": lambda offer: _words("schedule", offer.schedule, *(run.schedule for run in offer.instances)),
    "Dauer": lambda offer: _some(german.duration_de(offer.duration)),
    "Preis": lambda offer: _some(german.price_de(offer.price)),
    "Orte": lambda offer: sorted({place for run in offer.instances if (place := _place(run))}),
    "Themen": lambda offer: _words("topic", *offer.topics),
    "Förderung": lambda offer: _words("funding", *offer.funding),
    "Sprachen": lambda offer: list(offer.languages),
}  # fmt: skip
_TEXTS: dict[str, Callable[[Offer], str]] = {
    "Untertitel": lambda offer: offer.subtitle or "",
    "Abschluss": lambda offer: offer.certificate or "",
    "Voraussetzungen": lambda offer: offer.requirements or "",
    "Zielgruppe": lambda offer: offer.target_group or "",
    "Beschreibung": lambda offer: html_to_text(offer.description) if offer.description else "",
}
_ORDER = (
    "Untertitel", "Anbieter", "Kursnummer", "Niveau", "Teile", "Form", "Zeitmodell", "Orte", "Dauer", "Preis",
    "Förderung", "Abschluss", "Voraussetzungen", "Zielgruppe", "Themen", "Sprachen", "Beschreibung",
)  # fmt: skip


def _place(run: Instance) -> str:
    return "online" if run.place.online else run.place.city or ""
