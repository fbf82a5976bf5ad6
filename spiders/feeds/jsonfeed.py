"""Reading a JSON object whose one long list would not fit into memory: its members, the list's items one by one."""

import codecs
import json
from collections.abc import Iterable, Iterator
from typing import Any

from spiders.feeds.stream import chunks
from spiders.feeds.xmlfeed import DEEPEST, MOST_AT_ONCE
from spiders.page import Page, UnreadableError

_DECODER = json.JSONDecoder()
_BLANK = " \t\r\n"


def members(page: Page, outer: str, long: str) -> Iterator[tuple[str, Any]]:
    """The members of the object `outer` in their order; the items of its list `long` come one by one.

    Raises UnreadableError for other JSON and, after the members before it, for JSON that is damaged, cut, not UTF-8,
    nested too deeply, or that has an item of megabytes.
    """
    text = _Text(chunks(page))
    found = False
    for name in text.keys_of_object():
        if name.rpartition(":")[2] != outer:
            text.value()
            continue
        found = True
        for key in text.keys_of_object():
            if key == long and text.peek() == "[":
                yield from ((key, item) for item in text.items_of_list())
            else:
                yield key, text.value()
    if not found:
        raise UnreadableError(f"the JSON object has no {outer!r}")
    if text.peek():
        raise UnreadableError("something follows the end of the JSON")


class _Text:
    """JSON text of which only the part being read is held."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._held = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            while self._at < len(self._held) and self._held[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._held):
                return self._held[self._at]
            if self._ended:
                return ""
            self._more()

    def take(self, *expected: str) -> str:
        """The next character, which has to be one of these."""
        found = self.peek()
        if found not in expected:
            raise UnreadableError(f"the JSON is damaged or cut: {found!r} where {' or '.join(expected)} should be")
        self._at += 1
        return found

    def keys_of_object(self) -> Iterator[str]:
        """The keys of an object; the caller reads the value behind each."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        following = ","
        while following == ",":
            self.peek()
            key = self.value()
            if not isinstance(key, str):
                raise UnreadableError("the JSON is damaged: a key that is no string")
            self.take(":")
            yield key
            following = self.take(",", "}")

    def items_of_list(self) -> Iterator[Any]:
        """The values of a list."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        following = ","
        while following == ",":
            yield self.value()
            following = self.take(",", "]")

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                found, end = _DECODER.raw_decode(self._held, self._at)
            except RecursionError as error:
                raise UnreadableError("JSON nested too deeply") from error
            except ValueError as error:
                if self._ended or len(self._held) - self._at > MOST_AT_ONCE:
                    raise UnreadableError(f"the JSON is damaged or cut: {error}") from error
            else:
                if end < len(self._held) or self._ended:  # a number may go on behind what is held
                    self._at = end
                    return _shallow(found)
            self._more(twice=True)

    def _more(self, *, twice: bool = False) -> None:
        """Hold a piece more, or twice as much, so that a long value is not tried again for every piece."""
        self._held, self._at = self._held[self._at :], 0
        wanted = 2 * len(self._held) if twice else 1
        while not self._ended and len(self._held) < wanted + (not twice):
            piece = next(self._pieces, b"")
            self._ended = not piece
            try:
                self._held += self._decode(piece, self._ended)
            except UnicodeDecodeError as error:
                raise UnreadableError(f"the JSON is not UTF-8: {error}") from error


def _shallow(found: Any, depth: int = 1) -> Any:
    if depth > DEEPEST:
        raise UnreadableError(f"JSON nested more than {DEEPEST} deep")
    for part in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        _shallow(part, depth + 1)
    return found
