"""Courses that a page states as data: schema.org in JSON-LD, or else in microdata, as listings.

Which node is a listing: each Course, EducationalOccupationalProgram, Event and EducationEvent, and a CourseInstance
that belongs to no course of the page. A run belongs to a course that names it (`hasCourseInstance`), that it names
(`superEvent`, `instanceOf`), or that bears its name. Other courses advertised on a course page are no listings: those
of an ItemList, and those with an address of their own where another course has this page's.

JSON-LD goes first, and microdata is read only where it gives no course, since sites that have both say the same twice.
RDFa is not read (its library is slow); a page that has it is noted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from spiders.listing import ListingDict
from spiders.merge import merged_by_ref
from spiders.page import Note, Page, UnreadableError
from spiders.structured.graph import Graph, Node, json_block, json_ld, types
from spiders.structured.microdata import microdata
from spiders.structured.offers import offers_of
from spiders.structured.schema_org import COURSES, RUNS, listing_of, unknown_properties

MAX_RECORDS = 5_000  # courses and runs of one page; beyond, it is no page but an attack or an export
_EXPANSION = 8  # how often references may repeat what a page says, in sizes of the page

_LISTS = frozenset({"ItemList", "OfferCatalog", "ListItem"})
# What pages carry besides courses; nothing below it is a course.
_IGNORED = frozenset({
    "BreadcrumbList", "AggregateRating", "Review", "Rating", "Person", "SearchAction", "ImageObject", "VideoObject",
    "SiteNavigationElement", "WPHeader", "WPFooter", "WPSideBar", "FAQPage", "Question", "Answer", "Comment",
})  # fmt: skip
_BACK = ("superEvent", "instanceOf", "isPartOf")
_RDFA = re.compile(r"""\b(?:vocab|typeof)\s*=\s*["'](?:https?://schema\.org/|schema:)""")


@dataclass
class Structured:
    """What the data of a page says: courses, links to courses (with what a list says of them), and what went wrong."""

    listings: list[ListingDict] = field(default_factory=list)
    links: dict[str, ListingDict | None] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class _Found:
    """A node that is a course or a run, where it stood, and the offer around it."""

    node: Node
    listed: bool
    offers: tuple[Node, ...]


class _Group:
    """A course or single event, and its runs by what tells them apart."""

    def __init__(self, graph: Graph, found: _Found) -> None:
        self.found = found
        self.runs = {graph.key(run): run for run in graph.nodes(found.node, "hasCourseInstance")}
        self._graph = graph
        self._begins: dict[str, str] = {}  # beginning, and its day -> run
        for key, run in self.runs.items():
            self._remember(key, graph.text(run, "startDate"))

    def add(self, found: _Found) -> None:
        """One more run. Some sites state one both inside the course and as an event: then the event fills the gaps."""
        graph, node = self._graph, found.node
        if found.offers:
            node = {**node, "offers": [*offers_of(graph, node), *found.offers]}
        start = graph.text(node, "startDate") or ""
        known = self._begins.get(start) or self._begins.get(f"on {start}" if len(start) == 10 else start[:10])
        if known:
            self.runs[known] = {**node, **self.runs[known]}
        else:
            self.runs[graph.key(found.node)] = node
            self._remember(graph.key(found.node), start)

    def _remember(self, key: str, start: str | None) -> None:
        if start:
            self._begins.setdefault(start, key)
            self._begins.setdefault(f"on {start[:10]}", key)


def courses(page: Page) -> list[ListingDict]:
    """The courses that the data of a page states; none without a look at the page if it has no data.

    Raises UnreadableError as `Page.selector` does.
    """
    return structured(page).listings


def is_document(page: Page) -> bool:
    """Whether the page is JSON, not HTML."""
    return page.text[:100].lstrip("\ufeff \t\r\n").startswith(("{", "["))


def structured(page: Page) -> Structured:
    """Courses, links to courses, and notes. Raises UnreadableError if the page is no HTML, or cut, or repeats itself
    without measure by references."""
    result = Structured()
    if "typeof" in page.text and _RDFA.search(page.text):
        result.notes.append(Note("rdfa", "the page has RDFa, which is not read"))
    if is_document(page):
        _collect(page, json_block(page.text.lstrip("\ufeff")), result)
        return result
    if "ld+json" in page.text:
        _collect(page, json_ld(page.selector), result)
    if not result.listings and "itemscope" in page.text:
        _collect(page, microdata(page.selector), result)
    return result


