"""The federal course search (mein NOW): JSON in pages of 20, at most five Termine per record, a key required."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from math import cos, hypot, radians
from typing import Any
from zoneinfo import ZoneInfo

from spiders.standin.catalogue import Run
from spiders.standin.inventory import Site as Place
from spiders.standin.inventory import fields
from spiders.standin.publish import Publication
from spiders.standin.sites.web import Reply, Request, days_of, month, page

API = "/now-prod/suche/pc/v1/bildungsangebot"
PAGE_SIZE = 20
EMBEDDED = 5
BERLIN = ZoneInfo("Europe/Berlin")
FORMS = {
    "onsite": ((101, "Präsenzunterricht"), (102, "Seminar"), (104, "Praxistraining")),
    "online": ((201, "Virtuelles Klassenzimmer"), (202, "Online-Seminar")),
    "self_paced": ((402, "Fernlehrgang"), (204, "Selbstlernmodul")),
}
DURATIONS = (
    (3, 1, "bis 3 Tage"),
    (7, 2, "mehr als 3 Tage bis 1 Woche"),
    (31, 3, "mehr als 1 Woche bis 1 Monat"),
    (92, 4, "mehr als 1 Monat bis 3 Monate"),
    (183, 5, "mehr als 3 Monate bis 6 Monate"),
    (366, 6, "mehr als 6 Monate bis 1 Jahr"),
    (731, 7, "mehr als 1 Jahr bis 2 Jahre"),
    (1096, 8, "mehr als 2 Jahre bis 3 Jahre"),
)


def milliseconds(day: date | None) -> int | None:
    """Midnight in Berlin of a day, as the search gives its dates."""
    if day is None:
        return None
    return int(datetime.combine(day, time(), BERLIN).astimezone(UTC).timestamp()) * 1000


def _coded(pair: tuple[int, str]) -> dict[str, Any]:
    return {"id": pair[0], "bezeichnung": pair[1]}


def _duration(run: Run) -> dict[str, Any]:
    if run.start is None or run.end is None:
        return _coded((0, "Keine Angabe"))
    days = (run.end - run.start).days + 1
    return _coded(next(((code, text) for most, code, text in DURATIONS if days <= most), (9, "mehr als 3 Jahre")))


def _address(place: Place, dice_name: str) -> dict[str, Any]:
    return {
        "bezeichnung": dice_name,
        "strasse": place.street,
        "plz": place.postcode,
        "ort": "Haltern" if place.city == "Haltern am See" else place.city,
        "koordinaten": {"lat": place.lat, "lon": place.lon},
    }


class MeinNow:
    """The search and its pages for people; `publications` are the hits in their order."""

    def __init__(self, host: str, publications: tuple[Publication, ...]) -> None:
        self.host = host
        self._publications = publications
        self._by_ref = {publication.ref: publication for publication in publications}

    def answer(self, request: Request) -> Reply | None:
        """The API below /now-prod, and a page per offer."""
        if request.path == API:
            return self._search(request)
        if request.path in ("/", "/weiterbildungssuche/"):
            return page(
                "mein_now.html", title="Weiterbildungssuche", hits=self._publications[:20], offer=None, record=None
            )
        ref = request.path.removeprefix("/weiterbildungssuche/suche/").strip("/")
        if ref in self._by_ref:
            offer = self._by_ref[ref]
            return page("mein_now.html", title=offer.title, hits=(), offer=offer, record=self._record(offer))
        return None

    def _search(self, request: Request) -> Reply:
        if not request.headers.get("x-api-key"):
            return _json({"code": "FORBIDDEN", "message": "missing client id"}, 403)
        try:
            number, size = int(request.query.get("page", "0")), int(request.query.get("size", str(PAGE_SIZE)))
        except ValueError:
            return _json({"code": "BAD_REQUEST", "message": "page and size must be numbers"}, 400)
        if not 1 <= size <= PAGE_SIZE or number < 0:
            return _json({"code": "BAD_REQUEST", "message": f"size must be 1 to {PAGE_SIZE}"}, 400)
        found, removed = _searched(_near(self._publications, request.query), request.query.get("sw", ""))
        total = len(found)
        hits = found[number * size : (number + 1) * size]
        reply = {
            "_embedded": {"bildungsangebotDTOList": [self._record(hit) for hit in hits]},
            "page": {"size": size, "totalElements": total, "totalPages": -(-total // size), "number": number},
            "removedToken": removed,
            "korrekturVorschlag": "",
        }
        if not hits:
            del reply["_embedded"]
        return _json(reply)

    def _record(self, offer: Publication) -> dict[str, Any]:
        course, dice = offer.course, offer.dice
        text = fields()[course.series.field]
        home = offer.provider_site
        changed = course.runs[0].start or date(2026, 1, 1)
        funding = course.series.funding
        return {
            "id": int(offer.ref),
            "titel": offer.title,
            "inhalt": content(offer),
            "weiterbildungsart": "Umschulung" if course.series.id == "umschulung" else "Fortbildung/Qualifizierung",
            "anzahlTermine": len(offer.runs),
            "eigeneAngebotsnummer": offer.number or None,
            "link": f"http://www.{course.provider.key}.example.org/" if dice.percent(55) else None,
            "foerderung": f"<p>Förderung möglich: {', '.join(funding)}</p>" if funding and dice.percent(70) else None,
            "zielgruppe": f"<p>{text.audience}</p>" if dice.percent(70) else None,
            "zugang": f"<ul><li>{text.requires}</li></ul>" if dice.percent(60) else None,
            "abschluss": course.series.certificate if dice.percent(75) else None,
            "aktualisierungsdatum": milliseconds(changed - timedelta(30)),
            "bildungsanbieter": {
                "id": home.agency if course.provider.per_site_name else course.provider.sites[0].agency,
                "name": offer.provider,
                "logo": None,
                "adresse": {"strasse": home.street, "ort": home.city, "plz": home.postcode},
            },
            "termine": [run_record(offer, run) for run in offer.runs[:EMBEDDED]],
        }


def run_record(offer: Publication, run: Run) -> dict[str, Any]:
    """A Termin as both of the agency's searches give it."""
    course, dice = offer.course, offer.dice
    schedule = course.schedule or ("full_time" if course.series.rhythm in ("block", "long") else "part_time")
    times = f"{days_of(run)} {run.start_time} - {run.end_time} Uhr" if run.start_time else "<p>nach Vereinbarung</p>"
    if run.month_only and run.start:
        times = f"<p>voraussichtlich ab {month(run.start)}</p>"
    if run.full:
        times += " <b>Dieser Termin ist ausgebucht.</b>"
    place = run.site or offer.provider_site
    venue = "Virtuelles Klassenzimmer" if run.site is None else dice.pick((place.venue, offer.provider, place.venue))
    deadline = run.start - timedelta(14) if run.start and not run.month_only and dice.percent(35) else None
    price = {None: dice.pick((None, "0.0")), 0: "0.0"}.get(offer.price, f"{(offer.price or 0) / 100:.1f}")
    return {
        "id": int(offer.ref) * 100 + run.number,
        "beginn": milliseconds(run.start),
        "ende": milliseconds(run.end),
        "anmeldeschluss": milliseconds(deadline),
        "kostenWert": price,
        "kostenBemerkung": offer.note or None,
        "unterrichtsform": _coded(dice.pick(FORMS[course.form])),
        "unterrichtszeit": _coded((1, "Vollzeit") if schedule == "full_time" else (2, "Teilzeit")),
        "dauer": _duration(run),
        "unterrichtszeiten": times,
        "adresse": _address(place, venue),
    }


