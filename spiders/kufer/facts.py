"""What a Kufer page says by labels, whatever its generation: from labelled texts to the fields of a listing.

Texts are read from lxml elements, since lists have hundreds of cells. The instructor (Kursleitung, Dozent) is a person
the portal does not need: such a label is ignored by name, and its value is not kept in `raw` either.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

from spiders.labelled.labels import FEE_NOTE, IGNORED, label_key, states
from spiders.listing import LIST_FIELDS, ListingDict, instance, joined, listing
from spiders.page import Note, folded

Element = Any  # an lxml element; its stubs know less than it does

AND = "; "  # between two statements about the places
WITHHELD = "!"  # a label of a person
LABEL_CLASSES = frozenset({"kw-table-label", "visually-hidden", "sr-only"})
DATE = re.compile(r"\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}")
PLACES = re.compile(r"^\d+\s*(?:von|/)\s*\d+$")

_PERSONAL = re.compile(r"(?:kurs|seminar)?leit(?:ung|er|end)|dozent|dozier|referent|lehrkr|lehrperson|trainer")
_IGNORED = frozenset(
    label_key(name)
    for name in (
        "Teilnehmerzahl", "Teilnehmer", "Teilnehmerinnen und Teilnehmer", "Mindestteilnehmerzahl", "Gruppengröße",
        "Wochentag", "Merkliste", "Warenkorb", "Details", "Aktion", "Aktionen", "Semester", "Ampel", "ID",
    )
)  # fmt: skip
_COUNT = "+count"  # how many meetings: a bare number, or the meetings themselves
_BRANCH = "+branch"  # the town's branch of the house: a place only if nothing nearer is named
_OWN = {
    **dict.fromkeys(map(label_key, ("Termine", "Anzahl Termine", "Anzahl der Termine", "Kurstage")), _COUNT),
    **dict.fromkeys(map(label_key, ("Außenstelle", "Zweigstelle")), _BRANCH),
    **dict.fromkeys(map(label_key, ("Fachbereichsleitung", "Programmbereichsleitung")), "contact.name"),
    **dict.fromkeys(map(label_key, ("Fachbereichsleiter", "Fachbereichsleiterin")), "contact.name"),
    **dict.fromkeys(map(label_key, ("Ansprechpartner/in", "Ansprechpartner*in")), "contact.name"),
    **dict.fromkeys(map(label_key, ("Wann", "Kursbeginn/Uhrzeit", "Datum/Uhrzeit", "Tag/Zeit")), "instances.dates"),
    **dict.fromkeys(map(label_key, ("TN", "Plätze belegt", "Belegte Plätze", "Auslastung")), "instances.availability"),
    label_key("Adresse"): "instances.street",
    label_key("Anschrift"): "instances.street",
}  # fmt: skip
_NO_CATEGORY = frozenset(
    label_key(name)
    for name in (
        "Start", "Startseite", "Home", "Kurs", "Kurse", "Kurssuche", "Kursliste", "Kursübersicht", "Kursdetails",
        "Kursprogramm", "Programm", "Suche", "Suchergebnis", "Suchergebnisse", "Unsere Kurse", "Alle Kurse", "Zurück",
    )
)  # fmt: skip
_BLOCKS = frozenset({"br", "div", "p", "li", "td", "th", "tr", "dd", "dt", "ul", "h1", "h2", "h3", "h4", "option"})
_NO_TEXT = frozenset({"script", "style", "template", "noscript"})
_FURNITURE_TAGS = frozenset({"aside", "footer", "nav", "header"})
_FURNITURE = re.compile(r"cookie|consent|teaser|legend|related|aehnlich|similar|kw-ue(?!-title)|kw-table-row")


@dataclass(frozen=True)
class Fact:
    """A value, the label it stood under, and the contract path the label states (None: a label nobody knows)."""

    label: str
    value: str
    path: str | None


@lru_cache(maxsize=4096)
def path_of(label: str | None) -> str | None:
    """The contract path of a label; IGNORED or WITHHELD for one that states no field, None for an unknown one."""
    key = label_key(label) if label else ""
    if _PERSONAL.match(key):
        return WITHHELD
    if key in _IGNORED:
        return IGNORED
    return _OWN.get(key) or (states(label) if label else None)


def fact(label: str | None, value: str | None) -> Iterator[Fact]:
    """What a label and a value state; nothing if one is blank. A person's name is withheld here."""
    name = (label or "").rstrip(": \u00a0")
    path = path_of(name) if name and value else WITHHELD
    if not value or path == WITHHELD:
        return
    if path == "instances.availability" and value.isdigit():
        value = f"{name}: {value}"  # "Freie Plätze 3" and "Belegte Plätze 3" differ by their labels alone
    yield Fact(name, value, path)


def unknown(facts: Iterable[Fact]) -> Iterator[Note]:
    """A note for every label that nobody knows; its value stays in `raw`."""
    for each in facts:
        if each.path is None:
            yield Note("unknown_label", f"{each.label!r} ({each.value[:80]!r}) is no label known of Kufer pages")


