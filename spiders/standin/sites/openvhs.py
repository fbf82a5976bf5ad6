"""A Volkshochschule's Open-vhs export, in the official XML and in Berlin's JSON: one event per listing, one run each.

The traps of both: a `nummer` that several events share, hours with and without an offset, meetings without hours, an
end before its beginning, an amount of zero with and without a word, numbers as strings, one value or a list, misspelt
flags.
"""

import json
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from spiders.standin.catalogue import Run
from spiders.standin.channels import CATEGORIES
from spiders.standin.publish import Publication
from spiders.standin.sites.web import Reply, Request

XML, JSON = "/export/openvhs.xml", "/export/kurse.json"
NAMESPACE = "http://www.dvv-vhs.de/Open-VHS"
BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")

Event = list[tuple[str, Any]]  # names with texts or events in them; a name may come again


class OpenVhs:
    """Two files of the same events."""

    def __init__(self, host: str, publications: tuple[Publication, ...]) -> None:
        self.host = host
        self._publications = publications

    def answer(self, request: Request) -> Reply | None:
        """The export in one format or the other."""
        events = [_event(offer) for offer in self._publications]
        if request.path == XML:
            publisher = self._publications[0].provider if self._publications else "vhs"
            return Reply(_xml(events, publisher), "application/xml; charset=utf-8")
        if request.path == JSON:
            listed = {"veranstaltungen": {"veranstaltung": [_folded(event) for event in events]}}
            return Reply(json.dumps(listed, ensure_ascii=False).encode(), "application/json; charset=utf-8")
        return None


def shown_run(offer: Publication) -> Run:
    """The run that stands in the export; the format has one per event."""
    return offer.runs[0]


def shared_number(offer: Publication) -> str:
    """The number of the series of courses, which its later events use again."""
    return f"{CATEGORIES[offer.category][0]}-{offer.course.series.id}"


def _event(offer: Publication) -> Event:
    course, run, dice = offer.course, shown_run(offer), offer.dice
    event: Event = [("guid", offer.ref), ("nummer", shared_number(offer)), ("name", offer.title)]
    event.append(("dvv_kategorie", {"@version": "2.0", "#text": f"5.{CATEGORIES[offer.category][0]:02d}"}))
    if course.form == "online":
        feature = [("name", "kursart_digital"), ("wert", "online_angebot")]
        event.append(("merkmale", [("merkmal", feature)]))
    event += [("minimale_teilnehmerzahl", "6"), ("aktuelle_teilnehmerzahl", str(run.booked))]
    event += [("maximale_teilnehmerzahl", str(run.capacity)), ("anzahl_termine", str(len(run.meetings())))]
    if run.start:
        event.append(("beginn_datum", f"{run.start:%Y-%m-%d}"))
    event.append(("dauer", f"{course.ue}.0"))
    if run.start and run.end:
        mistyped = dice.percent(2) and run.end > run.start
        event.append(("ende_datum", f"{run.start - timedelta(6) if mistyped else run.end:%Y-%m-%d}"))
    event += [("wochentag", WEEKDAYS[day]) for day in run.weekdays]
    event += [("schlagwort", word) for word in (CATEGORIES[offer.category][2], *course.series.funding)]
    if course.series.certificate:
        event.append(("zertifikat", [("name", course.series.certificate)]))
    event += [("text", [("eigenschaft", "text"), ("text", paragraph)]) for paragraph in offer.paragraphs]
    event.append(("veranstaltungsort", _place(run)))
    event += [("termin", _meeting(day, run, dice.below(10))) for day in run.meetings()]
    event += _price(offer)
    event.append(("dozent", [("name", "Muster"), ("vorname", "Erika")]))
    address = f"http://vhs.localhost/kurs/{offer.ref}"
    event.append(("webadresse", [("typ", "attachment"), ("name", "Ablaufplan"), ("uri", f"{address}/plan.pdf")]))
    event.append(("webadresse", [("typ", "website"), ("name", "Kursdetails"), ("uri", address)]))
    return event


def _place(run: Run) -> Event:
    if run.site is None:
        return [("name", "Online")]
    address = [
        ("land", "Deutschland"),
        ("plz", run.site.postcode),
        ("ort", run.site.city),
        ("strasse", run.site.street),
    ]
    return [("name", run.site.venue), ("adresse", address), ("barrierefrei", "false")]


def _meeting(day: date, run: Run, kind: int) -> Event:
    """A meeting: mostly with plain hours, of some events with an offset, of some without hours."""
    meeting: Event = [("beginn_datum", f"{day:%Y-%m-%d}")]
    if kind and run.start_time:
        for name, hour in (("beginn_uhrzeit", run.start_time), ("ende_uhrzeit", run.end_time)):
            moment = datetime.fromisoformat(f"{day:%Y-%m-%d}T{hour}:00").replace(tzinfo=BERLIN)
            meeting.append((name, (moment if kind == 1 else moment.replace(tzinfo=None)).isoformat().partition("T")[2]))
    return meeting


def _price(offer: Publication) -> Event:
    if offer.price is None:
        return [("preis", [("betrag", "0.0")])] if offer.dice.percent(50) else []
    price: Event = [("betrag", str(offer.price / 100))]
    price.append(("rabatt_moeglich", offer.dice.pick(("true", "false", "fasle"))))
    return [("preis", price + ([("zusatz", offer.note)] if offer.note else []))]


def _xml(events: list[Event], publisher: str) -> bytes:
    root = etree.Element(f"{{{NAMESPACE}}}veranstaltungen", nsmap={"openvhs": NAMESPACE})
    root.set("version", "1.2")
    _grow(root, "export", [("ersteller", [("guid", "4711"), ("name", publisher)])])
    for event in events:
        _grow(root, "veranstaltung", event)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def _grow(parent: etree._Element, name: str, value: Any) -> None:
    child = etree.SubElement(parent, name)
    if isinstance(value, dict):
        child.set("version", value["@version"])
        child.text = etree.CDATA(value["#text"])
    elif isinstance(value, str):
        child.text = etree.CDATA(value)
    else:
        for inner, part in value:
            _grow(child, inner, part)


def _folded(value: Any) -> Any:
    """Berlin's way: an element that comes once is a value, one that comes again is a list."""
    if not isinstance(value, list):
        return value
    found: dict[str, Any] = {}
    for name, part in value:
        item = _folded(part)
        if name not in found:
            found[name] = item
        elif isinstance(found[name], list):
            found[name].append(item)
        else:
            found[name] = [found[name], item]
    return found
