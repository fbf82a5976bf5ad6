"""A chamber's shop on WooCommerce: an archive in pages, products whose variations are the runs.

The price shown beside a variation is a sum; footers say "Ausgebucht" on every page; the words of an address may change.
"""

import json
import re
from typing import Any

from spiders.standin.catalogue import Run, slug
from spiders.standin.publish import Publication
from spiders.standin.sites.web import Reply, Request, euro, free, month, page, span, teasers

ARCHIVE, ROWS = "/kurse/", 16
LEARNING_CENTS = 4_500  # learning material, where a course has it
SIMPLE_PERCENT = 40  # of the listings with a single run: products without variations


class WooCommerce:
    """An archive of products and a page for each."""

    def __init__(self, host: str, publications: tuple[Publication, ...]) -> None:
        self.host = host
        self._publications = publications
        self._index = {publication.ref: index for index, publication in enumerate(publications)}
        self._by_address = {address(publication): publication for publication in publications}

    def answer(self, request: Request) -> Reply | None:
        """The archive's pages, products, a home page."""
        path = request.path.rstrip("/") + "/"
        if path == "/":
            return page("woocommerce_list.html", title="Bildungszentrum", rows=[], total=0, first=0, following=None)
        found = re.fullmatch(rf"{ARCHIVE}(?:page/(\d{{1,4}})/)?", path)
        if found:
            return self._archive(int(found[1] or 1))
        offer = self._by_address.get(path)
        return self._product(offer) if offer else None

    def _archive(self, number: int) -> Reply | None:
        begin = (number - 1) * ROWS
        rows = self._publications[begin : begin + ROWS]
        if not rows and number > 1:
            return None
        more = begin + ROWS < len(self._publications)
        return page(
            "woocommerce_list.html",
            title="Kurse",
            rows=[(offer, address(offer), total(offer)) for offer in rows],
            total=len(self._publications),
            first=begin + 1,
            following=f"{ARCHIVE}page/{number + 1}/" if more else None,
        )

    def _product(self, offer: Publication) -> Reply:
        others = teasers(self._publications, self._index[offer.ref])
        return page(
            "woocommerce_detail.html",
            title=offer.title,
            offer=offer,
            simple=is_simple(offer),
            sum=total(offer),
            terms=[term(run) for run in offer.runs],
            stock=availability(offer.runs[0]),
            variations=json.dumps([_variation(offer, run) for run in offer.runs], ensure_ascii=False),
            others=[(other.title, address(other), other.price) for other in others],
        )


def address(offer: Publication) -> str:
    """The path of a product; its words may change."""
    words = slug(offer.course.title) + ("-neu" if offer.state.relocations % 2 else "")
    return f"/event/{words}-{slug(offer.ref)}/"


def is_simple(offer: Publication) -> bool:
    """Whether a product has no variations."""
    return len(offer.runs) == 1 and offer.dice.percent(SIMPLE_PERCENT)


def parts(offer: Publication) -> list[tuple[str, int]]:
    """The fees of a course in cents; none where the price is told on request only."""
    if offer.price is None:
        return []
    found = [("Kurskosten", offer.price)]
    if offer.course.exam_price:
        found.append(("Prüfungsgebühr", offer.course.exam_price))
    if offer.dice.percent(50):
        found.append(("Lernmittel", LEARNING_CENTS))
    return found


def total(offer: Publication) -> str:
    """What the shop shows as the price: the sum, of a product without variations the fee alone."""
    cents = offer.price if is_simple(offer) else sum(amount for _, amount in parts(offer))
    return "auf Anfrage" if offer.price is None or cents is None else euro(cents, "%s\u00a0€")


def dates(run: Run) -> str:
    """A run's dates as the shop writes them."""
    if run.start is None:
        return "Termin auf Anfrage"
    if run.month_only or run.end is None:
        return month(run.start)
    return span(run.start, run.end)


def term(run: Run) -> str:
    """The value of the attribute: dates, and the house in brackets."""
    return f"{dates(run)} ({run.site.venue if run.site else 'Online'})"


def availability(run: Run) -> str:
    """The line of stock."""
    places = free(run)
    if not places:
        return "Ausgebucht. Auf Warteliste setzen."
    return "1 Platz verfügbar" if places == 1 else f"{places} Plätze verfügbar"


def variation_id(offer: Publication, run: Run) -> int:
    """The shop's own number of a run."""
    return 500_000 + offer.serial * 100 + run.number


def _variation(offer: Publication, run: Run) -> dict[str, Any]:
    state = "in-stock" if free(run) else "available-on-backorder"
    fees = parts(offer)
    return {
        "attributes": {"attribute_termin": term(run)},
        "availability_html": f'<p class="stock {state}">{availability(run)}</p>',
        "variation_id": variation_id(offer, run),
        "display_price": sum(cents for _, cents in fees) / 100 if fees else "",
        "bue_additional_prices": [{"label": label, "price": euro(cents)} for label, cents in fees],
        "is_in_stock": True,
    }
