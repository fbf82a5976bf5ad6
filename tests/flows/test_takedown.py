"""What was taken down is nowhere: not online, not in any file of the home, and no night brings it back."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from traces import traces
from typer.testing import CliRunner

from dedupe import identity, journal
from exports.publish import rollback
from flows.again import rebuild_warehouse
from flows.erasure import ERASED, erase, erase_from_reports
from flows.home import Home, Refused, WrongUsage, night_lock
from flows.operate import app
from flows.outcome import IssueKind, NightReport, SourceNight, SourceNote
from flows.refresh import export_config
from flows.report import read_report, write_report
from flows.takedown import take_down
from flows.terms import TakenDown, rights_of, taken_down
from spiders.kept import Bodies, Index, Known
from spiders.tape import Entry, Header, TapeWriter, bodies_of
from tests.flows.season import KEPT, Season

RUN = "20261122T003000Z"
ALLOWED = ("journal.jsonl", "identity.jsonl")  # what was decided, and the bare names


def fragments(listing: dict[str, Any]) -> set[str]:
    """The runs of five plain words in a description: in a page they stand as they stand here."""
    words = (listing["description"] or "").split()
    runs = (" ".join(words[n : n + 5]) for n in range(len(words) - 4))
    return {run for run in runs if len(run) > 25 and run.replace(" ", "").isalpha() and run.isascii()}


def canary(home: Home, source: str) -> tuple[str, str]:
    """A published offer of a source and some words that stand in it alone."""
    paths = [path for path in sorted(home.root.glob("harvest/*/*.jsonl")) if path.name.count(".") == 1]
    read = [json.loads(line) for path in paths for line in path.open(encoding="utf-8")]
    newest = {f"{listing['source']}:{listing['ref']}": listing for listing in read}
    owners: dict[str, set[str]] = defaultdict(set)
    for offer_id, listing in newest.items():
        for run in fragments(listing):
            owners[run].add(offer_id)
    courses = (home.exports / "current" / "courses.jsonl").open(encoding="utf-8")
    shown = {member["offer_id"] for line in courses for member in json.loads(line)["members"]}
    for offer_id in sorted(shown):
        own = sorted(run for run in fragments(newest[offer_id]) if len(owners[run]) == 1)
        if own and newest[offer_id]["source"] == source:
            return offer_id, own[0]
    raise AssertionError(f"no offer of {source} has words of its own")


def traces_left(home: Home, word: str) -> list[str]:
    return [path for path in traces(home.root, word) if path not in ALLOWED]


@pytest.mark.slow
def test_an_offer_that_was_taken_down_leaves_no_trace_and_never_comes_back(tmp_path: Path) -> None:
    season = Season(Home(tmp_path / "home", "standin"), sources=("slv", "mein-now"))
    home = season.home
    first = season.night(1)
    season.night(2)
    season.check()
    offer, word = canary(home, "mein-now")
    held = " ".join(traces_left(home, word))
    for place in (
        "http/mein-now/",
        "mein-now.jsonl",
        "mein-now.offers.jsonl",
        "warehouse.duckdb",
        "review/",
        "exports/",
    ):
        assert place in held, place
    kept = {entry["version"] for entry in json.loads((home.exports / "versions.json").read_bytes())["versions"]}

    season.take_down(offer)
    season.check()
    assert traces_left(home, word) == []
    listed = json.loads((home.exports / "versions.json").read_bytes())
    assert [entry["version"] for entry in listed["versions"]] == [listed["current"]]
    assert {(entry["version"], entry["reason"]) for entry in listed["removed"]} == {(v, "takedown") for v in kept}

    season.night(3)  # the source still publishes it
    season.check()
    assert traces_left(home, word) == []
    listed = json.loads((home.exports / "versions.json").read_bytes())
    assert {entry["version"] for entry in listed["removed"]} == kept  # still said

    season.night(1, replay_of=first.run_id)
    season.check()
    assert traces_left(home, word) == []

    (home.root / "warehouse.duckdb").unlink()
    rebuild_warehouse(home)
    season.publish()
    season.check()
    assert traces_left(home, word) == []
    assert first.run_id in {path.name for path in (home.root / "harvest").iterdir()}


@pytest.mark.slow
def test_a_source_that_was_taken_down_is_skipped_until_that_is_taken_back(tmp_path: Path) -> None:
    season = Season(Home(tmp_path / "home", "standin"), sources=("slv", "mein-now"))
    home = season.home
    season.night(1)
    season.check()
    _, word = canary(home, "mein-now")
    season.take_down("mein-now")
    season.check()
    assert traces_left(home, word) == []
    stones = [json.loads(line) for line in (season.current / "tombstones.jsonl").open(encoding="utf-8")]
    assert stones
    assert {(stone["reason"], stone["title"]) for stone in stones} == {("takedown", None)}
    report = season.night(2)
    season.check()
    assert {page.source: page.state for page in report.sources} == {"slv": "fresh", "mein-now": "skipped"}
    assert report.good
    assert not list(home.harvest(report.run_id).glob("mein-now.*"))
    born = identity.read(home.identity)

    [event] = [e for e in journal.read(home.journal) if e["kind"] == "takedown"]
    undo = {"kind": "undo", "event_id": event["id"], "at": "2999-01-01T00:00:00Z", "user": "eva"}
    journal.append(home.journal, undo)
    season.gone.clear()
    season.night(3)
    season.check()
    back = {stone["course_id"] for stone in stones} & {course["course_id"] for course in season.lines("courses.jsonl")}
    assert back  # under the ids they had
    assert identity.read(home.identity).items() >= born.items()


@pytest.mark.slow
def test_a_takedown_lets_go_of_a_version_held_fast(tmp_path: Path) -> None:
    season = Season(Home(tmp_path / "home", "standin"), sources=("slv", "mein-now"))
    season.night(1)
    season.check()
    offer, word = canary(season.home, "mein-now")
    rollback(export_config(season.home, KEPT), season.current.resolve().name, now=datetime.now(UTC))
    done = take_down(season.home, offer, "auf Verlangen", "eva")
    assert done.unpinned
    assert done.version == (season.home.exports / "current").resolve().name
    assert traces_left(season.home, word) == []


# --- piece by piece ---


def test_the_command_says_what_was_done(home: Home) -> None:
    said = CliRunner().invoke(
        app, ["takedown", "slv", "--reason", "auf Verlangen", "--user", "eva", "--home", str(home.root)]
    )
    assert said.exit_code == 0, said.output
    told = json.loads(said.stdout)
    assert (told["event"]["source"], told["event"]["user"], told["version"]) == ("slv", "eva", None)
    assert "slv ist gesperrt" in said.stderr
    assert journal.read(home.journal) == [told["event"]]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home", "live")
    made.own()
    identity.sync(made.identity, [identity.Identity(f"slv:{ref}", RUN) for ref in ("a1", "b2")])
    return made


def harvested(home: Home) -> Iterator[str]:
    """A harvest of two offers with a list page, two course pages and a workbook; gives the names of the bodies."""
    folder, bodies = home.harvest(RUN), Bodies(home.http / "slv")
    folder.mkdir(parents=True)
    listings = [
        {"source": "slv", "ref": "a1", "url": "http://slv.localhost/kurs/a1", "title": "Schweißen für Anfänger"},
        {"source": "slv", "ref": "b2", "url": "http://slv.localhost/kurs/b2", "title": "Löten"},
    ]
    lines = "".join(json.dumps(line) + "\n" for line in listings)
    (folder / "slv.jsonl").write_text(lines + "no object\n", encoding="utf-8")
    (folder / "slv.offers.jsonl").write_text('{"offer_id": "slv:a1"}\n{"offer_id": "slv:b2"}\n', encoding="utf-8")
    (folder / "slv.log").write_text("Schweißen", encoding="utf-8")
    (folder / "slv.stats.json").write_text('{"listings": 2, "errors": [{"message": "Schweißen"}]}', encoding="utf-8")
    pages = {
        "/liste": "<li>Schwei&szlig;en f&uuml;r <b>Anfänger</b></li>".encode(),
        "/json": b'{"t": "Schwei\\u00dfen f\\u00fcr Anf\\u00e4nger"}',
        "/kurs/a1": b"nothing that one would look for",
        "/kurs/b2": "Löten".encode(),
        "/tabelle": b"PK\x03\x04 packed",
    }
    index = Index(home.http / "slv")
    with TapeWriter(folder / "slv.tape.jsonl", Header("slv")) as tape:
        for path, body in pages.items():
            name, url = bodies.keep(body), f"http://slv.localhost{path}"
            tape.add(Entry("2026-11-22T00:30:00.000Z", url, url, 200, body=name))
            index.put(url, Known(name, None, None, None))
            yield name
    index.close()


def test_of_one_offer_goes_whatever_mentions_it(home: Home) -> None:
    listed, as_json, course, other, table = harvested(home)
    assert erase(home, TakenDown(offers=frozenset({"slv:a1"}))) == 1
    folder = home.harvest(RUN)
    left = (folder / "slv.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["ref"] for line in left[:-1]] == ["b2"]
    assert left[-1] == "no object"
    assert (folder / "slv.offers.jsonl").read_text(encoding="utf-8") == '{"offer_id": "slv:b2"}\n'
    assert not (folder / "slv.log").exists()
    assert json.loads((folder / "slv.stats.json").read_bytes()) == {"listings": 2, "errors": []}
    bodies = Bodies(home.http / "slv")
    assert bodies.path(other).exists()
    assert not any(bodies.path(name).exists() for name in (listed, as_json, course, table))
    assert list(bodies_of(folder / "slv.tape.jsonl")) == [other]
    index = Index(home.http / "slv")
    assert index.get("http://slv.localhost/kurs/b2") is not None
    assert index.get("http://slv.localhost/liste") is None
    index.close()
    assert erase(home, TakenDown(offers=frozenset({"slv:a1"}))) == 0


def test_of_a_source_only_empty_files_stay(home: Home) -> None:
    assert len(list(harvested(home))) == 5
    assert erase(home, TakenDown(sources=frozenset({"slv"}))) == 3  # lines, whatever they are
    assert not (home.http / "slv").exists()
    left = {path.name: path.stat().st_size for path in home.harvest(RUN).iterdir()}
    assert left == {"slv.jsonl": 0, "slv.offers.jsonl": 0}


def test_reports_lose_their_examples(home: Home) -> None:
    def issue(offer: str) -> IssueKind:
        return IssueKind(field="price", reason="a sum in words", count=3, example="neunzig", offer_id=offer)

    note = SourceNote(kind="row", count=1, example="neunzig Euro")
    report = NightReport(
        run_id=RUN, profile="live", started_at=RUN, finished_at=RUN, seconds=1, good=True, headline="Gut.",
        sources=(SourceNight(source="slv", name="SLV", state="fresh", notes=(note,)),),
        issues=(issue("slv:a1"), issue("slv:b2"), issue("slv, Zeile 3"), issue("bz:1")),
    )  # fmt: skip
    write_report(report, home.reports)
    (home.reports / "20260101T000000Z.json").write_text('{"of": "an older program"}', encoding="utf-8")
    erase_from_reports(home, TakenDown(offers=frozenset({"slv:a1"})))
    for name in (RUN, "latest"):
        left = read_report(home.reports, name)
        assert left is not None
        assert [kind.example for kind in left.issues] == [ERASED, "neunzig", ERASED, "neunzig"]
        assert [kind.count for kind in left.issues] == [3, 3, 3, 3]
        assert left.sources[0].notes[0].example == ERASED
        assert "neunzig Euro" not in (home.reports / f"{name}.html").read_text(encoding="utf-8")
    assert not (home.reports / "20260101T000000Z.json").exists()


def test_only_what_is_known_can_be_taken_down(home: Home) -> None:
    for unknown in ("slv:zz", "nobody", "slv:"):
        with pytest.raises(WrongUsage, match="there is no"):
            take_down(home, unknown, "auf Verlangen", "eva")
    assert journal.read(home.journal) == []


def test_while_a_night_runs_a_takedown_is_noted_and_said_to_be_open(home: Home) -> None:
    with night_lock(home), pytest.raises(Refused, match="noch nicht ausgeführt"):
        take_down(home, "slv:a1", "auf Verlangen", "eva")
    done = take_down(home, "slv:a1", "auf Verlangen, noch einmal", "eva")
    [event] = journal.read(home.journal)  # said twice, decided once
    assert (event["offer_id"], event["reason"]) == ("slv:a1", "auf Verlangen")
    assert done.event == event
    assert done.version is None


def test_a_takedown_holds_for_an_offer_under_all_its_names(home: Home) -> None:
    def note(**event: str) -> dict[str, Any]:
        return journal.append(home.journal, {"at": "2026-11-22T10:00:00Z", "user": "eva", **event})

    note(kind="rename", old="slv:a1", new="schweissen:1")
    note(kind="rename", old="schweissen:1", new="schweissen:2")
    event = note(kind="takedown", offer_id="schweissen:1", reason="auf Verlangen")
    banned = taken_down(home)
    assert {o for o in ("slv:a1", "schweissen:1", "schweissen:2", "slv:b2") if banned.covers(o)} == {
        "slv:a1", "schweissen:1", "schweissen:2",
    }  # fmt: skip
    assert banned.touches("slv")
    assert not banned.touches("bz")
    assert len(rights_of(home).taken_down) == 1  # all its names are one course
    note(kind="undo", event_id=event["id"])
    assert not taken_down(home)
