"""Politeness of the whole fleet: no source file and no stand-in can switch it off for a foreign host."""

import itertools
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pages import hbz_course, html
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from twisted.internet import defer
from twisted.internet.base import ThreadedResolver
from twisted.internet.error import DNSLookupError
from website import Reply, Site, serving

from spiders.gatekeeper import PublicOnly, PublicResolver, is_public
from spiders.harvest import HarvestResult, harvest
from spiders.middlewares import retry_after
from spiders.run import refused
from spiders.settings import is_loopback, settings_for
from spiders.source import Politeness, Source, load_sources

SOURCES = Path(__file__).parents[2] / "spiders" / "sources"
FLEET = load_sources(SOURCES)
SITES = {key: source for key, source in FLEET.items() if not source.is_file}


@pytest.mark.parametrize(
    "host", ["localhost", "hbz.localhost", "HBZ.Localhost.", "127.0.0.1", "127.9.9.9", "::1", "[::1]"]
)
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost.example.org",
        "127.0.0.1.nip.io",
        "notlocalhost",
        "10.0.0.1",
        "192.168.0.1",
        "0.0.0.0",
        "128.0.0.1",
        "",
    ],
)
def test_not_this_machine(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("source", SITES.values(), ids=SITES)
def test_every_source_is_harvested_politely(source: Source) -> None:
    settings = settings_for(source, contact="betrieb@example.org")
    assert settings["ROBOTSTXT_OBEY"] is True
    assert settings["DOWNLOAD_DELAY"] >= 1.0
    assert settings["DOWNLOAD_DELAY_JITTER"] == 0
    assert settings["CONCURRENT_REQUESTS_PER_DOMAIN"] <= 2
    assert settings["CONCURRENT_REQUESTS"] <= 2
    assert settings["AUTOTHROTTLE_ENABLED"] is True
    assert "betrieb@example.org" in settings["USER_AGENT"]
    assert 0 < settings["DOWNLOAD_MAXSIZE"] <= 50_000_000
    assert 0 < settings["CLOSESPIDER_PAGECOUNT"] <= 50_000
    assert settings["CLOSESPIDER_TIMEOUT"] > 0
    assert settings["DOWNLOAD_TIMEOUT"] <= 60
    assert settings["TELNETCONSOLE_ENABLED"] is False
    assert settings["DOWNLOADER_MIDDLEWARES"]["spiders.gatekeeper.Robots"] == 100
    assert settings["DOWNLOADER_MIDDLEWARES"]["spiders.gatekeeper.OnSite"] == 50
    assert settings["ROBOTSTXT_USER_AGENT"] in settings["USER_AGENT"]
    assert settings["TWISTED_DNS_RESOLVER"] == "spiders.gatekeeper.PublicResolver"


def test_even_a_source_that_slipped_past_its_checks_waits() -> None:
    hurried = Politeness.model_construct(delay=0.0, concurrency=50, max_pages=1, max_seconds=1, max_size=1)
    source = FLEET["hbz"].model_copy(update={"politeness": hurried})
    settings = settings_for(source, contact="x")
    assert settings["DOWNLOAD_DELAY"] == 1.0
    assert settings["CONCURRENT_REQUESTS"] == 2


def test_no_delay_only_if_every_host_is_this_machine() -> None:
    here = FLEET["mein-now"].at("http://mein-now.localhost")
    assert settings_for(here, contact="x")["DOWNLOAD_DELAY"] == 0
    half = here.model_copy(update={"start": ("https://rest.mein-now.de/x",)})
    assert settings_for(half, contact="x")["DOWNLOAD_DELAY"] == 1.5


def test_a_real_site_needs_a_permission_and_a_contact() -> None:
    assert refused(FLEET["hbz"], "a@example.org") is not None
    permission = FLEET["hbz"].permission.model_copy(update={"crawl": "granted"})
    granted = FLEET["hbz"].model_copy(update={"permission": permission})
    assert refused(granted, None) is not None
    assert refused(granted, "a@example.org") is None


def test_another_server_is_no_way_around_the_permission() -> None:
    assert refused(FLEET["hbz"].at("https://mirror.example.org"), "a@example.org") is not None
    assert refused(FLEET["hbz"].at("http://hbz.localhost"), None) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(b"7", 7.0), (b" 0 ", 0.0), (b"Sun, 01 Nov 2026 00:00:10 GMT", 10.0), (b"soon", None), (None, None)],
)
def test_retry_after_is_a_number_or_a_date(header: bytes | None, seconds: float | None) -> None:
    assert retry_after(header, 1793491200.0) == seconds  # 2026-11-01T00:00:00Z


