"""The command `sources check --live`: a few pages of a source, against what it is expected to publish."""

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.home import Refused
from flows.visiting import NotVisited, Visitor
from spiders.output import Output
from spiders.page import Follow, Page
from spiders.reader import Reader
from spiders.run import refused
from spiders.source import Source
from spiders.statistics import Statistics, now

MOST_REQUESTS = 5  # of a live check, robots.txt and redirects included

SAMPLE = 3  # listings that tell enough


@dataclass(frozen=True)
class Field:
    """One expectation: the share (0 to 1) of listings in which a field is wanted, and in which it was found."""

    name: str
    wanted: float
    found: float
    met: bool


@dataclass(frozen=True)
class Coverage:
    """What a few pages of a source say: `fields` those it is expected to fill, `others` what else it fills."""

    pages: int
    listings: int
    requests: int
    fields: tuple[Field, ...]
    others: dict[str, float]
    errors: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether there are listings, and all expectations are met."""
        return self.listings > 0 and all(field.met for field in self.fields)


def visit(source: Source, contact: str | None, base_url: str | None = None) -> Coverage:
    """Read a list and the first courses of a source, at most five requests, and hold them against its expectations.

    Raises Refused if it may not be visited, or not a single page can be read.
    """
    if source.is_file:
        raise Refused(
            f"{source.key} liest Dateien: `bildungsraum parse --source {source.key} DATEI` zeigt, was ankommt."
        )
    source = source.at(base_url) if base_url else source
    if refusal := refused(source, contact):
        raise Refused(refusal[1])
    polite = source.politeness
    statistics = Statistics(source.key, started_at=now())
    with TemporaryDirectory(prefix="bildungsraum-") as folder:
        output = Output(Path(folder), source.key)
        reader = Reader(source, statistics, output)
        try:
            with Visitor(
                source.hosts, contact=contact, most=MOST_REQUESTS, delay=polite.delay, max_size=polite.max_size
            ) as visitor:
                _read(reader, visitor)
                left = visitor.left
        except NotVisited as error:
            raise Refused(str(error)) from error
        finally:
            output.close(failed=False, statistics=statistics)
    if statistics.listings == 0:
        reason = statistics.errors[0]["message"] if statistics.errors else "kein Kurs auf den gelesenen Seiten"
        raise Refused(f"{source.key}: {reason}")
    return coverage(source, statistics, MOST_REQUESTS - left)


def coverage(source: Source, statistics: Statistics, requests: int) -> Coverage:
    """Hold what was read against what the source is expected to fill.

    Of so few listings an expected share is met by the nearest whole number: of three, 0.7 wants two, 0.99 all.
    """
    fill: dict[str, float] = statistics.report("checked", None)["fill"]
    number = statistics.listings
    fields = [
        Field(name, wanted, fill.get(name, 0.0), round(fill.get(name, 0.0) * number) >= round(wanted * number))
        for name, wanted in source.expect.fill.items()
    ]
    others = {name: share for name, share in fill.items() if share and name not in source.expect.fill}
    errors = tuple(str(error["message"]) for error in statistics.errors)
    return Coverage(statistics.pages, number, requests, tuple(fields), others, errors)


def _read(reader: Reader, visitor: Visitor) -> None:
    """Course pages before more lists, and no further list once enough courses are known."""
    lists = deque(reader.start())
    courses: deque[Follow] = deque()
    while visitor.left and (courses or (lists and reader.statistics.listings < SAMPLE)):
        follow = courses.popleft() if courses else lists.popleft()
        try:
            answer = visitor.get(follow.url, follow.headers)
        except NotVisited as error:
            reader.failed(follow, str(error))
            continue
        page = Page(answer.url, answer.body, kind=follow.kind, context=follow.context, content_type=answer.content_type)
        for found in reader.read(page, follow, now()):
            (courses if found.kind == "detail" else lists).append(found)
