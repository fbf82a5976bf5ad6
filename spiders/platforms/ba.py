"""The federal agency's older course search (KURSNET): HAL pages of Termine, each with its Angebot nested.

Shape: payload of 2023; the address has answered 404 since 2025, so this reads saved payloads. One Angebot is one
listing, its Termine are its runs, also where they lie on different pages (the harvest merges rows of one ref).
"""

from collections.abc import Iterable
from typing import Any

from spiders.listing import ListingDict, instance, joined, listing, text
from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.platforms.mein_now import named, records_of
from spiders.source import Source


def start(source: Source) -> Iterable[Follow]:
    """The first page, or the files of a file source."""
    return [Follow(url) for url in source.urls]


def read(page: Page, source: Source) -> Iterable[ListingDict | Follow | Total | Note]:  # noqa: ARG001 - platform door
    """The listings of one page; of a site also its total and its next page (a saved page is read alone)."""
    answer = page.json()
    if not isinstance(answer, dict) or "_embedded" not in answer:
        raise UnreadableError("no page of Termine: `_embedded` is missing")
    runs, notes = records_of((answer["_embedded"] or {}).get("termine"))
    yield from notes
    courses: dict[str | None, list[dict[str, Any]]] = {}
    for run in runs:
        courses.setdefault(text((run.get("angebot") or {}).get("id")), []).append(run)
    for of_one in courses.values():
        yield _offer(of_one)
    if page.kind is not None and page.path is None:
        stated = (answer.get("page") or {}).get("totalElements")
        if stated is not None:
            yield Total("", stated, tuple(str(run.get("id")) for run in runs))
        following = page.address((((answer.get("_links") or {}).get("next")) or {}).get("href"))
        if following:
            yield Follow(following)


def _offer(runs: list[dict[str, Any]]) -> ListingDict:
    course = runs[0].get("angebot") or {}
    provider = course.get("bildungsanbieter") or {}
    return listing(
        ref=course.get("id"),
        url=course.get("link"),
        provider=provider.get("name"),
        provider_ref=provider.get("id"),
        course_number=_agreed([run.get("eigeneAngebotsnummer") for run in runs]),
        title=course.get("titel"),
        description=course.get("inhalt"),
        categories=[named(course.get("bildungsart"))],
        keywords=[word.get("suchwort") for word in course.get("suchworte") or []],
        requirements=course.get("zugang"),
        target_group=course.get("zielgruppe"),
        certificate=course.get("abschlussbezeichnung") or course.get("abschlussart"),
        funding=[course.get("foerderung")],
        contact=_contact(runs),
        raw={"termine": runs},
        instances=[_run(run) for run in runs],
    )


def _run(run: dict[str, Any]) -> ListingDict:
    place = run.get("adresse") or {}
    town = place.get("ortStrasse") or {}
    return instance(
        ref=run.get("id"),
        url=run.get("link"),
        dates=joined(run.get("beginn"), run.get("ende")) or text(run.get("bemerkungZeit")) or _entry(run),
        times=run.get("unterrichtszeiten"),
        venue=place.get("bezeichnung"),
        street=place.get("strasse"),
        postcode=town.get("plz"),
        city=town.get("name"),
        country=(town.get("land") or {}).get("laenderCode"),
        price=run.get("kostenWert"),
        price_note=run.get("kostenBemerkung"),
        duration=named(run.get("dauer")),
        format=named(run.get("unterrichtsform")),
        schedule=named(run.get("unterrichtszeit")),
        deadline=run.get("anmeldeschluss"),
    )


def _entry(run: dict[str, Any]) -> str | None:
    """A machine flag under its published name: one may start at any time."""
    return "individueller Einstieg" if run.get("individuellerEinstieg") is True else None


def _agreed(values: list[object]) -> str | None:
    """The number all runs share; numbers that differ belong to the runs and stay in `raw`."""
    distinct = {text(value) for value in values}
    return distinct.pop() if len(distinct) == 1 else None


def _contact(runs: list[dict[str, Any]]) -> ListingDict | None:
    people = runs[0].get("ansprechpartner") or []
    if not people:
        return None
    person = people[0]
    return {
        "name": " ".join(part for part in (person.get("vorname"), person.get("nachname")) if part),
        "phone": " ".join(part for part in (person.get("telefonVorwahl"), person.get("telefonDurchwahl")) if part),
        "email": person.get("email"),
    }
