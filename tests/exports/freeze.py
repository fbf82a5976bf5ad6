"""Write docs/sample-version, the version that web developers build against, and the schemas of their version numbers.

    python -m tests.exports.freeze

To be run when a schema changes, after its version was raised and docs/dataset-changelog.md tells why. A schema
that was released once is never written again.
"""

import json
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from exports.advice import ADVICE_SCHEMA, ADVICE_VERSION, advice_files
from exports.files import Record, write_json
from exports.publish import ExportConfig, SourceStatus, publish
from exports.rights import Rights, Terms
from exports.schema import SCHEMA_VERSION, course_schema
from normalize.model import (
    Availability,
    Contact,
    Course,
    CourseInstance,
    CourseSource,
    Duration,
    FundingEvidence,
    Member,
    Place,
    Price,
    Provenance,
    Provider,
    Scope,
)

DOCS = Path(__file__).parents[2] / "docs"
SAMPLE, SCHEMAS = DOCS / "sample-version", DOCS / "schemas"
NIGHT = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
FETCHED = "2026-11-22T00:10:00Z"
HOUSE = Provider(key="werkhaus", name="Werkhaus Beispiel")
WORKSHOP = Place(
    venue="Lehrwerkstatt", room="Halle 2", street="Musterweg 7", postcode="45879", city="Gelsenkirchen",
    municipality_key="05513000", lat=51.51, lon=7.1, in_region=True,
)  # fmt: skip
RIGHTS = Rights(
    {
        "werkhaus": Terms("Werkhaus Beispiel", "full", "CC-BY-4.0", "https://werkhaus.example.org"),
        "register": Terms("Kursregister Beispiel", "facts_only", None, "https://register.example.org"),
    }
)


def welding(price: str, second_start: str) -> Course:
    """A full course of two sources, with exact runs, one of them full."""
    offer_id = "werkhaus:4711"
    return Course(
        course_id="cabcdefghijkl",
        slug="mag-schweissen-grundkurs-cabcdefghijkl",
        status="unknown",
        title="MAG-Schweißen, Grundkurs",
        subtitle="Kehlnähte an Blechen",
        description="<p>Sie üben Kehlnähte an Blechen ab 3 mm.</p><ul><li>Arbeitsschutz</li><li>Übungen</li></ul>",
        url="https://werkhaus.example.org/kurse/4711",
        provider=HOUSE,
        course_number="S-4711",
        topics=("metal_welding",),
        format="onsite",
        schedule="full_time",
        duration=Duration(teaching_units=80.0, days=10.0, text="80 UE an 10 Tagen"),
        price=Price(kind="fixed", amount=price, exam_fee="95.00", vat="exempt", text=f"{price.replace('.', ',')} €"),
        funding=("bildungsgutschein", "bildungsurlaub"),
        funding_evidence=(FundingEvidence(funding="bildungsgutschein", text="mit Bildungsgutschein förderbar"),),
        certificate="Schweißerprüfung nach DIN EN ISO 9606-1",
        certificate_kind="technical",
        requirements="keine",
        prerequisites=("none",),
        languages=("de",),
        contact=Contact(name="Kursbüro", phone="0221 4710-100", email="kurse@example.org"),
        keywords=("Schweißen", "MAG"),
        scope=Scope(vocational="yes", regional="in", reason="Gelsenkirchen"),
        completeness=100,
        instances=(
            CourseInstance(
                offer_id=offer_id, instance_id=f"{offer_id}#1", ref="1", start="2026-12-07", end="2026-12-18",
                precision="day", start_time="08:00", end_time="15:00", weekdays=("mo", "tu", "we", "th", "fr"),
                place=WORKSHOP, availability=Availability(status="full", free=0, capacity=12),
                same_as=("register:99#a",),
            ),
            CourseInstance(
                offer_id=offer_id, instance_id=f"{offer_id}#2", ref="2", start=second_start, end="2027-02-12",
                precision="day", place=WORKSHOP, deadline="2027-01-15",
                availability=Availability(status="few_left", free=2, capacity=12),
            ),
            CourseInstance(
                offer_id=offer_id, instance_id=f"{offer_id}#3", ref="3", start="2027-09-01", end="2027-09-30",
                precision="month", place=WORKSHOP,
            ),
        ),
        members=(
            Member(offer_id=offer_id, source="werkhaus", url="https://werkhaus.example.org/kurse/4711"),
            Member(offer_id="register:99", source="register", url="https://register.example.org/99"),
        ),
        provenance={
            "title": Provenance(offer_id=offer_id, fetched_at=FETCHED, rule="source_kind"),
            "price": Provenance(offer_id=offer_id, fetched_at=FETCHED, rule="only_value"),
        },
        sources=(
            CourseSource(source="register", fetched_at="2026-11-20T00:10:00Z"),
            CourseSource(source="werkhaus", fetched_at=FETCHED),
        ),
    )  # fmt: skip


