"""The federal course search (mein NOW): JSON in pages of 20, at most five Termine per record, a key required."""

import json
from datetime import UTC, date, datetime, time, timedelta
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
        total = len(self._publications)
        hits = self._publications[number * size : (number + 1) * size]
        reply = {
            "_embedded": {"bildungsangebotDTOList": [self._record(hit) for hit in hits]},
            "page": {"size": size, "totalElements": total, "totalPages": -(-total // size), "number": number},
            "removedToken": "",
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
            "inhalt": _content(offer),
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
            "termine": [self._run(offer, run) for run in offer.runs[:EMBEDDED]],
        }

    def _run(self, offer: Publication, run: Run) -> dict[str, Any]:
        course, dice = offer.course, offer.dice
        schedule = course.schedule or ("full_time" if course.series.rhythm in ("block", "long") else "part_time")
        times = (
            f"{days_of(run)} {run.start_time} - {run.end_time} Uhr" if run.start_time else "<p>nach Vereinbarung</p>"
        )
        if run.month_only and run.start:
            times = f"<p>voraussichtlich ab {month(run.start)}</p>"
        if run.full:
            times += " <b>Dieser Termin ist ausgebucht.</b>"
        place = run.site or offer.provider_site
        venue = (
            "Virtuelles Klassenzimmer" if run.site is None else dice.pick((place.venue, offer.provider, place.venue))
        )
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


def _content(offer: Publication) -> str:
    """The text as providers upload it: proper HTML, or one paragraph with typed bullets."""
    if offer.dice.percent(70):
        bullets = "".join(f"<li>{bullet}</li>" for bullet in offer.bullets)
        return (
            "".join(f"<p>{text}</p>" for text in offer.paragraphs).replace("&", "&amp;")
            + f"<h4>Inhalte</h4><ul>{bullets}</ul>"
        )
    return " ".join(offer.paragraphs) + " Inhalte: " + " • ".join(offer.bullets) + f" Umfang: {offer.course.ue} UE"


def _json(value: dict[str, Any], status: int = 200) -> Reply:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(body, "application/json;charset=UTF-8", status)
