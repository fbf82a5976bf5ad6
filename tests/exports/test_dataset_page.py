"""The lines of Python that docs/dataset.md gives to web developers do what it says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from normalize.model import Place
from tests.exports.freeze import DOCS, SAMPLE


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """The names that the page defines."""
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", (DOCS / "dataset.md").read_text(encoding="utf-8"), re.DOTALL):
        exec(block, names)
    return names


def test_following(portal: Any, course: Any, page: dict[str, Any]) -> None:
    root, held, version = Path(portal.config.root), {}, None
    nights = [
        [course("ca"), course("cb", "mn:b"), course("cc")],
        [course("ca", title="Neu"), course("cb", "mn:b"), course("cd")],
        [course("ca", "hbz:a", "mn:b"), course("cd")],
        [course("ca"), course("cb", "mn:b"), course("cd")],
    ]
    for number, courses in enumerate([*nights, *nights]):
        portal.night(number, *courses)
        if number != 5:  # a day off
            version = page["follow"](root, held, version)
            assert held == {one["course_id"]: one for one in portal.read("courses.jsonl")}
    for number in range(8, 14):
        portal.night(number, course("ca"), course("cd"), keep=3)
    assert page["follow"](root, held, version) == (root / "current").readlink().name
    assert list(held) == ["ca", "cd"]


def test_every_id_of_the_sample_has_its_page(page: dict[str, Any]) -> None:
    delta = {line["change"]: line for line in map(json.loads, (SAMPLE / "delta.jsonl").open())}
    shown, record = page["page"](SAMPLE, "mag-schweissen-grundkurs-cabcdefghijkl")
    assert (shown, record["title"]) == ("course", "MAG-Schweißen, Grundkurs")
    assert page["page"](SAMPLE, "alter-titel-cabcdefghijkl") == ("redirect", record["slug"])
    assert page["page"](SAMPLE, delta["merged"]["course_id"]) == ("redirect", "excel-kompakt-cbcdefghijklm")
    assert page["page"](SAMPLE, delta["withdrawn"]["course_id"])[0] == "gone"
    assert page["page"](SAMPLE, "niemals-cxxxxxxxxxxxx") == ("unknown", None)


def test_advice(portal: Any, course: Any, run: Any, page: dict[str, Any]) -> None:
    place = Place(city="Gelsenkirchen", municipality_key="05513000")
    portal.night(0, course("ca", funding=("bildungsgutschein",), instances=(run("2027-01-01", place=place),)))
    programmes, offices = page["advice"](portal.config.root / "current", portal.read("courses.jsonl")[0])
    assert "bildungsgutschein" in {one["id"] for one in programmes}
    assert offices
    assert all("05513000" in one["municipalities"] for one in offices)
    assert not any(one["verified"] for one in (*programmes, *offices))
