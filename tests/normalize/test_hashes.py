"""The two fingerprints: each field of an offer either moves them or, as the contract says, does not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.hashes import content_hash, match_hash
from normalize.model import Instance, Offer

BASE: dict[str, Any] = {
    "offer_id": "s:1",
    "source": "s",
    "source_kind": "provider",
    "ref": "1",
    "title": "Schweißen MAG",
    "provider": {"key": "slv", "name": "SLV"},
    "description": "<p>Übungen</p>",
    "instances": [{"instance_id": "s:1#a", "ref": "a", "start": "2027-03-01"}],
}
# Another value for every field of an offer; a new field needs a line here, and a decision.
CHANGED: dict[str, Any] = {
    "offer_id": "s:2",
    "source": "t",
    "source_kind": "upload",
    "ref": "2",
    "url": "https://example.org",
    "fetched_at": "2026-11-23T01:30:00Z",
    "provider": {"key": "dekra", "name": "DEKRA"},
    "course_number": "A-1",
    "title": "Schweißen WIG",
    "title_raw": "SCHWEISSEN MAG",
    "subtitle": "für Umsteiger",
    "description": "<p>Andere Übungen</p>",
    "level": "beginner",
    "parts": [1],
    "topics": ["metall"],
    "format": "online",
    "schedule": "evening",
    "duration": {"hours": 3},
    "price": {"kind": "free", "amount": "0.00"},
    "funding": ["bildungsgutschein"],
    "funding_evidence": [{"funding": "bildungsgutschein", "text": "mit Bildungsgutschein"}],
    "certificate": "Zeugnis",
    "certificate_kind": "provider",
    "requirements": "keine",
    "prerequisites": ["none"],
    "target_group": "alle",
    "audiences": ["everyone"],
    "languages": ["de"],
    "contact": {"phone": "0209 1"},
    "keywords": ["Metall"],
    "instances": [{"instance_id": "s:1#a", "ref": "a", "start": "2027-03-02"}],
    "scope": {"vocational": "yes"},
    "completeness": 12,
    "missing": ["price"],
    "issues": [{"field": "price", "raw": "x", "reason": "y"}],
    "content_hash": "x",
    "match_hash": "y",
}
NOT_SHOWN = {"fetched_at", "title_raw", "issues", "content_hash", "match_hash"}
SAYS_WHICH_COURSE = {
    "title", "subtitle", "provider", "course_number", "level", "parts", "format", "description",
}  # fmt: skip


def offer(**changes: Any) -> Offer:
    return Offer.model_validate(BASE | changes)


def test_every_field_is_decided() -> None:
    assert set(CHANGED) == set(Offer.model_fields)


@pytest.mark.parametrize("name", sorted(CHANGED))
def test_what_moves_the_content_hash(name: str) -> None:
    moved = content_hash(offer(**{name: CHANGED[name]})) != content_hash(offer())
    assert moved == (name not in NOT_SHOWN)


@pytest.mark.parametrize("name", sorted(CHANGED))
def test_what_moves_the_match_hash(name: str) -> None:
    moved = match_hash(offer(**{name: CHANGED[name]})) != match_hash(offer())
    assert moved == (name in SAYS_WHICH_COURSE)


@pytest.mark.parametrize("name", sorted(set(Instance.model_fields) - {"instance_id"}))
def test_every_field_of_a_run_moves_the_content_hash(name: str) -> None:
    other: dict[str, Any] = {
        "ref": "b", "url": "https://example.org", "start": "2027-03-02", "end": "2027-03-05", "precision": "day",
        "open_start": True, "start_time": "09:00", "end_time": "10:00", "weekdays": ["mo"], "deadline": "2027-02-01",
        "place": {"city": "Marl"}, "availability": {"status": "full"}, "price": {"kind": "on_request"},
        "duration": {"days": 1}, "format": "online", "schedule": "evening", "sessions": [{"date": "2027-03-01"}],
    }  # fmt: skip
    run = BASE["instances"][0] | {name: other[name]}
    assert content_hash(offer(instances=[run])) != content_hash(offer())
    assert match_hash(offer(instances=[run])) == match_hash(offer())


def test_a_minted_run_id_does_not_move_the_content_hash() -> None:
    run = BASE["instances"][0] | {"instance_id": "s:1#minted"}
    assert content_hash(offer(instances=[run])) == content_hash(offer())


@given(st.dictionaries(st.sampled_from(sorted(NOT_SHOWN - {"issues"})), st.text(max_size=20)))
def test_no_value_of_what_is_not_shown_moves_the_content_hash(values: dict[str, str]) -> None:
    assert content_hash(offer(**values)) == content_hash(offer())


@pytest.mark.parametrize(
    "same",
    [
        {"title": "SCHWEISSEN  MAG"},
        {"description": "Übungen"},
        {"description": "<p><strong>Übungen</strong></p>"},
        {"provider": {"key": "slv", "name": "Schweißtechnische Lehranstalt"}},
    ],
)
def test_the_match_hash_ignores_spelling_and_markup(same: dict[str, Any]) -> None:
    assert match_hash(offer(**same)) == match_hash(offer())
