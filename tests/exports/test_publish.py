"""A published version: what it holds, what it leaves out, and that nothing bad goes live."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from exports.publish import AuditFailed, ExportConfig, ExportsBusy, ProfileMismatch, PublishError, SourceStatus, verify
from exports.version import publishing
from normalize.model import Member, Provider, Scope


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_the_index_tells_all_that_a_consumer_needs(portal: Any, course: Any, run: Any) -> None:
    portal.sources = [
        SourceStatus("mn", "mein NOW", "held", "20261120T013000Z", None, "zu wenige Einträge"),
        SourceStatus("hbz", "HBZ", "fresh", "20261122T013000Z", "CC-0"),
    ]
    published = portal.night(
        0,
        course("ca", instances=(run("2027-01-01", "2027-02-01"), run("2026-01-01", "2026-02-01"))),
        course("cb", "hbz:b", "mn:x"),
        course("cc", scope=Scope(vocational="no", regional="in")),
    )
    index = portal.read("index.json")
    files = index.pop("files")
    assert index == {
        "version": "20261122T013000Z",
        "result": "success",
        "profile": "test",
        "base_url": "https://qualiguide.invalid",
        "run_id": "run-0",
        "created_at": "2026-11-22T01:30:00Z",
        "previous": None,
        "pinned_from": None,
        "schema_version": "1.1.0",
        "counts": {
            "courses": 2,
            "instances": 2,
            "by_status": {"unknown": 1, "upcoming": 1},
            "by_source": {"hbz": 2, "mn": 1},
            "left_out": {"not_vocational": 1},
        },
        "fill": {
            "title": 1.0, "description": 0.0, "url": 0.0, "provider": 1.0, "topics": 0.0, "price": 0.0, "start": 0.5,
            "place": 0.0, "teaching_time": 0.0,
        },
        "step": None,
        "accepted": None,
        "delta": {"added": 2, "changed": 0, "withdrawn": 0, "merged": 0, "split": 0},
        "sources": [
            {"source": "hbz", "name": "HBZ", "status": "fresh", "last_good": "20261122T013000Z", "licence": "CC-0",
             "reason": None},
            {"source": "mn", "name": "mein NOW", "status": "held", "last_good": "20261120T013000Z", "licence": None,
             "reason": "zu wenige Einträge"},
        ],
    }  # fmt: skip
    folder = portal.config.root / "20261122T013000Z"
    written = {name for name in tree(folder) if not name.startswith("courses/")}
    assert {file["name"] for file in files} | {"index.json", "index.json.sha256"} == written
    assert set(written) >= {"courses.csv", "kurse.csv", "courses.parquet", "sitemap.xml", "facets.json", "events.jsonl"}
    for name, digest in (line.split()[::-1] for line in (folder / "courses.sha256").read_text().splitlines()):
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    digest = hashlib.sha256((folder / "index.json").read_bytes()).hexdigest()
    assert (folder / "index.json.sha256").read_text() == f"{digest}  index.json\n"
    for file in files:
        content = (folder / file["name"]).read_bytes()
        assert (file["sha256"], file["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
        assert file["rows"] == content.count(b"\n")
    assert published.version == published.path.name == "20261122T013000Z"
    assert published.live
    assert published.counts == {"courses": 2, "instances": 2, "left_out": 1}
    assert published.delta_counts["added"] == 2
    assert (portal.config.root / "current").readlink() == Path("20261122T013000Z")
    assert verify(portal.config) == []


def test_status_and_freshness_are_set_on_publication(portal: Any, course: Any) -> None:
    portal.sources.append(SourceStatus("mn", "mein NOW", "held"))
    portal.night(0, course("ca", "hbz:a", "mn:x", "old:y"))
    (record,) = portal.read("courses.jsonl")
    assert record["status"] == "unknown"
    assert {source["source"]: source["status"] for source in record["sources"]} == {
        "hbz": "fresh",
        "mn": "stale",
        "old": "stale",
    }


def test_scope(portal: Any, course: Any) -> None:
    far, allowed = Provider(key="far", name="Fern"), Provider(key="allowed", name="Bekannt")

    def scope(regional: str, vocational: str = "unknown") -> Scope:
        return Scope(vocational=vocational, regional=regional)  # type: ignore[arg-type]

    courses = [
        course("ca", scope=scope("in")),
        course("cb", scope=scope("near", "yes")),
        course("cc", scope=scope("out", "yes")),
        course("cd", scope=scope("in", "no")),
        course("ce", scope=scope("online")),  # its provider has a course in the region: ca
        course("cf", scope=scope("online"), provider=far),
        course("cg", scope=scope("online"), provider=allowed),
        course("ch", scope=scope("online"), provider=None),
        course("ci", scope=scope("in"), gone=("hbz:i",), provider=far),
    ]
    portal.night(0, *courses, online_providers=frozenset({"allowed"}))
    assert set(portal.ids()) == {"ca", "cb", "ce", "cg"}
    assert portal.read("index.json")["counts"]["left_out"] == {
        "not_vocational": 1,
        "online_from_elsewhere": 2,
        "out_of_region": 1,
        "withdrawn": 1,
    }
    portal.night(1, *courses, apply_scope=False)
    assert portal.read("index.json")["counts"]["left_out"] == {"withdrawn": 1}


@pytest.mark.parametrize("apply_scope", [True, False])
def test_what_a_steward_hides_leaves_a_nameless_tombstone_until_it_is_shown_again(
    portal: Any, course: Any, apply_scope: bool
) -> None:
    stays, hidden = course("ca"), course("cb")
    portal.night(0, stays, hidden)
    portal.night(1, stays, hidden.model_copy(update={"status": "hidden"}), apply_scope=apply_scope)
    assert portal.ids() == {"ca": "course", "cb": "tombstone"}
    (stone,) = portal.read("tombstones.jsonl")
    assert (stone["reason"], stone["title"]) == ("hidden", None)
    portal.night(2, stays, hidden)
    assert portal.ids() == {"ca": "course", "cb": "course"}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, portal: Any, course: Any) -> None:
    courses = [course("ca"), course("cb", "hbz:b", "mn:x", description="Ümlaut \U0001f600 \u2028")]
    portal.night(0, *courses)
    first = tree(portal.config.root)
    portal.config = ExportConfig(tmp_path / "again", "test")
    portal.night(0, *courses)
    assert tree(portal.config.root) == first


def test_every_line_is_valid_under_the_published_schema_which_is_no_laxer_than_the_model(
    portal: Any, course: Any
) -> None:
    portal.night(0, course("ca"))
    schema = portal.read("course.schema.json")
    Draft202012Validator.check_schema(schema)
    check = Draft202012Validator(schema)
    (record,) = portal.read("courses.jsonl")
    assert check.is_valid(record)
    assert schema["properties"]["title"]["type"] == ["string", "null"]
    for wrong in (
        {"status": "bald"},
        {"level": "Z9"},
        {"more": 1},
        {"price": record["price"] | {"amount": "1,50"}},
        {"provider": {"key": 1, "name": "HBZ"}},
        {"sources": [{"source": "hbz", "fetched_at": None, "status": "held"}]},
    ):
        assert not check.is_valid(record | wrong), wrong
    for name in record:
        assert not check.is_valid({key: value for key, value in record.items() if key != name})


def nothing_changed(portal: Any, before: dict[str, bytes]) -> bool:
    after = tree(portal.config.root)
    return {**after, "versions.json": b""} == {**before, "versions.json": b""}


def refused(portal: Any, *courses: Any, **config: Any) -> str:
    """The reason why these courses are not published; the live version must not have moved."""
    before = tree(portal.config.root) if portal.config.root.exists() else {".lock": b""}
    with pytest.raises(AuditFailed) as caught:
        portal.night(1, *courses, **config)
    assert nothing_changed(portal, before)
    attempt = portal.read("versions.json", ".")["last_attempt"]
    assert attempt["result"] == "failure"
    assert attempt["reason"] == str(caught.value)
    return str(caught.value)


def test_an_empty_version_is_refused_also_as_the_first_and_the_next_good_one_goes_live(
    portal: Any, course: Any
) -> None:
    assert "kein einziger Kurs" in refused(portal)
    portal.night(2, course("ca"))
    assert "kein einziger Kurs" in refused(portal)
    portal.night(3, course("ca"))
    assert portal.read("versions.json", ".")["last_attempt"] == {
        "run_id": "run-3", "at": "2026-11-25T01:30:00Z", "result": "success", "reason": None,
    }  # fmt: skip


def test_less_than_half_is_refused_half_is_not(portal: Any, course: Any) -> None:
    portal.night(0, *(course(f"c{letter}") for letter in "abcd"))
    assert "nur 1 Kurse nach 4" in refused(portal, course("ca"))
    portal.night(2, course("ca"), min_share=0.2)
    portal.night(3, course("ca"), course("cb"))
    portal.night(4, course("ca"))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"url": "javascript:alert(1)"}, "url ist keine Webadresse"),
        ({"url": "//hbz.localhost/x"}, "url ist keine Webadresse"),
        ({"url": "https://[broken"}, "url ist keine Webadresse"),
        ({"members": (Member(offer_id="hbz:a", source="hbz", url="ftp://x.y/z"),)}, r"members[0].url"),
        ({"description": '<a href="JavaScript:x()">'}, "Programm ausführt"),
    ],
)
def test_hostile_addresses_are_refused(portal: Any, course: Any, fields: dict[str, Any], reason: str) -> None:
    portal.night(0, course("ca"))
    assert reason in refused(portal, course("ca", **fields))


def test_broken_lines_are_refused_by_name(portal: Any, course: Any) -> None:
    portal.night(0, course("ca"))
    before = tree(portal.config.root)
    good = course("ca").model_dump(mode="json")
    for lines, reason in (
        ([good, good], "Zeile 2: ca ist doppelt"),
        ([good | {"level": "Z9"}], "Zeile 1: level"),
        ([good | {"course_id": "cb"}, good], "unsortiert"),
        ([good | {"duration": {"hours": float("nan")}}], "Zeile 1 ist kein JSON"),
        ([good | {"title": "\ud800"}], "Zeile 1 ist kein JSON"),
    ):
        files = portal.files([])
        files["courses"].write_text("".join(json.dumps(line) + "\n" for line in lines))
        portal.files = lambda _, files=files: files
        with pytest.raises(AuditFailed, match=reason):
            portal.night(1)
        del portal.files
        assert nothing_changed(portal, before)


def test_many_faults_are_told_briefly(portal: Any, course: Any) -> None:
    portal.night(0, course("ca"))
    reason = refused(portal, *(course(f"c{n}", url="mailto:x") for n in range(20)))
    assert "und 15 weitere Fehler in Kursen" in reason


def test_two_cannot_publish_at_once(portal: Any, course: Any) -> None:
    with publishing(portal.config), pytest.raises(ExportsBusy):
        portal.night(0, course("ca"))


def test_profiles_never_mix(portal: Any, course: Any) -> None:
    portal.night(0, course("ca"))
    with pytest.raises(ProfileMismatch):
        portal.night(1, course("ca"), profile="live")


def test_a_damaged_or_lost_version_is_not_built_upon(portal: Any, course: Any) -> None:
    for night in (0, 1):
        portal.night(night, course("ca"))
    file = portal.config.root / "current" / "redirects.jsonl"
    file.write_text('{"course_id": "cz", "into": "ca"}\n')
    assert verify(portal.config) == ["20261123T013000Z: redirects.jsonl ist nicht mehr das, was veröffentlicht wurde"]
    with pytest.raises(PublishError, match="beschädigten Version"):
        portal.night(2, course("ca"))
    file.write_text("")
    assert verify(portal.config) == []
    link = portal.config.root / "current"
    link.unlink()
    for lost in ("current", "versions.json"):
        (portal.config.root / lost).unlink(missing_ok=True)
        with pytest.raises(PublishError, match="führt zu keiner Version"):
            portal.night(2, course("ca"))
    assert len(list(portal.config.root.glob("2026*"))) == 2
