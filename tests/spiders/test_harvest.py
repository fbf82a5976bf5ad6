"""A harvest over real HTTP, in its own process: right data, or a failure with its reason; never old or half data."""

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import card, hbz_course, html, mein_now
from website import Reply, Site, serving

from spiders.harvest import HarvestResult, end_group, harvest

pytestmark = pytest.mark.slow  # each harvest is a process that imports Scrapy

SOURCES = Path(__file__).parents[2] / "spiders" / "sources"
LISTS = ("/de/meister/meisterschulen-von-a-bis-z", "/de/weiterbildung/kurse-von-a-bis-z")
SEARCH = "/search?page={}&ort=Marl&size=20"
MEIN_NOW = """
key = "mein-now"
name = "One query"
kind = "aggregator"
platform = "mein_now"
homepage = "http://mein-now.localhost/"
start = ["search"]
ref = "id"
scope = { region = "Probe", counts = "alles" }

[options]
api_key = "public"

[[options.queries]]
ort = "Marl"
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def run(site: Site, folder: Path, key: str, **options: Any) -> HarvestResult:
    options = {"seconds": 60.0, "timeout": 5.0, "base_url": f"http://{key}.localhost", "proxy": site.url, **options}
    file = options.pop("file", SOURCES / f"{key}.toml")
    if key == "mein-now":  # the real one asks many questions
        file = folder / "mein-now.toml"
        file.write_text(MEIN_NOW, encoding="utf-8")
    return harvest(file, out=folder / "harvest", http=folder / "http", **options)


def rows(result: HarvestResult) -> list[dict[str, Any]]:
    assert result.listings is not None
    found = [json.loads(line) for line in result.listings.read_text(encoding="utf-8").splitlines()]
    return sorted(found, key=lambda row: str(row["ref"]))


def hbz_site(site: Site, courses: int = 2) -> None:
    links = "".join(f"<a href='/de/weiterbildung/kurs-{number}'>K</a>" for number in range(1, courses + 1))
    site.routes.update({path: html(links) for path in LISTS})
    for number in range(1, courses + 1):
        site.routes[f"/de/weiterbildung/kurs-{number}"] = hbz_course(f"Kurs {number}")


# --- good nights ----------------------------------------------------------------------------------------------------


def test_a_good_night_and_a_second_one_that_costs_304s(site: Site, tmp_path: Path) -> None:
    hbz_site(site)
    first = run(site, tmp_path, "hbz")
    assert (first.ok, first.complete, first.reason, first.exit_code) == (True, True, None, 0)
    assert [(row["source"], row["ref"], row["title"], row["provider"]) for row in rows(first)] == [
        ("hbz", "1", "Kurs 1", "HWK Bildungszentrum Münster"),
        ("hbz", "2", "Kurs 2", "HWK Bildungszentrum Münster"),
    ]
    assert rows(first)[0]["url"] == "http://hbz.localhost/de/weiterbildung/kurs-1"
    assert rows(first)[0]["fetched_at"].endswith("Z")
    statistics = first.statistics
    assert (statistics["pages"], statistics["listings"], statistics["declared_total"]) == (4, 2, None)
    assert (statistics["fill"]["title"], statistics["fill"]["instances"]) == (1.0, 0.0)
    assert all("Bildungsraum" in visit.headers["User-Agent"] for visit in site.visits)

    site.routes["/de/weiterbildung/kurs-2"] = hbz_course("Kurs 2, jetzt neu")
    second = run(site, tmp_path, "hbz")
    assert [row["title"] for row in rows(second)] == ["Kurs 1", "Kurs 2, jetzt neu"]
    assert second.statistics["http_codes"] == {"200": 1, "304": 3, "404": 1}  # robots.txt is the 404


def test_a_kept_response_never_stands_in_for_a_site_that_fails(site: Site, tmp_path: Path) -> None:
    hbz_site(site)
    assert run(site, tmp_path, "hbz").ok
    site.routes.update(dict.fromkeys(site.routes, Reply(status=500)))
    second = run(site, tmp_path, "hbz")
    assert not second.ok
    assert second.statistics["listings"] == 0


@pytest.mark.parametrize("damage", ["gone", "damaged"])
def test_a_kept_response_that_is_lost_is_fetched_anew(site: Site, tmp_path: Path, damage: str) -> None:
    hbz_site(site)
    assert run(site, tmp_path, "hbz").ok
    for body in (tmp_path / "http").rglob("*.gz"):
        if damage == "gone":
            body.unlink()
        else:
            body.write_bytes(b"damaged")
    second = run(site, tmp_path, "hbz")
    assert (second.complete, len(rows(second))) == (True, 2)
    assert second.statistics["http_codes"]["200"] == 4
    assert run(site, tmp_path, "hbz").statistics["http_codes"] == {"304": 4, "404": 1}


def test_a_course_in_two_categories_is_fetched_once_and_keeps_both(site: Site, tmp_path: Path) -> None:
    for path in ("politik-und-gesellschaft", "kultur-gestalten", "gesundheit", "digitales-und-beruf", "grundbildung"):
        site.routes[f"/{path}/"] = html("<p class='kw-leer'>Keine Kurse</p>")
    site.routes["/junge-vhs/"] = html("<p class='kw-leer'>Keine Kurse</p>")
    site.routes["/sprachen/"] = html(f"<h1>Sprachen</h1>{card('26B-1')}")
    site.routes["/gesundheit/"] = html(f"<h1>Gesundheit</h1>{card('26B-1', category='gesundheit')}")
    detail = html("<h1>Englisch</h1><div class='kw-kurs-info-text'>x</div><dl><dt>Kursnummer</dt><dd>26B-1</dd></dl>")
    for category in ("sprachen", "gesundheit"):
        site.routes[f"/{category}/kw/bereich/kursdetails/kurs/26B-1/kursname/Englisch/kategorie-id/26"] = detail
    result = run(site, tmp_path, "vhs-recklinghausen")
    (row,) = rows(result)
    assert result.ok
    assert sorted(row["categories"]) == ["Gesundheit", "Sprachen"]
    assert sum("kursdetails" in path for path in site.paths()) == 1


def test_the_same_offer_in_two_answers_is_one_listing(site: Site, tmp_path: Path) -> None:
    site.routes[SEARCH.format(0)] = mein_now([1, 2], total=3, pages=2)
    site.routes[SEARCH.format(1)] = mein_now([2, 3], total=3, pages=2, number=1)
    result = run(site, tmp_path, "mein-now")
    assert [row["ref"] for row in rows(result)] == ["1", "2", "3"]
    assert (result.complete, result.statistics["duplicates"], result.statistics["declared_total"]) == (True, 1, 3)
    assert site.visits[-1].headers["X-Api-Key"] == "public"


# --- nights that look good and are not ------------------------------------------------------------------------------


def test_a_total_that_is_not_met_makes_the_harvest_incomplete(site: Site, tmp_path: Path) -> None:
    site.routes[SEARCH.format(0)] = mein_now([1, 2], total=45)
    result = run(site, tmp_path, "mein-now")
    assert (result.ok, result.complete) == (True, False)
    assert (result.statistics["listings"], result.statistics["declared_total"]) == (2, 45)


def test_one_lost_course_page_makes_the_harvest_incomplete_but_keeps_the_rest(site: Site, tmp_path: Path) -> None:
    hbz_site(site, courses=20)
    site.routes["/de/weiterbildung/kurs-7"] = Reply(status=500)
    result = run(site, tmp_path, "hbz")
    assert (result.ok, result.complete, result.statistics["listings"]) == (True, False, 19)
    assert result.statistics["errors"] == [
        {"url": "http://hbz.localhost/de/weiterbildung/kurs-7", "message": "HTTP 500"}
    ]
    assert site.paths().count("/de/weiterbildung/kurs-7") == 3  # tried again twice


def test_a_lost_course_page_keeps_what_the_list_said(site: Site, tmp_path: Path) -> None:
    for path in ("politik-und-gesellschaft", "kultur-gestalten", "gesundheit", "digitales-und-beruf", "grundbildung"):
        site.routes[f"/{path}/"] = html("<p class='kw-leer'>Keine Kurse</p>")
    site.routes["/junge-vhs/"] = html("<p class='kw-leer'>Keine Kurse</p>")
    site.routes["/sprachen/"] = html("<h1>Sprachen</h1>" + "".join(card(f"26B-{n}") for n in range(5)))
    lost = "/sprachen/kw/bereich/kursdetails/kurs/26B-4/kursname/Englisch/kategorie-id/26"
    site.routes[lost] = Reply(status=500)
    for number in range(4):
        path = f"/sprachen/kw/bereich/kursdetails/kurs/26B-{number}/kursname/Englisch/kategorie-id/26"
        site.routes[path] = html(f"<h1>E</h1><p class='kw-x'></p><div class='kw-kurs-info-text'>{number}</div>")
    result = run(site, tmp_path, "vhs-recklinghausen")
    assert (result.ok, result.complete) == (True, False)
    assert {row["ref"]: row["title"] for row in rows(result)}["26B-4"] == "Englisch"


def test_many_lost_course_pages_are_a_failure(site: Site, tmp_path: Path) -> None:
    hbz_site(site, courses=6)
    for number in (1, 2, 3):
        site.routes[f"/de/weiterbildung/kurs-{number}"] = html("<h1>Wartung</h1>")
    result = run(site, tmp_path, "hbz")
    assert (result.ok, result.statistics["failure"]) == (False, "errors")
    assert result.listings == tmp_path / "harvest" / "hbz.partial.jsonl"
    assert len(rows(result)) == 3


FAILURES: dict[str, tuple[Reply, str, str]] = {
    "server error": (Reply(status=500), "unreachable", "HTTP 500"),
    "no html": (Reply(b"%PDF-1.7\n\x00\xff"), "unreadable", "no JSON"),
    "cut": (Reply(mein_now([1, 2], total=2)[:-40]), "unreadable", "cut"),
    "data loss": (Reply(mein_now([1, 2], total=2), promised=99_999), "unreachable", "DataLoss"),
    "empty": (Reply(mein_now([], total=0)), "empty", "leer"),
    "gone": (Reply(status=404), "unreachable", "HTTP 404"),
    "another shape": (Reply(b'{"angebote": []}'), "unreadable", "page"),
    "silence": (Reply(b"{}", hang=30), "unreachable", "Timeout"),
    "circle": (Reply(status=302, headers={"Location": SEARCH.format(0)}), "unreachable", "redirect"),
    "elsewhere": (Reply(status=302, headers={"Location": "http://other.localhost/"}), "unreachable", "off the site"),
    "large": (Reply(b'{"x": "' + b"x" * 11_000_000 + b'"}'), "unreachable", "größer als 10000000 Bytes"),
    "large, unannounced": (
        Reply(b"x" * 11_000_000, promised=-1),
        "unreachable",
        "größer als 10000000 Bytes",
    ),
    "bomb": (
        Reply(gzip.compress(b"x" * 11_000_000), headers={"Content-Encoding": "gzip"}),
        "unreachable",
        "größer als 10000000 Bytes",
    ),
    "refresh": (
        Reply(
            html("").replace(b"</head>", b"<meta http-equiv='refresh' content='0; url=http://other.localhost/'></head>")
        ),
        "unreachable",
        "off the site",
    ),
    "a file": (Reply(status=302, headers={"Location": "file:///etc/passwd"}), "unreachable", "HTTP 302"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failed_list_page_is_a_failed_harvest_with_its_reason(site: Site, tmp_path: Path, name: str) -> None:
    reply, code, reason = FAILURES[name]
    site.routes[SEARCH.format(0)] = reply
    result = run(site, tmp_path, "mein-now", timeout=0.7)
    assert (result.ok, result.complete, result.exit_code) == (False, False, 1)
    assert result.statistics["failure"] == code
    assert result.reason == result.statistics["exit_reason"]
    assert any(word.lower() in (result.reason or "").lower() for word in reason.split("|")), result.reason
    assert result.listings is not None
    assert result.listings.name == "mein-now.partial.jsonl"
    assert not any(visit.host == "other.localhost" for visit in site.visits)


def test_a_page_lost_in_the_middle_of_the_list_is_a_failed_harvest(site: Site, tmp_path: Path) -> None:
    site.routes[SEARCH.format(0)] = mein_now([1, 2], total=4, pages=2)
    site.routes[SEARCH.format(1)] = mein_now([3, 4], total=4, pages=2, number=1)[:100]
    result = run(site, tmp_path, "mein-now")
    assert not result.ok
    assert [row["ref"] for row in rows(result)] == ["1", "2"]


# --- politeness and order -------------------------------------------------------------------------------------------


def test_robots_txt_is_obeyed_and_named(site: Site, tmp_path: Path) -> None:
    hbz_site(site)
    site.routes["/robots.txt"] = b"User-agent: *\nDisallow: /\n"
    result = run(site, tmp_path, "hbz")
    assert (result.ok, result.statistics["failure"], result.statistics["robots_forbidden"]) == (False, "robots", 2)
    assert site.paths() == []


def test_a_pause_the_site_asks_for_is_kept(site: Site, tmp_path: Path) -> None:
    hbz_site(site)
    course = hbz_course("Kurs 1")
    site.routes["/de/weiterbildung/kurs-1"] = lambda visit: (
        Reply(course) if visit else Reply(status=429, headers={"Retry-After": "1"})
    )
    result = run(site, tmp_path, "hbz")
    assert result.complete
    first, second = (visit.at for visit in site.visits if visit.path == "/de/weiterbildung/kurs-1")
    assert second - first >= 1.0


def test_a_site_that_wants_too_long_a_pause_is_left_alone(site: Site, tmp_path: Path) -> None:
    site.routes[SEARCH.format(0)] = Reply(status=503, headers={"Retry-After": "86400"})
    result = run(site, tmp_path, "mein-now")
    assert "86400" in (result.reason or "")
    assert len(site.paths()) == 1


def test_a_real_site_without_permission_is_not_even_asked(site: Site, tmp_path: Path) -> None:
    result = run(site, tmp_path, "hbz", base_url=None)
    assert (result.ok, result.statistics["failure"]) == (False, "permission")
    assert site.visits == []


def test_a_broken_source_file_is_named(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text('key = "broken"\ncolour = 1\n', encoding="utf-8")
    result = run(site, tmp_path, "broken", file=file)
    assert (result.ok, result.exit_code, result.listings) == (False, 2, None)
    assert "broken.toml" in (result.reason or "")
    assert "colour" in (result.reason or "")


def test_the_page_budget_ends_a_harvest_as_a_failure(site: Site, tmp_path: Path) -> None:
    hbz_site(site, courses=30)
    file = tmp_path / "hbz.toml"
    content = (SOURCES / "hbz.toml").read_text(encoding="utf-8")
    file.write_text(content + "\n[politeness]\nmax_pages = 5\n", encoding="utf-8")
    result = run(site, tmp_path, "hbz", file=file)
    assert (result.ok, result.finish_reason) == (False, "closespider_pagecount")


def test_at_its_time_limit_a_harvest_is_ended_and_leaves_its_statistics(site: Site, tmp_path: Path) -> None:
    hbz_site(site)
    site.routes["/de/weiterbildung/kurs-2"] = Reply(b"", hang=60)
    started = time.monotonic()
    result = run(site, tmp_path, "hbz", seconds=8.0, timeout=30.0)
    assert time.monotonic() - started < 30
    assert (result.ok, result.timed_out, result.complete) == (False, True, False)
    assert "8 Sekunden" in (result.reason or "")
    assert result.statistics["source"] == "hbz"
    assert [row["ref"] for row in rows(result)] == ["1"]
    assert not (tmp_path / "harvest" / "hbz.jsonl").exists()


def test_a_cancelled_night_ends_its_harvests(site: Site, tmp_path: Path) -> None:
    hbz_site(site)
    site.routes[LISTS[0]] = Reply(b"", hang=60)
    cancelled = threading.Event()
    threading.Timer(2.0, cancelled.set).start()
    result = run(site, tmp_path, "hbz", cancelled=cancelled, timeout=30.0)
    assert "abgebrochen" in (result.reason or "")
    assert not any(_is_harvest(entry, tmp_path) for entry in Path("/proc").glob("[0-9]*"))


def test_a_harvest_whose_turn_comes_after_the_cancel_is_not_started(site: Site, tmp_path: Path) -> None:
    cancelled = threading.Event()
    cancelled.set()
    result = run(site, tmp_path, "hbz", cancelled=cancelled)
    assert (result.ok, result.complete, result.listings, result.statistics) == (False, False, None, {})
    assert "abgebrochen" in (result.reason or "")
    assert not (tmp_path / "harvest").exists()


@pytest.mark.parametrize("stubborn", [False, True])
def test_a_process_is_ended_with_its_own_children(stubborn: bool) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" if stubborn else ""
    code = (
        f"{deaf}import subprocess, sys, time\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(inner.pid, flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
    assert child.stdout is not None
    with child.stdout:
        inner = Path(f"/proc/{int(child.stdout.readline())}/stat")
    began = time.monotonic()
    end_group(child, 0.5)
    assert child.returncode == (-signal.SIGKILL if stubborn else -signal.SIGTERM)
    assert (time.monotonic() - began >= 0.5) is stubborn
    deadline = time.monotonic() + 5
    while inner.exists() and inner.read_text().rpartition(")")[2].split()[0] != "Z":  # nobody may be there to bury it
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_killed_harvest_leaves_statistics_and_never_a_good_file(site: Site, tmp_path: Path) -> None:
    hbz_site(site)
    site.routes["/de/weiterbildung/kurs-2"] = Reply(b"", hang=60)

    def kill() -> None:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and _is_harvest(entry, tmp_path):
                os.kill(int(entry.name), signal.SIGKILL)

    threading.Timer(3.0, kill).start()
    result = run(site, tmp_path, "hbz", timeout=30.0)
    assert (result.ok, result.exit_code, result.statistics["finish_reason"]) == (False, None, "killed")
    assert not (tmp_path / "harvest" / "hbz.jsonl").exists()


def _is_harvest(process: Path, folder: Path) -> bool:
    """Whether the process is a harvest into this folder."""
    try:
        command = (process / "cmdline").read_bytes()
    except OSError:
        return False
    return b"spiders.run" in command and str(folder).encode() in command
