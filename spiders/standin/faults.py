"""What can go wrong at a source, switchable: what the stand-in then answers instead of its pages."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from spiders.standin import damage
from spiders.standin.publish import Publication
from spiders.standin.sites.web import Reply

FaultKind = Literal[
    "500",  # the server fails
    "429",  # the server asks for patience twice, then answers
    "redirect",  # every address leads to itself
    "truncated",  # the connection ends before the promised length
    "cut",  # the body is cut short, and its length says so
    "half",  # half of the catalogue is gone
    "empty",  # the catalogue is empty
    "empty_page",  # every page of the list but the first is empty
    "not_html",  # a binary file that calls itself a page
    "charset",  # the bytes are not in the announced encoding
    "template",  # a relaunch: all classes, keys and elements have new names
    "row",  # among the rows of a list there is one that is none
    "huge",  # answers of fifty megabytes
    "deep",  # elements nested fifty thousand times
    "entities",  # an entity bomb in XML
    "slow",  # the server never answers
    "robots",  # robots.txt shuts everyone out
]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
PATIENCE = 2  # times that a 429 is given: as often as a polite client asks again
_BODIES: dict[str, Callable[[bytes, str], bytes]] = {
    "charset": damage.wrong_charset,
    "template": damage.new_template,
    "row": damage.no_row,
    "huge": damage.huge,
    "deep": damage.deep,
    "entities": damage.entity_bomb,
}
_LATER_PAGE = re.compile(r"[?&]page=[1-9]|seite=[2-9]|/page/[2-9]|browse[=/]forward|offset=[1-9]")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a source that begins after so many good answers."""

    kind: FaultKind
    after: int = 0


@dataclass(frozen=True, slots=True)
class Wire:
    """What goes over the wire: the body, and the length that the header promises."""

    reply: Reply
    promised: int


def parse_fault(text: str) -> tuple[str, Fault]:
    """ "hbz=500" or "hbz=cut@3" (after three good answers); ValueError names what is wrong."""
    source, _, rest = text.partition("=")
    kind, _, after = rest.partition("@")
    for known in get_args(FaultKind):
        if kind == known and (after.isdecimal() or not after):
            return source, Fault(known, int(after or 0))
    raise ValueError(
        f"not a fault: {text!r}; write SOURCE=KIND or SOURCE=KIND@AFTER with KIND one of {', '.join(KINDS)}"
    )


def shown(publications: tuple[Publication, ...], fault: Fault | None) -> tuple[Publication, ...]:
    """What is left of a catalogue under a fault."""
    if fault and fault.kind == "half":
        return publications[::2]
    return () if fault and fault.kind == "empty" else publications


def is_later_page(address: str) -> bool:
    """Whether an address (path and query) is a page of a list, but not its first."""
    return _LATER_PAGE.search(address) is not None


def spoil(reply: Reply, fault: Fault | None, address: str) -> Wire:
    """A reply to a request for `address` as the fault lets it through; an untouched one promises its own length."""
    if fault is None:
        return Wire(reply, len(reply.body))
    if fault.kind == "500":
        reply = Reply(b"<html><body><h1>Internal Server Error</h1></body></html>", status=500)
    elif fault.kind == "429":
        reply = Reply(b"<html><body><h1>Too Many Requests</h1></body></html>", status=429, headers={"Retry-After": "1"})
    elif fault.kind == "redirect":
        reply = Reply(b"", status=302, headers={"Location": address})
    elif fault.kind == "not_html":
        reply = replace(reply, body=damage.BINARY)
    elif fault.kind == "cut":
        reply = replace(reply, body=reply.body[: len(reply.body) // 2])
    elif fault.kind == "truncated":
        return Wire(replace(reply, body=reply.body[: len(reply.body) // 2]), len(reply.body))
    elif fault.kind in _BODIES and reply.status == 200:
        reply = replace(reply, body=_BODIES[fault.kind](reply.body, reply.content_type))
    return Wire(reply, len(reply.body))
