"""Politeness, for the whole fleet: what Scrapy is told, whatever a source file says. A test guards it."""

import ipaddress
from collections.abc import Iterable
from typing import Any

from spiders.source import Source

NAME = "Bildungsraum"  # what a robots.txt calls us
LEAST_DELAY = 1.0  # seconds between two requests to a host
MOST_AT_A_TIME = 2
LOOPBACK_AT_A_TIME = 8
TIMEOUT = 60  # seconds for one response
RETRY_CODES = [429, 500, 502, 503, 504, 522, 524]


def is_loopback(host: str) -> bool:
    """Whether a host name can only mean this machine: localhost, *.localhost (RFC 6761), 127.0.0.0/8, ::1."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def all_loopback(hosts: Iterable[str]) -> bool:
    """Whether there are hosts and all of them are this machine."""
    names = list(hosts)
    return bool(names) and all(is_loopback(name) for name in names)


def user_agent(contact: str) -> str:
    """Who knocks, and whom to write to if it disturbs."""
    return f"{NAME}/0.1 (course list of the Emscher-Lippe region; {contact})"


def settings_for(source: Source, *, contact: str, timeout: float = TIMEOUT) -> dict[str, Any]:
    """The Scrapy settings of one harvest. Only on this machine's own hosts is there no delay between requests."""
    here = source.is_file or all_loopback(source.hosts)
    polite = source.politeness
    delay = 0.0 if here else max(polite.delay, LEAST_DELAY)
    at_a_time = LOOPBACK_AT_A_TIME if here else min(polite.concurrency, MOST_AT_A_TIME)
    resolver = {} if here else {"TWISTED_DNS_RESOLVER": "spiders.gatekeeper.PublicResolver"}
    return resolver | {
        "BOT_NAME": "bildungsraum",
        "USER_AGENT": user_agent(contact),
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": NAME,
        "DOWNLOAD_DELAY": delay,
        "DOWNLOAD_DELAY_JITTER": 0,  # Scrapy would halve some pauses
        "CONCURRENT_REQUESTS": at_a_time,
        "CONCURRENT_REQUESTS_PER_DOMAIN": at_a_time,
        "AUTOTHROTTLE_ENABLED": not here,
        "AUTOTHROTTLE_START_DELAY": delay,
        "AUTOTHROTTLE_MAX_DELAY": 60.0,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
        "DOWNLOAD_TIMEOUT": timeout,
        "DNS_TIMEOUT": timeout,
        "DOWNLOAD_MAXSIZE": polite.max_size,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "CLOSESPIDER_PAGECOUNT": polite.max_pages,
        "CLOSESPIDER_TIMEOUT": polite.max_seconds,
        "RETRY_ENABLED": True,
        "RETRY_TIMES": 2,
        "RETRY_HTTP_CODES": RETRY_CODES,
        "REDIRECT_MAX_TIMES": 5,
        "COOKIES_ENABLED": True,
        "REFERRER_POLICY": "same-origin",
        "HTTPCACHE_ENABLED": False,  # KeepAnswers keeps, for conditional requests and for replays
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "spiders.gatekeeper.OnSite": 50,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "spiders.gatekeeper.Robots": 100,
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            "spiders.middlewares.PatientRetry": 550,
            "spiders.answers.KeepAnswers": 585,  # inside of retries, outside of decompression (590)
            "spiders.gatekeeper.PublicOnly": 940,
            "spiders.middlewares.WireCount": 950,
        },
        "DOWNLOAD_HANDLERS": {"file": "spiders.middlewares.FileByName", "data": None, "ftp": None, "s3": None},
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",  # in the order of the list
        "FEEDS": {},
        "FEED_EXPORT_ENCODING": "utf-8",
        "TELNETCONSOLE_ENABLED": False,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,  # it would parse every platform's source at start
        "LOG_LEVEL": "WARNING",
        "DEFAULT_DROPITEM_LOG_LEVEL": "INFO",  # dropped rows are counted in the statistics
        "STATS_DUMP": False,
        "LOGSTATS_INTERVAL": 0,
    }
