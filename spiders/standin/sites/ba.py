"""The federal agency's search as it was (KURSNET): HAL pages of 20 Termine, each with its Angebot nested in it."""

import json
from typing import Any

from spiders.standin.catalogue import Run
from spiders.standin.inventory import fields
from spiders.standin.publish import Publication
from spiders.standin.sites.mein_now import PAGE_SIZE, content, run_record
from spiders.standin.sites.web import Reply, Request

API = "/infosysbub/wbsuche/pc/v2/bildungsangebot"


class Ba:
    """One search without parameters; the runs of an Angebot may lie on two pages."""

    def __init__(self, host: str, publications: tuple[Publication, ...]) -> None:
        self.host = host
        self._runs = [(offer, run) for offer in publications for run in offer.runs]

    def answer(self, request: Request) -> Reply | None:
        """The API, page by page."""
        number = request.query.get("page", "0")
        if request.path != API or not number.isdecimal():
            return None
        return self._page(int(number))

    def _page(self, number: int) -> Reply:
        pages = -(-len(self._runs) // PAGE_SIZE)
        shown = self._runs[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]
        links = {"self": {"href": _address(number)}}
        if number + 1 < pages:
            links["next"] = {"href": _address(number + 1)}
        reply = {
            "_embedded": {"termine": [_termin(offer, run) for offer, run in shown]},
            "_links": links,
            "page": {"size": PAGE_SIZE, "totalElements": len(self._runs), "totalPages": pages, "number": number},
        }
        return Reply(json.dumps(reply, ensure_ascii=False).encode(), "application/json;charset=UTF-8")


def _address(number: int) -> str:
    return f"{API}?page={number}&size={PAGE_SIZE}"


def _termin(offer: Publication, run: Run) -> dict[str, Any]:
    record = run_record(offer, run)
    place = record["adresse"]
    return {
        **record,
        "eigeneAngebotsnummer": offer.number or None,
        "individuellerEinstieg": run.start is None,
        "ansprechpartner": [{"vorname": None, "nachname": offer.course.contact, "email": offer.course.email}],
        "adresse": {
            "bezeichnung": place["bezeichnung"],
            "strasse": place["strasse"],
            "ortStrasse": {"plz": place["plz"], "name": place["ort"], "land": {"laenderCode": "D"}},
        },
        "angebot": _angebot(offer),
    }


def _angebot(offer: Publication) -> dict[str, Any]:
    course, text = offer.course, fields()[offer.course.series.field]
    return {
        "id": int(offer.ref),
        "titel": offer.title,
        "inhalt": content(offer),
        "bildungsart": {"id": 104, "bezeichnung": "Fortbildung/Qualifizierung"},
        "zielgruppe": f"<p>{text.audience}</p>",
        "zugang": f"<p>{text.requires}</p>",
        "abschlussbezeichnung": course.series.certificate,
        "foerderung": f"<p>{', '.join(course.series.funding)}</p>" if course.series.funding else None,
        "bildungsanbieter": {"id": offer.provider_site.agency, "name": offer.provider},
        "suchworte": [],
    }
