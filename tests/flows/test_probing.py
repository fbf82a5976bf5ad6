"""`probe` and `sources check --live`: what is fetched, what is refused, and that the drafts can be used."""

import gzip
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from website import Reply, Site, serving

from flows import probing, visiting
from flows.checking import MOST_REQUESTS, coverage, visit
from flows.home import Home, Refused, WrongUsage
from flows.outcome import NightReport, SourceNight
from flows.probing import probe_target, show_findings
from flows.register import home_if_any, last_words, register
from flows.report import write_report
from flows.sourcefiles import find_source
from flows.visiting import NotVisited, Visitor
from normalize.model import Listing
from spiders.page import Page
from spiders.parse import parse_pages
from spiders.source import load_source
from spiders.standin import StandIn
from spiders.statistics import Statistics

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "spiders" / "sources"
TODAY = date(2026, 11, 22)
CONTACT = "betrieb@example.org"
COURSE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title></head><body><main>
<h1>Löten für Anfänger</h1><dl><dt>Kursnummer</dt><dd>L-12</dd><dt>Gebühr</dt><dd>95,00 €</dd>
<dt>Termin</dt><dd>01.03.2027 - 02.03.2027</dd></dl></main></body></html>""".encode()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        running.routes["/kurs"] = COURSE
        yield running


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with StandIn(season=date(2026, 7, 1), courses=40) as running:
        yield running


@pytest.fixture
def foreign(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every foreign name leads to this machine, past the check of addresses, which has tests of its own."""
    monkeypatch.setattr(visiting, "_address", lambda host, port: "127.0.0.1")


def probed(target: str, out: Path, contact: str | None = None) -> dict[str, Any]:
    return probe_target(target, out, contact=contact, today=TODAY)[1]


def asked(site: Site) -> list[str]:
    return [visit.path for visit in site.visits]


def bildungsraum(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", *arguments],
        capture_output=True, text=True, check=False, timeout=120,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}, cwd=folder,
    )  # fmt: skip


# --- drafts ---------------------------------------------------------------------------------------------------------


