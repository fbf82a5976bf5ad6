"""A night of dedupe from files to files, and how it is measured."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedupe import journal
from dedupe.evaluate import evaluate, measure_quality
from dedupe.golden import Known
from dedupe.journal import Decisions, decide
from dedupe.pipeline import dedupe, resolve_offers
from dedupe.scoring import load_model
from normalize.model import Candidate, Course, Offer
from tests.dedupe.offers import offer, random_offer

FIRST, SECOND = "20261101T000000Z", "20261102T000000Z"
RUNS = ("2027-01-11", "2027-03-08")


def house(number: int, title: str, **more: Any) -> Offer:
    return offer(f"house:{number}", title, "Lernhaus Ruhr gGmbH", format="onsite", town="Marl", **more)


def agency(number: int, title: str, **more: Any) -> Offer:
    spelled = {"provider": "Lernhaus Ruhr", "kind": "aggregator", "format": "onsite", "town": "Marl"}
    return offer(f"agency:{number}", title, **(spelled | more))


CATALOGUE: tuple[tuple[Offer, str], ...] = (
    (house(1, "Hydraulik und Pneumatik - Grundkurs", price="890.00", starts=RUNS), "hydraulik 1"),
    (agency(1, "Hydraulik & Pneumatik (Grundkurs)", price="890.00", starts=RUNS), "hydraulik 1"),
    (house(2, "Hydraulik und Pneumatik - Aufbaukurs", price="990.00", starts=("2027-04-05",)), "hydraulik 2"),
    (house(3, "Englisch A1.1", price="95.00", starts=("2027-01-12",)), "englisch a1.1"),
    (house(4, "Englisch A1.1", price="95.00", starts=("2027-06-08",)), "englisch a1.1"),  # another run
    (house(5, "Englisch A1.2", price="95.00", starts=("2027-01-13",)), "englisch a1.2"),
    (agency(2, "Englisch A1.1", provider="VHS Gladbeck", price="95.00", starts=("2027-01-12",)), "englisch gladbeck"),
    (agency(3, "Töpfern an der Drehscheibe"), "töpfern"),
)
OFFERS = [one for one, _ in CATALOGUE]
TRUTH = {one.offer_id: label for one, label in CATALOGUE}


def write_snapshot(path: Path, known: Iterable[Known]) -> Path:
    rows = [
        {
            **json.loads(one.offer.model_dump_json()),
            "first_seen": one.first_seen,
            "status": one.status,
            "changed_in": "x",
        }
        for one in known
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_same_courses_are_found_and_different_ones_kept_apart() -> None:
    found = evaluate(OFFERS, TRUTH)
    assert (found.precision, found.recall, found.f1) == (1.0, 1.0, 1.0)
    assert found.true_pairs == found.merged_pairs == 2
    assert found.offers == len({row["offer_id"] for row in found.clusters}) == 8


def test_the_figures_are_those_of_the_definitions() -> None:
    """Worked out by hand: merged {1,2,3} {4}, truth {1,2} {3,4}, nothing to review."""
    known = [Known(offer(f"s:{n}", f"Fach {n}", None), FIRST, "active") for n in range(1, 5)]
    found = resolve_offers(known, Decisions(), load_model())
    course = {"s:1": "c1", "s:2": "c1", "s:3": "c1", "s:4": "c4"}
    merged = replace(found.resolution, course_ids=course)
    found = replace(found, resolution=merged, asked=())
    got = measure_quality(found, {"s:1": "x", "s:2": "x", "s:3": "y", "s:4": "y"})
    assert (got.true_pairs, got.merged_pairs) == (2, 3)
    assert got.precision == pytest.approx(1 / 3, abs=1e-4)
    assert got.recall == got.lost_true_share == 0.5
    # precision (2/3 + 2/3 + 1/3 + 1) / 4 = 2/3, recall (1 + 1 + 1/2 + 1/2) / 4 = 3/4
    assert got.bcubed_f1 == pytest.approx(2 * (2 / 3) * (3 / 4) / (2 / 3 + 3 / 4), abs=1e-4)


def test_evaluating_refuses_repeated_ids_and_missing_labels() -> None:
    with pytest.raises(ValueError, match="house:1"):
        evaluate([OFFERS[0], OFFERS[0]], TRUTH)
    with pytest.raises(ValueError, match="house:1"):
        evaluate([OFFERS[0]], {})


def test_nothing_in_is_nothing_out(tmp_path: Path) -> None:
    summary = dedupe(write_snapshot(tmp_path / "offers.jsonl", []), tmp_path / "journal.jsonl", tmp_path / "out")
    assert (summary.offers, summary.courses) == (0, 0)
    assert (tmp_path / "out" / "courses.jsonl").read_text() == ""
    assert evaluate([], {}).f1 == 1.0


def test_a_night_writes_sorted_files_that_hold_the_contract_and_do_not_depend_on_order(tmp_path: Path) -> None:
    known = [Known(one, FIRST, "active") for one in OFFERS]
    outs = []
    for seed in (1, 2):
        Random(seed).shuffle(known)
        out = tmp_path / str(seed)
        summary = dedupe(write_snapshot(tmp_path / "offers.jsonl", known), tmp_path / "journal.jsonl", out)
        outs.append({file.name: file.read_bytes() for file in out.iterdir()})
    assert outs[0] == outs[1]
    assert summary.offers == 8
    assert summary.courses == 6
    clusters = rows_of(out / "clusters.jsonl")
    assert [row["offer_id"] for row in clusters] == sorted(TRUTH)
    courses = [Course.model_validate(row) for row in rows_of(out / "courses.jsonl")]
    assert {course.course_id for course in courses} == {row["course_id"] for row in clusters}
    for row in rows_of(out / "candidates.jsonl"):
        assert row.pop("changed_since_judged") in (True, False)
        Candidate.model_validate(row)


def test_judgements_are_obeyed_hidden_from_the_queue_and_shown_again_when_a_side_changes(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    judge = {"at": "2026-11-02", "user": "s", "kind": "judge", "left": "agency:1", "right": "house:1"}
    hashes = {"left_hash": OFFERS[1].match_hash, "right_hash": OFFERS[0].match_hash}
    journal.append(path, {**judge, "verdict": "different", **hashes})
    known = [Known(one, FIRST, "active") for one in OFFERS]
    out = tmp_path / "out"
    dedupe(write_snapshot(tmp_path / "offers.jsonl", known), path, out)
    ids = {row["offer_id"]: row["course_id"] for row in rows_of(out / "clusters.jsonl")}
    assert ids["agency:1"] != ids["house:1"]
    asked = {(row["left"], row["right"]) for row in rows_of(out / "candidates.jsonl")}
    assert ("agency:1", "house:1") not in asked
    assert rows_of(out / "conflicts.jsonl") == []  # a verdict obeyed is no conflict

    changed = [
        Known(one.offer.model_copy(update={"match_hash": "new"}), FIRST, "active")
        if one.offer.offer_id == "house:1"
        else one
        for one in known
    ]
    dedupe(write_snapshot(tmp_path / "offers.jsonl", changed), path, out)
    shown = {(row["left"], row["right"]): row for row in rows_of(out / "candidates.jsonl")}
    assert shown["agency:1", "house:1"]["changed_since_judged"]
    ids = {row["offer_id"]: row["course_id"] for row in rows_of(out / "clusters.jsonl")}
    assert ids["agency:1"] != ids["house:1"]  # the verdict stands meanwhile


def test_a_human_same_joins_what_the_machine_would_not() -> None:
    event = {
        "id": "1",
        "at": "t",
        "user": "s",
        "kind": "judge",
        "left": "agency:3",
        "right": "house:5",
        "verdict": "same",
    }
    found = resolve_offers([Known(one, FIRST, "active") for one in OFFERS], decide([event]), load_model())
    assert found.resolution.course_ids["agency:3"] == found.resolution.course_ids["house:5"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(range(len(OFFERS))), st.sampled_from(OFFERS))
def test_one_more_offer_changes_no_existing_course_id(late: int, copied: Offer) -> None:
    """The whole way, not the resolver alone: also blocking and scores must not depend on what arrives later."""
    early = [Known(one, FIRST, "active") for place, one in enumerate(OFFERS) if place != late]
    new = [
        Known(OFFERS[late], SECOND, "active"),
        Known(copied.model_copy(update={"offer_id": "new:1", "source": "new"}), SECOND, "active"),
    ]
    before = resolve_offers(early, Decisions(), load_model()).resolution.course_ids
    after = resolve_offers([*early, *new], Decisions(), load_model()).resolution.course_ids
    assert {offer_id: after[offer_id] for offer_id in before} == before


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**6), st.integers(1, 8))
def test_new_offers_change_no_course_id_among_many_of_few_words_and_houses(seed: int, late: int) -> None:
    """The same where blocks are full, words are rare or not by the count of others, and nearly everything is alike."""
    offers = [random_offer(f"{('house', 'agency', 'table')[n % 3]}:{n:03d}", seed + n) for n in range(60 + late)]
    early = [Known(one, FIRST, "active") for one in offers[:60]]
    new = [Known(one.model_copy(update={"offer_id": f"a{one.offer_id}"}), SECOND, "active") for one in offers[60:]]
    before = resolve_offers(early, Decisions(), load_model()).resolution.course_ids
    after = resolve_offers([*early, *new], Decisions(), load_model()).resolution.course_ids
    assert {offer_id: after[offer_id] for offer_id in before} == before
