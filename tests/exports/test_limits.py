"""A version that is valid and yet wrong: the numbers hold it until a person says that it is right."""

from typing import Any

import pytest

from exports.limits import KEY_FIELDS, Fill, Step, excesses
from exports.publish import AuditFailed, ExportConfig, publish, verify
from normalize.model import Price


@pytest.fixture
def limits(portal: Any) -> ExportConfig:
    return portal.config  # type: ignore[no-any-return]


def step(before: int, now: int, withdrawn: int = 0, merged: int = 0, split: int = 0) -> Step:
    return Step(Fill(before), Fill(now), withdrawn, merged, split)


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        (step(100, 100), []),
        (step(0, 50), []),  # the first
        (step(100, 70, withdrawn=30), []),
        (step(100, 69, withdrawn=31), ["31 von 100 Kursen sind zurückgezogen"]),
        (step(20, 10, withdrawn=10), []),  # of few, many may go
        (step(100, 90, merged=10), []),
        (step(100, 95, merged=6, split=5), ["11 von 100 Kennungen sind zusammengelegt oder geteilt"]),
        (step(20, 9, withdrawn=10), ["nur 9 Kurse nach 20 in der Version davor"]),
    ],
)
def test_counts(limits: ExportConfig, between: Step, expected: list[str]) -> None:
    assert list(excesses(between, limits)) == expected


def test_a_key_field_must_not_collapse(limits: ExportConfig) -> None:
    between = Step(Fill(100), Fill(100), 0, 0, 0, Fill(100), Fill(100))
    for fill, stated in ((between.stayed_before, 90), (between.stayed_now, 70)):
        fill.stated.update(dict.fromkeys(KEY_FIELDS, 90) | {"price": stated})
    assert list(excesses(between, limits)) == []  # twenty points
    between.stayed_now.stated["price"] = 69
    assert list(excesses(between, limits)) == ["Preis steht nur noch bei 69% der Kurse, davor bei 90%"]


def courses(make: Any, price: str | None = "10.00") -> list[Any]:
    return [make(f"c{n:02}", price=Price(kind="fixed", amount=price) if price else Price()) for n in range(40)]


def test_a_new_source_that_states_less_takes_nothing_away(portal: Any, course: Any) -> None:
    portal.night(0, *courses(course))
    newcomers = [course(f"d{n:03}", f"new:{n}", price=Price()) for n in range(200)]
    portal.night(1, *courses(course), *newcomers)
    assert portal.read("index.json")["counts"]["courses"] == 240


def test_a_field_that_collapses_holds_the_night_and_a_person_may_accept_it(portal: Any, course: Any) -> None:
    portal.night(0, *courses(course))
    with pytest.raises(AuditFailed, match="Preis steht nur noch bei 0%"):
        portal.night(1, *courses(course, None))
    assert portal.read("index.json")["run_id"] == "run-0"
    publish(
        portal.config, run_id="run-2", now=portal.now(2), sources=portal.sources, apply_scope=True,
        accept="Preise stehen jetzt auf einer anderen Seite", **portal.files(courses(course, None)),
    )  # fmt: skip
    index = portal.read("index.json")
    assert index["accepted"] == {
        "reason": "Preise stehen jetzt auf einer anderen Seite",
        "findings": ["Preis steht nur noch bei 0% der Kurse, davor bei 100%"],
    }
    assert index["step"]["fill_before"]["price"] == 1.0
    assert index["fill"]["price"] == 0.0
    assert index["step"]["courses"] == {"before": 40, "now": 40}
    assert verify(portal.config) == []


def test_a_reason_does_not_make_a_broken_version_good(portal: Any, course: Any) -> None:
    with pytest.raises(AuditFailed, match="keine Webadresse"):
        publish(
            portal.config, run_id="run-0", now=portal.now(0), sources=[], apply_scope=True, accept="muss sein",
            **portal.files([course("ca", url="ftp://x.example.org")]),
        )  # fmt: skip


def test_the_index_is_checked_by_its_own_checksum(portal: Any, course: Any) -> None:
    version = portal.night(0, course("ca"))
    index = version.path / "index.json"
    index.write_text(index.read_text().replace('"run-0"', '"run-9"'))
    assert verify(portal.config) == [f"{version.version}: index.json ist nicht mehr das, was veröffentlicht wurde"]


def test_a_damaged_file_of_a_single_course_is_found(portal: Any, course: Any) -> None:
    version = portal.night(0, course("ca"))
    (version.path / "courses" / "ca.json").write_text("{}")
    assert verify(portal.config) == [f"{version.version}: courses/ca.json fehlt oder ist beschädigt"]


@pytest.mark.parametrize("url", ["qualiguide.de", "https://qualiguide.de/", "javascript:x"])
def test_the_base_url_must_be_one(limits: ExportConfig, url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        ExportConfig(limits.root, "test", base_url=url)
