"""The stages every listing passes: one class, one decision, one counter each."""

from typing import TYPE_CHECKING, Self

from pydantic import ValidationError
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from normalize.model import Listing
from spiders.listing import ListingDict

if TYPE_CHECKING:
    from spiders.crawl import SourceSpider


class Stage:
    """Base of the stages: knows the harvest it belongs to."""

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

    def drop(self, counter: str, message: str, record: ListingDict) -> DropItem:
        """Count and record a row that is no listing."""
        self.spider.statistics.dropped[counter] += 1
        self.spider.statistics.error(record.get("url"), f"{counter}: {message}")
        return DropItem(message)


class Identify(Stage):
    """A listing has the source's key and the provider's own ref; one without ref is dropped."""

    def process_item(self, item: ListingDict) -> ListingDict:
        """Add the source's key, and its provider where the page names none."""
        if item.get("ref") is None:
            raise self.drop("no_ref", f"{item.get('title')!r} has no {self.spider.source.ref}", item)
        provider = item.get("provider") or self.spider.source.provider
        return {"source": self.spider.source.key, **item, "provider": provider}


class Validate(Stage):
    """A listing is what the contract says; one that is not is dropped."""

    def process_item(self, item: ListingDict) -> ListingDict:
        """Hold it against the model."""
        try:
            Listing.model_validate(item)
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in problem["loc"])
            raise self.drop("invalid", f"{item['ref']}: {where}: {problem['msg']}", item) from error
        return item


class Write(Stage):
    """A listing is written as it comes; a second row of the same ref is counted, and merged at the end."""

    def process_item(self, item: ListingDict) -> ListingDict:
        """Write and measure it."""
        if self.spider.output.write(item):
            self.spider.statistics.measure(item)
        else:
            self.spider.statistics.duplicates += 1
        return item
