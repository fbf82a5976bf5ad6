"""Run records for gates and report, and what dedupe stores."""

import json
from pathlib import Path
from typing import Any

import pytest

from normalize.model import Candidate, Feature
from warehouse.clusters import store_dedupe
from warehouse.connection import WarehouseError
from warehouse.runs import good_runs, history, last_good, record_run, record_source_run


def test_gates_compare_with_the_last_fresh_runs_only(nights: Any) -> None:
    with nights.warehouse.transaction() as con:
        for number, (status, listings) in enumerate(
            [("fresh", 10), ("held", 0), ("fresh", 12), ("fresh", 11)], start=1
        ):
            record = {"run_id": nights.run_id(number), "source": "hbz", "status": status, "listings": listings}
            fill = {"fill": {"price": 0.25 * number}} if number > 1 else {}
            record_source_run(con, record | fill | {"withdrawn": number, "robots_forbidden": 3})
        third, fourth = (nights.run_id(3), 12, {"price": 0.75}), (nights.run_id(4), 11, {"price": 1.0})
        assert good_runs(con, "hbz", 2) == [fourth, third]
        assert good_runs(con, "hbz", 9) == [fourth, third, (nights.run_id(1), 10, {})]
        assert good_runs(con, "dekra", 9) == []
        assert last_good(con, "hbz") == nights.run_id(4)
        assert last_good(con, "dekra") is None
        told = history(con, "hbz", 3)
    assert [(night["run_id"], night["held"], night["listings"], night["gone"]) for night in told] == [
        (nights.run_id(2), True, 0, 2),
        (nights.run_id(3), False, 12, 3),
        (nights.run_id(4), False, 11, 4),
    ]
    assert json.loads(nights.rows("SELECT detail FROM source_runs LIMIT 1")[0])["robots_forbidden"] == 3


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
