"""Time and memory of a publication in all its formats, beside the least that writing the same rows costs.

    python tests/bench/bench_export.py [--courses 100000] [--instances 4]

Each measurement is a process of its own; told are its time and its peak memory. The floor is DuckDB reading the
same records and copying them to Parquet and to JSON, with one thread as our own Parquet has. The
first publication writes every file; in the second night one course in a hundred has another title. A quarter of the
courses shows what memory does. Prints one line of JSON per measurement; the exit status is 1 if the peak of all courses
is a fifth higher than that of a quarter.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from exports.publish import ExportConfig, SourceStatus, publish
from exports.rights import Rights, Terms
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
)

LETTERS = str.maketrans("0123456789", "ghijklmnop")
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
FLAT = 1.2
CHANGED = 100  # one course in so many
MOST = 3600  # seconds
TOPICS = ("metal_welding", "construction", "vehicles", "electrical_automation")
TEXT = "<p>In diesem Lehrgang üben die Teilnehmenden an eigenen Werkstücken, Schritt für Schritt und mit Anleitung.</p>"


def noise(number: int, part: int) -> str:
    """Sixty-four letters that nothing compresses."""
    return sha256(b"%d %d" % (number, part)).hexdigest().translate(LETTERS)


def invented(number: int, instances: int, edition: int = 1) -> Course:
    """One course of the catalogue, about as large as real ones: two kilobytes of description, a third of it beyond
    compression, and dates through a year."""
    house, offer_id = number % 200, f"haus{number % 20}:{number:06}"
    start = date(2026, 12, 1) + timedelta(days=number % 300)
    fields: dict[str, Any] = {"offer_id": offer_id, "fetched_at": "2026-11-22T00:10:00Z", "rule": "only_value"}
    return Course(
        course_id=f"c{number:012}",
        slug=f"lehrgang-nummer-{number}-c{number:012}",
        status="unknown",
        title=f"Lehrgang Nummer {number}" + (f", Auflage {edition}" if number % CHANGED == 0 else ""),
        subtitle="mit Übungen",
        description="".join(f"<p>{noise(number, part)}</p>{TEXT}" for part in range(12)),
        url=f"https://haus{house}.example.org/kurs/{number}",
        provider=Provider(key=f"haus{house}", name=f"Bildungshaus {house}"),
        course_number=f"K-{number}",
        topics=(TOPICS[number % 4],),
        format="onsite",
        schedule="full_time",
        duration=Duration(teaching_units=40.0, text="40 UE"),
        price=Price(kind="fixed", amount=f"{100 + number % 900}.00", text=f"{100 + number % 900},00 €"),
        funding=("bildungsgutschein",),
        contact=Contact(name="Büro", phone="0221 4710-100", email="buero@example.org"),
        scope=Scope(vocational="yes", regional="in", reason="Gelsenkirchen"),
        instances=tuple(
            CourseInstance(
                offer_id=offer_id,
                instance_id=f"{offer_id}#{run}",
                start=(start + timedelta(days=30 * run)).isoformat(),
                end=(start + timedelta(days=30 * run + 4)).isoformat(),
                precision="day",
                start_time="08:00",
                end_time="15:15",
                weekdays=("mo", "tu", "we", "th", "fr"),
                place=Place(venue="Haus 1", street=f"Musterweg {house}", postcode="45879", city="Gelsenkirchen"),
                availability=Availability(status="available", free=8, capacity=12),
            )
            for run in range(instances)
        ),
        members=(Member(offer_id=offer_id, source=offer_id.split(":")[0], url=None),),
        provenance={name: Provenance(**fields) for name in ("title", "description", "price", "topics", "provider")},
        sources=(CourseSource(source=offer_id.split(":")[0], fetched_at="2026-11-22T00:10:00Z"),),
    )


def write_catalogue(folder: Path, courses: int, instances: int, edition: int) -> None:
    """What dedupe would have written in a night."""
    with (folder / "courses.jsonl").open("w") as lines, (folder / "clusters.jsonl").open("w") as clusters:
        for number in range(courses):
            course = invented(number, instances, edition)
            lines.write(course.model_dump_json() + "\n")
            line = {"offer_id": course.members[0].offer_id, "course_id": course.course_id, "own_id": course.course_id}
            clusters.write(json.dumps(line) + "\n")


def run_publish(folder: Path, night: int) -> None:
    """One publication."""
    terms = {f"haus{number}": Terms(f"Haus {number}", "full", "CC BY 4.0") for number in range(20)}
    config = ExportConfig(folder / "exports", "bench", keep=1, rights=Rights(terms))
    publish(
        config, run_id=str(night), now=NOW + timedelta(minutes=night),
        courses=folder / "courses.jsonl", clusters=folder / "clusters.jsonl", apply_scope=True,
        sources=[SourceStatus(f"haus{number}", "Haus", "fresh") for number in range(20)],
    )  # fmt: skip


def run_floor(folder: Path, _: int) -> None:
    """DuckDB's own COPY of the published records to Parquet and JSON."""
    con = duckdb.connect(":memory:", config={"memory_limit": "1GB", "threads": "1"})
    records = folder / "exports" / "current" / "courses.jsonl"
    source = f"read_json('{records}', format = 'newline_delimited')"
    con.execute(f"COPY (SELECT * FROM {source}) TO '{folder}/floor.parquet' (FORMAT parquet, COMPRESSION zstd)")
    con.execute(f"COPY (SELECT * FROM {source}) TO '{folder}/floor.json' (FORMAT json)")