def record(
    facts: Sequence[Fact],
    *,
    number: str | None,
    states: Iterable[str | None] = (),
    sessions: Sequence[ListingDict] = (),
    place: ListingDict | None = None,
    contact: ListingDict | None = None,
    **fields: object,
) -> ListingDict:
    """The listing that facts make; `number` is its key, `fields` go before what labels state.

    `states` are texts of traffic lights, published beside counts of places. What no label says is filled from `place`
    and `contact`.
    """
    stated: dict[str, list[str]] = {}
    for each in facts:
        if each.path is not None and each.path != IGNORED:
            value = f"{each.label}: {each.value}" if each.path == FEE_NOTE else each.value
            stated.setdefault(each.path, []).append(value)
    count = next(iter(stated.pop(_COUNT, ())), None)
    if count and not count.isdigit():
        stated.setdefault("instances.dates", []).append(count)
    elif count and "duration" not in stated:
        stated["duration"] = [f"{count} Termin{'e' if count != '1' else ''}"]
    course: dict[str, object] = {"price_note": "; ".join(stated.get(FEE_NOTE, ()))}
    for path, values in stated.items():
        if not path.startswith(("+", "instances.", "contact.")) and path != "ref":
            course[path] = values if path in LIST_FIELDS else values[0]
    course.update({name: value for name, value in fields.items() if value})
    course["course_number"] = course.get("course_number") or number
    course = {"url": None, "title": None, **course}
    people = {name: next(iter(stated.get(f"contact.{name}", ())), None) for name in ("name", "phone", "email")}
    return listing(
        ref=number or course["course_number"],
        contact={name: value or (contact or {}).get(name) for name, value in people.items()},
        raw={"facts": [[each.label, each.value] for each in facts]},
        instances=[_run(stated, states, sessions, place or {})],
        **course,
    )


def _run(
    stated: dict[str, list[str]], states: Iterable[str | None], sessions: Sequence[ListingDict], place: ListingDict
) -> ListingDict:
    """The one run of a course number."""
    said = {path.removeprefix("instances."): values[0] for path, values in stated.items() if path[:10] == "instances."}
    begin = said.get("start")
    dates = said.get("dates") or (begin if sessions and begin else joined(begin, said.get("end")))
    where = {name: said.get(name) for name in ("venue", "room", "street", "postcode", "city", "country")}
    where["venue"] = where["venue"] or place.get("venue") or next(iter(stated.get(_BRANCH, ())), None)
    lights = [*stated.get("instances.availability", ()), *states]
    return instance(
        ref=said.get("ref"),
        dates=dates or (None if sessions else place.get("dates")),
        times=said.get("times"),
        **{name: value or place.get(name) for name, value in where.items()},
        online=said.get("online"),
        availability=states_of(*lights),
        deadline=said.get("deadline"),
        sessions=sessions,
    )


def states_of(*lights: str | None) -> str:
    """Counts of places and traffic lights beside one another, each once."""
    return AND.join(dict.fromkeys(each for each in lights if each))


def classes(element: Element) -> list[str]:
    """The class names of an element."""
    return (element.get("class") or "").split()


def is_label(element: Element) -> bool:
    """Whether an element repeats the column's head for narrow screens or for those who do not see."""
    return not LABEL_CLASSES.isdisjoint(classes(element))


def furniture(element: Element, upto: Element | None = None) -> bool:
    """Whether an element belongs to what surrounds a course: navigation, banners, teasers, rows of other courses."""
    for each in (element, *element.iterancestors()):
        if each is upto:
            return False
        if each.tag in _FURNITURE_TAGS or _FURNITURE.search(each.get("class") or ""):
            return True
    return False


def is_category(text: str | None) -> bool:
    """Whether a heading or a link names a category, not merely a page of the site."""
    return text is not None and label_key(text) not in _NO_CATEGORY


def line(element: Element | None, *, labels: bool = False) -> str | None:
    """The visible text of an element on one line, without the labels in it; breaks and blocks part words."""
    if element is None:
        return None
    parts: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if event == "end":
            if node is not element:
                parts.append((" " if node.tag in _BLOCKS else "") + (node.tail or ""))
        elif not isinstance(node.tag, str) or node.tag in _NO_TEXT or (not labels and is_label(node)):
            walk.skip_subtree()
        else:
            parts.append((" " if node.tag in _BLOCKS else "") + (node.text or ""))
    return folded("".join(parts))


def label_in(element: Element) -> str | None:
    """The label that a cell carries for narrow screens."""
    return next((text for each in element.iter("*") if is_label(each) and (text := line(each, labels=True))), None)


def light(scope: Element) -> str | None:
    """The state a traffic light shows: its title or text, else its class; beside an image the text that follows it.

    The alternative text of the image is the same for every colour and says nothing.
    """
    for each in scope.iter("span", "i", "div", "img"):
        names = classes(each)
        if each.tag == "img":
            if "kursampeln" in (each.get("src") or ""):
                return _after(each)
        elif {"ampelicon", "kw_ampel", "kw-ampel"} & set(names):
            shown = folded(each.get("title") or "") or line(each)
            return shown or folded(" ".join(name for name in names if "ampel" not in name))
    return None


def _after(image: Element) -> str | None:
    """The text from an image to the next element that is not mere emphasis, or else after what encloses it alone."""
    parts = [image.tail or ""]
    for node in image.itersiblings():
        if node.tag not in ("b", "strong", "em", "span", "font"):
            break
        parts += [line(node) or "", node.tail or ""]
    said = folded(" ".join(parts))
    parent = image.getparent()
    if said is None and parent is not None and parent.tag in ("a", "span", "b", "strong"):
        return _after(parent)
    return said
