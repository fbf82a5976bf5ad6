"""What the stand-ins of structured data and tables publish is what the platforms read back."""

from typing import Any

import pytest
from standin_client import SEASON

from normalize.model import Listing
from normalize.offer import to_offer
from spiders.merge import merged_by_ref
from spiders.page import Follow, Note, Page
from spiders.platforms import json_ld, table
from spiders.source import bare_source
from spiders.standin import build_catalogue, publish
from spiders.standin.catalogue import Run
from spiders.standin.publish import Publication
from spiders.standin.sites.json_ld import JsonLd, shape_of
from spiders.standin.sites.table import Table
from spiders.standin.sites.web import Request

HOST = "kurse.localhost"


@pytest.fixture(scope="module")
def publications() -> tuple[Publication, ...]:
    shown = publish(build_catalogue(courses=150, season=SEASON))
    return shown["dekra"]


def harvested(site: JsonLd) -> tuple[dict[str, dict[str, Any]], list[Note]]:
    """All listings by ref, from the list on."""
    source = bare_source("json_ld").model_copy(update={"homepage": f"http://{HOST}", "start": ("/kurse/",)})
    queue, seen, notes = list(json_ld.start(source)), set(), []
    records: dict[str, dict[str, Any]] = {}
    while queue:
        follow = queue.pop()
        if follow.url in seen:
            continue
        seen.add(follow.url)
        path, _, query = follow.url.removeprefix(f"http://{HOST}").partition("?")
        reply = site.answer(Request(HOST, path, dict([query.split("=")]) if query else {}))
        assert reply is not None, follow.url
        for found in json_ld.read(
            Page(follow.url, reply.body, kind=follow.kind, content_type=reply.content_type), source
        ):
            if isinstance(found, Follow):
                queue.append(found)
            elif isinstance(found, Note):
                notes.append(found)
            elif isinstance(found, dict):
                records[found["ref"]] = found
    return records, notes


def start_of(run: Run) -> str | None:
    return None if run.start is None else run.start.isoformat()


def test_the_pages_give_back_every_course_with_its_runs(publications: tuple[Publication, ...]) -> None:
    records, notes = harvested(JsonLd(HOST, publications))
    assert set(records) == {offer.ref for offer in publications}
    assert {note.kind for note in notes} == {"malformed_json_ld"}
    for offer in publications:
        record = records[offer.ref]
        assert (record["title"], record["provider"], record["course_number"]) == (
            offer.title,
            offer.provider,
            offer.ref,
        )
        assert offer.course.contact not in str(record)
        read = to_offer(Listing.model_validate({"source": "digitalpfad", **record}), kind="provider")
        assert [run.start for run in read.instances] == [start_of(run) for run in offer.runs]
        for run, instance in zip(offer.runs, read.instances, strict=True):
            assert instance.place.city == (run.site.city if run.site else None)
            assert instance.place.online is (run.site is None)
            if run.start and not run.month_only and run.end:
                assert instance.end == run.end.isoformat()


def test_price_and_places_go_to_the_run_they_belong_to(publications: tuple[Publication, ...]) -> None:
    records, _ = harvested(JsonLd(HOST, publications))
    compared = 0
    for offer in publications:
        starts = [run.start for run in offer.runs]
        if len(set(starts)) < len(starts) or sum(run.start is None or run.month_only for run in offer.runs) > 1:
            continue
        for run, instance in zip(offer.runs, records[offer.ref]["instances"], strict=True):
            word = "SoldOut" if run.full else "LimitedAvailability" if run.capacity - run.booked <= 3 else "InStock"
            assert instance["availability"] == f"https://schema.org/{word}"
            price = instance["price"] or records[offer.ref]["price"]
            assert (float(price.split()[0]) * 100 if price else None) == pytest.approx(offer.price)
            compared += 1
    assert compared > 100


def test_all_shapes_are_played(publications: tuple[Publication, ...]) -> None:
    assert {shape_of(offer) for offer in publications} == {"list", "single", "graph", "microdata"}


@pytest.mark.parametrize("path", ["/", "/kurse", "/kurse/", "/kurse/?"])
def test_lists_and_unknown_pages(path: str, publications: tuple[Publication, ...]) -> None:
    site = JsonLd(HOST, publications)
    assert site.answer(Request(HOST, path.rstrip("?"))) is not None
    assert site.answer(Request(HOST, "/kurse/gibt-es-nicht-99999/")) is None
    assert site.answer(Request(HOST, "/kurse/", {"seite": "0"})) is None


@pytest.mark.parametrize("path", ["/kurse.csv", "/kurse.xlsx"])
def test_the_table_gives_back_every_course_with_its_runs(path: str, publications: tuple[Publication, ...]) -> None:
    reply = Table(HOST, publications).answer(Request(HOST, path))
    assert reply is not None
    page = Page(f"http://{HOST}{path}", reply.body, kind="list", content_type=reply.content_type)
    found = list(table.read(page, bare_source("table").model_copy(update={"ref": "Kursnummer"})))
    assert [each for each in found if isinstance(each, Note)] == []
    merged = {record["ref"]: record for record, _ in merged_by_ref(each for each in found if isinstance(each, dict))}
    assert set(merged) == {offer.ref for offer in publications}
    for offer in publications:
        read = to_offer(Listing.model_validate({"source": "krueger", **merged[offer.ref]}), kind="upload")
        assert read.title_raw == offer.title
        distinct = {(start_of(run), run.site and run.site.city) for run in offer.runs}
        assert {(run.start, run.place.city) for run in read.instances} == distinct
        if offer.price:
            assert read.price.amount == f"{offer.price / 100:.2f}"


def test_a_table_is_the_same_whenever_it_is_asked_for(publications: tuple[Publication, ...]) -> None:
    site = Table(HOST, publications[:5])
    assert site.answer(Request(HOST, "/kurse.csv")) == site.answer(Request(HOST, "/kurse.csv"))
    assert site.answer(Request(HOST, "/kurse.pdf")) is None
