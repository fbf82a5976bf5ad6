"""The stages every listing passes, in this order: one class, one decision, one counter each.

They are called by the reader, page by page, and not by Scrapy, which may weave the rows of two pages into each other:
rows of one ref are merged in the order they were written, and a replayed night must merge them alike.
"""

from pydantic import ValidationError

from normalize.model import Listing
from spiders.listing import ListingDict
from spiders.output import Output
from spiders.source import Source
from spiders.statistics import Statistics


class Dropped(Exception):  # noqa: N818 - reads as what happened
    """A row that is no listing."""


class Stage:
    """Base of the stages: knows the harvest it belongs to."""

    def __init__(self, source: Source, statistics: Statistics, output: Output) -> None:
        self.source = source
        self.statistics = statistics
        self.output = output

    def process(self, record: ListingDict) -> ListingDict:
        """Hand the row on, changed or not. Raises Dropped."""
        raise NotImplementedError

    def drop(self, counter: str, message: str, record: ListingDict) -> Dropped:
        """Count and record a row that is no listing."""
        self.statistics.dropped[counter] += 1
        self.statistics.error(record.get("url"), f"{counter}: {message}")
        return Dropped(message)


class Identify(Stage):
    """A listing has the source's key and the provider's own ref; one without ref is dropped."""

    def process(self, record: ListingDict) -> ListingDict:
        """Add the source's key, and its provider where the page names none."""
        if record.get("ref") is None:
            raise self.drop("no_ref", f"{record.get('title')!r} has no {self.source.ref}", record)
        provider = record.get("provider") or self.source.provider
        return {"source": self.source.key, **record, "provider": provider}


class Validate(Stage):
    """A listing is what the contract says; one that is not is dropped."""

    def process(self, record: ListingDict) -> ListingDict:
        """Hold it against the model."""
        try:
            Listing.model_validate(record)
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in problem["loc"])
            raise self.drop("invalid", f"{record['ref']}: {where}: {problem['msg']}", record) from error
        return record


class Write(Stage):
    """A listing is written as it comes; a second row of the same ref is counted, and merged at the end."""

    def process(self, record: ListingDict) -> ListingDict:
        """Write and measure it."""
        if self.output.write(record):
            self.statistics.measure(record)
        else:
            self.statistics.duplicates += 1
        return record


class Pipeline:
    """All stages of one harvest."""

    def __init__(self, source: Source, statistics: Statistics, output: Output) -> None:
        self._stages = [stage(source, statistics, output) for stage in (Identify, Validate, Write)]

    def take(self, record: ListingDict) -> None:
        """Let a row pass, or be dropped with its reason."""
        try:
            for stage in self._stages:
                record = stage.process(record)
        except Dropped:
            return
