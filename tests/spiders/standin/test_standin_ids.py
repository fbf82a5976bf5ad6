"""Ids survive: every platform reads two far nights of its stand-in site, and each listing keeps its ref.

Between the nights titles and prices change, runs move, addresses and categories change. The pages are read without a
network, in the order a crawl would take.
"""

from collections import deque
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from standin_client import SEASON

from spiders.listing import ListingDict
from spiders.merge import merged_by_ref
from spiders.page import Follow, Note, Page, Total
from spiders.platforms import platform
from spiders.source import load_source, source_files
from spiders.standin import StandIn
from spiders.standin.publish import SOURCES
from spiders.standin.sites.web import Reply, Request

FOLDER = Path(__file__).parents[3] / "spiders" / "sources"
TOMLS = source_files(FOLDER, "standin")
NIGHTS = (1, 12)
COURSES = 250  # so that the smallest house has some
BY_PLACE = {"mein-now"}  # it finds what lies around a place, not all that there is


@cache
def stand_in(night: int) -> StandIn:
    """A stand-in that is asked directly; it serves nobody."""
    made = StandIn(season=SEASON, courses=COURSES, night=night)
    made.close()
    return made


def ask(night: int, follow: Follow, session: str) -> Reply:
    address = urlsplit(follow.url)
    request = Request(
        host=address.hostname or "",
        path=unquote(address.path) or "/",
        query=dict(parse_qsl(address.query)),
        headers={name.lower(): value for name, value in follow.headers.items()},
        session=session,
    )
    return stand_in(night).respond(request)[0]


def rows(night: int, key: str) -> Iterator[ListingDict]:
    """All rows of a source, each link followed once, as a harvest does; nothing may be lost on the way."""
    source = load_source(TOMLS[key]).at(f"http://{key}.localhost")
    reader = platform(source.platform)
    waiting, asked, sessions = deque(reader.start(source)), set[str](), dict[str | None, str]()
    while waiting:
        follow = waiting.popleft()
        name = f"ref {follow.ref}" if follow.ref is not None else follow.url
        if name in asked and not follow.repeat:
            continue
        asked.add(name)
        reply = ask(night, follow, sessions.get(follow.cookiejar, "") if follow.cookiejar else "")
        assert reply.status == 200, follow.url
        sessions[follow.cookiejar] = reply.session or sessions.get(follow.cookiejar, "")
        page = Page(follow.url, reply.body, kind=follow.kind, context=follow.context, content_type=reply.content_type)
        for found in reader.read(page, source):
            if isinstance(found, Follow):
                if found.cookiejar is not None:  # a session is paged to its end before anything else
                    waiting.appendleft(found)
                else:
                    waiting.append(found)
            elif isinstance(found, Note):
                assert not found.spoils, found
            elif not isinstance(found, Total):
                yield found


@cache
def listings(night: int, key: str) -> dict[str, ListingDict]:
    """The listings of a source in a night by ref."""
    return {record["ref"]: record for record, _ in merged_by_ref(rows(night, key))}


def told(record: ListingDict) -> dict[str, object]:
    """What may change about a listing."""
    return {
        "title": record.get("title"),
        "url": record.get("url"),
        "categories": record.get("categories"),
        "dates": sorted(str(run.get("dates")) for run in record["instances"]),
    }


def changes(key: str) -> dict[str, int]:
    """How many of the listings that are alive in both nights changed, by what of them changed."""
    first, last = (listings(night, key) for night in NIGHTS)
    pairs = [(told(first[ref]), told(last[ref])) for ref in first.keys() & last.keys()]
    return {name: sum(old[name] != new[name] for old, new in pairs) for name in ("title", "url", "categories", "dates")}


@pytest.mark.parametrize("key", SOURCES)
def test_every_listing_keeps_its_ref_for_eleven_nights(key: str) -> None:
    published = [{publication.ref for publication in stand_in(night).listings(key)} for night in NIGHTS]
    first, last = (listings(night, key) for night in NIGHTS)
    if key in BY_PLACE:
        assert set(first) < published[0]
        assert set(last) < published[1]
    else:
        assert [set(first), set(last)] == published
    alive = published[0] & published[1]
    both = first.keys() & last.keys()
    assert both == first.keys() & alive == last.keys() & alive
    assert both
    # the refs were not merely dealt out anew: nearly all still name the same course, but for a status in the title
    titles = [(str(first[ref]["title"]), str(last[ref]["title"])) for ref in both]
    assert sum(old.startswith(new) or new.startswith(old) for old, new in titles) >= 0.9 * len(both)


def test_between_the_nights_all_that_must_not_be_an_id_has_changed() -> None:
    total = {name: sum(changes(key)[name] for key in SOURCES) for name in ("title", "url", "categories", "dates")}
    assert all(total.values()), total
