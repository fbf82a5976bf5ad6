"""Why a harvest failed, as a steward reads it: the reason in German, a file by its name."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from flows.reasons import german_failure
from flows.stages import told
from spiders.harvest import HarvestResult
from spiders.harvest import harvest as run_harvest
from spiders.statistics import Statistics

WORDINGS = tomllib.loads((Path(__file__).parents[2] / "flows" / "reasons.toml").read_text(encoding="utf-8"))["spiders"]
LIST = "Eine Seite des Katalogs war nicht zu haben oder nicht zu lesen"
TOML = """
key = "krueger"
name = "Logistikschule Krüger"
kind = "upload"
platform = "table"
start = ["kurse 1.csv"]
ref = "Nr"
[scope]
region = "Emscher-Lippe"
counts = "das ganze Programm"
"""


@pytest.mark.parametrize(
    ("sentence", "german"),
    [
        (
            f"{LIST}: http://a.example/kurse: the list links to no course",
            f"{LIST}: http://a.example/kurse: Die Liste verweist auf keinen Kurs.",
        ),
        (
            f"{LIST}: file:///srv/drops/kurse%201.csv: the table has no rows",
            "Die Datei „kurse 1.csv“ war nicht zu lesen: Die Tabelle hat keine Zeilen.",
        ),
        (
            f"{LIST}: http://a.example/x: no JSON, or cut: Expecting value: line 1",
            f"{LIST}: http://a.example/x: Kein lesbares JSON, oder abgeschnitten: Expecting value: line 1.",
        ),
        (f"{LIST}: http://a.example/kurse: HTTP 500", f"{LIST}: http://a.example/kurse: HTTP 500"),
        ("Der Katalog war leer: kein einziger Eintrag wurde gefunden.",) * 2,
        ("Der Abruf brach ab (Exit-Status 1).",) * 2,
        (f"{LIST}: file:///x/y.csv: something new", "Die Datei „y.csv“ war nicht zu lesen: something new"),
        ("",) * 2,
    ],
)
def test_the_reason_is_told_in_german(sentence: str, german: str) -> None:
    assert german_failure(sentence) == german


def test_long_hostile_text_costs_no_time() -> None:
    hostile = f"{LIST}: file://" + "/a: " * 5_000
    assert "/a" in german_failure(hostile)


@pytest.mark.parametrize(("english", "wording"), WORDINGS.items())
def test_a_wording_keeps_its_placeholders(english: str, wording: str) -> None:
    assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", wording))
    assert not wording.endswith(".")


@pytest.mark.parametrize("content", ["", "Nr;Titel;Beginn\n", "<html><body>Bitte anmelden</body></html>"])
def test_an_empty_or_wrong_file_is_named_and_explained(tmp_path: Path, content: str) -> None:
    (tmp_path / "krueger.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "kurse 1.csv").write_text(content, encoding="utf-8")
    harvest = told(
        run_harvest(tmp_path / "krueger.toml", out=tmp_path / "out", http=tmp_path / "http", seconds=60, root=tmp_path)
    )
    assert harvest.failure is not None
    assert harvest.failure.startswith("Die Datei „kurse 1.csv“ war nicht zu lesen: ")
    assert harvest.failure.endswith(".")
    assert not re.search(r"\b(the|no|is)\b", harvest.failure)


@pytest.mark.parametrize(
    ("told_by_it", "unmet"),
    [
        ({"declared_total": None}, 0),
        ({"declared_total": 120, "complete": False}, 17),  # 100 read, 3 of them twice
        ({"declared_total": 103, "complete": False}, 0),
        ({"declared_total": 90, "complete": False}, 0),
        ({"declared_total": 200, "complete": True}, 0),  # two queries that show the same hundred
        ({"declared_total": 200, "complete": False, "unmet": 4}, 4),
    ],
)
def test_how_many_the_source_did_not_show(told_by_it: dict[str, Any], unmet: int) -> None:
    counted = Statistics("hbz", started_at="2026-11-22T00:30:00.000Z", listings=100, duplicates=3)
    report = counted.report("finished", None)
    del report["unmet"]  # as statistics of before told it
    statistics = report | told_by_it
    assert told(HarvestResult("hbz", True, None, 0, "finished", True, None, statistics)).unmet == unmet
