"""A warehouse on disk and a short way to load nights into it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from normalize.model import Instance, Offer, Place
from warehouse.connection import Warehouse, open_warehouse
from warehouse.load import Counts, NightLoad, SourceLoad, load_night


def make_offer(ref: str, source: str = "hbz", **fields: Any) -> Offer:
    """A small offer whose content_hash follows its title and instances, unless given."""
    instances = fields.get("instances", ())
    title = fields.get("title", f"Kurs {ref}")
    defaults = {"title": title, "content_hash": f"{title}{[i.start for i in instances]}", "match_hash": title}
    return Offer(offer_id=f"{source}:{ref}", source=source, source_kind="provider", ref=ref, **(defaults | fields))


def make_run(start: str, city: str = "Gelsenkirchen", **fields: Any) -> Instance:
    """A dated run at a place."""
    return Instance(start=start, precision="day", place=Place(city=city), **fields)


@dataclass
class Nights:
    """Loads one night after the other; `night(1)` is the run id of the first."""

    warehouse: Warehouse
    folder: Path
    first_seen: Mapping[str, str] = field(default_factory=dict)

    def run_id(self, number: int) -> str:
        return f"202611{number:02}T013000Z"

    def source(self, number: int, offers: Iterable[Offer], source: str = "hbz", **how: Any) -> SourceLoad:
        """Write the files of one source, as the flow hands them over."""
        base = self.folder / f"{number}-{source}"
        offers_file, listings_file = base.with_suffix(".offers.jsonl"), base.with_suffix(".jsonl")
        offers = list(offers)
        offers_file.write_text("".join(o.model_dump_json() + "\n" for o in offers), encoding="utf-8")
        listings_file.write_text(
            "".join(f'{{"source": "{source}", "ref": "{o.ref}", "title": "roh {number}"}}\n' for o in offers)
        )
        return SourceLoad(source, listings_file, offers_file, **how)

    def load(self, number: int, *sources: SourceLoad) -> dict[str, Counts]:
        night = NightLoad(self.run_id(number), f"2026-11-{number:02}T01:30:00Z", sources, self.first_seen)
        with self.warehouse.transaction() as con:
            return load_night(con, night)

    def night(self, number: int, *offers: Offer, **how: Any) -> Counts:
        """One night of the one source `hbz`."""
        return self.load(number, self.source(number, offers, **how))["hbz"]

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """All rows; of a single column, its values."""
        rows = self.warehouse.con.execute(sql, list(values)).fetchall()
        return [row[0] for row in rows] if rows and len(rows[0]) == 1 else rows


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    with open_warehouse(tmp_path / "warehouse.duckdb", profile="test") as warehouse:
        yield Nights(warehouse, tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed warehouse with one night loaded, and the files of a second night beside it."""
    run, other = make_run("2027-01-01"), make_run("2027-02-01")
    with open_warehouse(tmp_path / "warehouse.duckdb", profile="test") as warehouse:
        nights = Nights(warehouse, tmp_path)
        nights.night(1, *(make_offer(str(n), instances=(run,)) for n in range(300)))
        nights.source(2, [make_offer(str(n), title="Neu", instances=(other,)) for n in range(100, 3000)])
    (tmp_path / "candidates").write_text("")
    (tmp_path / "clusters").write_text('{"offer_id": "hbz:1", "course_id": "ca", "own_id": "cb"}\n')
    return tmp_path


@pytest.fixture
def offer() -> Any:
    return make_offer


@pytest.fixture
def run() -> Any:
    return make_run
