"""What a source does not permit is in no published file, however it is packed; what it permits is named with it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from traces import traces

from dedupe.golden import Known, build_course
from exports.publish import AuditFailed
from exports.purge import purge_older
from exports.record import published
from exports.rights import LABEL, TAKEN_DOWN, Rights, Terms, breaches, facts
from normalize.model import (
    Course,
    Duration,
    FundingEvidence,
    Instance,
    Offer,
    Place,
    Price,
    Provider,
    Scope,
)

CANARY = "Kanarienvogelgesang"
PROSE = f"<p>Ein {CANARY}, den jemand mit Mühe und Liebe für eigene Seiten geschrieben hat, nicht für unsere.</p>"
TERMS = {
    "haus": Terms("Haus der Bildung", "full", "CC BY 4.0", "https://haus.example.org"),
    "werk": Terms("Bildungswerk", "facts_only", None, "https://werk.example.org"),
    "stumm": Terms("Stumme Schule", "none"),
}


def make_offer(source: str, ref: str = "1", **fields: Any) -> Offer:
    defaults: dict[str, Any] = {
        "title": "Schweißen",
        "url": f"https://{source}.example.org/{ref}",
        "provider": Provider(key=source, name=source.title()),
        "scope": Scope(vocational="yes", regional="in", reason="Bottrop"),
    }
    return Offer(offer_id=f"{source}:{ref}", source=source, source_kind="provider", ref=ref, **(defaults | fields))


def wordy(source: str, ref: str = "1") -> Offer:
    """An offer with prose wherever prose can stand."""
    return make_offer(
        source,
        ref,
        description=PROSE,
        subtitle=PROSE,
        certificate=PROSE,
        requirements=PROSE,
        target_group=PROSE,
        keywords=(PROSE, "MAG"),
        funding=("bildungsgutschein",),
        funding_evidence=(FundingEvidence(funding="bildungsgutschein", text=f"förderbar, sagt der {CANARY}"),),
        price=Price(kind="fixed", amount="90.00", text=PROSE),
        duration=Duration(days=3, text=PROSE),
        instances=(
            Instance(
                instance_id=f"{source}:{ref}#1",
                start="2027-01-11",
                end="2027-01-13",
                precision="day",
                place=Place(city="Bottrop"),
                price=Price(kind="fixed", amount="80.00", text=PROSE),
                duration=Duration(days=3, text=PROSE),
            ),
        ),
    )


def merged(rights: Rights, *offers: Offer) -> Course | None:
    """The course of these offers as a night builds it; None if none may be shown."""
    shown = [offer for offer in map(rights.permitted, offers) if offer is not None]
    return build_course("ca", [Known(offer, "20261122", "active") for offer in shown]) if shown else None


def test_facts_are_what_nobody_had_to_write() -> None:
    bare = facts(wordy("werk"))
    assert CANARY not in bare.model_dump_json()
    assert (bare.title, bare.url, bare.price.amount, bare.duration.days) == (
        "Schweißen",
        "https://werk.example.org/1",
        "90.00",
        3,
    )
    assert bare.keywords == ("MAG",)
    assert bare.funding == ("bildungsgutschein",)
    [run] = bare.instances
    assert (run.start, run.place.city, run.price and run.price.amount) == ("2027-01-11", "Bottrop", "80.00")
    assert facts(bare) == bare


@pytest.mark.parametrize(("length", "stays"), [(LABEL, True), (LABEL + 1, False)])
def test_a_short_label_is_a_fact(length: int, stays: bool) -> None:
    bare = facts(make_offer("werk", certificate="x" * length))
    assert (bare.certificate is not None) is stays


def test_the_member_that_may_show_its_description_does() -> None:
    """Even if by all other rules the other one would win."""
    full = make_offer("haus", description="<p>Kurz.</p>", fetched_at="2026-01-01T00:00:00Z")
    wins_else = wordy("werk").model_copy(update={"fetched_at": "2026-11-01T00:00:00Z"})
    course = merged(Rights(TERMS), full, wins_else)
    assert course is not None
    assert course.description == "<p>Kurz.</p>"
    assert course.provenance["description"].offer_id == "haus:1"
    assert CANARY not in course.model_dump_json()


def test_a_source_that_permits_nothing_has_no_part_in_a_course() -> None:
    rights = Rights(TERMS)
    assert merged(rights, wordy("stumm"), wordy("unbekannt")) is None
    course = merged(rights, wordy("stumm"), make_offer("haus"))
    assert course is not None
    assert "stumm" not in course.model_dump_json()


def test_no_byte_of_a_text_that_is_not_ours_is_in_any_published_file(portal: Any) -> None:
    rights = Rights(TERMS)
    silent = wordy("stumm", "2").model_copy(update={"title": f"{CANARY} lernen"})
    assert merged(rights, silent) is None
    course = merged(rights, wordy("werk"), wordy("stumm"))
    assert course is not None
    published = portal.night(1, course, rights=rights)
    assert traces(published.path, CANARY) == []
    assert traces(published.path, "stumm") == []
    # and the test would find it
    whole = Rights({key: Terms(key, "full") for key in TERMS})
    open_one = merged(whole, wordy("werk"))
    assert open_one is not None
    found = traces(portal.night(2, open_one, rights=whole).path, CANARY)
    assert {"courses.jsonl", "courses.csv", "courses.parquet"} <= set(found)


def test_every_course_names_its_sources_and_their_licences(portal: Any) -> None:
    course = merged(Rights(TERMS), make_offer("haus"), make_offer("werk"), make_offer("stumm"))
    portal.night(1, course, rights=Rights(TERMS))
    [record] = portal.read("courses.jsonl")
    told = [{k: v for k, v in s.items() if k not in ("fetched_at", "status")} for s in record["sources"]]
    assert told == [
        {"source": "haus", "name": "Haus der Bildung", "republish": "full", "licence": "CC BY 4.0",
         "url": "https://haus.example.org"},
        {"source": "werk", "name": "Bildungswerk", "republish": "facts_only", "licence": None,
         "url": "https://werk.example.org"},
    ]  # fmt: skip


def test_the_audit_stops_a_text_that_slipped_through(portal: Any) -> None:
    course = build_course("ca", [Known(wordy("werk"), "20261122", "active")])  # nobody asked for permission
    with pytest.raises(AuditFailed, match="description stammt aus der Quelle werk, die nur Tatsachen zeigen lässt"):
        portal.night(1, course, rights=Rights(TERMS))


def test_the_words_of_a_steward_are_nobody_elses() -> None:
    override = {"werk:1": {"description": {"value": "<p>Unsere Worte.</p>", "at": "2026-11-22", "id": "1"}}}
    course = build_course("ca", [Known(facts(wordy("werk")), "20261122", "active")], override)
    assert course.description == "<p>Unsere Worte.</p>"
    assert list(breaches(published(course, date(2026, 11, 22), (), Rights(TERMS)))) == []


def test_why_an_id_is_withheld() -> None:
    clusters = [
        {"offer_id": "stumm:1", "course_id": "ca", "own_id": "ca"},
        {"offer_id": "stumm:2", "course_id": "cb", "own_id": "cc"},
        {"offer_id": "werk:2", "course_id": "cb", "own_id": "cb"},
        {"offer_id": "nie-gehoert:1", "course_id": "cd", "own_id": "cd"},
    ]
    rights = Rights(TERMS, frozenset({"ce"}))
    assert rights.withheld(lambda: clusters) == {"ca": "not_permitted", "cd": "not_permitted", "ce": "takedown"}


def test_what_was_taken_down_leaves_a_stone_without_a_name(portal: Any, course: Any, run: Any) -> None:
    runs = (run("2027-01-11", "2027-01-13", instance_id="hbz:a#1"),)
    portal.night(1, course("ca", title=CANARY, instances=runs), course("cb"), course("cc"))
    portal.night(2, course("cb"), course("cc", title=CANARY))  # no longer offered: that may be told
    assert portal.read("tombstones.jsonl")[0]["title"] == CANARY
    rights = Rights(TERMS, frozenset({"ca", "cc"}))
    portal.accept = TAKEN_DOWN
    published = portal.night(3, course("cb"), rights=rights)
    assert portal.ids() == {"ca": "tombstone", "cb": "course", "cc": "tombstone"}
    stones = {line["course_id"]: (line["reason"], line["title"]) for line in portal.read("tombstones.jsonl")}
    assert stones == {"ca": ("takedown", None), "cc": ("takedown", None)}
    assert traces(published.path, CANARY) == []  # nor in a calendar that tells of a run that is off
    assert "SUMMARY:Entfällt" in (published.path / "calendars" / "provider" / "hbz.ics").read_text(encoding="utf-8")
    later = portal.night(4, course("cb"), course("cd"), rights=rights)
    assert traces(later.path, CANARY) == []


def test_a_source_that_permits_nothing_any_more_is_not_even_remembered(portal: Any) -> None:
    both = [merged(Rights(TERMS), wordy("haus")), build_course("cb", [Known(wordy("werk"), "20261122", "active")])]
    loud = Rights(TERMS | {"werk": Terms("Bildungswerk", "full")})
    before = portal.night(1, *both, rights=loud)
    assert "courses.jsonl" in traces(before.path, "werk.example.org")
    silent = Rights(TERMS | {"werk": Terms("Bildungswerk", "none")})
    portal.accept = "das Bildungswerk hat es sich anders überlegt"
    after = portal.night(2, both[0], rights=silent)
    assert traces(after.path, "werk.example.org") == []
    assert traces(after.path, "schweissen-cb") == []  # nor in the calendar, which says that a run is off
    assert portal.ids() == {"ca": "course", "cb": "tombstone"}


def test_a_course_whose_senior_offer_was_taken_down_is_found_under_its_old_id(portal: Any, course: Any) -> None:
    portal.night(1, course("ca", "hbz:a", "hbz:b"), course("cz"))
    portal.night(2, course("cb", "hbz:b"), course("cz"), rights=Rights(TERMS, frozenset({"ca"})))
    assert portal.ids() == {"ca": "cb", "cb": "course", "cz": "course"}
    assert portal.delta() == {"ca": "merged", "cb": "added"}
    portal.night(3, course("cb", "hbz:b"), course("cz"), rights=Rights(TERMS, frozenset({"ca"})))
    assert portal.ids()["ca"] == "cb"


def test_everything_may_be_taken_down(portal: Any, course: Any) -> None:
    portal.night(1, course("ca"))
    with pytest.raises(AuditFailed, match="kein einziger Kurs"):
        portal.night(2)
    portal.accept = TAKEN_DOWN
    assert portal.night(3, rights=Rights(TERMS, frozenset({"ca"}))).live
    assert portal.ids() == {"ca": "tombstone"}


def test_older_versions_are_removed_and_stay_named(portal: Any, course: Any) -> None:
    names = [portal.night(number, course("ca", title=f"Kurs {number}")).version for number in (1, 2, 3)]
    assert set(purge_older(portal.config, TAKEN_DOWN)) == set(names[:2])
    kept = {path.name for path in Path(portal.config.root).iterdir() if path.is_dir() and not path.is_symlink()}
    assert kept == {names[2]}
    listed = json.loads((portal.config.root / "versions.json").read_bytes())
    assert listed["current"] == names[2]
    assert [entry["version"] for entry in listed["versions"]] == [names[2]]
    assert {(entry["version"], entry["reason"]) for entry in listed["removed"]} == {(n, "takedown") for n in names[:2]}
    portal.night(4, course("ca", title="Kurs 4"))
    assert len(json.loads((portal.config.root / "versions.json").read_bytes())["removed"]) == 2
    assert portal.delta() == {"ca": "changed"}
