"""A Volkshochschule on the old Kufer pages: one script, course numbers in queries, tables that lay the page out.

Its traps: the image of the traffic light has the same words in every colour (the state is the text after it, and only
on course pages), a legend shows all of them, the charset is Windows-1252, and paging is lost with the session.
"""

from dataclasses import replace
from urllib.parse import quote

from spiders.standin.channels import CATEGORIES
from spiders.standin.publish import Publication
from spiders.standin.sites.kufer import begin, details
from spiders.standin.sites.kufer_table import Programme, site_name
from spiders.standin.sites.web import Reply, Request, free, german, page, teasers

ROWS = 30
SCRIPT = "/webbasys/index.php"


class KuferWebbasys(Programme):
    """`/webbasys/index.php` with the course number or the page in its query."""

    rows = ROWS

    def answer(self, request: Request) -> Reply | None:
        """The list and course pages; without a query the welcome."""
        if request.path.rstrip("/") not in ("", SCRIPT):
            return None
        if "knr" in request.query and "browse" not in request.query:
            return self._course(request.query["knr"])
        return self._list(request, welcome="kathaupt" not in request.query)

    def _list(self, request: Request, *, welcome: bool) -> Reply:
        number = self._paging.number(replace(request, query={"cHash": self._asked(request)}))
        rows = [] if welcome else self._paging.pages[number]
        more = not welcome and number + 1 < len(self._paging.pages)
        return page(
            "kufer_webbasys_list.html",
            charset="windows-1252",
            session=self._paging.session(request),
            title="Kursprogramm",
            site=site_name(self._publications),
            rows=[(offer, address(offer), begin(offer.runs[0]), place(offer)) for _, offer in rows],
            forward=_forward(*rows[-1]) if more else None,
            total=len(self._publications),
        )

    def _asked(self, request: Request) -> str:
        """The page that begins after a number in a category; nothing for any other request."""
        after = {
            (str(CATEGORIES[category][0]), offer.ref): self._paging.sign(number)
            for number, shown in enumerate(self._paging.pages, start=1)
            for category, offer in shown[-1:]
        }
        asked = (request.query.get("katid", ""), request.query.get("knr", ""))
        return after.get(asked, "") if "browse" in request.query else ""

    def _detail(self, index: int) -> Reply:
        offer = self._publications[index]
        run = offer.runs[0]
        meetings = [(german(when), f"{run.start_time} - {run.end_time} Uhr", place(offer)) for when in run.meetings()]
        return page(
            "kufer_webbasys_detail.html",
            charset="windows-1252",
            title=offer.title,
            site=site_name(self._publications),
            offer=offer,
            state=state(offer),
            category=CATEGORIES[offer.category][2],
            facts=[(label, value) for label, value in details(offer) if label != "Status"],
            meetings=meetings,
            teasers=[(other.title, address(other), other.price) for other in teasers(self._publications, index)],
        )


def address(offer: Publication) -> str:
    """The address as the pages write it, relative to the script."""
    return f"index.php?id=28&kathaupt=11&knr={quote(offer.ref, safe='')}&katid={CATEGORIES[offer.category][0]}"


def _forward(category: str, offer: Publication) -> str:
    """The link to the page that begins after a row."""
    return f"index.php?kathaupt=11&browse=forward&katid={CATEGORIES[category][0]}&knr={quote(offer.ref, safe='')}"


def place(offer: Publication) -> str:
    """House, and the town behind it."""
    run = offer.runs[0]
    return f"{run.site.venue}, {run.site.city}" if run.site else "online"


def state(offer: Publication) -> str:
    """The text after the traffic light."""
    run = offer.runs[0]
    if run.full:
        return offer.dice.pick(("- Dieser Kurs ist leider ausgebucht", "- Warteliste", "- Anmeldung geschlossen"))
    return f"- {free(run)} Plätze frei" if offer.dice.percent(50) else "- buchbar"
