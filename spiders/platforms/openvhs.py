"""Open-vhs, the format of the Volkshochschulen: the official XML 1.2, and Berlin's dialects in XML and JSON.

Shape: the official example of 2021, Berlin's open data of 2020 to 2022, its newer members (`ortetermine`, `anmeldung`)
by description. One `veranstaltung` is one listing and one run; its `termin`s are the meetings. The `guid` is the key: a
`nummer` may be used again. `dauer` counts teaching units, which the format defines and we add ("15.0 UE"); of the
numbers of participants only booked and greatest together say something ("9 von 12"). The level has no field of its own
in a listing and is kept among the keywords.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from spiders.feeds.jsonfeed import members
from spiders.feeds.node import many, names, one, value, values, vocabulary, without
from spiders.feeds.stream import first_byte
from spiders.feeds.xmlfeed import local, node, records
from spiders.listing import ListingDict, instance, joined, listing, session
from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.source import Source

_COUNTS = frozenset(("minimale_teilnehmerzahl", "aktuelle_teilnehmerzahl", "maximale_teilnehmerzahl"))
_KNOWN = vocabulary(Path(__file__).with_suffix(".toml"))
_FIELDS = ("description", "requirements", "target_group", "certificate", "texts_on_persons")
_FIELD_OF_TEXT = {name: field for field in _FIELDS for name in _KNOWN[field]}


def start(source: Source) -> Iterable[Follow]:
    """The exports."""
    return [Follow(url) for url in source.urls]


def read(page: Page, source: Source) -> Iterable[ListingDict | Follow | Total | Note]:  # noqa: ARG001 - platform door
    """One listing per event; a name nobody knows is told once."""
    publisher: Any = None
    told: set[Note] = set()
    for kind, found in _json(page) if first_byte(page) in (b"{", b"[") else _xml(page):
        if kind == "export":
            publisher = one(found, "ersteller")
        elif kind == "veranstaltung":
            for note in _strangers(found):
                if note not in told:
                    told.add(note)
                    yield note
            yield _event(found, publisher)


def _xml(page: Page) -> Iterator[tuple[str, Any]]:
    for element in records(page, ("veranstaltung", "export"), _check):
        yield local(element), node(element)


def _json(page: Page) -> Iterator[tuple[str, Any]]:
    return members(page, "veranstaltungen", "veranstaltung")


def _check(root: etree._Element) -> None:
    said = " ".join([str(root.tag), *map(str, root.nsmap.values()), *map(str, root.values())])
    if "belegungsstatus" in said.casefold():
        raise _only_counts()
    if local(root) not in ("veranstaltungen", "veranstaltung"):
        raise UnreadableError(f"no Open-vhs: the document is a <{local(root)}>")


def _only_counts() -> UnreadableError:
    return UnreadableError("a status report of Open-vhs (openvhs-belegungsstatus): numbers of participants, no courses")


def _event(event: Any, publisher: Any) -> ListingDict:
    if isinstance(event, dict) and event.keys() & _COUNTS and event.keys() <= _COUNTS | {"guid"}:
        raise _only_counts()
    texts = _texts(event)
    units = value(event, "dauer")
    price = one(event, "preis")
    reduced = "Rabatt möglich" if value(price, "rabatt_moeglich") == "true" else None
    certificates = [_some(": ", value(item, "name"), value(item, "text")) for item in many(event, "zertifikat")]
    return listing(
        ref=value(event, "guid"),
        url=_url(event),
        provider=value(publisher, "name"),
        provider_ref=value(publisher, "guid"),
        course_number=value(event, "nummer"),
        title=value(event, "name"),
        subtitle=_some("; ", *values(event, "untertitel")),
        description=texts.get("description"),
        categories=[*values(event, "dvv_kategorie"), *values(event, "veranstaltungsart")],
        keywords=[*values(event, "schlagwort"), *values(event, "level")],
        duration=f"{units} UE" if units else None,
        price=value(price, "betrag"),
        price_note=_some("; ", *values(price, "zusatz"), reduced),
        format=_some(", ", *_feature(event, "kursart_digital")),
        requirements=texts.get("requirements"),
        target_group=_some("\n", _some(", ", *values(event, "zielgruppe")), texts.get("target_group")),
        certificate=_some("; ", *certificates, texts.get("certificate")),
        contact={"phone": value(event, "anmeldung", "telefon"), "email": value(event, "anmeldung", "mail")},
        raw=_impersonal(event),
        instances=[_run(event)],
    )


def _run(event: Any) -> ListingDict:
    meetings = [*many(event, "termin"), *many(event, "ortetermine", "termin")]
    hours = {_hours(meeting) for meeting in meetings}
    booked, most = value(event, "aktuelle_teilnehmerzahl"), value(event, "maximale_teilnehmerzahl")
    place = one(event, "veranstaltungsort") or {"adresse": one(event, "ortetermine", "adresse")}
    address = one(place, "adresse")
    return instance(
        ref=value(event, "guid"),
        dates=joined(value(event, "beginn_datum"), value(event, "ende_datum")),
        times=_some(", ", *values(event, "wochentag"), hours.pop() if len(hours) == 1 else None),
        venue=value(place, "name") or value(address, "lehrstaette"),
        room=value(place, "raum") or value(address, "raum"),
        street=value(address, "strasse"),
        postcode=value(address, "plz"),
        city=value(address, "ort"),
        country=value(address, "land"),
        availability=f"{booked} von {most}" if booked and most else None,
        sessions=[session(date=value(meeting, "beginn_datum"), times=_hours(meeting)) for meeting in meetings],
    )


def _hours(meeting: Any) -> str | None:
    return joined(value(meeting, "beginn_uhrzeit"), value(meeting, "ende_uhrzeit"))


def _texts(event: Any) -> dict[str, str]:
    """Texts by the field that their property means; one of a property we do not know describes the course too."""
    found: dict[str, list[str]] = {}
    for item in many(event, "text"):
        field = _FIELD_OF_TEXT.get(_property(item), "description")
        found.setdefault(field, []).extend(values(item, "text"))
    return {field: "\n\n".join(texts) for field, texts in found.items()}


def _property(item: Any) -> str:
    return (value(item, "eigenschaft") or "text").strip().casefold()


def _feature(event: Any, name: str) -> list[str]:
    features = many(event, "merkmale", "merkmal")
    return [item for feature in features if value(feature, "name") == name for item in values(feature, "wert")]


def _url(event: Any) -> str | None:
    """The page for visitors; other addresses are mobile editions and attachments."""
    sites = [item for item in many(event, "webadresse") if value(item, "typ") == "website"]
    return value({"webadresse": sites or many(event, "webadresse")}, "webadresse", "uri")


def _strangers(event: Any) -> Iterator[Note]:
    for name in names(event, _KNOWN["left_aside"] | _KNOWN["persons"]):
        if name not in _KNOWN["read"] | _KNOWN["left_aside"] | _KNOWN["persons"]:
            yield Note("unknown_element", name)
    for name in values(event, "merkmale", "merkmal", "name"):
        if name != "kursart_digital" and name not in _KNOWN["features_left_aside"]:
            yield Note("unknown_feature", name)
    for item in many(event, "text"):
        if _property(item) not in _FIELD_OF_TEXT:
            yield Note("unknown_text", _property(item))


def _impersonal(event: Any) -> Any:
    raw = without(event, _KNOWN["persons"])
    if isinstance(raw, dict) and "text" in raw:
        raw["text"] = [item for item in many(raw, "text") if _property(item) not in _KNOWN["texts_on_persons"]]
    return raw


def _some(between: str, *texts: str | None) -> str | None:
    return between.join(filter(None, texts)) or None
