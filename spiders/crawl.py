"""The one Scrapy spider: it fetches what a platform asks for and hands on what a platform reads."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure
from w3lib.url import file_uri_to_path

from spiders.listing import ListingDict
from spiders.output import Output
from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.platforms import platform
from spiders.source import Source
from spiders.statistics import Statistics, now


class SourceSpider(scrapy.Spider):
    """Drives the platform of one source. Holds what the pipeline needs: the source, its statistics, its output."""

    name = "source"

    def __init__(self, source: Source, statistics: Statistics, output: Output, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.statistics = statistics
        self.output = output
        self.platform = platform(source.platform)
        self._requested: set[str] = set()  # addresses, and refs of detail pages

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The requests for the platform's first pages."""
        for follow in self.platform.start(self.source):
            for request in self._followed(follow):
                yield request

    def read(self, response: Response) -> Iterator[ListingDict | scrapy.Request]:
        """Read one page. Whatever goes wrong in it is that page's failure; what it said before is kept."""
        follow: Follow = response.meta["follow"]
        self.statistics.pages += 1
        page = _page(response, follow)
        fetched_at = _fetched_at(page)
        try:
            yield from self._found(page, follow, fetched_at)
        except UnreadableError as error:
            yield from self._lost(follow, str(error), fetched_at)
        except Exception as error:  # a hostile page can break a reader anywhere
            self.logger.warning("reading %s", response.url, exc_info=True)
            yield from self._lost(follow, f"the reader broke: {type(error).__name__}: {error}", fetched_at)

    def failed(self, failure: Failure) -> Iterator[ListingDict]:
        """A page that could not be had, after all retries."""
        follow: Follow = failure.request.meta["follow"]  # type: ignore[attr-defined]
        yield from self._lost(follow, self._reason(failure.value), now())

    def _found(self, page: Page, follow: Follow, fetched_at: str) -> Iterator[ListingDict | scrapy.Request]:
        for found in self.platform.read(page, self.source):
            if isinstance(found, Total):
                self.statistics.total(found)
            elif isinstance(found, Note):
                self.statistics.note(found, follow.url)
            elif isinstance(found, Follow):
                yield from self._followed(found)
            else:
                yield {**found, "fetched_at": fetched_at}

    def _followed(self, follow: Follow) -> Iterator[scrapy.Request]:
        """A request for the link, unless the address or its listing was asked for already."""
        asked_for = f"ref {follow.ref}" if follow.ref is not None else follow.url
        if asked_for in self._requested and not follow.repeat:
            categories = (follow.fallback or {}).get("categories")
            if follow.ref is not None and categories:
                self.output.sighted(follow.ref, categories)
            return
        self._requested.add(asked_for)
        yield self._request(follow)

    def _request(self, follow: Follow) -> scrapy.Request:
        meta: dict[str, Any] = {"follow": follow}
        if follow.cookiejar is not None:
            meta["cookiejar"] = follow.cookiejar
        return scrapy.Request(
            follow.url,
            callback=self.read,
            errback=self.failed,
            headers=dict(follow.headers),
            meta=meta,
            dont_filter=True,  # Scrapy would drop a redirect to a known address without a word
            priority=_urgency(follow),
        )

    def _lost(self, follow: Follow, reason: str, fetched_at: str) -> Iterator[ListingDict]:
        """Record the loss; what the list said of the course is kept."""
        self.statistics.page_failed(follow, reason)
        if follow.fallback is not None:
            yield {**follow.fallback, "fetched_at": fetched_at}

    def _reason(self, error: BaseException | None) -> str:
        if isinstance(error, HttpError):
            return f"HTTP {error.response.status}"
        if isinstance(error, IgnoreRequest):
            if "robots.txt" in str(error):
                self.statistics.robots_forbidden += 1
            return str(error)
        return f"{type(error).__name__}: {error}"


def _urgency(follow: Follow) -> int:
    """A session that pages must not grow old; then courses before more lists, so that the queue stays short."""
    if follow.cookiejar is not None:
        return 2
    return 1 if follow.kind == "detail" else 0


def _page(response: Response, follow: Follow) -> Page:
    if urlsplit(response.url).scheme == "file":
        path = Path(file_uri_to_path(response.url))
        return Page(response.url, path=path, kind=follow.kind, context=follow.context)
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    return Page(
        response.url, response.body, kind=follow.kind, context=follow.context, content_type=content_type or None
    )


def _fetched_at(page: Page) -> str:
    """When the page said this: the moment of its response; of a file, when it was last written."""
    if page.path is None:
        return now()
    written = datetime.fromtimestamp(page.path.stat().st_mtime, UTC)
    return written.isoformat(timespec="seconds").replace("+00:00", "Z")
