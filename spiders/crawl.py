"""The one Scrapy spider: it fetches what the reader asks for, tapes every answer, and hands it to the reader."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure
from w3lib.url import file_uri_to_path

from spiders.answers import ANSWER, Answer, header
from spiders.kept import Bodies, Index
from spiders.page import Follow, Page
from spiders.reader import Reader
from spiders.settings import all_loopback
from spiders.statistics import now
from spiders.tape import Entry, TapeWriter


class SourceSpider(scrapy.Spider):
    """Drives the reader of one source. Holds what the middlewares need: source, statistics, kept responses."""

    name = "source"

    def __init__(self, reader: Reader, tape: TapeWriter, bodies: Bodies, index: Index, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reader = reader
        self.source = reader.source
        # asked for with every request, and each time a walk over all the source's addresses
        self.hosts = frozenset(reader.source.hosts)
        self.files = frozenset(reader.source.urls) if reader.source.is_file else frozenset()
        self.is_local = reader.source.is_file or all_loopback(self.hosts)
        self.statistics = reader.statistics
        self.tape = tape
        self.bodies = bodies
        self.index = index

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """The requests for the platform's first pages."""
        for follow in self.reader.start():
            yield self._request(follow)

    def read(self, response: Response) -> list[scrapy.Request]:
        """Put the answer on the tape, read it, and return the requests it leads to."""
        follow: Follow = response.meta["follow"]
        if urlsplit(response.url).scheme == "file":
            entry, page = self._file(response, follow)
        else:
            entry, page = self._answer(response, follow)
        self.tape.add(entry)
        return [self._request(found) for found in self.reader.read(page, follow, entry.at)]

    def failed(self, failure: Failure) -> None:
        """A page that could not be had, after all retries."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]
        follow: Follow = request.meta["follow"]
        error, reason = failure.value, self.reason(failure.value)
        status = error.response.status if isinstance(error, HttpError) else None
        self.tape.add(Entry(now(), follow.url, request.url, status, cookiejar=follow.cookiejar, error=reason))
        self.reader.failed(follow, reason, status)

    def answered_robots(self, url: str, response: Response, lost: str | None) -> None:
        """Note what the robots.txt at `url` answered; `lost` says why the answer is of no use."""
        answer: Answer = response.meta[ANSWER]
        host = urlsplit(url).hostname or ""
        if lost is None:
            self.statistics.robots[host] = sha256(response.body).hexdigest()[:16] if response.status == 200 else None
        self.statistics.robots_lost = self.statistics.robots_lost or lost
        self.tape.add(_entry(response, answer, url, error=lost, robots=True))

    def lost_robots(self, url: str, reason: str) -> None:
        """Note that the robots.txt at `url` could not be had."""
        self.statistics.robots_lost = self.statistics.robots_lost or reason
        self.tape.add(Entry(now(), url, url, error=reason, robots=True))

    def reason(self, error: BaseException | None) -> str:
        """Why there is no page, for people."""
        if isinstance(error, HttpError):
            return f"HTTP {error.response.status}"
        if isinstance(error, DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in str(error):
            return f"Antwort größer als {self.source.politeness.max_size} Bytes"
        return str(error) if isinstance(error, IgnoreRequest) else f"{type(error).__name__}: {error}".rstrip(": ")

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

    def _answer(self, response: Response, follow: Follow) -> tuple[Entry, Page]:
        entry = _entry(response, response.meta[ANSWER], follow.url, cookiejar=follow.cookiejar)
        content_type = entry.headers.get("Content-Type")
        page = Page(response.url, response.body, kind=follow.kind, context=follow.context, content_type=content_type)
        return entry, page

    def _file(self, response: Response, follow: Follow) -> tuple[Entry, Page]:
        """A file is as old as its last change, and copied, because its provider will overwrite it."""
        path = Path(file_uri_to_path(response.url))
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
        entry = Entry(written.replace("+00:00", "Z"), follow.url, response.url, 200, body=self.bodies.keep_file(path))
        return entry, Page(response.url, path=path, kind=follow.kind, context=follow.context)


def _entry(response: Response, answer: Answer, url: str, **more: Any) -> Entry:
    headers = {name: header(response, name) for name in ("Content-Type", "ETag", "Last-Modified")}
    given = {name: value for name, value in headers.items() if value is not None}
    return Entry(answer.at, url, response.url, answer.status, given, body=answer.body, **more)


def _urgency(follow: Follow) -> int:
    """A session that pages must not grow old; then courses before more lists, so that the queue stays short."""
    if follow.cookiejar is not None:
        return 2
    return 1 if follow.kind == "detail" else 0
