"""Read a night again from its tape: the same reader, the same answers in the same order, and no network at all.

A request the tape does not know (a changed reader asks for more) is a failed page; an answer nobody asks for any more
is left out. Scrapy is not even imported, so nothing here can open a socket.
"""

import heapq
import math
import shutil
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from urllib.parse import unquote, urlsplit

from spiders.kept import Bodies, KeptError
from spiders.page import Follow, Page
from spiders.reader import Reader
from spiders.source import Source, SourceError
from spiders.tape import Entry, Header, Tape, TapeWriter

MISSING = "not on the tape"


def replay(reader: Reader, tape: Tape, written: TapeWriter, bodies: Bodies, scratch: Path) -> None:
    """Answer all that the reader asks for from a tape, and write the tape of this replay.

    `scratch` is a folder for files that are streamed; it is removed.
    """
    for entry in tape.robots:
        written.add(entry)
        _note_robots(reader, entry)
    waiting: list[tuple[float, int, int, Follow]] = []  # by the place on the tape
    order = count()

    def ask(follows: Iterable[Follow]) -> None:
        for follow in follows:
            n, offset = tape.place(follow.url, follow.cookiejar) or (math.inf, 0)
            heapq.heappush(waiting, (n, next(order), offset, follow))

    ask(reader.start())
    while waiting:
        n, _, offset, follow = heapq.heappop(waiting)
        if n == math.inf:
            reader.failed(follow, MISSING)
            continue
        entry = tape.entry(offset)
        written.add(entry)
        if entry.status is not None and urlsplit(entry.url).scheme != "file":
            reader.statistics.http_codes[str(entry.status)] += 1
        if entry.body is None:
            reader.failed(follow, entry.error or f"HTTP {entry.status}", entry.status)
            continue
        try:
            page = _page(entry, follow, entry.body, bodies, scratch)
        except KeptError as error:
            reader.failed(follow, str(error))
            continue
        ask(reader.read(page, follow, entry.at))
    shutil.rmtree(scratch, ignore_errors=True)


def replayed(source: Source, header: Header) -> Source:
    """The source where the taped harvest found it. Raises SourceError if it is of another kind since then."""
    if source.is_file != (header.files is not None):
        raise SourceError(f"{source.key}: the tape was made of {'a site' if header.files is None else 'files'}")
    if header.files is not None:
        return source.model_copy(update={"start": tuple(header.files)})
    return source.at(header.base_url) if header.base_url else source


def _page(entry: Entry, follow: Follow, body: str, bodies: Bodies, scratch: Path) -> Page:
    """The page of an entry; a file is unpacked under its own name, so that it may be streamed. Raises KeptError."""
    if urlsplit(entry.final_url).scheme == "file":
        path = scratch / body[:12] / Path(unquote(urlsplit(entry.final_url).path)).name
        bodies.unpack(body, path)
        return Page(entry.final_url, path=path, kind=follow.kind, context=follow.context)
    content_type = entry.headers.get("Content-Type")
    return Page(entry.final_url, bodies.read(body), kind=follow.kind, context=follow.context, content_type=content_type)


def _note_robots(reader: Reader, entry: Entry) -> None:
    statistics = reader.statistics
    if entry.status is not None:
        statistics.http_codes[str(entry.status)] += 1
    if entry.error is not None:
        statistics.robots_lost = statistics.robots_lost or entry.error
    else:
        statistics.robots[urlsplit(entry.url).hostname or ""] = entry.body[:16] if entry.body else None
