"""What a platform reads and what it asks for: a page, and links to follow. No network, no Scrapy."""

import codecs
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from parsel import Selector
from w3lib.encoding import html_to_unicode
from w3lib.url import safe_url_string

from spiders.listing import ListingDict

Kind = Literal["list", "detail"]

MOST_UNPACKED = 1_000_000_000  # bytes of a gzipped page; a small file may be a bomb

# Encodings in which any bytes are text, so that a wrong label goes unnoticed; umlauts in UTF-8 are never meant so.
_EIGHT_BIT = ("cp1252", "iso8859-1", "latin-1", "iso8859-15")
_LAYOUT = re.compile(r"[ \t\r\n\f]+")  # not \s: a no-break space is published text
_NO_HTML = re.compile(r"application/(json|pdf|zip|octet-stream|xml)|image/|audio/|video/|text/(plain|csv)")


class UnreadableError(ValueError):
    """The page is not what its platform expects: no HTML, cut JSON, another site's page. The reason is for people."""


@dataclass(frozen=True)
class Follow:
    """A page to fetch.

    `kind` says what it is: without a list page the catalogue has a hole, without a detail page one course lacks its
    details. `ref` is the listing a detail page will give, so that a second link to it is not followed; `fallback` is
    what the list itself says of that listing, kept if the page cannot be had. Requests with the same `cookiejar` share
    a session. `repeat` fetches an address again that was fetched already (a paging link bound to its session).
    """

    url: str
    kind: Kind = "list"
    ref: str | None = None
    fallback: ListingDict | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    cookiejar: str | None = None
    repeat: bool = False


@dataclass(frozen=True)
class Total:
    """How many records the source says the query `of` has, and the refs it showed on this page."""

    of: str
    stated: int
    refs: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """Something the operator should know. `kind` is counted; `spoils`: the harvest cannot be complete."""

    kind: str
    message: str
    spoils: bool = False


@dataclass
class Page:
    """One response or saved file. `kind` is what the link said it is, None if nobody said (a saved page)."""

    url: str
    content: bytes | None = None
    path: Path | None = None  # a file: read when asked for, so that a platform may stream it instead
    kind: Kind | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    content_type: str | None = None

    @cached_property
    def body(self) -> bytes:
        """The bytes, decompressed if the file is gzip. Raises UnreadableError for gzip that is damaged or a bomb."""
        data = self.content if self.content is not None else self.path.read_bytes() if self.path else b""
        return gunzip(data) if data[:2] == b"\x1f\x8b" else data

    @property
    def text(self) -> str:
        """The decoded body: as the server says, else the page; a word that the bytes contradict is not believed."""
        return self._decoded[1]

    @property
    def charset(self) -> str | None:
        """The encoding that the text was decoded by; None if nobody asked for the text."""
        return self._decoded[0] if "_decoded" in self.__dict__ else None

    @property
    def loaded(self) -> bytes | None:
        """The bytes if somebody asked for them, None for a file that was streamed."""
        return self.__dict__.get("body", self.content)

    @cached_property
    def _decoded(self) -> tuple[str, str]:
        stated, text = html_to_unicode(self.content_type, self.body, auto_detect_fun=_encoding)
        real = _encoding(self.body)
        if stated == "utf-8" and real != "utf-8" and "\ufffd" in text:
            return real, self.body.decode(real, "replace")
        if stated in _EIGHT_BIT and real == "utf-8" and not self.body.isascii():
            return real, self.body.decode("utf-8-sig")
        return stated, text

    @cached_property
    def selector(self) -> Selector:
        """The parsed HTML. Raises UnreadableError if it is none, or cut."""
        if self.content_type and _NO_HTML.match(self.content_type):
            raise UnreadableError(f"no HTML page but {self.content_type}")
        start = self.text[:2000].lstrip("\ufeff \t\r\n")
        if not start.startswith("<") or (start.startswith("<?xml version") and "<html" not in start.lower()):
            raise UnreadableError("no HTML page" if start else "an empty page")
        if "<html" in start.lower() and "</html" not in self.text[-2000:].lower():
            raise UnreadableError("the HTML page is cut: its end is missing")
        return Selector(self.text, type="html")

    def json(self) -> Any:
        """The parsed JSON. Raises UnreadableError if it is none, or cut."""
        try:
            return json.loads(self.body)
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise UnreadableError(f"no JSON, or cut: {error}") from error
        except RecursionError as error:
            raise UnreadableError("JSON nested too deeply") from error

    def address(self, href: str | None) -> str | None:
        """An absolute http address of a link on this page (spaces escaped), or None if it is no such link."""
        if not href or not href.strip():
            return None
        try:
            url = safe_url_string(urljoin(self.url, href.strip()))
        except ValueError:
            return None
        return url if url.startswith(("http://", "https://")) else None

    @property
    def published_url(self) -> str | None:
        """Where a visitor finds this page: its address, for a saved page the one it names itself."""
        if self.url.startswith(("http://", "https://")):
            return self.url
        named = self.selector.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content").get()
        return named if _is_web(named) else None


def gunzip(data: bytes, most: int = MOST_UNPACKED) -> bytes:
    """Unpack gzip, of several members too. Raises UnreadableError if damaged, cut, or larger than `most` bytes."""
    unpacked = bytearray()
    while data:
        member = zlib.decompressobj(wbits=31)
        try:
            unpacked += member.decompress(data, most + 1 - len(unpacked))
        except zlib.error as error:
            raise UnreadableError(f"damaged gzip: {error}") from error
        if len(unpacked) > most:
            raise UnreadableError(f"gzip that unpacks to more than {most} bytes")
        if not member.eof:
            raise UnreadableError("the gzip file is cut: its end is missing")
        data = member.unused_data.lstrip(b"\0")
    return bytes(unpacked)


def shown(node: Selector | None) -> str | None:
    """The visible text of an element, its line breaks and indents folded to single spaces; blank is None."""
    if node is None:
        return None
    return folded(node.xpath("string()").get() or "")


def folded(value: str) -> str | None:
    """A text without the layout of its markup; no-break spaces stay. Blank is None."""
    line = _LAYOUT.sub(" ", value).strip(" ")
    return line if line.strip() else None


def first(node: Selector, css: str) -> Selector | None:
    """The first element that a CSS selector finds."""
    found = node.css(css)
    return found[0] if found else None


def beside(node: Selector, xpath: str) -> Selector | None:
    """The first element that an XPath finds from an element, such as the description beside a term."""
    found = node.xpath(xpath)
    return found[0] if found else None


def _is_web(address: str | None) -> bool:
    try:
        return urlsplit(address or "").scheme in ("http", "https")
    except ValueError:
        return False


def _encoding(body: bytes) -> str:
    try:
        codecs.decode(body, "utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
