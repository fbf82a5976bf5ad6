"""Any site that states its courses by labels: lists of links, and course pages with "Kursnummer: ..." in some markup.

The labels are read inside the course container only (see spiders/facts.py). `[options]`: `link` and `next` are CSS
selectors of the list, `container` of the course; `[options.select]` names a selector per contract path and goes first.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from parsel import Selector

from spiders.facts import PER_RUN, Fact, container, facts_of
from spiders.labels import FEE_NOTE
from spiders.listing import LIST_FIELDS, ListingDict, instance, listing
from spiders.page import Follow, Note, Page, Total, UnreadableError, first, shown
from spiders.source import Source

Found = ListingDict | Follow | Total | Note

_STARTS_A_RUN = ("instances.dates", "instances.start")
_HTML = "description"  # the one field that keeps its markup


def start(source: Source) -> Iterable[Follow]:
    """The lists of courses."""
    return [Follow(url) for url in source.urls]


def read(page: Page, source: Source) -> Iterable[Found]:
    """A list leads to course pages and to the next list; a course page is a listing."""
    if page.kind == "list":
        yield from _list(page, source)
    else:
        yield _course(page, source)


def _list(page: Page, source: Source) -> Iterator[Follow]:
    links = page.selector.css(source.options.get("link", "main a")).css("a")
    urls = dict.fromkeys(url for link in links if (url := page.address(link.attrib.get("href"))))
    if not urls:
        raise UnreadableError("the list links to no course")
    for url in urls:
        yield Follow(url, kind="detail", context={"linked": True})
    following = page.address(page.selector.css(f"{source.options.get('next', 'a[rel=next]')}::attr(href)").get())
    if following:
        yield Follow(following)


def _course(page: Page, source: Source) -> ListingDict:
    root = container(page.selector, source.options.get("container"))
    selected = dict(_selected(root, source.options.get("select", {})))
    found, rest = facts_of(root)
    facts = _with_runs(found)
    stated = {path: value for path, value in _course_fields(facts).items() if path not in selected}
    fields = {**stated, **selected}
    number = fields.get("course_number")
    if number is None and not any(fact.path.startswith("instances.") for fact in facts):
        raise UnreadableError("no course page: neither a course number nor a date or place is labelled")
    fields.pop("title", None)
    return listing(
        ref=fields.pop("ref", None) or number,
        url=page.published_url,
        title=selected.get("title") or shown(first(root, "h1") or first(page.selector, "h1")) or stated.get("title"),
        description=fields.pop("description", None) or rest,
        contact={name: fields.pop(f"contact.{name}", None) for name in ("name", "phone", "email")},
        raw={"facts": [[fact.label, fact.value, fact.origin] for fact in facts], "selected": sorted(selected)},
        instances=list(_runs(facts)),
        **fields,
    )


def _selected(root: Selector, selectors: dict[str, str]) -> Iterator[tuple[str, str]]:
    for path, css in selectors.items():
        found = first(root, css)
        value = found.get() if found is not None and path == _HTML else shown(found)
        if value:
            yield path, value


def _course_fields(facts: list[Fact]) -> dict[str, str | list[str]]:
    """Fields of the course; the first statement counts, fees beside the price are collected with their labels."""
    fields: dict[str, str | list[str]] = {}
    notes: list[str] = []
    for fact in facts:
        if fact.path == FEE_NOTE:
            notes.append(f"{fact.label}: {fact.value}")
        elif not fact.path.startswith("instances."):
            fields.setdefault(fact.path, [fact.value] if fact.path in LIST_FIELDS else fact.value)
    if notes:
        fields["price_note"] = "; ".join(dict.fromkeys(notes))
    return fields


def _with_runs(facts: list[Fact]) -> list[Fact]:
    """A price (duration, form) that is repeated beside repeated dates belongs to the dates."""
    times = Counter(fact.path for fact in facts if fact.row is None)
    if not any(times[path] > 1 for path in _STARTS_A_RUN):
        return facts
    return [replace(fact, path=PER_RUN[fact.path]) if _is_repeated(fact, times) else fact for fact in facts]


def _is_repeated(fact: Fact, times: Counter[str]) -> bool:
    return fact.row is None and fact.path in PER_RUN and times[fact.path] > 1


def _runs(facts: list[Fact]) -> Iterator[ListingDict]:
    """Several dates stay apart: each table row is a run, and so is each repetition of a date's label.

    What is stated once belongs to all runs; what is repeated belongs to the run it follows.
    """
    of_runs = [fact for fact in facts if fact.path.startswith("instances.")]
    groups: list[dict[str, str]] = [{}]
    rows: dict[int, dict[str, str]] = {}
    times = Counter(fact.path for fact in of_runs if fact.row is None)
    shared: dict[str, str] = {}
    for fact in of_runs:
        name = fact.path.removeprefix("instances.")
        if fact.row is not None:
            rows.setdefault(fact.row, {}).setdefault(name, fact.value)
        elif times[fact.path] == 1:
            shared[name] = fact.value
        else:
            if fact.path in _STARTS_A_RUN and name in groups[-1]:
                groups.append({})
            groups[-1].setdefault(name, fact.value)
    for run in [*rows.values()] or groups:
        merged = {**shared, **run}
        if merged:
            yield _run(merged)


def _run(fields: dict[str, str]) -> ListingDict:
    begin, end = fields.pop("start", None), fields.pop("end", None)
    if begin and "dates" not in fields:
        fields["dates"] = f"{begin} - {end}" if end else begin
    return instance(sessions=(), **fields)
