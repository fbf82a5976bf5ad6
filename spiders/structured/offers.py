"""Offers of schema.org: what a course costs and whether places are left, and which offer belongs to which run.

Bare machine values get the unit that schema.org gives them beside them or by definition: `priceCurrency` behind the
amount, "ab" before `lowPrice`, "inkl. MwSt." for `valueAddedTaxIncluded`, "kostenfrei" for `isAccessibleForFree`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spiders.structured.graph import Graph, Node, local

_BARE = re.compile(r"[\d.,' ]+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FREE = "kostenfrei"
_VAT = {True: "inkl. MwSt.", False: "zzgl. MwSt."}
_DATES = ("validFrom", "validThrough", "availabilityStarts", "availabilityEnds", "startDate", "endDate")


@dataclass(frozen=True)
class Terms:
    """Price, what is said besides, and availability, as published."""

    price: str | None = None
    note: str | None = None
    availability: str | None = None


@dataclass(frozen=True)
class Joined:
    """Which offers belong to which run (by its index), which to the course, and by what evidence."""

    of_run: dict[int, list[Node]]
    of_course: list[Node]
    evidence: str | None = None


def offers_of(graph: Graph, node: Node) -> list[Node]:
    """The offers of a course or run; the parts of an aggregate where it names them."""
    found: list[Node] = []
    for offer in graph.nodes(node, "offers"):
        found += graph.nodes(offer, "offers") or [offer]
    return found


def terms(graph: Graph, offers: Sequence[Node], node: Node) -> Terms:
    """What these offers say together.

    One price is the price. Several are all given, each with its name: which of them the public pays, a later reader
    decides. An availability counts only if no offer says another.
    """
    priced = [(graph.text(offer, "name"), amount) for offer in offers for amount in _amounts(graph, offer)]
    amounts = list(dict.fromkeys(amount for _, amount in priced))
    if len(amounts) > 1:
        price: str | None = "; ".join(
            dict.fromkeys(f"{label}: {amount}" if label else amount for label, amount in priced)
        )
    else:
        price = amounts[0] if amounts else None
    notes = [note for offer in offers for note in _notes(graph, offer)]
    if "true" in (str(stated).lower() for stated in graph.values(node, "isAccessibleForFree")):
        notes.append(_FREE)
    states = list(dict.fromkeys(state for offer in offers if (state := _state(graph, offer))))
    return Terms(price, "; ".join(dict.fromkeys(notes)) or None, states[0] if len(states) == 1 else None)


def join(graph: Graph, offers: Sequence[Node], runs: Sequence[Node]) -> Joined:
    """The offers of a course, each with the run it is evidently for.

    Evidence is, in this order: the run is what is offered (`itemOffered`), the same address, number or date stands on
    both and on no other. Without any, lists of equal length that nothing contradicts are joined by position. What is
    left is the course's.
    """
    if len(runs) < 2 or len(offers) < 2:
        return Joined({}, list(offers))
    contradicted = False
    for evidence, of_offer, of_run in _EVIDENCE:
        on_offers = [of_offer(graph, each) for each in offers]
        on_runs = [of_run(graph, each) for each in runs]
        pairs = _unique_pairs(on_offers, on_runs)
        if pairs:
            if len(offers) == len(runs) == len(pairs) + 1:  # the last of each belong together
                pairs[(set(range(len(offers))) - set(pairs)).pop()] = (
                    set(range(len(runs))) - set(pairs.values())
                ).pop()
            rest = [offer for index, offer in enumerate(offers) if index not in pairs]
            return Joined({run: [offers[index]] for index, run in pairs.items()}, rest, evidence)
        known = set().union(*on_runs)
        contradicted |= any(marks & known and not marks & on for marks, on in zip(on_offers, on_runs, strict=False))
    if len(offers) == len(runs) and not contradicted:
        return Joined({index: [offer] for index, offer in enumerate(offers)}, [], "position")
    return Joined({}, list(offers))


def _unique_pairs(offers: list[set[str]], runs: list[set[str]]) -> dict[int, int]:
    """Offer to run by marks that stand on one offer and on one run; an offer that points to two runs to none."""
    on_offers = Counter(mark for marks in offers for mark in marks)
    on_runs = Counter(mark for marks in runs for mark in marks)
    owner = {mark: index for index, marks in enumerate(runs) for mark in marks if on_runs[mark] == 1}
    pairs: dict[int, int] = {}
    for index, marks in enumerate(offers):
        found = {owner[mark] for mark in marks if on_offers[mark] == 1 and mark in owner}
        if len(found) == 1:
            pairs[index] = found.pop()
    taken = Counter(pairs.values())
    return {offer: run for offer, run in pairs.items() if taken[run] == 1}


def _offered(graph: Graph, offer: Node) -> set[str]:
    return {graph.key(node) for node in graph.nodes(offer, "itemOffered")}


def _itself(graph: Graph, run: Node) -> set[str]:
    return {graph.key(run)}


def _addresses(graph: Graph, node: Node) -> set[str]:
    return {graph.absolute(url) for url in graph.texts(node, "url")}


def _numbers(graph: Graph, node: Node) -> set[str]:
    return {*graph.identifiers(node), *graph.texts(node, "sku")}


def _days(graph: Graph, node: Node) -> set[str]:
    return {day[0] for name in _DATES for value in graph.texts(node, name) if (day := _DAY.match(value))}


# What ties an offer to a run, and the marks of either side.
_EVIDENCE = (
    ("item offered", _offered, _itself),
    ("address", _addresses, _addresses),
    ("number", _numbers, _numbers),
    ("date", _days, _days),
)


def _amounts(graph: Graph, offer: Node) -> list[str]:
    """The prices of an offer: its own, else those of its specification."""
    currency = graph.text(offer, "priceCurrency")
    if own := graph.text(offer, "price"):
        return [_with_unit(own, currency)]
    if low := graph.text(offer, "lowPrice", "minPrice"):
        one = low == graph.text(offer, "highPrice", "maxPrice")
        return [_with_unit(low, currency) if one else f"ab {_with_unit(low, currency)}"]
    parts = [
        part
        for specification in graph.nodes(offer, "priceSpecification")
        for part in graph.nodes(specification, "priceComponent") or [specification]
    ]
    found: list[str] = []
    for part in parts:
        unit = graph.text(part, "priceCurrency") or currency
        name = graph.text(part, "name") if len(parts) > 1 else None
        if amount := graph.text(part, "price"):
            found.append(f"{name}: {_with_unit(amount, unit)}" if name else _with_unit(amount, unit))
        elif low := graph.text(part, "minPrice"):
            found.append(f"ab {_with_unit(low, unit)}")
    return found


def _with_unit(amount: str, currency: str | None) -> str:
    return f"{amount} {currency}" if currency and _BARE.fullmatch(amount) else amount


def _notes(graph: Graph, offer: Node) -> Iterable[str]:
    for node in (offer, *graph.nodes(offer, "priceSpecification")):
        for stated in graph.values(node, "valueAddedTaxIncluded"):
            if str(stated).lower() in ("true", "false"):
                yield _VAT[str(stated).lower() == "true"]
    if "free" in (local(category).lower() for category in graph.texts(offer, "category")):
        yield _FREE


def _state(graph: Graph, offer: Node) -> str | None:
    left = next((graph.text(node, "value") for node in graph.nodes(offer, "inventoryLevel")), None)
    parts = [graph.text(offer, "availability"), f"{left} Plätze frei" if left and left.isdigit() else None]
    return "; ".join(part for part in parts if part) or None
