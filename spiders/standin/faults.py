"""What can go wrong at a source, switchable: what the stand-in then answers instead of its pages."""

from dataclasses import dataclass
from typing import Literal, get_args

from spiders.standin.publish import Publication
from spiders.standin.sites.web import Reply

FaultKind = Literal[
    "500",  # the server fails
    "truncated",  # the connection ends before the promised length
    "cut",  # the body is cut short, and its length says so
    "half",  # half of the catalogue is gone
    "empty",  # the catalogue is empty
    "not_html",  # a binary file that calls itself a page
    "slow",  # the server never answers
    "robots",  # robots.txt shuts everyone out
]
KINDS: tuple[str, ...] = get_args(FaultKind)
BINARY = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 16


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


def spoil(reply: Reply, fault: Fault | None) -> Wire:
    """A reply as the fault lets it through; an untouched one promises its own length."""
    if fault and fault.kind == "500":
        reply = Reply(b"<html><body><h1>Internal Server Error</h1></body></html>", status=500)
    elif fault and fault.kind == "not_html":
        reply = Reply(BINARY, reply.content_type)
    elif fault and fault.kind == "cut":
        reply = Reply(reply.body[: len(reply.body) // 2], reply.content_type, reply.status, reply.session)
    elif fault and fault.kind == "truncated":
        half = Reply(reply.body[: len(reply.body) // 2], reply.content_type, reply.status, reply.session)
        return Wire(half, len(reply.body))
    return Wire(reply, len(reply.body))
