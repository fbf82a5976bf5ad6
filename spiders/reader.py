"""Reads the pages of one source, one after the other, into its output: the same for a harvest and for its replay."""

import dataclasses
import logging
from collections.abc import Iterable, Iterator

from spiders.output import Output
from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.pipelines import Pipeline
from spiders.platforms import platform
from spiders.source import Source
from spiders.statistics import Statistics

GONE = (404, 410)  # HTTP status of a course page that is no more; its list may name it for a while

logger = logging.getLogger(__name__)


class Reader:
    """What a harvest knows while it runs. A page is read whole before the next one, so the order of pages is all that
    the result depends on."""

    def __init__(self, source: Source, statistics: Statistics, output: Output) -> None:
        self.source = source
        self.statistics = statistics
        self.output = output
        self._platform = platform(source.platform)
        self._pipeline = Pipeline(source, statistics, output)
        # hashes of addresses, and of refs of detail pages: a quarter of the memory, and 50,000 pages have two alike
        # with a probability of 1 to 10^10
        self._requested: set[int] = set()

    def start(self) -> Iterator[Follow]:
        """The first pages to ask for."""
        return self._fresh(self._platform.start(self.source))

    def read(self, page: Page, follow: Follow, fetched_at: str) -> list[Follow]:
        """Read one page and return what to ask for next.

        Whatever goes wrong in it is that page's failure; what it said before is kept.
        """
        self.statistics.pages += 1
        asked: list[Follow] = []
        try:
            for found in self._platform.read(page, self.source):
                if isinstance(found, Total):
                    self.statistics.total(found)
                elif isinstance(found, Note):
                    self.statistics.note(found, follow.url)
                elif isinstance(found, Follow):
                    asked += self._fresh([_dated(found, fetched_at)])
                else:
                    self._pipeline.take({**found, "fetched_at": fetched_at})
        except UnreadableError as error:
            self.failed(follow, str(error))
        except Exception as error:  # a hostile page can break a reader anywhere
            logger.warning("reading %s", page.url, exc_info=True)
            self.failed(follow, f"the reader broke: {type(error).__name__}: {error}")
        self.statistics.observe(page)
        return asked

    def failed(self, follow: Follow, reason: str, status: int | None = None) -> None:
        """A page that could not be had or read, after all retries; what its list said of the course is kept.

        Only a course page that the site itself calls gone is no failure, and no course any more.
        """
        if status in GONE and follow.kind == "detail":
            self.statistics.page_gone(follow)
            return
        self.statistics.page_failed(follow, reason)
        if follow.fallback is not None:
            self._pipeline.take(follow.fallback)

    def _fresh(self, follows: Iterable[Follow]) -> Iterator[Follow]:
        """The links whose address or listing was not asked for already."""
        for follow in follows:
            asked_for = hash(f"ref {follow.ref}" if follow.ref is not None else follow.url)
            if asked_for in self._requested and not follow.repeat:
                categories = (follow.fallback or {}).get("categories")
                if follow.ref is not None and categories:
                    self.output.sighted(follow.ref, follow.url, categories)
                continue
            self._requested.add(asked_for)
            yield follow


def _dated(follow: Follow, fetched_at: str) -> Follow:
    """What a list says of a course is as old as the list."""
    if follow.fallback is None:
        return follow
    return dataclasses.replace(follow, fallback={**follow.fallback, "fetched_at": fetched_at})