def honest(course_id: str, offer_id: str, title: str, **fields: object) -> Course:
    """A course of which little is known."""
    return Course.model_validate(
        {
            "course_id": course_id,
            "slug": f"{title.lower().replace(' ', '-')}-{course_id}",
            "status": "unknown",
            "title": title,
            "provider": HOUSE,
            "price": Price(kind="on_request", text="Preis auf Anfrage"),
            "scope": Scope(vocational="yes", regional="online", reason="online"),
            "instances": (CourseInstance(offer_id=offer_id, instance_id=f"{offer_id}#", open_start=True,
                                         place=Place(online=True), format="online"),),
            "members": (Member(offer_id=offer_id, source="werkhaus"),),
            "sources": (CourseSource(source="werkhaus", fetched_at=FETCHED),),
            "missing": ("description", "price"),
            "completeness": 25,
        }
        | fields
    )  # fmt: skip


def nights() -> tuple[list[Course], list[Course]]:
    """Two nights in which a course changes, one is merged, one withdrawn and one added."""
    excel = honest("cbcdefghijklm", "werkhaus:12", "Excel kompakt")
    twin = honest("ccdefghijklmn", "register:12", "Excel Kompaktkurs")
    gone = honest("cdefghijklmno", "werkhaus:13", "Lohnbuchhaltung")
    members = (*excel.members, *twin.members)
    merged = excel.model_copy(update={"members": members})
    new = honest("cefghijklmnop", "werkhaus:14", "Datenschutz im Betrieb")
    withdrawn = gone.model_copy(update={"members": (gone.members[0].model_copy(update={"status": "withdrawn"}),)})
    first = [welding("1190.00", "2027-02-01"), excel, twin, gone]
    return first, [welding("1250.00", "2027-02-02"), merged, withdrawn, new]


def freeze(target: Path) -> None:
    """Publish both nights and keep the second as the sample."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for number, courses in enumerate(nights()):
            own = {"werkhaus:4711": "cabcdefghijkl", "register:99": "czzzzzzzzzzzz", "werkhaus:12": "cbcdefghijklm",
                   "register:12": "ccdefghijklmn", "werkhaus:13": "cdefghijklmno",
                   "werkhaus:14": "cefghijklmnop"}  # fmt: skip
            clusters = [
                {"offer_id": member.offer_id, "course_id": course.course_id, "own_id": own[member.offer_id]}
                for course in courses
                for member in course.members
            ]
            (folder / "courses.jsonl").write_text("".join(course.model_dump_json() + "\n" for course in courses))
            (folder / "clusters.jsonl").write_text("".join(json.dumps(line) + "\n" for line in clusters))
            version = publish(
                ExportConfig(folder / "exports", "sample", rights=RIGHTS),
                run_id=f"night-{number + 1}",
                now=NIGHT + timedelta(days=number),
                courses=folder / "courses.jsonl",
                clusters=folder / "clusters.jsonl",
                sources=[
                    SourceStatus("werkhaus", "Werkhaus Beispiel", "fresh", "night-1", "CC-BY-4.0"),
                    SourceStatus("register", "Kursregister Beispiel", "held", "night-0", None, "zu wenige Einträge"),
                ],
                apply_scope=True,
            )
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(version.path, target)


def schemas() -> dict[str, Record]:
    """The schemas of today, by the names of their files among the released ones."""
    return {
        f"advice-{ADVICE_VERSION}.schema.json": advice_files()[ADVICE_SCHEMA],
        f"course-{SCHEMA_VERSION}.schema.json": course_schema(),
    }


def main() -> int:
    """Write all; refuse to rewrite a schema that was released."""
    for name, schema in schemas().items():
        released = SCHEMAS / name
        if released.exists() and json.loads(released.read_bytes()) != schema:
            sys.stderr.write(f"{name} was released with other content: raise its version\n")
            return 1
        write_json(released, schema)
    freeze(SAMPLE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
