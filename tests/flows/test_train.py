"""`bildungsraum train`: what it learns from a journal, and what it refuses."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dedupe import journal
from dedupe.golden import Known
from dedupe.journal import Decisions
from dedupe.judged import judged_pairs
from dedupe.pipeline import resolve_offers
from dedupe.scoring import load_model
from flows.home import Home, Refused
from flows.training import train_home
from normalize.model import Offer
from tests.dedupe.offers import offer

NIGHT = "20261101T000000Z"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
WORDS = ("Hydraulik", "Pneumatik", "Löten", "Robotik", "Keramik", "Statik", "Optik", "Akustik", "Galvanik", "Mechanik")


def snapshot(home: Home, offers: list[Offer]) -> None:
    folder = home.review / "1"
    folder.mkdir(parents=True)
    rows = ({**json.loads(one.model_dump_json()), "first_seen": NIGHT, "status": "active"} for one in offers)
    (folder / "offers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (home.review / "current").symlink_to("1")


def doubtful(number: int) -> tuple[Offer, Offer]:
    """A pair in the review band: all alike but the price, of two sources."""
    title, provider = f"{WORDS[number % 10]} Werkstatt {WORDS[number // 10 % 10]}", f"Lernhof{number:03d}x GmbH"
    more = {"format": "onsite", "town": "Marl", "price": "500.00"}
    left = offer(f"a:{number}", title, provider, starts=("2027-01-11",), **more)
    right = offer(f"b:{number}", title, provider, starts=("2027-06-07",), **(more | {"price": "900.00"}))
    return left, right


def judge(home: Home, left: Offer, right: Offer, verdict: str, at: str = "2026-11-22") -> None:
    journal.append(
        home.journal,
        {
            "at": at, "user": "s", "kind": "judge", "left": left.offer_id, "right": right.offer_id, "verdict": verdict,
            "left_hash": left.match_hash, "right_hash": right.match_hash,
        },
    )  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, "standin")


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    """A labelled file that every sensible model gets right."""
    rows = [
        {"source": source, "ref": str(number), "title": title, "provider": "Lernhaus Ruhr", "label": title}
        for source in ("x", "y")
        for number, title in enumerate(("Statik im Holzbau", "Töpfern", "Akustik von Räumen"))
    ]
    path = tmp_path / "labelled.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_without_judgements_there_is_nothing_to_learn(home: Home, truth: Path) -> None:
    snapshot(home, [one for number in range(5) for one in doubtful(number)])
    with pytest.raises(Refused, match="nichts zu lernen"):
        train_home(home, limit=0.02, labelled=truth, now=NOW)
    assert home.model is None


def test_without_a_night_it_is_refused(home: Home, truth: Path) -> None:
    with pytest.raises(Refused, match="keine Nacht"):
        train_home(home, limit=0.02, labelled=truth, now=NOW)


def test_consistent_judgements_move_the_weight_they_contradict_and_shorten_the_queue(home: Home, truth: Path) -> None:
    pairs = [doubtful(number) for number in range(300)]
    snapshot(home, [one for pair in pairs for one in pair])
    before = load_model()
    known = [Known(one, NIGHT, "active") for pair in pairs for one in pair]
    asked = len(resolve_offers(known, Decisions(), before).asked)
    assert asked >= 290  # the machine cannot decide these
    for left, right in pairs[:200]:
        judge(home, left, right, "same")
    found = train_home(home, limit=1.0, labelled=truth, now=NOW)
    assert found.refused == ()
    after = load_model(home.model)
    assert after.version == f"{before.version}+20261123T000000Z"
    assert after.weights["price"]["different"] > before.weights["price"]["different"] + 0.2
    assert after.weights["price"]["missing"] == 0.0
    assert found.queue["after"] < found.queue["before"] - 50  # the hundred that nobody judged
    assert found.judgements.counts()["used"] == 200


def test_training_again_on_the_same_journal_gives_the_same_weights(home: Home, truth: Path) -> None:
    pairs = [doubtful(number) for number in range(60)]
    snapshot(home, [one for pair in pairs for one in pair])
    for left, right in pairs:
        judge(home, left, right, "same")
    train_home(home, limit=1.0, labelled=truth, now=NOW)
    first = load_model(home.model)
    train_home(home, limit=1.0, labelled=truth, now=NOW)
    assert replace(load_model(home.model), version="") == replace(first, version="")


def test_a_model_that_would_change_too_many_ids_is_refused_and_the_old_one_stays(home: Home, truth: Path) -> None:
    pairs = [doubtful(number) for number in range(300)]
    snapshot(home, [one for pair in pairs for one in pair])
    for left, right in pairs[:200]:
        judge(home, left, right, "same")
    found = train_home(home, limit=0.02, labelled=truth, now=NOW)
    assert any("Kurs-ID" in reason for reason in found.refused)
    assert home.model is None


def test_a_poisoned_journal_is_refused(home: Home) -> None:
    """Somebody calls everything that is plainly the same different: measured on our own labelled set."""
    pairs = []
    for number in range(200):
        left, _ = doubtful(number)
        twin = left.model_copy(update={"offer_id": f"b:{number}", "source": "b", "ref": str(number)})
        pairs.append((left, twin))
    snapshot(home, [one for pair in pairs for one in pair])
    for left, right in pairs:
        judge(home, left, right, "different")
    found = train_home(home, limit=1.0, labelled=None, now=NOW)
    assert any("Satz" in reason or "verlässlich" in reason for reason in found.refused)
    assert home.model is None


def test_what_cannot_teach_is_left_out_and_counted() -> None:
    left, right = doubtful(1)
    other_left, other_right = doubtful(2)
    english, later = offer("a:9", "Englisch A1"), offer("b:9", "Englisch A2")
    known = [Known(one, NIGHT, "active") for one in (left, right, other_left, other_right, english, later)]
    events = [
        {"id": "1", "kind": "judge", "at": "1", "left": "a:1", "right": "b:1", "verdict": "unsure"},
        {"id": "2", "kind": "judge", "at": "1", "left": "a:2", "right": "b:2", "verdict": "same", "left_hash": "older"},
        {"id": "3", "kind": "judge", "at": "1", "left": "a:1", "right": "z:1", "verdict": "same"},
        {"id": "4", "kind": "judge", "at": "1", "left": "a:9", "right": "b:9", "verdict": "same"},
    ]
    counts = judged_pairs(known, journal.decide(events)).counts()
    assert (counts["used"], counts["unsure"], counts["changed"], counts["gone"], counts["conflicting"]) == (
        0,
        1,
        1,
        1,
        1,
    )
