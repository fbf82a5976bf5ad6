"""What tells that a site changed its template or its encoding: names in nearly all pages of a kind. Cheap, on bytes."""

import re
from collections import Counter, defaultdict

from spiders.page import Page

MOST_MARKS = 60
SHARE = 0.9  # of the pages of a kind must have a name that marks them
_SEEN_EARLY = 40  # pages; a name that none of them has is in no 90 % of a larger catalogue
_LOOKED_AT = 300_000  # bytes of one page
_PER_PAGE = 600  # names of one page

_CLASSES = re.compile(rb"""\sclass\s*=\s*(?:"([^"<>]{1,300})"|'([^'<>]{1,300})')""")
_KEYS = re.compile(rb'"([A-Za-z_@][\w@.:-]{0,39})"\s*:')
_ELEMENTS = re.compile(rb"<([A-Za-z_][\w.:-]{0,39})[\s/>]")
_NAME = re.compile(rb"[A-Za-z_][\w-]{0,39}")


class Marks:
    """Counts names over the pages of a harvest: CSS classes of HTML, keys of JSON, elements of XML."""

    def __init__(self) -> None:
        self._pages: Counter[str] = Counter()
        self._names: defaultdict[str, Counter[bytes]] = defaultdict(Counter)

    def observe(self, page: Page) -> None:
        """Count a page, unless it was streamed from a file and nobody has its bytes."""
        body = page.loaded
        if not body:
            return
        kind = page.kind or "list"
        self._pages[kind] += 1
        counted = self._names[kind]
        names = names_of(body[:_LOOKED_AT])
        counted.update(names if self._pages[kind] <= _SEEN_EARLY else names & counted.keys())

    def common(self) -> list[str]:
        """The names in at least 90 % of the course pages (without any: of the list pages), sorted, the commonest 60."""
        kind = "detail" if self._pages["detail"] else "list"
        least = SHARE * self._pages[kind]
        often = [(-count, name) for name, count in self._names[kind].items() if count >= least]
        return sorted(name.decode("ascii", "replace") for _, name in sorted(often)[:MOST_MARKS])


def names_of(body: bytes) -> set[bytes]:
    """The names of one page by what it is: JSON, XML or HTML."""
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        names = set(_KEYS.findall(body))
    elif start.startswith(b"<?xml") and b"<html" not in start.lower():
        names = set(_ELEMENTS.findall(body))
    else:
        classes = {double or single for double, single in _CLASSES.findall(body)}
        names = {name for value in classes for name in value.split() if _NAME.fullmatch(name)}
    return set(sorted(names)[:_PER_PAGE]) if len(names) > _PER_PAGE else names
