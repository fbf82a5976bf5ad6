"""A Volkshochschule on Kufer whose table is made of blocks (as in Goslar), with meetings in one cell of dots.

It pages as the table generation does: by session and check sum.
"""

from urllib.parse import quote

from spiders.standin.channels import CATEGORIES
from spiders.standin.publish import Publication
from spiders.standin.sites.kufer import status
from spiders.standin.sites.kufer_table import Programme, address, dotted, facts, moment, room, site_name
from spiders.standin.sites.web import Reply, Request, page, teasers

ROWS = 20


class KuferRows(Programme):
    """`/kurse` and a page per course number."""

    list_path = "/kurse"
    course_path = "/kurse/kurs"
    rows = ROWS

    def _list(self, request: Request, *, welcome: bool) -> Reply:
        number = 0 if welcome else self._paging.number(request)
        rows = [] if welcome else self._paging.pages[number]
        more = not welcome and number + 1 < len(self._paging.pages)
        forward = f"/kurse?browse=forward&kathaupt=1&knr={quote(rows[-1][1].ref, safe='')}" if more else None
        return page(
            "kufer_rows_list.html",
            session=self._paging.session(request),
            title="Kurse",
            site=site_name(self._publications),
            rows=[(offer, _address(offer), moment(offer.runs[0]), room(offer.runs[0])) for _, offer in rows],
            forward=f"{forward}&cHash={self._paging.sign(number + 1)}" if forward else None,
        )

    def _detail(self, index: int) -> Reply:
        offer = self._publications[index]
        others = teasers(self._publications, index)
        return page(
            "kufer_rows_detail.html",
            title=offer.title,
            site=site_name(self._publications),
            offer=offer,
            state=status(offer),
            category=CATEGORIES[offer.category][2],
            facts=[(label, value) for label, value in facts(offer) if not label.startswith("Plätze")],
            meetings=dotted(offer.runs[0]),
            teasers=[(other.title, _address(other), other.price) for other in others],
        )


def _address(offer: Publication) -> str:
    return address(offer).replace("/kurssuche/", "/kurse/", 1)
