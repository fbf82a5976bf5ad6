"""Faults over real HTTP, switched on and off while the server runs, and the command line."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from lxml import html
from standin_client import API, SEASON, Answer, Get, client

from spiders.page import Follow
from spiders.platforms import platform
from spiders.source import load_source, source_files
from spiders.standin import StandIn, build_catalogue, truth
from spiders.standin.__main__ import main
from spiders.standin.faults import KINDS, Fault, parse_fault
from spiders.standin.sites.registry import SITES

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "spiders" / "sources"
LIST = "http://hbz.localhost/de/weiterbildung/kurse-von-a-bis-z"


@pytest.fixture
def own() -> Iterator[StandIn]:
    with StandIn(season=SEASON, courses=60) as running:
        yield running


@pytest.fixture
def ask(own: StandIn) -> Get:
    return client(own)


def test_500_and_back(own: StandIn, ask: Get) -> None:
    own.set_fault("hbz", "500")
    assert ask(LIST).status == 500
    assert ask("http://slv.localhost/kurse").status == 200
    own.set_fault("hbz", None)
    assert ask(LIST).status == 200


def test_truncated_breaks_its_promise_and_cut_does_not(own: StandIn, ask: Get) -> None:
    whole = ask(API.format(page=0), X_API_Key="k").body
    own.set_fault("mein-now", "truncated")
    with pytest.raises(http.client.IncompleteRead) as broken:
        ask(API.format(page=0), X_API_Key="k")
    assert len(broken.value.partial) + (broken.value.expected or 0) == len(whole)
    own.set_fault("mein-now", "cut")
    half = ask(API.format(page=0), X_API_Key="k")
    assert int(half.headers["content-length"]) == len(half.body) == len(whole) // 2
    with pytest.raises(json.JSONDecodeError):
        json.loads(half.text)


def test_half_and_empty_catalogues(own: StandIn, ask: Get) -> None:
    def total() -> int:
        return int(json.loads(ask(API.format(page=0), X_API_Key="k").text)["page"]["totalElements"])

    all_of_it = total()
    own.set_fault("mein-now", "half")
    assert total() == (all_of_it + 1) // 2
    own.set_fault("mein-now", "empty")
    assert total() == 0
    for source, path in (
        ("dekra", "/kurse"),
        ("vhs-recklinghausen", "/sprachen/"),
        ("hbz", "/de/weiterbildung/kurse-von-a-bis-z"),
    ):
        own.set_fault(source, "empty")
        page = ask(f"http://{source}.localhost{path}")
        assert page.status == 200
        assert not page.page.css("a.kurs-link, h4.kw-ue-title, .course-list a")


def test_a_binary_file_calls_itself_a_page(own: StandIn, ask: Get) -> None:
    own.set_fault("bz", "not_html")
    page = ask("http://bz.localhost/kurse")
    assert page.headers["content-type"].startswith("text/html")
    assert page.body.startswith(b"%PDF")


def test_a_slow_source_never_answers_and_does_not_hold_up_the_end(own: StandIn, ask: Get) -> None:
    own.set_fault("slv", "slow")
    with pytest.raises(TimeoutError):
        ask("http://slv.localhost/kurse", timeout=0.2)
    assert ask(LIST).status == 200


def test_robots_shut_everyone_out(own: StandIn, ask: Get) -> None:
    own.set_fault("dekra", "robots")
    assert ask("http://dekra.localhost/robots.txt").text == "User-agent: *\nDisallow: /\n"
    assert ask("http://bz.localhost/robots.txt").text == "User-agent: *\nDisallow: /intern/\n"


def test_a_fault_may_begin_after_some_good_answers(own: StandIn, ask: Get) -> None:
    own.set_fault("hbz", Fault("500", after=2))
    assert [ask(LIST).status for _ in range(4)] == [200, 200, 500, 500]


def test_faults_from_the_start_and_another_night_while_running() -> None:
    with StandIn(season=SEASON, courses=60, faults={"bz": "500"}) as running:
        ask = client(running)
        assert ask("http://bz.localhost/kurse").status == 500
        before = dict(running.truth())
        running.set_night(20)
        assert dict(running.truth()) != before
        assert ask(LIST).status == 200
        with pytest.raises(KeyError, match="no source 'ihk'"):
            running.set_fault("ihk", "500")
        assert {visit.status for visit in running.visits} == {200, 500}


@pytest.mark.parametrize("kind", KINDS)
def test_faults_are_written_as_source_kind_and_start(kind: str) -> None:
    assert parse_fault(f"hbz={kind}") == ("hbz", Fault(kind))  # type: ignore[arg-type]
    assert parse_fault(f"hbz={kind}@7") == ("hbz", Fault(kind, 7))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "hbz", "hbz=501", "hbz=500@x"])
def test_a_misspelt_fault_says_what_there_is(text: str) -> None:
    with pytest.raises(ValueError, match="truncated"):
        parse_fault(text)


def test_the_command_prints_the_truth_as_json_lines() -> None:
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "spiders.standin",
            "truth",
            "--night",
            "3",
            "--courses",
            "25",
            "--seed",
            "5",
            "--season",
            "2026-08-15",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    expected = truth(build_catalogue(5, 25, season=date(2026, 7, 1)), 3)
    assert [(row["offer_id"], row["course"]) for row in rows] == expected


def test_wrong_usage_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["truth", "--night", "0"]) == 2
    with pytest.raises(SystemExit) as refused:
        main(["serve", "--fault", "hbz=nonsense"])
    assert refused.value.code == 2
    assert main(["serve", "--fault", "nowhere=500", "--port", "0"]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_429_asks_for_patience_twice(own: StandIn, ask: Get) -> None:
    own.set_fault("slv", "429")
    answers = [ask("http://slv.localhost/kurse") for _ in range(3)]
    assert [answer.status for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "1"


def test_a_redirect_leads_to_itself(own: StandIn, ask: Get) -> None:
    own.set_fault("slv", "redirect")
    answer = ask("http://slv.localhost/kurse?seite=2")
    assert (answer.status, answer.headers["location"]) == (302, "/kurse?seite=2")


def test_only_later_pages_are_empty(own: StandIn, ask: Get) -> None:
    own.set_fault("mein-now", "empty_page")
    assert json.loads(ask(API.format(page=0), X_API_Key="k").text)["_embedded"]
    assert "_embedded" not in json.loads(ask(API.format(page=1), X_API_Key="k").text)


@pytest.mark.parametrize(("source", "real"), [("bz", "cp1252"), ("slv", "utf-8")])
def test_the_announced_charset_is_not_the_real_one(own: StandIn, ask: Get, source: str, real: str) -> None:
    well = ask(f"http://{source}.localhost/kurse")
    own.set_fault(source, "charset")
    ill = ask(well.url)
    assert ill.headers["content-type"] == well.headers["content-type"]
    assert ill.body != well.body
    assert unescape(ill.body.decode(real)) == unescape(well.text)  # what Windows-1252 lacks comes as a reference


def test_a_relaunch_renames_what_a_reader_looks_for(own: StandIn, ask: Get) -> None:
    own.set_fault("hbz", "template")
    own.set_fault("mein-now", "template")
    assert not ask(LIST).page.css(".course-list")
    assert set(json.loads(ask(API.format(page=0), X_API_Key="k").text)).isdisjoint({"_embedded", "page"})


def test_a_row_that_is_none_stands_among_the_rows(own: StandIn, ask: Get) -> None:
    own.set_fault("mein-now", "row")
    own.set_fault("vhs-recklinghausen", "row")
    records = json.loads(ask(API.format(page=0), X_API_Key="k").text)["_embedded"]["bildungsangebotDTOList"]
    assert records[1:4] == [None, "kein Angebot", {}]
    cards = ask("http://vhs-recklinghausen.localhost/sprachen/").page.css("div.kw-ue-box")
    assert [bool(card.css("a")) for card in cards[:3]] == [True, False, True]


def test_huge_and_deep_answers(own: StandIn, ask: Get) -> None:
    own.set_fault("hbz", "huge")
    assert len(ask(LIST, timeout=60).body) == 50_000_000
    own.set_fault("hbz", "deep")
    assert ask(LIST).body.count(b"<div>" * 50_000) == 1
    own.set_fault("mein-now", "deep")
    with pytest.raises(RecursionError):
        json.loads(ask(API.format(page=0), X_API_Key="k").text)


@pytest.mark.parametrize("source", sorted(SITES))
def test_the_row_that_is_none_comes_at_every_source(own: StandIn, ask: Get, source: str) -> None:
    described = load_source(source_files(FOLDER, "standin")[source]).at(f"http://{source}.localhost")
    follows = list(platform(described.platform).start(described))
    well = [ask(follow.url, **headers(follow)) for follow in follows]
    own.set_fault(source, "row")
    ill = [ask(follow.url, **headers(follow)) for follow in follows]
    assert any(parts(after) == parts(before) + 1 for before, after in zip(well, ill, strict=True))


def headers(follow: Follow) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in follow.headers.items()}


def parts(answer: Answer) -> int:
    """Elements of a page or feed, lines of a table, entries of an API's lists that are null."""
    kind = answer.headers["content-type"]
    if "json" in kind:
        return sum(entry is None for entries in json.loads(answer.body)["_embedded"].values() for entry in entries)
    if "csv" in kind:
        return len(answer.body.splitlines())
    return sum(1 for _ in html.document_fromstring(answer.body).iter())
