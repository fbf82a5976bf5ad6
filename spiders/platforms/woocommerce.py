"""WooCommerce shops that sell courses (HWK Dortmund): archives of products, one page per course.

Shape: HTML fragments of 2026. The runs are the variations of a product, as JSON in an attribute of its form. The price
shown beside a variation is the sum of its parts: the course's own fee is the price, the other parts are notes. What
can still be booked is told by the variations alone; footers and teasers repeat those words for other courses.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from parsel import Selector

from spiders.headed import runtext
from spiders.listing import ListingDict, instance, listing, text
from spiders.page import Follow, Note, Page, Total, UnreadableError, beside, first, folded, shown
from spiders.source import Source

Found = ListingDict | Follow | Total | Note

_FORM = "form.variations_form"
_LINKS = (
    "a.woocommerce-LoopProduct-link",
    "a.woocommerce-loop-product__link",
    "h2 a, h3 a",
    "a:not([href*=add-to-cart])",
)
_OTHER_LISTS = "main a[href*='/event/'], main a[href*='/produkt/'], main a[href*='/product/'], main a[href*='/kurs/']"
_NEXT = "a.next.page-numbers, .woocommerce-pagination a.next, a[rel=next]"
_TITLES = ("h1.product_title", "h1.entry-title", "h1")
_ROOTS = (".summary", ".entry-summary", "div.product")
_POST = re.compile(r"\bpostid-(\d+)\b|\bpost-(\d+)\b")
_POST_IN_LIST = re.compile(r"\bpost-(\d+)\b")
_RESULTS = re.compile(r"(?:von|aller|alle)\s+(\d[\d.]*)\s+(?:Ergebniss|Treffer|Kurs|Produkt)")
_BRACKET = re.compile(r"^\s*\(([^()]+)\)\s*$")
_AN_AMOUNT = re.compile(r"\W*\d[\d.,\s]*-*\s*(?:€|EUR|Euro)?\W*", re.IGNORECASE)
_AMOUNT_KEY = re.compile(r"price|preis|betrag|amount|value|cost|fee|sum", re.IGNORECASE)
_LABEL_KEY = re.compile(r"label|name|title|titel|bezeichnung", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_TERMS = ("attribute_termin", "attribute_pa_termin", "attribute_termine", "attribute_datum")
_FORMS = ("unterrichtsform", "lehrgangsform", "kursform", "zeitmodell", "form")
_MARKUP = re.compile(r"</?(?:li|p|div|tr|br|dt)\b[^>]*>")


def start(source: Source) -> Iterable[Follow]:
    """The archives of products."""
    return [Follow(url) for url in source.urls]


def read(page: Page, source: Source) -> Iterable[Found]:  # noqa: ARG001 - platform door
    """A product is a listing, an archive leads to products and to its next page."""
    if page.kind == "detail" or (page.kind is None and _is_product(page.selector)):
        yield from _product(page)
    else:
        yield from _archive(page)


def _is_product(page: Selector) -> bool:
    return (
        first(page, f"{_FORM}, body.single-product, h1.product_title, [itemtype*='schema.org/Product'] h1") is not None
    )


# --- archives -------------------------------------------------------------------------------------------------------


def _archive(page: Page) -> Iterator[Found]:
    cards = {card["url"]: card for item in page.selector.css("li.product") if (card := _card(page, item))["url"]}
    cards = cards or {
        card["url"]: card for link in page.selector.css(_OTHER_LISTS) if (card := _bare_card(page, link))["url"]
    }
    if not cards:
        if first(page.selector, ".woocommerce-info, .woocommerce-no-products-found, .woocommerce") is None:
            raise UnreadableError("no archive of products: it links to none")
        yield Note("empty_list", f"{page.url} shows no course")
        return
    trail: frozenset[str] = page.context.get("trail", frozenset())
    begin = page.context.get("first", page.url)
    stated = _RESULTS.search(shown(first(page.selector, ".woocommerce-result-count")) or "")
    if stated:
        yield Total(urlsplit(begin).path, int(stated[1].replace(".", "")[:9]), tuple(cards))
    if cards.keys() <= trail:
        yield Note("loop", f"{page.url} showed only courses seen before", spoils=True)
        return
    for url, card in cards.items():
        if url not in trail:
            yield Follow(url, kind="detail", ref=card["ref"], fallback=card if card["ref"] else None)
    following = page.address(page.selector.css(_NEXT).css("::attr(href)").get())
    if following and page.kind is not None:
        yield Follow(following, context={"trail": trail | cards.keys(), "first": begin})


def _card(page: Page, item: Selector) -> ListingDict:
    """What an archive says of a product."""
    link = _first_of(item, _LINKS)
    number = _POST_IN_LIST.search(item.attrib.get("class", ""))
    data = item.css("[data-product_id]::attr(data-product_id)").get()
    return listing(
        ref=data or (number[1] if number else None),
        url=page.address(link.attrib.get("href")) if link is not None else None,
        title=shown(first(item, ".woocommerce-loop-product__title, h2, h3")) or shown(link),
        raw={"card": shown(item)},
        **_price(item),
    )


def _bare_card(page: Page, link: Selector) -> ListingDict:
    """A link to a course on an archive that is no shop's list."""
    return listing(ref=None, url=page.address(link.attrib["href"].partition("#")[0]), title=shown(link))


