"""Reading XML of any size and any intent: record by record, in constant memory, expanding nothing.

What a document may not do: declare entities (a few lines would become gigabytes, or a file of this machine), nest
deeper than any schema does, or go on for megabytes without coming to an end of a record. Whatever it may not, and a
document that is damaged or cut, raises UnreadableError, after the records before it.
"""

import codecs
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from lxml import etree

from spiders.feeds.node import TEXT, Node
from spiders.feeds.stream import chunks
from spiders.page import Page, UnreadableError

MOST_AT_ONCE = 5_000_000  # bytes between the ends of two records; it bounds what is held in memory
DEEPEST = 50  # elements within each other; openQ-cat, the deepest schema we read, has 14
_LAYOUT = " \t\r\n"
_DECLARED = re.compile(rb"\s*<\?xml[^>]*\sencoding=[\"']([^\"']+)")

Check = Callable[[etree._Element], None]


def records(page: Page, tags: Collection[str], check: Check) -> Iterator[etree._Element]:
    """The elements of these local names as they end, any namespace; each is emptied once the next is asked for.

    One that lies within another is given first and is left to it. `check` sees the root element once, before the first
    record, and raises UnreadableError if it is not the root of such a document.
    """
    parser = etree.XMLPullParser(
        events=("end",),
        encoding=_contradicted(next(chunks(page), b"")),
        tag=[f"{{*}}{tag}" for tag in tags],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,  # keeps the parser's own limits of depth and of a single text
        remove_comments=True,
        remove_pis=True,
    )
    checked, held = False, 0
    for piece in chunks(page):
        damage = _fed(parser, piece)
        held += len(piece)
        for _, element in parser.read_events():
            if not isinstance(element, etree._Element):
                continue
            if not checked:
                _check(element, check)
                checked = True
            yield element
            if not _within(element, tags):
                _empty(element)
                held = 0
        if damage:
            raise UnreadableError(f"the XML is damaged: {damage}") from damage
        if held > MOST_AT_ONCE:
            raise UnreadableError(f"no record comes to an end within {MOST_AT_ONCE} bytes")
    try:
        root = parser.close()
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"the XML is cut, or there is none: {error}") from error
    if not checked:
        _check(root, check)


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return etree.QName(element).localname


def around(element: etree._Element) -> dict[str, dict[str, str]]:
    """The attributes of the elements around one, by their local names."""
    return {local(outer): {str(key): str(item) for key, item in outer.items()} for outer in element.iterancestors()}


def node(element: etree._Element, depth: int = 1) -> Any:
    """An element as nested dicts (see `node`); layout around texts is dropped. Raises UnreadableError if deep."""
    if depth > DEEPEST:
        raise UnreadableError(f"elements nested more than {DEEPEST} deep")
    own = (element.text or "").strip(_LAYOUT) or None
    found: Node = {f"@{etree.QName(name).localname}": item for name, item in element.items()}
    for child in element:
        if not isinstance(child.tag, str):
            raise UnreadableError(f"an entity that nobody declares: {child.text}")
        name, part = local(child), node(child, depth + 1)
        if name not in found:
            found[name] = part
        elif isinstance(found[name], list):
            found[name].append(part)
        else:
            found[name] = [found[name], part]
    if not found:
        return own
    if own is not None:
        found[TEXT] = own
    return found


def _contradicted(beginning: bytes) -> str | None:
    """UTF-8 where a document calls itself 8-bit and its first bytes are UTF-8 with umlauts; None: as it says itself."""
    declared = _DECLARED.match(beginning)
    if declared is None or not declared[1].lower().startswith((b"iso-8859", b"windows-125", b"cp125")):
        return None
    try:
        read = codecs.getincrementaldecoder("utf-8")().decode(beginning)
    except UnicodeDecodeError:
        return None
    return None if read.isascii() else "utf-8"


def _fed(parser: "etree.XMLPullParser", piece: bytes) -> etree.XMLSyntaxError | None:
    """Feed a piece; what is wrong with it is told, not raised, since records before the damage are still to be read."""
    try:
        parser.feed(piece)
    except etree.XMLSyntaxError as error:
        return error
    return None


def _check(element: etree._Element, check: Check) -> None:
    tree = element.getroottree()
    declared = tree.docinfo.internalDTD
    if declared is not None and declared.entities():  # type: ignore[attr-defined] # the stubs lack it
        raise UnreadableError("the document declares entities of its own")
    check(tree.getroot())


def _within(element: etree._Element, tags: Collection[str]) -> bool:
    return any(local(outer) in tags for outer in element.iterancestors())


def _empty(element: etree._Element) -> None:
    """Free an element and everything before it; the parser goes on behind it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and (before := element.getprevious()) is not None:
        parent.remove(before)
