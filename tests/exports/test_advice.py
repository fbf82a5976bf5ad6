"""Counselling offices and funding programmes, joined by municipality and funding, honest about who verified them."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from exports.advice import RECORDS, AdviceError, advice_files, read_advice
from normalize.vocabulary import Funding

OFFICE = """
[[office]]
id = "stelle"
name = "Beratungsstelle"
kind = "counselling"
what = "Beratung"
municipalities = ["05512000", "05562024"]
funding = ["bildungsgutschein"]
source = "selbst gesehen"
"""
PROGRAMME = """
[[programme]]
id = "gutschein"
name = "Bildungsgutschein"
what = "Zahlt"
funding = ["bildungsgutschein"]
source = "Gesetz"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "offices.toml").write_text(OFFICE, encoding="utf-8")
    (tmp_path / "programmes.toml").write_text(PROGRAMME, encoding="utf-8")
    return tmp_path


def test_courses_join_by_municipality_and_by_funding(folder: Path) -> None:
    advice = read_advice(folder)
    assert len(advice.by_municipality) == 12
    joined = {town.name: town.offices for town in advice.by_municipality.values() if town.offices}
    assert joined == {"Bottrop": ("stelle",), "Marl": ("stelle",)}
    assert set(advice.by_funding) == set(get_args(Funding))
    support = advice.by_funding["bildungsgutschein"]
    assert (support.programmes, support.offices) == (("gutschein",), ("stelle",))
    assert advice.by_funding["meisterbonus"].programmes == ()  # nothing recorded, and said so


def test_a_record_that_nobody_verified_says_so(folder: Path) -> None:
    assert not read_advice(folder).offices[0].verified
    assert read_advice(folder).note.startswith("2 von 2 Angaben hat noch niemand geprüft")
    checked = 'checked = 2026-11-22\nchecked_by = "eva"\n'
    (folder / "offices.toml").write_text(OFFICE + checked, encoding="utf-8")
    assert read_advice(folder).offices[0].verified
    assert read_advice(folder).note.startswith("1 von 2")
    (folder / "programmes.toml").write_text(PROGRAMME + checked, encoding="utf-8")
    assert "hat noch niemand geprüft" not in read_advice(folder).note


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("offices.toml", OFFICE.replace("05512000", "05513999"), "stelle: no municipality of the region: 05513999"),
        ("offices.toml", OFFICE.replace("bildungsgutschein", "geschenk"), r"stelle: funding\.0"),
        ("offices.toml", OFFICE + 'telefon = "0221 4710-111"\n', "stelle: telefon"),
        ("offices.toml", OFFICE + "checked = 2026-11-22\n", "belong together"),
        ("offices.toml", OFFICE + 'url = "javascript:x"\n', "stelle: url"),
        ("offices.toml", OFFICE + OFFICE, "the id is given twice"),
        ("offices.toml", OFFICE.replace("[[office]]", "[[ofice]]"), r"only \[\[office\]\] is known, not ofice"),
        ("offices.toml", "[[office", r"offices\.toml"),
        ("programmes.toml", PROGRAMME + "since = 2026-01-01\nuntil = 2025-01-01\n", "until is before since"),
    ],
)
def test_a_record_that_cannot_be_right_is_refused(folder: Path, file: str, text: str, said: str) -> None:
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(AdviceError, match=said):
        read_advice(folder)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AdviceError, match=r"offices\.toml"):
        read_advice(tmp_path)


def test_our_own_records_claim_nothing_that_nobody_verified() -> None:
    advice = read_advice(RECORDS)
    for record in (*advice.offices, *advice.programmes):
        assert record.verified or (record.checked is None and record.checked_by is None)
        assert record.source
    assert all(office.phone is None for office in advice.offices if not office.verified)
    assert all(town.offices for town in advice.by_municipality.values())
    ended = {one.id: str(one.until) for one in advice.programmes if one.until}
    assert ended == {"bildungsscheck-nrw-bis-2024": "2024-06-30", "bildungspraemie": "2021-12-31"}


def test_a_version_publishes_it_with_its_schema(portal: Any, course: Any) -> None:
    portal.night(1, course("ca"))
    document, schema = portal.read("advice.json"), portal.read("advice.schema.json")
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)
    assert document == json.loads(json.dumps(advice_files()["advice.json"]))
    assert {"advice.json", "advice.schema.json"} <= {file["name"] for file in portal.read("index.json")["files"]}
    assert document["by_municipality"]["05513000"]["name"] == "Gelsenkirchen"
    assert {office["verified"] for office in document["offices"]} == {False}
