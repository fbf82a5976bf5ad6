"""A published version as readers see it that are not its writers: each function reads one format of a version with a
library of somebody else and holds it against the records of courses.jsonl."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import frictionless
import icalendar
import jsonschema
import pandas
import pyarrow.parquet
from lxml import etree
from pyld import jsonld
from scrapy.utils.sitemap import Sitemap

STANDARDS = Path(__file__).parents[2].parent / "shared" / "standards"
SCHEMA_ORG = "https://schema.org/"
BERLIN = ZoneInfo("Europe/Berlin")
Record = dict[str, Any]


def records(version: Path) -> list[Record]:
    """The courses of a version."""
    return [json.loads(line) for line in (version / "courses.jsonl").open("rb")]


def json_schema(version: Path) -> None:
    """Every record, by jsonschema; and the files of the single courses are the same records."""
    schema = json.loads((version / "course.schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    for record in records(version):
        check.validate(record)
        assert json.loads((version / "courses" / f"{record['course_id']}.json").read_bytes()) == record


def data_package(version: Path) -> None:
    """The profile of Data Package 2.0 where it is at hand, and the tables by the library of its makers: every cell has
    its type, keys are unique, and what refers to another table is there."""
    package = json.loads((version / "datapackage.json").read_bytes())
    profile = STANDARDS / "frictionless" / "datapackage-2.0.json"
    if profile.exists():
        schema = json.loads(profile.read_bytes())
        jsonschema.validators.validator_for(schema)(schema).validate(package)
    package["resources"] = [one for one in package["resources"] if one["format"] == "csv"]
    report = frictionless.Package.from_descriptor(package, basepath=str(version.resolve())).validate()
    assert report.valid, report.flatten(["type", "note"])
    assert report.tasks[0].stats["rows"] == len(records(version))


def calendars(version: Path) -> None:
    """Every run of today whose dates are known to the day is in the calendar of its provider and of each topic."""
    found: Counter[tuple[str, str]] = Counter()
    for path in version.glob("calendars/*/*.ics"):
        read = icalendar.Calendar.from_ical(path.read_bytes())
        events = read.walk("VEVENT")
        assert events, path
        assert not read.errors, path
        assert len({str(event["UID"]) for event in events}) == len(events), path
        for event in events:
            assert not event.errors, path
            assert str(event["STATUS"]) in ("CONFIRMED", "CANCELLED")
            assert int(event["SEQUENCE"]) >= 0
            assert event["DTSTAMP"].dt.tzinfo is not None
            if str(event["STATUS"]) == "CONFIRMED":
                found[path.parent.name, _told(str(event["SUMMARY"]), event["DTSTART"].dt)] += 1
    shown = datetime.fromisoformat(json.loads((version / "index.json").read_bytes())["created_at"]).astimezone(BERLIN)
    oldest = (shown.date() - timedelta(days=30)).isoformat()
    expected: Counter[tuple[str, str]] = Counter()
    for record in records(version):
        for run in record["instances"]:
            if not (run["instance_id"] and run["precision"] == "day" and run["start"]):
                continue
            if run["status"] != "cancelled" and (run["end"] or run["start"]) >= oldest:
                expected["provider", _told(record["title"], _begin(run))] += bool(record["provider"])
                expected["topic", _told(record["title"], _begin(run))] += len(record["topics"])
    assert found == +expected


def _begin(run: Record) -> date:
    day = date.fromisoformat(run["start"])
    if run["start_time"] and run["end"] in (None, run["start"]):
        return datetime.fromisoformat(f"{run['start']}T{run['start_time']}").replace(tzinfo=BERLIN)
    return day


def _told(title: str, begin: date) -> str:
    when = begin.astimezone(BERLIN) if isinstance(begin, datetime) else begin
    return f"{title} {when:%Y-%m-%d %H:%M}"


def sitemap(version: Path) -> None:
    """The official schema where it is at hand, and Scrapy's reader: the page of each course that is not over."""
    schema = STANDARDS / "sitemap" / "sitemap.xsd"
    data = (version / "sitemap.xml").read_bytes()
    if schema.exists():
        etree.XMLSchema(etree.parse(schema)).assertValid(etree.fromstring(data))
    read = Sitemap(data)
    assert read.type == "urlset"
    base = json.loads((version / "index.json").read_bytes())["base_url"]
    courses = {f"{base}/kurs/{one['slug']}": one for one in records(version)}
    pages = {page["loc"]: page for page in read}
    assert pages.keys() == {url for url, one in courses.items() if one["status"] not in ("past", "cancelled")}
    for url, page in pages.items():
        assert page["lastmod"] == courses[url]["changed_at"]
        assert datetime.fromisoformat(page["lastmod"]).tzinfo is not None