def _collect(page: Page, graph: Graph, result: Structured) -> None:
    """Add what one kind of data says."""
    result.notes += graph.notes
    graph = Graph(graph.roots, base=page.url if page.url.startswith("http") else "")
    others: set[str] = set()
    found = list(_walk(graph.roots, result.links, others))
    if others:
        result.notes.append(Note("other_event", f"not read: {', '.join(sorted(others))}"))
    here = _published(page)
    groups = _of_page(graph, page, here, _groups(graph, found, by_name=page.kind != "list"))
    nodes = [node for group in groups for node in (group.found.node, *group.runs.values())]
    if len(nodes) > MAX_RECORDS:
        raise UnreadableError(f"more than {MAX_RECORDS} courses and runs on one page")
    if unknown := {name for node in nodes for name in unknown_properties(node)}:
        result.notes.append(Note("unknown_property", ", ".join(sorted(unknown))[:500]))
    rows: list[ListingDict] = []
    for group in groups:
        row = listing_of(graph, page, group.found.node, list(group.runs.values()), group.found.offers)
        if group.found.listed and _is_link(row, here):
            result.links[row["url"]] = row
        else:
            rows.append({**row, "url": row["url"] or here})
    if len(rows) == 1 and page.kind != "list" and rows[0]["raw"]["ref_from"] == "name" and here:
        rows[0]["ref"], rows[0]["raw"]["ref_from"] = here, "url"
    _check_size(page, [*rows, *filter(None, result.links.values())])
    for record, conflicts in merged_by_ref(row for row in rows if row["ref"] is not None):
        result.listings.append(record)
        result.notes += [Note("conflict", f"{record['ref']}: {conflict}") for conflict in conflicts]
    result.listings += [row for row in rows if row["ref"] is None]  # the harvest counts and refuses them


def _walk(
    value: Any,
    links: dict[str, ListingDict | None],
    others: set[str],
    *,
    listed: bool = False,
    offers: tuple[Node, ...] = (),
) -> Iterator[_Found]:
    """Courses and events in the published order, not those inside of one. How deep it goes is limited by the graph."""
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, links, others, listed=listed, offers=offers)
    if not isinstance(value, dict):
        return
    kinds = types(value)
    if kinds & (COURSES | RUNS):
        yield _Found(value, listed, offers)
        return
    if kinds & _IGNORED:
        return
    others |= {kind for kind in kinds if kind.endswith(("Event", "CourseInstance"))}
    listed = listed or bool(kinds & _LISTS)
    if "ListItem" in kinds:
        for target in _flat(value.get("item", value.get("url"))):
            if isinstance(target, str):
                links.setdefault(target, None)
    if "Offer" in kinds:
        offers = (*offers, {name: part for name, part in value.items() if name != "itemOffered"})
    for part in value.values():
        if isinstance(part, dict | list):
            yield from _walk(part, links, others, listed=listed, offers=offers)


def _flat(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _groups(graph: Graph, found: list[_Found], *, by_name: bool) -> list[_Group]:
    """Each course with its runs; an event that is no run of a course of the page stands alone."""
    groups: dict[str, _Group] = {}
    owned: set[str] = set()
    for each in found:
        key = graph.key(each.node)
        if types(each.node) & COURSES and key not in groups:
            groups[key] = _Group(graph, replace(each, node=graph.whole(each.node)))
            owned.update(groups[key].runs)
    names: dict[str, set[str]] = {}
    for key, group in groups.items():
        names.setdefault(graph.text(group.found.node, "name") or "", set()).add(key)
    for each in found:
        key = graph.key(each.node)
        if types(each.node) & COURSES or key in owned:
            continue
        owned.add(key)
        whole = replace(each, node=graph.whole(each.node))
        parent = _named_course(graph, whole.node, groups)
        same = names.get(graph.text(whole.node, "name") or "", set()) if by_name and not each.listed else set()
        if parent is None and len(same) == 1:
            (parent,) = same
        if parent is None:
            groups[key] = _Group(graph, whole)
        else:
            groups[parent].add(whole)
    return list(groups.values())


def _named_course(graph: Graph, node: Node, groups: dict[str, _Group]) -> str | None:
    """The course that an event says it is a run of. One that nothing else names is added."""
    for course in graph.nodes(node, *_BACK):
        if types(course) & COURSES:
            key = graph.key(course)
            if key not in groups:
                groups[key] = _Group(graph, _Found(course, False, ()))
            return key
    return None


def _of_page(graph: Graph, page: Page, here: str | None, groups: list[_Group]) -> list[_Group]:
    """Without the courses that a course page only advertises."""
    if page.kind == "list":
        return groups
    own = [group for group in groups if not group.found.listed]
    of_page = {_plain(page.url), _plain(here or page.url)}
    main = [group for group in own if of_page & _addresses(graph, group.found.node)]
    if main:
        own = [group for group in own if group in main or not _addresses(graph, group.found.node)]
    return own if own or page.kind == "detail" else groups


def _published(page: Page) -> str | None:
    """Where a visitor finds the page; a JSON-LD document is none."""
    return None if is_document(page) else page.published_url


def _addresses(graph: Graph, node: Node) -> set[str]:
    return {_plain(graph.absolute(url)) for url in graph.texts(node, "url")}


def _plain(address: str) -> str:
    return address.partition("#")[0].rstrip("/")


def _is_link(record: ListingDict, here: str | None) -> bool:
    """Whether a list only names a course that has a page of its own."""
    said = ("course_number", "price", "duration", "instances")
    return bool(record["url"]) and record["url"] != here and not any(record[name] for name in said)


def _check_size(page: Page, records: list[ListingDict]) -> None:
    """References can repeat a long text a million times: what comes out must be in proportion to what came in."""
    size = 0
    for record in records:
        for part in (record, *record["instances"]):
            size += sum(len(value) for value in part.values() if isinstance(value, str))
        if size > _EXPANSION * (len(page.text) + 100_000):
            raise UnreadableError("the structured data repeats itself without measure")
