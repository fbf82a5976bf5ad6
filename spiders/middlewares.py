"""Between the spider and the wire: patience, kept responses that are never served unasked, honest counts."""

import asyncio
import email.utils
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcache import HttpCacheMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.httpcache import RFC2616Policy
from scrapy.http import Request, Response
from w3lib.url import file_uri_to_path

if TYPE_CHECKING:
    from spiders.crawl import SourceSpider

LONGEST_PAUSE = 300.0  # seconds that a Retry-After may cost; a site that wants more is left alone


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


class Revalidate(RFC2616Policy):
    """A kept response is used only if the site itself says that it has not changed (304).

    The standard policy also serves it while it looks fresh, or when the site answers with an error: then a night could
    repeat old data and call it new.
    """

    def should_cache_request(self, request: Request) -> bool:
        """Pages bound to a session have the same address with other content."""
        return request.meta.get("cookiejar") is None and super().should_cache_request(request)

    def should_cache_response(self, response: Response, request: Request) -> bool:
        """Only what was really answered is kept."""
        return response.status == 200 and super().should_cache_response(response, request)

    def is_cached_response_fresh(self, cachedresponse: Response, request: Request) -> bool:
        """Never: ask each time, with the validators the site gave."""
        self._set_conditional_validators(request, cachedresponse)
        return False

    def is_cached_response_valid(self, cachedresponse: Response, response: Response, request: Request) -> bool:  # noqa: ARG002
        """Only a 304 says so."""
        return response.status == 304


class KeptResponses(HttpCacheMiddleware):
    """Scrapy's cache, without its fallback to a kept response when the site cannot be reached."""

    def process_exception(self, request: Request, exception: Exception) -> None:  # type: ignore[override]
        """A failed request stays failed."""


class OnSite:
    """Refuses every request, redirected ones too, to a host that is not the source's."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises IgnoreRequest for a foreign host; files have none."""
        spider: SourceSpider = self.crawler.spider  # type: ignore[assignment]
        host = _host(request)
        if host is not None and host not in spider.source.hosts:
            raise IgnoreRequest(f"leads off the site, to {host}")


class WireCount:
    """Counts what came over the wire, before the cache turns a 304 into the kept response."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making it."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Count status and bytes; robots.txt too, it is a request like any other."""
        if not request.url.startswith("file:"):
            spider: SourceSpider = self.crawler.spider  # type: ignore[assignment]
            spider.statistics.http_codes[str(response.status)] += 1
            spider.statistics.bytes += len(response.body)
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