# --- products -------------------------------------------------------------------------------------------------------


def _product(page: Page) -> Iterator[Found]:
    form = first(page.selector, _FORM)
    title = shown(_first_of(page.selector, _TITLES))
    root = _first_of(page.selector, _ROOTS)
    if form is None and (title is None or not _is_product(page.selector)):
        raise UnreadableError("no product page: neither a form of variations nor a product's title is on it")
    number = _number(page.selector, form)
    ref = number or _last_word(page.published_url)
    if ref is None:
        raise UnreadableError("the page does not tell its product: no id, no address")
    if number is None:
        yield Note("weak_ref", f"{page.url} has no product id; it is known as {ref!r}")
    variations, problem = _variations(form)
    if problem:
        yield Note("variations", f"{page.url}: {problem}")
    terms = _options(form)
    runs = [_run(variation, terms) for variation in variations] or [_dated(term) for term in terms.values()]
    attributes = _attributes(page.selector)
    yield listing(
        ref=ref,
        url=page.published_url,
        course_number=shown(first(page.selector, ".product_meta .sku, .sku_wrapper .sku")),
        title=title,
        description=_description(page.selector),
        categories=[shown(link) for link in page.selector.css(".posted_in a")],
        keywords=[shown(link) for link in page.selector.css(".tagged_as a")],
        raw={"variations": variations, "attributes": attributes},
        instances=runs or [_single(attributes, root)],
        **({} if root is None or any(run.get("price") for run in runs) else _price(root)),
        **_facts(attributes),
    )


def _number(page: Selector, form: Selector | None) -> str | None:
    """The product's own number, wherever the page tells it."""
    if form is not None and (number := text(form.attrib.get("data-product_id"))):
        return number
    body = _POST.search(" ".join(page.css("body::attr(class), div.product.type-product::attr(class)").getall()))
    if body:
        return body[1] or body[2]
    short = page.css("link[rel=shortlink]::attr(href)").get()
    if short and (numbers := parse_qs(urlsplit(short).query).get("p")):
        return numbers[0]
    button = page.css("form.cart [name=add-to-cart]::attr(value), form.cart [name=product_id]::attr(value)").get()
    return text(button)


def _last_word(url: str | None) -> str | None:
    """The last part of an address, where the page hides its number."""
    return urlsplit(url).path.rstrip("/").rpartition("/")[2] or None if url else None


def _variations(form: Selector | None) -> tuple[list[dict[str, Any]], str | None]:
    """The variations of a form, and what is wrong with them; `false` is how the shop says "too many to list"."""
    if form is None:
        return [], None
    published = form.attrib.get("data-product_variations")
    try:
        found = json.loads(published or "null")
    except (ValueError, RecursionError) as error:
        return [], f"the variations are no JSON: {error}"
    if not isinstance(found, list):
        return [], f"the page does not list its variations: {(published or '')[:40]!r}"
    known = [variation for variation in found if isinstance(variation, dict)]
    return known, None if len(known) == len(found) else f"{len(found) - len(known)} variations are no records"


def _options(form: Selector | None) -> dict[str, str]:
    """The terms to choose from, by the value that a variation may name instead."""
    options = form.css("select[name*=termin] option, select[id*=termin] option") if form is not None else []
    found = ((option.attrib.get("value", ""), shown(option)) for option in options)
    return {value: label for value, label in found if value and label}