def test_a_page_gives_a_draft_that_loads_and_a_fixture_that_replays(site: Site, tmp_path: Path) -> None:
    told = probed(f"{site.url}/kurs", tmp_path)
    assert told["platforms"][0]["platform"] == "labelled"
    assert told["fields"]["labelled"]["price"] == {"value": "95,00 €", "evidence": "dl 'Gebühr'"}
    source = load_source(Path(told["source"]))
    assert (source.platform, source.permission.crawl, source.verified.date) == ("labelled", "none", None)
    assert source.verified.how.startswith("probed on 2026-11-22")
    assert source.expect.fill == dict.fromkeys(("title", "course_number", "price", "instances.dates"), 0.9)
    assert source.urls == (f"{site.url}/kurs",)
    case = Path(told["fixture"])
    assert (case / "page.html").read_bytes() == COURSE
    assert f'url = "{site.url}/kurs"' in (case / "meta.toml").read_text(encoding="utf-8")
    (line,) = (case / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    (record,) = parse_pages(source, [Page(f"{site.url}/kurs", path=case / "page.html")])
    listing = Listing.model_validate(record)
    assert json.loads(line) == listing.model_dump(mode="json", exclude={"raw", "fetched_at"}, exclude_defaults=True)
    assert (listing.ref, listing.title) == ("L-12", "Löten für Anfänger")


def test_a_feed_is_drafted_as_a_source_of_files(tmp_path: Path) -> None:
    file = tmp_path / "Kurse Herbst.csv"
    file.write_text("Kursnummer;Titel;Beginn\nA1;Löten;01.03.2027\n", encoding="utf-8")
    source = load_source(Path(probed(str(file), tmp_path / "out")["source"]))
    assert (source.key, source.platform, source.kind, source.is_file) == ("kurse-herbst", "table", "upload", True)
    assert source.start == ("Kurse Herbst.csv",)


def test_a_saved_page_is_drafted_by_the_address_it_names(tmp_path: Path) -> None:
    named = b"<link rel=canonical href='https://user@www.haus-am-see.example/kurse/7?a=b'></head>"
    file = tmp_path / "seite.html"
    file.write_bytes(COURSE.replace(b"</head>", named))
    source = load_source(Path(probed(str(file), tmp_path / "out")["source"]))
    assert source.key == "haus-am-see"
    assert source.urls == ("https://www.haus-am-see.example/kurse/7?a=b",)
    file.write_bytes(COURSE)
    source = load_source(Path(probed(str(file), tmp_path / "again")["source"]))
    assert (source.key, source.homepage) == ("seite", "https://seite.invalid")


def test_a_list_leads_to_one_of_its_courses(standin: StandIn, tmp_path: Path) -> None:
    url = f"{at(standin, 'hbz')}/de/meister/meisterschulen-von-a-bis-z"
    findings, told = probe_target(url, tmp_path, contact=None, today=TODAY)
    said: list[str] = []
    show_findings(findings, told, said.append)
    assert told["platforms"][0]["platform"] == "hbz"
    assert told["platforms"][0]["listings"] == 0
    assert any("nur eine Liste" in line and "/de/weiterbildung/" in line for line in said)


def test_nothing_is_overwritten(site: Site, tmp_path: Path) -> None:
    told = probed(f"{site.url}/kurs", tmp_path)
    Path(told["source"]).write_text("by hand", encoding="utf-8")
    with pytest.raises(Refused, match="gibt es schon"):
        probed(f"{site.url}/kurs", tmp_path)
    assert Path(told["source"]).read_text(encoding="utf-8") == "by hand"


def test_a_large_page_gives_a_draft_and_no_fixture(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "MAX_FIXTURE", 100)
    told = probed(f"{site.url}/kurs", tmp_path)
    assert told["fixture"] is None
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["quelle-127-0-0-1.toml"]


# --- what is no course page -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "leer"),
        (b"%PDF-1.7\n\x00\xff", "PDF"),
        (b"<html><body><p>Impressum</p></body></html>", "kein Kurs"),
        (b"<html><script type='application/ld+json'>" + b"[" * 200_000 + b"</script></html>", "kein Kurs"),
        (b"PK\x03\x04" + b"\x00" * 100, "kein Kurs"),
    ],
)
def test_what_is_no_course_page_is_refused_with_a_reason_and_leaves_nothing(
    tmp_path: Path, body: bytes, words: str
) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(body)
    with pytest.raises(Refused, match=words):
        probed(str(file), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_exits_with_1_if_nothing_can_be_read_and_2_without_a_file(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    done = bildungsraum("probe", "x.pdf", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "PDF" in done.stderr
    with pytest.raises(WrongUsage, match="ftp"):
        probed("ftp://x.example/kurse", tmp_path)


def test_the_command_tells_people_on_stderr_and_machines_on_stdout(site: Site, tmp_path: Path) -> None:
    done = bildungsraum("probe", f"{site.url}/kurs", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["source"] == "probe/quelle-127-0-0-1/quelle-127-0-0-1.toml"
    assert (tmp_path / told["source"]).is_file()
    assert "labelled" in done.stderr
    assert "95,00 €   [dl 'Gebühr']" in done.stderr


# --- politeness -----------------------------------------------------------------------------------------------------


def test_robots_txt_is_asked_first_and_obeyed(site: Site, tmp_path: Path) -> None:
    probed(f"{site.url}/kurs", tmp_path)
    assert asked(site) == ["/robots.txt", "/kurs"]
    site.routes["/robots.txt"] = b"User-agent: Bildungsraum\nDisallow: /kurs\n"
    with pytest.raises(Refused, match=r"robots\.txt verbietet"):
        probed(f"{site.url}/kurs", tmp_path / "again")
    assert asked(site) == ["/robots.txt", "/kurs", "/robots.txt"]


@pytest.mark.parametrize("status", [500, 503, 204])
def test_without_readable_rules_nothing_is_fetched(site: Site, tmp_path: Path, status: int) -> None:
    site.routes["/robots.txt"] = Reply(b"", status)
    with pytest.raises(Refused, match=r"robots\.txt"):
        probed(f"{site.url}/kurs", tmp_path)
    assert asked(site) == ["/robots.txt"]


@pytest.mark.usefixtures("foreign")
def test_a_foreign_page_is_told_who_asks_and_waited_for(site: Site, tmp_path: Path) -> None:
    port = site.url.rpartition(":")[2]
    probed(f"http://kurse.example.org:{port}/kurs", tmp_path, CONTACT)
    robots, page = site.visits
    assert robots.headers["Host"] == f"kurse.example.org:{port}"
    assert "Bildungsraum" in page.headers["User-Agent"]
    assert CONTACT in page.headers["User-Agent"]
    assert page.at - robots.at >= 1.0


@pytest.mark.usefixtures("foreign")
def test_a_pause_that_robots_txt_asks_for_is_kept_or_the_page_left_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("flows.visiting.time.sleep", pauses.append)
    port = site.url.rpartition(":")[2]
    site.routes["/robots.txt"] = b"User-agent: *\nCrawl-delay: 7\n"
    with Visitor({"a.example"}, contact=CONTACT, most=5, delay=1.0, max_size=9999) as visitor:
        visitor.get(f"http://a.example:{port}/kurs")
    assert 6.0 < pauses[-1] <= 7.0
    site.routes["/robots.txt"] = b"User-agent: *\nCrawl-delay: 3600\n"
    with (
        Visitor({"a.example"}, contact=CONTACT, most=5, delay=1.0, max_size=9999) as visitor,
        pytest.raises(NotVisited, match="3600 Sekunden"),
    ):
        visitor.get(f"http://a.example:{port}/kurs")


def never(*_: object, **__: object) -> Any:
    raise AssertionError("a name was looked up")


def test_a_foreign_page_needs_a_contact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", never)
    with pytest.raises(Refused, match="BILDUNGSRAUM_CONTACT"):
        probed("https://kurse.example.org/", tmp_path)


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.1", "169.254.169.254", "[fd00::1]", "[::ffff:10.0.0.1]"])
def test_a_private_address_is_refused(host: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nicht öffentlich"):
        probed(f"http://{host}/", tmp_path, CONTACT)


def test_a_name_that_leads_to_a_private_address_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [(2, 1, 6, "", ("93.184.215.14", 80)), (2, 1, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)
    with pytest.raises(Refused, match=r"127\.0\.0\.1"):
        probed("http://rebind.example.org/", tmp_path, CONTACT)


def test_a_redirect_is_followed_on_the_same_host_alone(site: Site, tmp_path: Path) -> None:
    site.routes["/alt"] = Reply(status=301, headers={"Location": "/kurs"})
    site.routes["/weg"] = Reply(status=302, headers={"Location": "http://192.0.2.7/kurs"})
    site.routes["/kreis"] = Reply(status=302, headers={"Location": "/kreis"})
    assert load_source(Path(probed(f"{site.url}/alt", tmp_path)["source"])).start == ("/kurs",)
    with pytest.raises(Refused, match=r"anderen Rechner.*192\.0\.2\.7"):
        probed(f"{site.url}/weg", tmp_path / "2")
    site.visits.clear()
    with pytest.raises(Refused):
        probed(f"{site.url}/kreis", tmp_path / "3")
    assert len(site.visits) <= probing.MOST_REQUESTS


def test_a_redirect_to_a_forbidden_page_is_not_followed(site: Site, tmp_path: Path) -> None:
    site.routes["/robots.txt"] = b"User-agent: *\nDisallow: /intern/\n"
    site.routes["/alt"] = Reply(status=301, headers={"Location": "/intern/kurs"})
    with pytest.raises(Refused, match=r"robots\.txt verbietet"):
        probed(f"{site.url}/alt", tmp_path)
    assert asked(site) == ["/robots.txt", "/alt"]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(b"<html>" + b"x" * 20_000), "größer als 10000"),
        (Reply(gzip.compress(b"0" * 1_000_000), headers={"Content-Encoding": "gzip"}), "entpacken"),
        (Reply(b"x", headers={"Content-Encoding": "br"}), "gepackt"),
        (Reply(b"nein", 403), "HTTP 403"),
        (Reply(b"<html>", promised=500), "nicht zu erreichen"),
    ],
)
def test_an_answer_of_no_use_is_refused(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: Reply, words: str
) -> None:
    monkeypatch.setattr(probing, "MAX_SIZE", 10_000)
    site.routes["/kurs"] = reply
    with pytest.raises(Refused, match=words):
        probed(f"{site.url}/kurs", tmp_path)


def test_a_packed_page_is_unpacked(site: Site, tmp_path: Path) -> None:
    site.routes["/kurs"] = Reply(gzip.compress(COURSE), headers={"Content-Encoding": "gzip"})
    told = probed(f"{site.url}/kurs", tmp_path)
    assert (Path(told["fixture"]) / "page.html").read_bytes() == COURSE


@pytest.mark.parametrize("url", ["http://u:p@127.0.0.1/", "http://127.0.0.1:99999/", "http:///kurs", "http://[x/"])
def test_what_is_no_address_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        probed(url, tmp_path, CONTACT)


# --- sources check --------------------------------------------------------------------------------------------------


def at(standin: StandIn, key: str) -> str:
    return f"http://{key}.localhost:{standin.url.rpartition(':')[2]}"


@pytest.mark.parametrize("key", ["hbz", "mein-now", "vhs-recklinghausen", "slv"])
def test_a_live_check_reads_a_sample_with_five_requests(standin: StandIn, key: str) -> None:
    standin.visits.clear()
    found = visit(find_source(SOURCES, key, "standin"), None, at(standin, key))
    assert found.good, found
    assert found.listings >= 1
    assert standin.visits[0].path == "/robots.txt"
    assert found.requests == len(standin.visits) <= MOST_REQUESTS
    assert {field.name for field in found.fields} == set(find_source(SOURCES, key, "standin").expect.fill)


def test_a_source_without_permission_is_refused_with_its_reason(tmp_path: Path) -> None:
    done = bildungsraum("sources", "check", "hbz", "--live", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "keine Erlaubnis" in done.stderr


def test_a_stand_in_elsewhere_is_no_way_around_the_permission() -> None:
    with pytest.raises(Refused, match="Erlaubnis"):
        visit(find_source(SOURCES, "hbz"), CONTACT, "https://mirror.example.org")


def test_the_command_exits_with_1_if_an_expectation_is_not_met(standin: StandIn, tmp_path: Path) -> None:
    text = (SOURCES / "hbz.toml").read_text(encoding="utf-8").replace("fill = {", "fill = { subtitle = 0.9,")
    (tmp_path / "hbz.toml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", "sources", "check", "hbz", "--live",
         "--base-url", at(standin, "hbz")],
        capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "BILDUNGSRAUM_SOURCES": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert not told["good"]
    assert {field["name"]: field["met"] for field in told["fields"]} == {
        "subtitle": False, "title": True, "price": True, "instances": True,
    }  # fmt: skip
    assert "zu wenig" in done.stderr


@pytest.mark.parametrize(("fault", "words"), [("500", "HTTP 500"), ("robots", "verbietet")])
def test_a_source_that_cannot_be_read_is_refused_with_the_reason(standin: StandIn, fault: Any, words: str) -> None:
    standin.set_fault("dekra", fault)
    try:
        with pytest.raises(Refused, match=words):
            visit(find_source(SOURCES, "dekra"), None, at(standin, "dekra"))
    finally:
        standin.set_fault("dekra", None)


@pytest.mark.parametrize(
    ("filled", "wanted", "met"), [(3, 0.99, True), (2, 0.99, False), (2, 0.7, True), (1, 0.7, False), (0, 0.1, True)]
)
def test_of_a_few_listings_the_nearest_whole_number_is_wanted(filled: int, wanted: float, met: bool) -> None:
    source = load_source(SOURCES / "hbz.toml")
    source = source.model_copy(update={"expect": source.expect.model_copy(update={"fill": {"price": wanted}})})
    statistics = Statistics("hbz", started_at="2026-11-22T00:00:00Z")
    for number in range(3):
        statistics.measure({"title": "x", "price": "1 €" if number < filled else None})
    found = coverage(source, statistics, 5)
    assert [(field.name, field.met) for field in found.fields] == [("price", met)]
    assert found.good is met


def test_a_source_of_files_is_checked_by_parse(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="bildungsraum parse --source tabellen"):
        visit(find_source(SOURCES, "tabellen"), None)


def test_without_live_only_the_description_is_checked(tmp_path: Path) -> None:
    assert find_source(SOURCES, "nordstern", "standin").platform == "odav"
    with pytest.raises(WrongUsage, match="nobody"):
        find_source(SOURCES, "nobody")
    (tmp_path / "x.toml").write_text('key = "x"\n', encoding="utf-8")
    with pytest.raises(Refused, match=r"x\.toml: .*platform"):
        find_source(tmp_path, "x")


# --- the register ---------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose last night held one source and never heard of the others."""
    place = Home(tmp_path / "home", "standin")
    place.own()
    held = SourceNight(source="hbz", name="HBZ", state="held", reasons=("Der Katalog war leer.",), listings=3)
    at_night = "2026-11-22T00:30:00Z"
    write_report(
        NightReport(
            run_id="20261122T003000Z", profile="standin", started_at=at_night, finished_at=at_night, seconds=1.0,
            good=False, headline="x", sources=(held,),
        ),
        place.reports,
    )  # fmt: skip
    return place


def test_the_register_shows_the_last_result_of_each_source(home: Home) -> None:
    entries, problems = register(SOURCES, home)
    assert problems == []
    by_key = {entry.source.key: entry for entry in entries}
    assert last_words(by_key["hbz"]) == "zurückgehalten, 3"
    assert by_key["hbz"].told["last"]["reasons"] == ["Der Katalog war leer."]
    assert by_key["hbz"].told["last"]["profile"] == "standin"
    assert by_key["slv"].told["last"] is None
    assert by_key["slv"].told["scope"]["region"] == "Emscher-Lippe und Umgebung"


def test_a_broken_file_is_named_and_the_others_are_listed(tmp_path: Path) -> None:
    good = (SOURCES / "hbz.toml").read_text(encoding="utf-8")
    (tmp_path / "hbz.toml").write_text(good, encoding="utf-8")
    (tmp_path / "bad.toml").write_text(good.replace('"hbz"', '"bad"').replace("[scope]", "[scop]"), encoding="utf-8")
    entries, problems = register(tmp_path, None)
    assert [entry.source.key for entry in entries] == ["hbz"]
    (problem,) = problems
    assert "bad.toml" in problem
    assert "scop" in problem


def test_a_named_home_must_be_one_and_without_any_there_is_no_result(tmp_path: Path, home: Home) -> None:
    assert home_if_any(home.root, None, tmp_path) == home
    assert home_if_any(None, None, tmp_path / "var") is None
    with pytest.raises(WrongUsage):
        home_if_any(tmp_path / "nowhere", None, tmp_path)


def test_the_register_is_given_to_machines_too(tmp_path: Path) -> None:
    done = bildungsraum("sources", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["problems"] == []
    assert {each["key"] for each in told["sources"]} == {path.stem for path in SOURCES.glob("*.toml")}
