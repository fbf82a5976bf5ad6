"""The version protocol: deltas that suffice, ids that always lead somewhere, rollback, retention."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.publish import UnknownVersion, diff, rollback, unpin, verify
from normalize.model import Scope


def test_three_nights_and_a_merge_by_decision(portal: Any, consumer: Any, course: Any) -> None:
    portal.night(0, course("ca"), course("cb", "mn:b"), course("cc"))
    consumer.follow()
    assert portal.delta() == {"ca": "added", "cb": "added", "cc": "added"}

    portal.night(1, course("ca", title="Neuer Titel"), course("cb", "mn:b"), course("cd"))
    assert portal.read("delta.jsonl") == [
        {"change": "changed", "course_id": "ca", "fields": ["title"]},
        {"change": "withdrawn", "course_id": "cc"},
        {"change": "added", "course_id": "cd"},
    ]
    assert portal.ids() == {"ca": "course", "cb": "course", "cc": "tombstone", "cd": "course"}
    consumer.follow()
    assert consumer.holds_the_published_version()

    # A steward says: hbz:a and mn:b are the same course.
    portal.night(2, course("ca", "hbz:a", "mn:b", title="Neuer Titel"), course("cd"))
    assert portal.read("delta.jsonl") == [
        {"change": "changed", "course_id": "ca", "fields": ["members", "sources"]},
        {"change": "merged", "course_id": "cb", "into": "ca"},
    ]
    assert portal.ids() == {"ca": "course", "cb": "ca", "cc": "tombstone", "cd": "course"}
    consumer.follow()
    assert consumer.holds_the_published_version()

    # And takes it back.
    portal.night(3, course("ca", title="Neuer Titel"), course("cb", "mn:b"), course("cd"))
    assert portal.read("delta.jsonl") == [
        {"change": "changed", "course_id": "ca", "fields": ["members", "sources"]},
        {"change": "split", "course_id": "cb", "from": "ca"},
    ]
    assert portal.ids()["cb"] == "course"
    consumer.follow()
    assert consumer.holds_the_published_version()
    assert verify(portal.config) == []


def test_a_quiet_night_has_an_empty_delta_and_the_same_bytes_whenever_it_was_fetched(portal: Any, course: Any) -> None:
    portal.night(0, course("ca", fetched_at="2026-11-22T00:10:00Z"))
    portal.night(1, course("ca", fetched_at="2026-11-23T00:10:00Z"))
    assert portal.read("delta.jsonl") == []
    assert portal.read("courses.jsonl", "20261122T013000Z") == portal.read("courses.jsonl")
    portal.night(2, course("ca", fetched_at="2026-11-24T00:10:00Z", title="Neu"))
    (record,) = portal.read("courses.jsonl")
    assert record["provenance"]["title"]["fetched_at"] == "2026-11-24T00:10:00Z"


def test_time_passing_and_a_source_held_are_changes(portal: Any, course: Any, run: Any) -> None:
    runs = (run("2026-11-23", "2026-11-23"),)
    portal.night(0, course("ca", instances=runs))
    portal.sources = []
    portal.night(1, course("ca", instances=runs))
    assert portal.read("delta.jsonl") == [{"change": "changed", "course_id": "ca", "fields": ["sources"]}]
    portal.night(2, course("ca", instances=runs))
    fields = ["instances", "next_start", "status"]
    assert portal.read("delta.jsonl") == [{"change": "changed", "course_id": "ca", "fields": fields}]
    assert portal.read("courses.jsonl")[0]["status"] == "past"


def test_redirects_never_chain_and_end_in_a_tombstone_when_their_course_goes(portal: Any, course: Any) -> None:
    other = course("cz")
    portal.night(0, course("ca"), course("cb"), course("cc"), other)
    portal.night(1, course("ca"), course("cb", "hbz:b", "hbz:c"), other)
    assert portal.ids()["cc"] == "cb"
    portal.night(2, course("ca", "hbz:a", "hbz:b", "hbz:c", title="Letzter"), other)
    assert portal.read("redirects.jsonl") == [{"course_id": "cb", "into": "ca"}, {"course_id": "cc", "into": "ca"}]
    everyone = ("hbz:a", "hbz:b", "hbz:c")
    portal.night(3, course("ca", *everyone, gone=everyone), other)
    assert portal.read("redirects.jsonl") == []
    stones = [
        {"course_id": course_id, "since": "2026-11-25T01:30:00Z", "reason": "withdrawn", "title": "Letzter"}
        for course_id in ("ca", "cb", "cc")
    ]
    assert portal.read("tombstones.jsonl") == stones
    portal.night(4, other)  # known to nobody any more
    assert portal.read("tombstones.jsonl") == stones
    portal.night(5, course("ca", *everyone), other)
    assert portal.ids() == {"ca": "course", "cb": "ca", "cc": "ca", "cz": "course"}
    assert portal.delta() == {"ca": "added"}


def test_an_id_that_was_never_published_needs_no_redirect(portal: Any, course: Any) -> None:
    portal.night(0, course("ca", "hbz:a", "mn:b"))
    assert portal.ids() == {"ca": "course"}


def test_an_id_that_leaves_the_scope_says_so(portal: Any, course: Any) -> None:
    portal.night(0, course("ca"), course("cb"))
    portal.night(1, course("ca"), course("cb", scope=Scope(vocational="yes", regional="out")))
    assert portal.read("tombstones.jsonl")[0]["reason"] == "out_of_region"


def test_only_the_last_versions_are_kept_and_no_id_is_forgotten(portal: Any, course: Any) -> None:
    portal.night(0, course("ca"), course("cold"), keep=3)
    for night in range(1, 6):
        portal.night(night, course("ca"), keep=3)
    listing = portal.read("versions.json", ".")
    kept = ["20261127T013000Z", "20261126T013000Z", "20261125T013000Z"]
    assert [version["version"] for version in listing["versions"]] == kept
    assert sorted(path.name for path in portal.config.root.glob("2026*")) == sorted(kept)
    assert listing["current"] == kept[0]
    assert portal.ids() == {"ca": "course", "cold": "tombstone"}
    assert verify(portal.config) == []


def test_two_versions_of_one_second_have_two_names(portal: Any, course: Any) -> None:
    names = [portal.night(0, course("ca", title=title)).version for title in ("eins", "zwei", "drei")]
    assert names == ["20261122T013000Z", "20261122T013000Z-2", "20261122T013000Z-3"]
    assert portal.read("index.json")["previous"] == names[1]


def test_a_clock_that_runs_backwards_never_uses_a_name_again(portal: Any, course: Any) -> None:
    nights = (5, 3, 6, 5, 4)
    names = [
        portal.night(night, course("ca", title=str(number)), keep=1).version for number, night in enumerate(nights)
    ]
    five, six = "20261127T013000Z", "20261128T013000Z"
    assert names == [five, f"{five}-2", six, f"{six}-2", f"{six}-3"]
    assert portal.read("index.json")["created_at"] == "2026-11-26T01:30:00Z"
    assert verify(portal.config) == []


def test_a_chain_that_bites_its_tail_is_reported(portal: Any, course: Any) -> None:
    one = portal.night(0, course("ca"))
    two = portal.night(1, course("ca"))
    index = portal.read("index.json", one.version) | {"previous": two.version}
    (one.path / "index.json").write_text(json.dumps(index))
    assert "nennt sich selbst als Vorgänger" in verify(portal.config)[0]


def test_rollback_publishes_the_old_content_anew_and_pins_it(portal: Any, consumer: Any, course: Any) -> None:
    good = portal.night(0, course("ca"), course("cb", "mn:b"), course("cc"))
    portal.night(1, course("ca", "hbz:a", "mn:b"), course("cnew"), course("cd"))
    consumer.follow()
    back = rollback(portal.config, good.version, portal.now(2))
    assert back.version == "20261124T013000Z"
    assert portal.read("courses.jsonl") == portal.read("courses.jsonl", good.version)
    assert portal.read("index.json")["pinned_from"] == good.version
    assert portal.read("index.json")["previous"] == "20261123T013000Z"
    assert portal.delta() == {"ca": "changed", "cb": "split", "cc": "added", "cd": "withdrawn", "cnew": "withdrawn"}
    assert portal.ids()["cnew"] == "tombstone"
    assert portal.read("versions.json", ".")["pinned_from"] == good.version

    ignored = portal.night(3, course("ca", title="Nicht jetzt"), course("cb", "mn:b"))
    assert (ignored.live, ignored.version) == (False, back.version)
    assert ignored.reason is not None
    assert good.version in ignored.reason
    assert (portal.config.root / "current").resolve().name == back.version

    assert unpin(portal.config)
    assert not unpin(portal.config)
    assert portal.read("versions.json", ".")["pinned_from"] is None
    assert portal.night(4, course("ca", title="Jetzt"), course("cb", "mn:b")).live
    consumer.follow()
    assert consumer.holds_the_published_version()
    assert set(portal.ids()) == {"ca", "cb", "cc", "cd", "cnew"}
    assert verify(portal.config) == []


def test_rollback_before_a_split_leads_the_part_back_to_its_course(portal: Any, consumer: Any, course: Any) -> None:
    merged = portal.night(0, course("ca", "hbz:a", "mn:b"))
    portal.night(1, course("ca"), course("cb", "mn:b"))
    consumer.follow()
    rollback(portal.config, merged.version, portal.now(2))
    assert portal.ids() == {"ca": "course", "cb": "ca"}
    assert portal.delta() == {"ca": "changed", "cb": "merged"}
    consumer.follow()
    assert consumer.holds_the_published_version()


def test_the_version_a_rollback_shows_is_kept_while_pinned(portal: Any, course: Any) -> None:
    old = portal.night(0, course("ca"))
    for night in (1, 2):
        portal.night(night, course("ca", title=str(night)))
    portal.config = type(portal.config)(portal.config.root, "test", keep=1)
    rollback(portal.config, old.version, portal.now(3))
    assert sorted(path.name for path in portal.config.root.glob("2026*")) == [old.version, "20261125T013000Z"]
    assert verify(portal.config) == []


def test_an_unknown_version_is_refused_and_named(portal: Any, course: Any) -> None:
    portal.night(0, course("ca"))
    with pytest.raises(UnknownVersion, match="vorhanden sind: 20261122T013000Z"):
        rollback(portal.config, "20200101T000000Z", portal.now(1))
    with pytest.raises(UnknownVersion):
        diff(portal.config, "20261122T013000Z", "../../etc")


def test_diff_works_in_both_directions(portal: Any, course: Any) -> None:
    one = portal.night(0, course("ca"), course("cb")).version
    portal.night(1, course("ca", title="Neu"), course("cb"))
    two = portal.night(2, course("ca", "hbz:a", "hbz:b", title="Neu")).version
    there = diff(portal.config, one, two)
    assert there["counts"] == {"added": 0, "changed": 1, "withdrawn": 0, "merged": 1, "split": 0}
    assert there["changes"][0]["fields"] == ["members", "title"]
    assert {line["change"] for line in diff(portal.config, two, one)["changes"]} == {"changed", "split"}
    assert diff(portal.config, one, one)["changes"] == []


OFFERS = ["hbz:a", "hbz:b", "mn:c", "mn:d", "mn:e"]
# A night: for each offer the number of its cluster and its state.
NIGHT = st.tuples(
    *(st.tuples(st.integers(0, 2), st.sampled_from(["active", "active", "withdrawn", "absent"])) for _ in OFFERS)
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NIGHT, min_size=2, max_size=6), st.integers(0, 5))
def test_whatever_happens_deltas_suffice_and_no_id_gets_lost(
    portal: Any, consumer: Any, course: Any, tmp_path_factory: pytest.TempPathFactory, nights: Any, back: int
) -> None:
    root = tmp_path_factory.mktemp("season")
    portal.config = type(portal.config)(root, "test", min_share=0.0)
    consumer.root, consumer.held, consumer.version = root, {}, None
    ever: set[str] = set()
    versions: list[str] = []
    for number, night in enumerate(nights):
        clusters: dict[int, list[str]] = {}
        for offer, (cluster, state) in zip(OFFERS, night, strict=True):
            if state != "absent":
                clusters.setdefault(cluster, []).append(offer)
        gone = tuple(offer for offer, (_, state) in zip(OFFERS, night, strict=True) if state == "withdrawn")
        courses = [course("c" + offers[0].split(":")[1], *offers, gone=gone) for offers in clusters.values()]
        versions.append(portal.night(number, course("cz"), *courses).version)
        if number == back:
            rollback(portal.config, versions[number // 2], portal.now(number))
            unpin(portal.config)
        consumer.follow()
        assert consumer.holds_the_published_version()
        ids = portal.ids()
        ever |= ids.keys()
        assert ids.keys() == ever
        assert all(target in ("course", "tombstone") or ids[target] == "course" for target in ids.values())
    assert verify(portal.config) == []
