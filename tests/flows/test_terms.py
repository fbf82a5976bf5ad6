"""What a publication must obey, by profile and by what the source files say or said."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from traces import traces

from dedupe import identity, journal
from dedupe.resolver import course_id
from exports.model import SourceStatus
from flows.home import Home, Profile
from flows.outcome import Published
from flows.refresh import publish_version, refresh
from flows.terms import rights_of
from normalize.model import Offer, Scope
from warehouse.load import SourceLoad

RUN = "20261122T003000Z"
CANARY = "Kanarienvogelgesang"
SOURCE = """
key = "haus"
name = "Haus der Bildung"
kind = "provider"
platform = "json_ld"
homepage = "https://haus.example.org"
start = ["/kurse"]
ref = "auto"

[scope]
region = "Bottrop"
counts = "alles"

[permission]
crawl = "none"
republish = "{republish}"
licence = "CC BY 4.0"
"""


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "sources"
    for place in (folder, folder / "captures", folder / "standin"):
        place.mkdir()
    monkeypatch.setenv("BILDUNGSRAUM_SOURCES", str(folder))
    return folder


def write(folder: Path, republish: str) -> None:
    (folder / "haus.toml").write_text(SOURCE.format(republish=republish), encoding="utf-8")


def load(folder: Path) -> SourceLoad:
    """Two courses of the house, one of them under a title that tells all."""
    scope = Scope(vocational="yes", regional="in", reason="Bottrop")
    titles = {"1": "Schweißen", "2": "Löten"}
    offers = [
        Offer(
            offer_id=f"haus:{ref}", source="haus", source_kind="provider", ref=ref, title=title, scope=scope,
            url=f"https://haus.example.org/{ref}", description=f"<p>{CANARY} {ref}</p>",
            content_hash=ref, match_hash=ref,
        )
        for ref, title in titles.items()
    ]  # fmt: skip
    (folder / "offers.jsonl").write_text("".join(one.model_dump_json() + "\n" for one in offers), encoding="utf-8")
    (folder / "listings.jsonl").write_text("", encoding="utf-8")
    return SourceLoad("haus", folder / "listings.jsonl", folder / "offers.jsonl")


@pytest.mark.parametrize("stated", ["full", "facts_only", "none"])
def test_a_live_night_obeys_the_source_file(sources: Path, tmp_path: Path, stated: str) -> None:
    write(sources, stated)
    terms = rights_of(Home(tmp_path / "home", "live")).terms["haus"]
    assert terms.republish == stated
    assert (terms.name, terms.licence, terms.url) == ("Haus der Bildung", "CC BY 4.0", "https://haus.example.org")


@pytest.mark.parametrize(
    ("profile", "folder", "shown"), [("standin", "standin", "full"), ("captures", "captures", "facts_only")]
)
def test_other_profiles_have_rules_of_their_own(
    sources: Path, tmp_path: Path, profile: Profile, folder: str, shown: str
) -> None:
    write(sources / folder, "none")
    assert rights_of(Home(tmp_path / "home", profile)).terms["haus"].republish == shown


def test_a_source_file_that_cannot_be_read_leaves_what_it_said_last(sources: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home", "live")
    assert rights_of(home).terms == {}
    write(sources, "none")
    assert rights_of(home).terms["haus"].republish == "none"
    (sources / "haus.toml").write_text("key = broken", encoding="utf-8")
    assert rights_of(home).terms["haus"].republish == "none"
    (sources / "haus.toml").unlink()
    assert rights_of(home).terms["haus"].republish == "none"
    write(sources, "facts_only")
    assert rights_of(home).terms["haus"].republish == "facts_only"


def test_the_courses_of_what_was_taken_down_are_known_by_every_offer_ever_seen(sources: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home", "live")
    home.own()
    identity.sync(
        home.identity, [identity.Identity(name, "20261122T003000Z") for name in ("haus:1", "haus:2", "amt:1")]
    )
    assert rights_of(home).taken_down == frozenset()
    journal.append(home.journal, {"kind": "takedown", "source": "haus", "reason": "x", "at": "2026", "user": "eva"})
    assert rights_of(home).taken_down == {course_id("haus:1"), course_id("haus:2")}


@pytest.mark.parametrize("stated", ["full", "facts_only", "none"])
def test_what_a_night_publishes_is_what_the_source_file_permits(sources: Path, tmp_path: Path, stated: str) -> None:
    """From the offers to the files: loaded and shown to stewards is everything, published what may be."""
    write(sources, stated)
    home, now = Home(tmp_path / "home", "live"), datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
    home.own()
    done = refresh(home, RUN, now, [load(tmp_path)], lambda _: ())
    assert CANARY in (done.snapshot / "offers.jsonl").read_text(encoding="utf-8")
    status = SourceStatus("haus", "Haus der Bildung", "fresh")
    published = publish_version(home, RUN, now, done.snapshot, [status], keep=30, accept="erste Nacht")
    assert isinstance(published, Published)
    version = home.exports / published.version
    assert bool(traces(version, CANARY)) == (stated == "full")
    assert bool(traces(version, "https://haus.example.org/1")) == (stated != "none")
    assert published.counts == {
        "courses": 0 if stated == "none" else 2,
        "instances": 0,
        "left_out": 2 if stated == "none" else 0,
    }
