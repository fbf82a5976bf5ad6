"""One version in all its formats, read back by readers that are not its writers."""

import csv
import json
from datetime import UTC, date, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from extruct.jsonld import JsonLdExtractor
from foreign_readers import SCHEMA_ORG, STANDARDS
from lxml import etree
from rdflib import Graph

from exports.formats import excel
from exports.formats.edition import Edition, Item
from exports.formats.sitemap import Sitemap
from exports.formats.tables import Column, Table, row
from normalize.model import Availability


def rows(path: Path, **dialect: Any) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig" if dialect else "utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True, **dialect))


def test_csv_for_programs(version: Path) -> None:
    full, hostile, over = rows(version / "courses.csv")
    assert full["title"] == "MAG-Schweißen; Grundkurs, Teil 1"
    assert full["price"] == "1234.50"
    assert full["best_price"] == "999.00"
    assert full["next_start"] == "2026-12-01"
    assert full["topics"] == "metal_welding|construction"
    assert full["keywords"] == "schweißen|a b"
    assert full["teaching_units"] == "40.0"
    assert full["towns"] == "Gelsenkirchen"
    assert (full["stale"], over["stale"]) == ("false", "true")
    assert hostile["title"] == '=HYPERLINK("http://x")'  # data stay data
    assert hostile["subtitle"] == 'Er sagt "ja";\nund geht'
    assert hostile["provider_key"] == ""
    first, second, third, _ = rows(version / "instances.csv")
    assert (first["row_id"], first["instance_id"]) == ("ca-1", "hbz:a#1")
    assert (first["price"], second["price"]) == ("1234.50", "999.00")  # the first has that of the course
    assert (first["format"], second["format"]) == ("onsite", "hybrid")
    assert (third["precision"], third["online"], third["city"]) == ("month", "true", "")
    assert rows(version / "providers.csv") == [
        {"provider_key": "hbz", "provider": "HBZ", "courses": "1", "instances": "3"},
        {"provider_key": "mn", "provider": "Mein & Co", "courses": "1", "instances": "1"},
    ]


def test_csv_for_excel(version: Path) -> None:
    assert (version / "kurse.csv").read_bytes().startswith(b"\xef\xbb\xbfKurs-Kennung;Stand;Titel;")
    full, hostile, _ = rows(version / "kurse.csv", delimiter=";")
    assert full["Stand"] == "geplant"
    assert full["Preis (EUR)"] == "1.234,50"
    assert full["Günstigster Preis (EUR)"] == "999,00"
    assert full["Nächster Beginn"] == "01.12.2026"
    assert full["Themen"] == "Metall und Schweißen, Bau und Ausbau"
    assert full["Beschreibung"] == "Sie üben Nähte.\nZeile zwei."
    assert full["Förderung"] == "Bildungsgutschein"
    assert full["Telefon"] == "'+49 221 4710-123"
    assert hostile["Titel"] == """'=HYPERLINK("http://x")"""
    first = rows(version / "termine.csv", delimiter=";")[0]
    assert (first["Beginn"], first["Wochentage"], first["Plätze"]) == ("01.12.2026", "Di", "wenige Plätze")
    assert first["Unterrichtsform"] == "Präsenz"