def content(offer: Publication) -> str:
    """The text as providers upload it: proper HTML, or one paragraph with typed bullets."""
    if offer.dice.percent(70):
        bullets = "".join(f"<li>{bullet}</li>" for bullet in offer.bullets)
        return (
            "".join(f"<p>{text}</p>" for text in offer.paragraphs).replace("&", "&amp;")
            + f"<h4>Inhalte</h4><ul>{bullets}</ul>"
        )
    return " ".join(offer.paragraphs) + " Inhalte: " + " • ".join(offer.bullets) + f" Umfang: {offer.course.ue} UE"


def _near(publications: tuple[Publication, ...], query: Mapping[str, str]) -> list[Publication]:
    """The offers with a run within `uk` km of `ort` (name_lon_lat); with `ortsunabhaengig` the online ones."""
    if query.get("ortsunabhaengig") == "true":
        return [offer for offer in publications if offer.course.form != "onsite"]
    place = re.fullmatch(r".*_(-?[\d.]+)_(-?[\d.]+)", query.get("ort", ""))
    if place is None or not query.get("uk", "").isdecimal():
        return list(publications)
    centre, radius = (float(place[2]), float(place[1])), int(query["uk"])
    return [
        offer
        for offer in publications
        if any(kilometres(centre, run.site or offer.provider_site) <= radius for run in offer.runs)
    ]


def kilometres(centre: tuple[float, float], place: Place) -> float:
    """The distance of a place from a latitude and longitude, on a plane: good enough for a region."""
    north = (place.lat - centre[0]) * 111.2
    east = (place.lon - centre[1]) * 111.2 * cos(radians(centre[0]))
    return hypot(north, east)


def _searched(offers: list[Publication], words: str) -> tuple[list[Publication], str]:
    """The offers with all the words in their title, and the words that the search dropped because none has them."""
    titles = [offer.title.casefold() for offer in offers]
    wanted = words.casefold().split()
    known = [word for word in wanted if any(word in title for title in titles)]
    found = [offer for offer, title in zip(offers, titles, strict=True) if all(word in title for word in known)]
    return found, " ".join(word for word in wanted if word not in known)


def _json(value: dict[str, Any], status: int = 200) -> Reply:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(body, "application/json;charset=UTF-8", status)
