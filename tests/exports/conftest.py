"""A portal to publish to, small courses, and a consumer that only ever applies deltas."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from consumer import Consumer

from exports.publish import ExportConfig, Published, SourceStatus, publish
from normalize.model import (
    Availability,
    Contact,
    Course,
    CourseInstance,
    CourseSource,
    Duration,
    Member,
    Place,
    Price,
    Provenance,
    Provider,
    Scope,
    Session,
)

FIRST_NIGHT = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
IN_REGION = Scope(vocational="yes", regional="in", reason="Gelsenkirchen")
HALL = Place(venue="Halle 3", room="Raum 1", street="Musterweg 7", postcode="45879", city="Gelsenkirchen",
             municipality_key="05513000", lat=51.5, lon=7.1, in_region=True)  # fmt: skip


def make_course(course_id: str, *offers: str, fetched_at: str | None = None, **fields: Any) -> Course:
    """A course of some offers (default: one named like it). "hbz:a" alone would be the course "ca"."""
    offers = offers or (f"hbz:{course_id[1:]}",)
    sources = sorted({offer.split(":")[0] for offer in offers})
    gone = fields.pop("gone", ())
    defaults: dict[str, Any] = {
        "slug": course_id,
        "status": "unknown",
        "title": f"Kurs {course_id}",
        "provider": Provider(key="hbz", name="HBZ"),
        "scope": IN_REGION,
        "members": tuple(
            Member(offer_id=o, source=o.split(":")[0], status="withdrawn" if o in gone else "active") for o in offers
        ),
        "sources": tuple(CourseSource(source=source, fetched_at=fetched_at) for source in sources),
        "provenance": {"title": Provenance(offer_id=offers[0], fetched_at=fetched_at, rule="provider first")},
    }
    return Course(course_id=course_id, **(defaults | fields))


def make_run(start: str | None, end: str | None = None, offer_id: str = "hbz:a", **fields: Any) -> CourseInstance:
    """A dated run of a course."""
    return CourseInstance(start=start, end=end, precision="day", offer_id=offer_id, **fields)


@dataclass
class Portal:
    """Publishes night after night; night n is n days after the first."""

    config: ExportConfig
    inbox: Path
    sources: list[SourceStatus] = field(default_factory=lambda: [SourceStatus("hbz", "HBZ", "fresh", licence="CC-0")])
    accept: str | None = None

    def now(self, night: int) -> datetime:
        return FIRST_NIGHT + timedelta(days=night)

    def files(self, courses: Iterable[Course]) -> dict[str, Path]:
        """What dedupe would have written."""
        courses = sorted(courses, key=lambda course: course.course_id)
        clusters = [
            {"offer_id": member.offer_id, "course_id": course.course_id, "own_id": "c" + member.offer_id.split(":")[1]}
            for course in courses
            for member in course.members
        ]
        paths = {"courses": self.inbox / "courses.jsonl", "clusters": self.inbox / "clusters.jsonl"}
        paths["courses"].write_text("".join(course.model_dump_json() + "\n" for course in courses), encoding="utf-8")
        paths["clusters"].write_text("".join(json.dumps(line) + "\n" for line in clusters))
        return paths

    def night(self, number: int, *courses: Course, apply_scope: bool = True, **config: Any) -> Published:
        return publish(
            replace(self.config, **config),
            run_id=f"run-{number}",
            now=self.now(number),
            sources=self.sources,
            apply_scope=apply_scope,
            accept=self.accept,
            **self.files(courses),
        )

    def read(self, name: str, version: str = "current") -> Any:
        """A file of a version: records of JSON lines, or one JSON document."""
        path = self.config.root / version / name
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in path.read_bytes().splitlines()]
        return json.loads(path.read_bytes())

    def ids(self) -> dict[str, str]:
        """Every id that resolves in the live version: to "course", to a course id, or to "tombstone"."""
        found = {course["course_id"]: "course" for course in self.read("courses.jsonl")}
        found |= {line["course_id"]: line["into"] for line in self.read("redirects.jsonl")}
        return found | {line["course_id"]: "tombstone" for line in self.read("tombstones.jsonl")}

    def delta(self) -> dict[str, str]:
        """What happened to each id in the live version."""
        return {line["course_id"]: line["change"] for line in self.read("delta.jsonl")}


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    return Portal(ExportConfig(tmp_path / "exports", "test"), inbox)


@pytest.fixture
def consumer(portal: Portal) -> Consumer:
    return Consumer(portal.config.root)


@pytest.fixture
def course() -> Any:
    return make_course


@pytest.fixture
def run() -> Any:
    return make_run


@pytest.fixture
def version(portal: Any, course: Any) -> Path:
    """A full course, a bare one with hostile texts, and one that is over."""
    full = course(
        "ca",
        title="MAG-Schweißen; Grundkurs, Teil 1",
        subtitle="Kehlnähte",
        description="<p>Sie üben <b>Nähte</b>.</p><p>Zeile zwei.</p>",
        url="https://hbz.example.org/mag",
        course_number="S-17",
        level="beginner",
        topics=("metal_welding", "construction"),
        format="onsite",
        schedule="full_time",
        duration=Duration(teaching_units=40.0, text="40 UE"),
        price=Price(kind="fixed", amount="1234.50", exam_fee="90.00", text="1.234,50 €"),
        funding=("bildungsgutschein",),
        certificate="Prüfung nach DIN EN ISO 9606-1",
        languages=("de",),
        keywords=("schweißen", "a|b"),
        contact=Contact(name="Büro", phone="+49 221 4710-123", email="buero@example.org"),
        instances=(
            CourseInstance(
                offer_id="hbz:a", instance_id="hbz:a#1", start="2026-12-01", end="2026-12-01", precision="day",
                start_time="18:00", end_time="21:15", weekdays=("tu",), deadline="2026-11-25", place=HALL,
                availability=Availability(status="few_left", free=2, capacity=12),
                url="https://hbz.example.org/mag/1", sessions=(Session(date="2026-12-01"),),
            ),
            CourseInstance(
                offer_id="hbz:a", instance_id="hbz:a#2", start="2027-02-01", end="2027-02-12", precision="day",
                place=HALL, price=Price(kind="fixed", amount="999.00"), format="hybrid",
            ),
            CourseInstance(
                offer_id="hbz:a", instance_id="hbz:a#3", start="2027-09-01", end="2027-09-30", precision="month",
                place=Place(online=True),
            ),
        ),
    )  # fmt: skip
    hostile = course("cb", title='=HYPERLINK("http://x")', subtitle='Er sagt "ja";\nund geht', provider=None)
    over = course("cc", "mn:c", instances=(CourseInstance(
        offer_id="mn:c", instance_id="mn:c#1", start="2026-01-05", end="2026-01-09", precision="day",
    ),), provider=Provider(key="mn", name="Mein & Co"))  # fmt: skip
    portal.night(0, full, hostile, over)
    return Path(portal.config.root) / "current"
