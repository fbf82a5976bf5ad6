"""Measuring: calibration by hand, and the report that shows every mistake."""

from pathlib import Path

import pytest

from dedupe.calibration import calibration_of
from dedupe.comparing import pair_completeness
from dedupe.error_report import build_report, render, write_error_report
from dedupe.evaluate import resolve_labelled
from dedupe.scoring import load_model
from tests.dedupe.offers import offer

RUNS = ("2027-01-11", "2027-03-08")
OFFERS = [
    offer("house:1", "Hydraulik <b>Pumpen</b>", format="onsite", town="Marl", starts=RUNS, price="690.00"),
    offer("agency:1", "Hydraulik <b>Pumpen</b>", "Lernhaus Ruhr", kind="aggregator", format="onsite", starts=RUNS),
    offer("house:2", "Töpfern", format="onsite", town="Marl"),
]


def test_calibration_is_the_distance_of_what_was_said_from_what_is_true() -> None:
    """Worked out by hand: 0.85 twice, one true; 0.02 twice, none true."""
    found = calibration_of([0.85, 0.85, 0.02, 0.02], [True, False, False, False])
    assert [(one.pairs, one.said, one.true) for one in found.bins] == [(2, 0.02, 0.0), (2, 0.85, 0.5)]
    assert found.error == pytest.approx((2 * 0.02 + 2 * 0.35) / 4)
    # -(ln 0.85 + ln 0.15 + 2 ln 0.98) / 4
    assert found.log_loss == pytest.approx(0.52500, abs=1e-4)


def test_of_no_pairs_calibration_is_perfect() -> None:
    assert calibration_of([], []).error == 0.0


def test_a_wrong_merge_is_listed_first_with_both_sides_and_its_reasons() -> None:
    labels = {"house:1": "pumpen", "agency:1": "something else", "house:2": "töpfern"}
    found = resolve_labelled(OFFERS, labels, load_model())
    report = build_report(found, labels, load_model())
    assert report["mistakes"]["merged"] == 1
    first = report["errors"][0]
    assert first["kind"] == "merged"
    assert {first["left"]["offer"], first["right"]["offer"]} == {"house:1", "agency:1"}
    total = report["model"]["bias"] + sum(reason["weight"] for reason in first["reasons"])
    assert first["score"] == pytest.approx(total, abs=0.01)


def test_a_missed_pair_says_why() -> None:
    labels = {"house:1": "x", "agency:1": "x", "house:2": "x"}
    found = resolve_labelled(OFFERS, labels, load_model())
    report = build_report(found, labels, load_model())
    assert report["mistakes"]["lost"] == 1  # one pair of courses, two pairs of offers
    (lost,) = [one for one in report["errors"] if one["kind"] == "lost"]
    assert lost["pairs"] == 2
    assert lost["why"]


def test_the_page_is_self_contained_and_escapes_what_sources_say(tmp_path: Path) -> None:
    labels = {"house:1": "x", "agency:1": "y", "house:2": "z"}
    report = build_report(resolve_labelled(OFFERS, labels, load_model()), labels, load_model())
    write_error_report(report, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page == render(report)
    assert "<b>Pumpen" not in page
    assert "&lt;b&gt;Pumpen" in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "<svg" in page
    assert (tmp_path / "report.json").exists()


def test_pairs_connected_through_compared_ones_are_complete() -> None:
    labels = {"house:1": "x", "agency:1": "x", "house:2": "x"}
    found = resolve_labelled(OFFERS, labels, load_model())
    assert pair_completeness(found.comparison, {"house:1": "x", "agency:1": "x", "house:2": "z"}) == 1.0
    # the potter's course is compared with neither: of three true pairs one is connected
    compared = {pair for pair in found.comparison.scores if "house:2" in pair}
    assert pair_completeness(found.comparison, labels) == pytest.approx(1.0 if compared else 1 / 3)