def json_ld(version: Path) -> None:
    """Every course, expanded by PyLD with the context at hand: one Course with all its runs, and no name that the
    context does not know."""
    for record in records(version):
        document = json.loads((version / "courses" / f"{record['course_id']}.jsonld").read_bytes())
        (node,) = jsonld.expand(document, {"documentLoader": _no_network})
        assert node["@type"] == [f"{SCHEMA_ORG}Course"]
        assert node[f"{SCHEMA_ORG}name"] == [{"@value": record["title"]}]
        runs = node.get(f"{SCHEMA_ORG}hasCourseInstance", [])
        assert len(runs) == len(record["instances"])
        assert all(run["@type"] == [f"{SCHEMA_ORG}CourseInstance"] for run in runs)
        for name in _names(node):
            assert name.startswith(("@", SCHEMA_ORG)), name


def _no_network(url: str, _: Any) -> Record:
    assert url == "https://schema.org"
    return {
        "contextUrl": None,
        "documentUrl": url,
        "contentType": "application/ld+json",
        "document": {"@context": {"@vocab": SCHEMA_ORG}},
    }


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node
        for value in node.values():
            yield from _names(value)
    elif isinstance(node, list):
        for value in node:
            yield from _names(value)


def parquet(version: Path) -> None:
    """pyarrow: the types of prices, dates and lists, and the values of the records."""
    table = pyarrow.parquet.read_table(version / "courses.parquet").to_pylist()
    runs = pyarrow.parquet.read_table(version / "instances.parquet").to_pylist()
    courses = records(version)
    assert [row["course_id"] for row in table] == [one["course_id"] for one in courses]
    for row, one in zip(table, courses, strict=True):
        assert row["title"] == one["title"]
        assert row["price"] == (Decimal(one["price"]["amount"]) if one["price"]["amount"] else None)
        assert row["next_start"] == (date.fromisoformat(one["next_start"]) if one["next_start"] else None)
        assert row["topics"] == one["topics"]
        assert row["teaching_units"] == one["duration"]["teaching_units"]
    assert [(row["course_id"], row["instance_id"], row["online"]) for row in runs] == [
        (one["course_id"], run["instance_id"], run["place"]["online"]) for one in courses for run in one["instances"]
    ]
    providers = pyarrow.parquet.read_table(version / "providers.parquet").to_pylist()
    assert sum(row["instances"] for row in providers) == sum(
        len(one["instances"]) for one in courses if one["provider"]
    )


def csv(version: Path) -> None:
    """pandas: the same rows and cells, whatever stands in a text."""
    plain: Record = {"dtype": str, "keep_default_na": False}
    table = pandas.read_csv(version / "courses.csv", **plain).to_dict("records")
    for row, one in zip(table, records(version), strict=True):
        for name in ("course_id", "title", "subtitle", "description", "status", "url"):
            assert row[name] == (one[name] or ""), name
    excel = pandas.read_csv(version / "kurse.csv", sep=";", encoding="utf-8-sig", **plain).to_dict("records")
    assert [row["Kurs-Kennung"] for row in excel] == [row["course_id"] for row in table]
    runs = pandas.read_csv(version / "instances.csv", **plain)
    assert len(runs) == len(pandas.read_csv(version / "termine.csv", sep=";", encoding="utf-8-sig", **plain))
    assert list(runs["row_id"]) == [
        f"{one['course_id']}-{n}" for one in records(version) for n in range(1, len(one["instances"]) + 1)
    ]


READERS: tuple[Callable[[Path], None], ...] = (
    json_schema, data_package, calendars, sitemap, json_ld, parquet, csv,
)  # fmt: skip
