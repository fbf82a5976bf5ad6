"""Run records for gates and report, and what dedupe stores."""

import json
from pathlib import Path
from typing import Any

import pytest

from normalize.model import Candidate, Feature
from warehouse.clusters import store_dedupe
from warehouse.connection import WarehouseError
from warehouse.runs import good_runs, history, last_good, record_run, record_source_run


def test_gates_compare_with_fresh_runs_and_the_one_a_steward_released(nights: Any) -> None:
    with nights.warehouse.transaction() as con:
        for number, (status, listings, failed) in enumerate(
            [("fresh", 10, False), ("held", 5, False), ("held", 2, True), ("fresh", 12, False), ("fresh", 11, False)],
            start=1,
        ):
            told = {"run_id": nights.run_id(number), "source": "hbz", "status": status, "listings": listings}
            record_source_run(con, told | {"failed": failed, "withdrawn": number, "fill": {"price": 0.25 * number}})

        def runs(n: int, released: int | None = None) -> list[tuple[str, str, int]]:
            found = good_runs(con, "hbz", n, nights.run_id(released) if released else None)
            assert all(run["fill"] == {"price": 0.25 * int(run["run_id"][6:8])} for run in found)
            return [(run["run_id"], run["status"], run["listings"]) for run in found]

        one, two, four, five = (
            (nights.run_id(number), status, listings)
            for number, status, listings in [(1, "fresh", 10), (2, "held", 5), (4, "fresh", 12), (5, "fresh", 11)]
        )
        assert runs(2) == [five, four]
        assert runs(9) == [five, four, one]
        assert runs(9, released=2) == [five, four, two, one]
        assert runs(9, released=3) == [five, four, one]  # its harvest failed: nothing to measure by
        assert good_runs(con, "dekra", 9) == []
        assert last_good(con, "hbz") == nights.run_id(5)
        assert last_good(con, "dekra") is None
        last = history(con, "hbz", 3)
    assert [(night["run_id"], night["held"], night["listings"], night["gone"]) for night in last] == [
        (nights.run_id(3), True, 2, 3),
        (nights.run_id(4), False, 12, 4),
        (nights.run_id(5), False, 11, 5),
    ]


def test_a_run_is_recorded_at_its_start_and_again_at_its_end(nights: Any) -> None:
    with nights.warehouse.transaction() as con:
        record_run(con, {"run_id": "r", "started_at": "2026-11-22T01:30:00Z"})
        record_run(con, {"run_id": "r", "started_at": "2026-11-22T01:30:00Z", "result": "success", "courses": 3})
    assert nights.rows("SELECT result, detail ->> 'courses' FROM runs") == [("success", "3")]


def jsonl(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_dedupe_results_replace_the_last_ones_and_redirects_keep_their_age(nights: Any, tmp_path: Path) -> None:
    candidate = Candidate(
        left="hbz:a", right="hbz:b", probability=0.7, band="review", reason="titles",
        features=(Feature(name="title", left="A", right="B", weight=1.5, text_de="Titel ähnlich"),),
    ).model_dump(mode="json")  # fmt: skip
    merged = [("hbz:a", "ca", "ca"), ("hbz:b", "ca", "cb")]

    def store(number: int, clusters: list[tuple[str, str, str]], candidates: list[dict[str, Any]]) -> None:
        lines = [{"offer_id": o, "course_id": c, "own_id": own} for o, c, own in clusters]
        with nights.warehouse.transaction() as con:
            store_dedupe(con, nights.run_id(number), jsonl(tmp_path / "cl", lines), jsonl(tmp_path / "ca", candidates))

    store(1, merged, [candidate | {"changed_since_judged": True}])
    store(2, merged, [candidate])
    assert nights.rows("SELECT left_offer, right_offer, changed_since_judged FROM candidates") == [
        ("hbz:a", "hbz:b", False)
    ]
    assert json.loads(nights.rows("SELECT features FROM candidates")[0])[0]["text_de"] == "Titel ähnlich"
    assert nights.rows("SELECT course_id, into_id, since FROM redirects") == [("cb", "ca", nights.run_id(1))]
    store(3, [("hbz:a", "ca", "ca"), ("hbz:b", "cb", "cb")], [])
    assert nights.rows("SELECT course_id FROM redirects") == []
    assert nights.rows("SELECT offer_id, course_id FROM clusters ORDER BY 1") == [("hbz:a", "ca"), ("hbz:b", "cb")]
    with pytest.raises(WarehouseError, match="result of dedupe"):
        store(4, [*merged, *merged], [])
    assert nights.rows("SELECT run_id FROM clusters LIMIT 1") == [nights.run_id(3)]
