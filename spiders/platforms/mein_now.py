"""mein NOW, the federal agency's course search: JSON, twenty offers a page, several queries for one region.

Shape: research of 2026 (three independent clients); more than twenty a page is refused, at most five runs of an offer
are embedded, and a query may be rewritten silently (`removedToken`).
"""

from collections.abc import Iterable, Iterator
from itertools import product
from math import ceil
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from spiders.listing import ListingDict, instance, joined, listing, text
from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.source import Source

PAGE_SIZE = 20
WINDOW = 10_000  # a query never lists more, whatever its total says


def start(source: Source) -> Iterable[Follow]:
    """The first page of every query; together they are the region.

    A query is one of `[[options.queries]]` (a place and a radius), with each of `topics` as its search words: so that
    none lists more than the window.
    """
    topics = [{"sw": topic} for topic in source.options.get("topics", ())] or [{}]
    for url, query, topic in product(source.urls, source.options.get("queries", [{}]), topics):
        yield _page_of(f"{url}?{urlencode({**query, **topic, 'size': PAGE_SIZE})}", 0, source)


def read(page: Page, source: Source) -> Iterable[ListingDict | Follow | Total | Note]:
    """The offers of one result page; the first page of a query leads to all others."""
    answer = page.json()
    if not isinstance(answer, dict) or not isinstance(answer.get("page"), dict):
        raise UnreadableError("no result page of mein NOW: `page` is missing")
    records, notes = records_of((answer.get("_embedded") or {}).get("bildungsangebotDTOList"))
    yield from notes
    stated, number = int(answer["page"].get("totalElements") or 0), int(answer["page"].get("number") or 0)
    query = _query(page.url)
    if page.kind is not None and page.path is None:  # a saved page is read alone
        yield Total(query, stated, tuple(str(record.get("id")) for record in records))
        if number == 0:
            yield from _other_pages(page.url, answer["page"], source)
    if answer.get("removedToken"):
        yield Note("removed_token", f"the search dropped {answer['removedToken']!r} from {query!r}", spoils=True)
    if stated > WINDOW:
        yield Note("window", f"{query!r} has {stated} offers but lists {WINDOW}: ask narrower queries", spoils=True)
    for record in records:
        runs = record.get("termine") or []
        if (record.get("anzahlTermine") or 0) > len(runs):
            message = f"{record.get('id')}: {len(runs)} of {record['anzahlTermine']} runs are embedded"
            yield Note("runs_not_embedded", message)
        yield _offer(record, runs, source)


def records_of(values: object) -> tuple[list[dict[str, Any]], list[Note]]:
    """What of a published list is a record, and a note for each entry that is none."""
    found = values if isinstance(values, list) else []
    notes = [
        Note("row_rejected", f"Eintrag {number} ist kein Angebot: {str(value)[:100]!r}", spoils=True)
        for number, value in enumerate(found, start=1)
        if not isinstance(value, dict)
    ]
    return [value for value in found if isinstance(value, dict)], notes


def _other_pages(url: str, page: dict[str, Any], source: Source) -> Iterator[Follow]:
    pages = min(int(page.get("totalPages") or 0), ceil(WINDOW / PAGE_SIZE))
    for number in range(1, pages):
        yield _page_of(url, number, source)


def _page_of(url: str, number: int, source: Source) -> Follow:
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "page"]
    address = urlunsplit(parts._replace(query=urlencode([("page", str(number)), *query])))
    key = source.options.get("api_key")
    return Follow(address, headers={"X-API-Key": key} if key else {})


def _query(url: str) -> str:
    return urlencode([pair for pair in parse_qsl(urlsplit(url).query) if pair[0] not in ("page", "size")])


def _offer(record: dict[str, Any], runs: list[dict[str, Any]], source: Source) -> ListingDict:
    provider = record.get("bildungsanbieter") or {}
    return listing(
        ref=record.get("id"),
        url=source.public(f"/weiterbildungssuche/suche/{record.get('id')}"),
        provider=provider.get("name"),
        provider_ref=provider.get("id"),
        course_number=record.get("eigeneAngebotsnummer"),
        title=record.get("titel"),
        description=record.get("inhalt"),
        categories=[named(record.get("weiterbildungsart"))],
        requirements=record.get("zugang"),
        target_group=record.get("zielgruppe"),
        certificate=record.get("abschluss"),
        funding=[record.get("foerderung")],
        raw=record,
        instances=[_run(run) for run in runs],
    )


def _run(run: dict[str, Any]) -> ListingDict:
    place = run.get("adresse") or {}
    return instance(
        ref=run.get("id"),
        dates=joined(run.get("beginn"), run.get("ende")),
        times=run.get("unterrichtszeiten"),
        venue=place.get("bezeichnung"),
        street=place.get("strasse"),
        postcode=place.get("plz"),
        city=place.get("ort"),
        price=run.get("kostenWert"),
        price_note=run.get("kostenBemerkung"),
        duration=named(run.get("dauer")),
        format=named(run.get("unterrichtsform")),
        schedule=named(run.get("unterrichtszeit")),
        deadline=run.get("anmeldeschluss"),
    )


def named(value: object) -> str | None:
    """The name of a coded value `{id, bezeichnung}`; a plain string is its own name."""
    return text(value.get("bezeichnung") if isinstance(value, dict) else value)
