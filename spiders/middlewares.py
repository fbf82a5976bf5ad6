"""Between the spider and the wire: patience, honest counts, and files that nobody reads before they are asked for."""

import asyncio
import email.utils
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from w3lib.url import file_uri_to_path

if TYPE_CHECKING:
    from spiders.crawl import SourceSpider

LONGEST_PAUSE = 300.0  # seconds that a Retry-After may cost; a site that wants more is left alone


class Middleware:
    """Base of our own: knows the running harvest."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making it."""
        return cls(crawler)

    @property
    def spider(self) -> "SourceSpider":
        """The running harvest."""
        return self.crawler.spider  # type: ignore[return-value]


class PatientRetry(RetryMiddleware):
    """Retries like Scrapy, but a Retry-After stops all requests to that host until its time has come."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler.settings)
        self.crawler = crawler
        self._resume: dict[str, float] = {}  # host -> monotonic time

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait while the host asked for a pause."""
        pause = self._resume.get(_host(request) or "", 0.0) - time.monotonic()
        if pause > 0:
            await asyncio.sleep(pause)

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Note the wanted pause, then retry."""
        wanted = retry_after(response.headers.get("Retry-After"), time.time())
        if response.status in (429, 503) and wanted is not None:
            if wanted > LONGEST_PAUSE:
                raise IgnoreRequest(f"the site asks for a pause of {wanted:.0f} s (HTTP {response.status})")
            self._resume[_host(request) or ""] = time.monotonic() + wanted
        return super().process_response(request, response)


def retry_after(value: bytes | None, now: float) -> float | None:
    """Seconds to wait by a Retry-After header: a number, or an HTTP date seen from `now` (POSIX time)."""
    if value is None:
        return None
    text = value.decode("latin-1").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now)
    except ValueError:
        return None


class WireCount(Middleware):
    """Counts what came over the wire, before the kept response takes the place of a 304."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Count status and bytes; robots.txt too, it is a request like any other."""
        if not request.url.startswith("file:"):
            self.spider.statistics.http_codes[str(response.status)] += 1
            self.spider.statistics.bytes += len(response.body)
        return response


class FileByName(BaseDownloadHandler):
    """Answers a file address without reading the file, so that a platform may stream it."""

    async def download_request(self, request: Request) -> Response:
        """An empty response; raises FileNotFoundError if there is no such file."""
        path = Path(file_uri_to_path(request.url))
        if not path.is_file():
            raise FileNotFoundError(f"no file {path.name}")
        return Response(request.url)

    async def close(self) -> None:
        """Nothing is held open."""


def _host(request: Request) -> str | None:
    return urlsplit(request.url).hostname
