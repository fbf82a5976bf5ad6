"""Politeness of the whole fleet: no source file and no stand-in can switch it off for a foreign host."""

from pathlib import Path

import pytest

from spiders.middlewares import retry_after
from spiders.run import refused
from spiders.settings import is_loopback, settings_for
from spiders.source import Politeness, Source, load_sources

SOURCES = Path(__file__).parents[2] / "spiders" / "sources"
FLEET = load_sources(SOURCES)


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


@pytest.mark.parametrize("source", FLEET.values(), ids=FLEET)
def test_every_source_is_harvested_politely(source: Source, tmp_path: Path) -> None:
    settings = settings_for(source, http=tmp_path, contact="betrieb@example.org")
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
    assert settings["HTTPCACHE_ENABLED"] is True
    assert settings["TELNETCONSOLE_ENABLED"] is False


def test_even_a_source_that_slipped_past_its_checks_waits(tmp_path: Path) -> None:
    hurried = Politeness.model_construct(delay=0.0, concurrency=50, max_pages=1, max_seconds=1, max_size=1)
    source = FLEET["hbz"].model_copy(update={"politeness": hurried})
    settings = settings_for(source, http=tmp_path, contact="x")
    assert settings["DOWNLOAD_DELAY"] == 1.0
    assert settings["CONCURRENT_REQUESTS"] == 2


def test_no_delay_only_if_every_host_is_this_machine(tmp_path: Path) -> None:
    here = FLEET["mein-now"].at("http://mein-now.localhost")
    assert settings_for(here, http=tmp_path, contact="x")["DOWNLOAD_DELAY"] == 0
    half = here.model_copy(update={"start": ("https://rest.mein-now.de/x",)})
    assert settings_for(half, http=tmp_path, contact="x")["DOWNLOAD_DELAY"] == 1.5


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