RUNS = {"publish": run_publish, "floor": run_floor}


def measured(what: str, folder: Path, night: int = 0) -> dict[str, float]:
    """Wall and processor time, and peak memory, of a process of its own that does it, its start included."""
    command = [sys.executable, __file__, "--child", what, "--folder", str(folder), "--night", str(night)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=MOST)
    return dict(json.loads(done.stdout))


def measurements(courses: int, instances: int) -> Iterator[dict[str, Any]]:
    """All of them, the quarter first."""
    for count in (courses // 4, courses):
        with TemporaryDirectory() as name:
            folder = Path(name)
            size = {"courses": count, "instances": count * instances}
            for night, label in ((1, "all formats, first version"), (2, "all formats, 1 % changed")):
                write_catalogue(folder, count, instances, edition=night)
                yield {"what": label, **size, **measured("publish", folder, night)}
            yield {"what": "floor: DuckDB COPY to Parquet and JSON", **size, **measured("floor", folder)}
            files = [path for path in (folder / "exports" / "current").resolve().rglob("*") if path.is_file()]
            written = round(sum(path.stat().st_size for path in files) / 1e6)
            yield {"what": "written", **size, "files": len(files), "megabytes": written}


def main() -> int:
    """Measure and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--courses", type=int, default=100_000)
    parser.add_argument("--instances", type=int, default=4)
    parser.add_argument("--child", choices=RUNS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--night", type=int, default=0)
    asked = parser.parse_args()
    if asked.child:
        begun = time.monotonic()
        RUNS[asked.child](asked.folder, asked.night)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        seconds, cpu = round(time.monotonic() - begun, 1), round(time.process_time(), 1)
        print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "peak_mb": round(peak)}))
        return 0
    peaks = []
    for one in measurements(asked.courses, asked.instances):
        print(json.dumps(one), flush=True)
        if one["what"].startswith("all formats"):
            peaks.append(one["peak_mb"])
    ratio = round(max(peaks[2:]) / max(peaks[:2]), 2)
    print(json.dumps({"what": "peak memory of four times the courses", "ratio": ratio, "target": FLAT}))
    return 0 if ratio <= FLAT else 1


if __name__ == "__main__":
    sys.exit(main())