@pytest.mark.parametrize("begin", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_a_foreign_text_is_no_formula(begin: str) -> None:
    assert excel.text(begin).startswith("'")
    assert excel.text(f"Kurs {begin}").startswith("Kurs")


def test_german_values() -> None:
    assert excel.day("2026-11-22") == "22.11.2026"
    assert [excel.amount(value) for value in ("1234567.80", "0.00", None)] == ["1.234.567,80", "0,00", ""]
    assert [excel.number(value) for value in (12.5, 40.0, 0.0, None, 1_250_000)] == ["12,5", "40", "0", "", "1250000"]
    flags = tuple(Column(name, kind, itemgetter(name)) for name, kind in (("yes", "boolean"), ("many", "list")))
    assert row(Table("t", "yes", flags), {"yes": True, "many": ["a", "b|c"]}) == ["true", "a|b c"]


def test_parquet_has_the_rows_of_the_csv_with_types(version: Path) -> None:
    read = duckdb.execute("SELECT title, price, next_start, topics, stale, teaching_units FROM read_parquet(?)",
                          [str(version / "courses.parquet")]).fetchall()  # fmt: skip
    assert str(read[0][1]) == "1234.50"
    assert read[0][2:] == (date(2026, 12, 1), ["metal_welding", "construction"], False, 40.0)
    assert [row[0] for row in read] == [row["title"] for row in rows(version / "courses.csv")]
    assert read[1][1:4] == (None, None, [])


def test_the_data_package_describes_the_files_of_the_index(version: Path) -> None:
    package = json.loads((version / "datapackage.json").read_bytes())
    files = {file["name"]: file for file in json.loads((version / "index.json").read_bytes())["files"]}
    assert len(package["resources"]) == 6
    for resource in package["resources"]:
        file = files[resource["path"]]
        assert (resource["hash"], resource["bytes"]) == (f"sha256:{file['sha256']}", file["bytes"])
        names = [field["name"] for field in resource["schema"]["fields"]]
        if resource["format"] == "csv":
            assert list(rows(version / resource["path"])[0]) == names
        assert resource["schema"]["primaryKey"][0] in names


def linked(version: Path, course_id: str) -> dict[str, Any]:
    return dict(json.loads((version / "courses" / f"{course_id}.jsonld").read_bytes()))


def test_json_ld(version: Path) -> None:
    found = linked(version, "ca")
    assert found["@type"] == "Course"
    assert found["name"] == "MAG-Schweißen; Grundkurs, Teil 1"
    assert found["description"] == "Sie üben Nähte.\nZeile zwei."
    assert found["timeRequired"] == "PT30H"  # 40 teaching units
    assert found["offers"] == {
        "@type": "Offer", "category": "Paid", "price": "1234.50", "priceCurrency": "EUR",
        "description": "1.234,50 €", "url": "https://qualiguide.invalid/kurs/ca",
    }  # fmt: skip
    first, second, third = found["hasCourseInstance"]
    assert first["@id"] == "https://qualiguide.invalid/id/hbz:a%231"
    assert first["courseSchedule"] == {
        "@type": "Schedule", "startDate": "2026-12-01", "endDate": "2026-12-01", "startTime": "18:00",
        "endTime": "21:15", "byDay": ["https://schema.org/Tuesday"], "repeatCount": 1,
        "scheduleTimezone": "Europe/Berlin",
    }  # fmt: skip
    assert first["offers"]["availability"] == "https://schema.org/LimitedAvailability"
    assert first["location"]["address"]["postalCode"] == "45879"
    assert second["courseMode"] == ["blended", "full-time"]
    assert second["offers"]["price"] == "999.00"
    assert (third["startDate"], third["location"]["@type"]) == ("2027-09", "VirtualLocation")
    assert "courseSchedule" not in third  # a month is no schedule
    assert "provider" not in linked(version, "cb")
    (extracted,) = JsonLdExtractor().extract(
        f'<script type="application/ld+json">{json.dumps(found)}</script>'
    )  # as a portal page has it
    assert extracted == found


def test_json_ld_offers_no_places_of_a_run_that_is_over(portal: Any, course: Any, run: Any) -> None:
    seats = Availability(status="available", free=8, capacity=12)
    runs = tuple(run(day, day, availability=seats) for day in ("2026-11-02", "2027-01-11"))
    portal.night(0, course("ca", instances=runs))
    over, coming = linked(portal.config.root / "current", "ca")["hasCourseInstance"]
    assert {"remainingAttendeeCapacity", "maximumAttendeeCapacity"} & over.keys() == set()
    assert "availability" not in over["offers"]
    assert coming["remainingAttendeeCapacity"] == 8
    assert coming["offers"]["availability"] == "https://schema.org/InStock"


def test_json_ld_uses_properties_only_where_schema_org_has_them(version: Path) -> None:
    subset = STANDARDS / "schemaorg" / "course-subset-30.0.jsonld"
    if not subset.exists():
        pytest.skip("the vocabulary is not on this machine")
    nodes = {node["@id"]: node for node in json.loads(subset.read_bytes())["@graph"]}
    expanded = linked(version, "ca") | {"@context": {"@vocab": SCHEMA_ORG}}  # the processor must not go online
    graph = Graph().parse(data=json.dumps(expanded), format="json-ld")
    kinds = {str(s): str(o) for s, p, o in graph if str(p).endswith("#type")}
    checked = 0
    for subject, predicate, _ in graph:
        name = str(predicate).removeprefix(SCHEMA_ORG)
        if str(predicate).endswith("#type") or f"schema:{name}" not in nodes:
            continue  # the subset has no properties of CreativeWork
        kind = kinds[str(subject)].removeprefix(SCHEMA_ORG)
        assert domains(nodes[f"schema:{name}"]) & ancestors(kind, nodes), f"{kind} has no {name}"
        checked += 1
    assert checked > 20


def domains(node: dict[str, Any]) -> set[str]:
    found = node.get("schema:domainIncludes", [])
    return {one["@id"] for one in (found if isinstance(found, list) else [found])}


def ancestors(kind: str, nodes: dict[str, Any]) -> set[str]:
    """A type and what it is a kind of; what the subset leaves out is filled in by hand."""
    more = {"Course": {"LearningResource", "CreativeWork"}, "CourseInstance": {"Event"}, "Place": {"Thing"}}
    return {f"schema:{name}" for name in {kind, "Thing", "Intangible", *more.get(kind, set())}}


def test_single_course_files_are_the_lines_and_are_linked_while_unchanged(
    version: Path, portal: Any, course: Any
) -> None:
    lines = {json.loads(line)["course_id"]: line for line in (version / "courses.jsonl").open("rb")}
    for course_id, line in lines.items():
        assert (version / "courses" / f"{course_id}.json").read_bytes() == line
    portal.night(1, course("ca"), course("cb"))
    first = portal.config.root / "20261123T013000Z" / "courses"
    portal.night(2, course("ca"), course("cb", title="Neu"))
    again = portal.config.root / "20261124T013000Z" / "courses"
    assert again.joinpath("ca.json").samefile(first / "ca.json")
    assert not again.joinpath("cb.json").samefile(first / "cb.json")


def test_sitemap(version: Path) -> None:
    tree = etree.fromstring((version / "sitemap.xml").read_bytes())
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert tree.tag == f"{space}urlset"
    assert [[(part.tag.removeprefix(space), part.text) for part in url] for url in tree] == [
        [("loc", f"https://qualiguide.invalid/kurs/{slug}"), ("lastmod", "2026-11-22T01:30:00Z")]
        for slug in ("ca", "cb")
    ]  # cc is over


def test_the_sitemap_tells_when_the_content_changed_not_when_it_ran(version: Path, portal: Any, course: Any) -> None:
    for night in (1, 2):
        portal.night(night, course("ca"), course("cb"))
    assert (version / "sitemap.xml").read_text().count("2026-11-23T01:30:00Z") == 2


def test_a_large_sitemap_is_split(tmp_path: Path) -> None:
    edition = Edition(tmp_path, None, "https://q.invalid", "2026-11-22T01:30:00Z", date(2026, 11, 22))
    sitemap = Sitemap(edition, most=2)
    for number in range(5):
        record = {"status": "upcoming", "slug": f"a&b-{number}", "changed_at": f"2026-11-0{number + 1}T00:00:00Z"}
        sitemap.add(Item(record, b""))
    sitemap.finish()
    index = etree.fromstring((tmp_path / "sitemap.xml").read_bytes())
    assert [[part.text for part in entry] for entry in index] == [
        ["https://q.invalid/sitemap-1.xml", "2026-11-02T00:00:00Z"],
        ["https://q.invalid/sitemap-2.xml", "2026-11-04T00:00:00Z"],
        ["https://q.invalid/sitemap-3.xml", "2026-11-05T00:00:00Z"],
    ]
    assert len(etree.fromstring((tmp_path / "sitemap-3.xml").read_bytes())) == 1


def test_facets(version: Path) -> None:
    found = json.loads((version / "facets.json").read_bytes())
    assert found["courses"] == 2  # one is over
    facets = found["facets"]
    assert facets["topic"] == [
        {"key": "construction", "label": "Bau und Ausbau", "count": 1},
        {"key": "metal_welding", "label": "Metall und Schweißen", "count": 1},
    ]
    assert facets["town"] == [{"key": "Gelsenkirchen", "label": "Gelsenkirchen", "count": 1}]
    assert [one["key"] for one in facets["month"]] == ["2026-12", "2027-02", "2027-09"]
    assert facets["month"][0]["label"] == "12/2026"
    assert {one["key"]: one["count"] for one in facets["format"]} == {"onsite": 1, "hybrid": 1, "unknown": 1}
    assert facets["provider"] == [{"key": "hbz", "label": "HBZ", "count": 1}]
    assert facets["funding"][0]["label"] == "Bildungsgutschein"


def test_a_quiet_night_gives_the_same_bytes_in_every_format(version: Path, portal: Any, course: Any, run: Any) -> None:
    courses = [course("ca", instances=(run("2027-03-01", "2027-03-05", instance_id="hbz:a#1"),)), course("cb")]
    portal.sources = []
    portal.night(1, *courses)
    portal.night(2, *courses)
    before, after = (portal.config.root / name for name in ("20261123T013000Z", "20261124T013000Z"))
    for path in before.rglob("*"):
        if path.is_file() and path.name not in ("index.json", "index.json.sha256", "delta.jsonl"):
            assert path.read_bytes() == (after / path.relative_to(before)).read_bytes(), path.name


def test_the_moment_of_a_night_is_its_day_in_berlin(portal: Any, course: Any, run: Any) -> None:
    portal.now = lambda _: datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # the 23rd in Berlin
    portal.night(0, course("ca", instances=(run("2026-11-22", "2026-11-22"),)))
    assert portal.read("courses.jsonl")[0]["status"] == "past"
