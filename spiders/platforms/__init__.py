"""One module per site software: which pages to fetch, and what they publish. Pure; none imports Scrapy."""

import importlib
from collections.abc import Iterable
from typing import Protocol, cast

from spiders.listing import ListingDict
from spiders.page import Follow, Note, Page, Total
from spiders.source import Source

Found = ListingDict | Follow | Total | Note


class Platform(Protocol):
    """What a platform module offers."""

    def start(self, source: Source) -> Iterable[Follow]:
        """The first pages of a harvest."""

    def read(self, page: Page, source: Source) -> Iterable[Found]:
        """What a page publishes and links to. Raises UnreadableError if it is not a page of this platform."""


def platform(name: str) -> Platform:
    """The platform module of a source."""
    return cast(Platform, importlib.import_module(f"spiders.platforms.{name}"))
