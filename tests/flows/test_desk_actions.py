"""What the desk looks up in a home: kept pages and records by names from a form, sources, the live version."""

import json
from pathlib import Path

import pytest

from dedupe.desk.actions import ActionError, Actions
from flows.desk_actions import desk_actions
from flows.home import Home
from flows.outcome import NightReport, SourceNight
from flows.publisher import Publisher
from flows.report import write_report
from spiders.kept import Bodies

RUN = "20261122T003000Z"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / "home", "standin")
    place.own()
    (tmp_path / "secret").write_text("geheim")
    place.harvest(RUN).mkdir(parents=True)
    rows = [{"source": "hbz", "ref": ref, "title": f"Kurs {ref}", "x": "Ö-2"} for ref in ("Ö-1", "Ö-2", "3")]
    lines = [json.dumps(rows[0]), json.dumps(rows[1], ensure_ascii=False), json.dumps(rows[2])]
    (place.harvest(RUN) / "hbz.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place


@pytest.fixture
def actions(home: Home) -> Actions:
    return desk_actions(home, Publisher(home))


def test_a_kept_page_is_found_by_its_name_and_nothing_else_is(home: Home, actions: Actions) -> None:
    body = Bodies(home.http / "hbz").keep(b"<h1>Kurs</h1>")
    assert actions.kept("hbz", body) == b"<h1>Kurs</h1>"
    assert actions.kept("hbz", "0" * 64) is None
    for source, name in (("..", body), ("hbz/..", body), ("hbz", "../../secret"), ("", body), ("hbz", "")):
        assert actions.kept(source, name) is None


def test_the_record_of_an_offer_is_found_however_its_file_spells_it(actions: Actions) -> None:
    for ref in ("Ö-1", "Ö-2", "3"):
        record = actions.record(RUN, f"hbz:{ref}")
        assert record is not None
        assert json.loads(record)["title"] == f"Kurs {ref}"
    for run, offer in ((RUN, "hbz:4"), ("20261123T003000Z", "hbz:3"), ("..", "hbz:3"), (RUN, "../../../secret:x")):
        assert actions.record(run, offer) is None


def test_a_held_source_is_released_and_any_other_is_refused_in_german(home: Home, actions: Actions) -> None:
    assert actions.night() is None
    pages = (
        SourceNight(source="dekra", name="DEKRA", state="held", reasons=("leer",), last_good="20261121T003000Z"),
        SourceNight(source="hbz", name="HBZ", state="fresh", listings=3),
    )
    write_report(
        NightReport(
            run_id=RUN, profile="standin", started_at="2026-11-22T00:30:00Z", finished_at="2026-11-22T00:40:00Z",
            seconds=1.0, good=False, headline="-", sources=pages,
        ),
        home.reports,
    )  # fmt: skip
    night = actions.night()
    assert night is not None
    assert [(one.source, one.state, one.reasons, one.listings) for one in night.sources] == [
        ("dekra", "held", ("leer",), 0),
        ("hbz", "fresh", (), 3),
    ]
    event = actions.release("dekra", "umgebaut", "eva")
    assert (event["kind"], event["run"], event["user"], event["reason"]) == ("release", RUN, "eva", "umgebaut")
    with pytest.raises(ActionError, match="nicht zurückgehalten"):
        actions.release("hbz", "umgebaut", "eva")
    with pytest.raises(ActionError, match="kennt die letzte Nacht nicht"):
        actions.release("niemand", "umgebaut", "eva")


def test_the_live_version_tells_when_it_was_made(home: Home, actions: Actions) -> None:
    assert actions.published() is None
    version = home.exports / "v1"
    version.mkdir(parents=True)
    (version / "index.json").write_text('{"created_at": "2026-11-22T01:00:00Z"}')
    (home.exports / "current").symlink_to("v1")
    assert actions.published() == "2026-11-22T01:00:00Z"