# --- where a harvest may go -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:93.184.215.14"])
def test_a_public_address(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public(address: str) -> None:
    assert not is_public(address)


def resolved(monkeypatch: pytest.MonkeyPatch, name: str, address: str) -> str | None:
    """The address a harvest would connect to if the operating system says this one; None if it refuses."""
    monkeypatch.setattr(ThreadedResolver, "getHostByName", lambda *_: defer.succeed(address))
    resolver = PublicResolver(SimpleNamespace(), 0, 1.0)  # type: ignore[arg-type]
    found: list[Any] = []
    resolver.getHostByName(name).addBoth(found.append)
    if isinstance(found[0], str):
        return found[0]
    assert found[0].check(DNSLookupError)
    return None


def test_a_name_is_only_followed_to_a_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolved(monkeypatch, "kurse.example.org", "93.184.215.14") == "93.184.215.14"
    assert resolved(monkeypatch, "kurse.example.org", "192.168.0.7") is None  # the same name, another answer
    monkeypatch.setenv("http_proxy", "http://proxy.example.org:3128")
    assert resolved(monkeypatch, "proxy.example.org", "10.0.0.1") == "10.0.0.1"


def test_a_connection_to_another_address_than_was_resolved_is_not_used() -> None:
    spider = SimpleNamespace(is_local=False)
    guard = PublicOnly(SimpleNamespace(spider=spider))  # type: ignore[arg-type]
    request = Request("https://www.hbz-bildung.de/")
    good = Response(request.url, ip_address=ip_address("93.184.215.14"))
    assert guard.process_response(request, good) is good
    with pytest.raises(IgnoreRequest, match="not public"):
        guard.process_response(request, Response(request.url, ip_address=ip_address("10.0.0.1")))
    spider.is_local = True
    here = Response("http://hbz.localhost/", ip_address=ip_address("127.0.0.1"))
    assert guard.process_response(request, here) is here


# --- over the wire --------------------------------------------------------------------------------------------------


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def run(site: Site, folder: Path, **options: Any) -> HarvestResult:
    links = "<a href='/de/weiterbildung/kurs-1'>K</a>"
    site.routes.update({f"/{path.strip('/')}": html(links) for path in FLEET["hbz"].start})
    site.routes["/de/weiterbildung/kurs-1"] = hbz_course("Kurs 1")
    options = {"file": SOURCES / "hbz.toml", "base_url": "http://hbz.localhost", "proxy": site.url, **options}
    return harvest(
        options.pop("file"), out=folder / "harvest", http=folder / "http", seconds=60.0, timeout=1.0, **options
    )


@pytest.mark.slow
@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_site_without_robots_txt_allows_all(site: Site, tmp_path: Path, status: int) -> None:
    site.routes["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /\n", status)
    result = run(site, tmp_path)
    assert result.ok, result.reason
    assert result.statistics["robots"] == {"hbz.localhost": None}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=503), "HTTP 503"),
        (Reply(b"User-agent: *\nAllow: /\n", hang=10), "Timeout"),
        (Reply(status=302, headers={"Location": "http://other.localhost/robots.txt"}), "off the site"),
    ],
)
def test_a_robots_txt_that_cannot_be_had_forbids_the_night(
    site: Site, tmp_path: Path, reply: Reply, reason: str
) -> None:
    site.routes["/robots.txt"] = reply
    result = run(site, tmp_path)
    assert (result.ok, result.statistics["failure"], site.paths()) == (False, "robots", [])
    assert reason in (result.reason or "")
    assert "robots.txt der Quelle war nicht zu haben" in (result.reason or "")
    assert result.statistics["robots"] == {}


@pytest.mark.slow
def test_rules_for_us_by_name_are_obeyed_and_their_fingerprint_is_told(site: Site, tmp_path: Path) -> None:
    site.routes["/robots.txt"] = (
        b"User-agent: Bildungsraum\nDisallow: /de/weiterbildung/kurs-\n\nUser-agent: *\nAllow:\n"
    )
    result = run(site, tmp_path)
    assert "/de/weiterbildung/kurs-1" not in site.paths()
    assert result.statistics["robots_forbidden"] == 1
    assert [len(found) for found in result.statistics["robots"].values()] == [16]


@pytest.mark.slow
def test_requests_to_a_real_host_keep_their_distance(site: Site, tmp_path: Path) -> None:
    """A host that is not this machine by name, reached through the operator's own proxy."""
    result = run(site, tmp_path, file=real(tmp_path, "http://kurse.example"), base_url=None, contact="a@example.org")
    assert result.ok, result.reason
    times = [visit.at for visit in site.visits]
    assert len(times) == 4  # robots.txt, two lists, a course
    assert all(later - earlier >= 0.95 for earlier, later in itertools.pairwise(times))
    assert all("a@example.org" in visit.headers["User-Agent"] for visit in site.visits)


@pytest.mark.slow
def test_a_real_source_that_leads_to_this_machine_is_refused(site: Site, tmp_path: Path) -> None:
    port, name = site.url.rpartition(":")[2], socket.gethostname()
    try:
        address = socket.gethostbyname(name)
    except OSError:
        pytest.skip("this machine does not know its own name")
    if is_public(address):
        pytest.skip("this machine has a public address")
    for host in (name, "10.255.255.1"):
        result = run(
            site, tmp_path, file=real(tmp_path, f"http://{host}:{port}"), base_url=None, proxy=None, contact="x"
        )
        assert (result.ok, result.statistics["pages"]) == (False, 0)
        assert "not public" in (result.reason or ""), result.reason
    assert site.visits == []


def real(folder: Path, homepage: str) -> Path:
    """The HBZ with a permission, at another address."""
    text = (SOURCES / "hbz.toml").read_text(encoding="utf-8").replace(FLEET["hbz"].homepage or "", homepage)
    granted = 'crawl = "granted"\nbasis = "contract"\nby = "Somebody"\ndate = 2026-11-01'
    assert 'crawl = "none"' in text
    file = folder / "hbz.toml"
    file.write_text(text.replace('crawl = "none"', granted), encoding="utf-8")
    return file