def _run(variation: Mapping[str, Any], terms: Mapping[str, str]) -> ListingDict:
    """A variation: its attribute names dates and house, its parts name the fees."""
    attributes = variation.get("attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    term = next((found for name in _TERMS if (found := text(attributes.get(name)))), None)
    price, note = _fees(variation)
    run = _dated(terms.get(term or "", term))
    form: dict[str, Any] = runtext.form_fields(_attribute(attributes, *_FORMS))
    stated = instance(
        ref=variation.get("variation_id"),
        venue=_attribute(attributes, "ort", "standort", "veranstaltungsort"),
        price=price,
        price_note=note,
        availability=_plain(variation.get("availability_html")),
        **form,
    )
    return {**run, **{name: value for name, value in stated.items() if value}}


def _dated(term: str | None) -> ListingDict:
    """The run that a term names: "18.01.2027 - 08.07.2028 (Bildungszentrum)"."""
    dates, venue, form = _term(term)
    fields: dict[str, Any] = runtext.form_fields(form)
    return instance(dates=dates, venue=venue, **fields)


def _term(term: str | None) -> tuple[str | None, str | None, str | None]:
    """ "18.01.2027 - 08.07.2028 (Bildungszentrum)" as dates, venue and form."""
    found = runtext.dated(folded(term) or "") if term else None
    if found is None or not found.rest:
        return (found.dates if found else term), None, found.form if found else None
    bracket = _BRACKET.match(found.rest)
    if bracket and runtext.kind(bracket[1]) == "form":
        return found.dates, None, bracket[1]
    if bracket:
        return found.dates, bracket[1], found.form
    return term, None, None


def _attribute(attributes: Mapping[str, Any], *words: str) -> str | None:
    """The value of the attribute whose name ends in one of the words."""
    return next((text(value) for name, value in attributes.items() if name.rpartition("_")[2] in words), None)


def _fees(variation: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The course's own fee, and the other parts of the sum with their labels; without parts the sum is the fee."""
    parts = list(_parts(variation.get("bue_additional_prices")))
    total = text(variation.get("display_price"))
    if not parts:
        return total, None
    price, _ = runtext.fees(parts)
    _, note = runtext.fees((label, _amount(value)) for label, value in parts)
    if price is None and total:
        note = f"{note}; Gesamt: {_amount(total)}"
    return price, note


def _parts(published: object) -> Iterator[tuple[str, str]]:
    """Label and amount of each part: a list of records or pairs, a record by label, or a list in markup."""
    items: list[Any] = []
    if isinstance(published, dict):
        items = [
            {"name": name, **value} if isinstance(value, dict) else [name, value] for name, value in published.items()
        ]
    elif isinstance(published, list):
        items = published
    elif isinstance(published, str):
        items = [line.rpartition(":")[::2] for line in _MARKUP.split(published)]
    for item in items:
        pairs = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list | tuple) else ()
        values = {str(key): value for key, each in pairs if _is_told(key, each) and (value := _plain(each))}
        amounts = sorted((key for key in values if _AN_AMOUNT.fullmatch(values[key])), key=_rank(_AMOUNT_KEY))
        labels = sorted((key for key in values if key not in amounts), key=_rank(_LABEL_KEY))
        if amounts and labels:
            yield values[labels[0]].rstrip(": "), values[amounts[0]]


def _is_told(key: object, value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and "id" not in str(key).lower()


def _rank(wanted: re.Pattern[str]) -> Callable[[str], bool]:
    """Sorts the keys that a pattern finds before the others."""
    return lambda key: wanted.search(key) is None


def _amount(value: str) -> str:
    """A bare number with the shop's currency, which the attribute leaves out."""
    return f"{value} EUR" if _BARE_NUMBER.fullmatch(value) else value


def _single(attributes: Sequence[tuple[str, str]], root: Selector | None) -> ListingDict:
    """The one run of a product without variations: what its table of attributes and its stock line say."""
    term = next((value for label, value in attributes if label.lower().startswith(("termin", "datum"))), None)
    place = next((value for label, value in attributes if label.lower().endswith("ort")), None)
    stock = first(root, "p.stock, .stock") if root is not None else None
    run = _dated(term)
    return {**run, "venue": run["venue"] or place, "availability": shown(stock)} if "venue" in run else run


def _price(root: Selector) -> dict[str, Any]:
    """The price shown and what is written beside it; a sale's new price before the crossed one."""
    price = first(root, "p.price, .price")
    if price is None:
        return {}
    amounts = price.css("ins .amount") or price.css(".amount:not(del .amount)")
    note = shown(first(price, ".woocommerce-price-suffix"))
    return {"price": shown(amounts[0]) if len(amounts) == 1 else shown(price), "price_note": note}


def _description(page: Selector) -> str | None:
    parts = page.css(
        ".woocommerce-product-details__short-description, #tab-description, .woocommerce-Tabs-panel--description"
    )
    return "\n".join(dict.fromkeys(part.get() for part in parts if shown(part))) or None


def _attributes(page: Selector) -> Sequence[tuple[str, str]]:
    """The table of attributes."""
    pairs = []
    for row in page.css("table.woocommerce-product-attributes tr, table.shop_attributes tr"):
        label, value = shown(first(row, "th")), shown(first(row, "td"))
        if label and value:
            pairs.append((label.rstrip(": "), value))
    return pairs


def _facts(attributes: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Course fields among the attributes."""
    fields: dict[str, Any] = {}
    for label, value in attributes:
        name = _FIELDS.get(label.lower())
        if name:
            fields.setdefault(name, value)
    return fields


_FIELDS = {
    "dauer": "duration", "lehrgangsdauer": "duration", "unterrichtsstunden": "duration", "umfang": "duration",
    "abschluss": "certificate", "voraussetzungen": "requirements", "zielgruppe": "target_group",
    "unterrichtsform": "format", "lehrgangsform": "schedule", "zeitmodell": "schedule",
}  # fmt: skip


def _first_of(node: Selector, choices: Sequence[str]) -> Selector | None:
    """The first element of the first selector that finds one."""
    return next((found for css in choices if (found := first(node, css)) is not None), None)


def _plain(published: object) -> str | None:
    """A value as text; markup is what the shop adds for display."""
    value = text(published)
    if value is None or "<" not in value:
        return folded(value) if value else None
    return shown(beside(Selector(f"<div>{value}</div>", type="html"), "//div"))
