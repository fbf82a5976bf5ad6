"""The platform of sites with structured data: lists, sitemaps, next pages, and what it refuses."""

import json
from typing import Any

import pytest
from pages import html

from spiders.page import Follow, Note, Page, UnreadableError
from spiders.platforms import json_ld
from spiders.source import Source, bare_source

URL = "https://haus.example.org/kurse/"
COURSE = {"@type": "Course", "name": "Kurs", "courseCode": "K-7", "url": "/kurs/7"}


def source(**changes: Any) -> Source:
    return bare_source("json_ld").model_copy(update=changes)


def read(body: bytes, kind: Any = "list", url: str = URL, **changes: Any) -> list[Any]:
    return list(json_ld.read(Page(url, body, kind=kind), source(**changes)))


def block(data: Any) -> str:
    return f"<script type='application/ld+json'>{json.dumps(data)}</script>"


def items(*urls: str) -> str:
    return block({"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "url": url} for url in urls]})


def followed(found: list[Any]) -> list[tuple[str, str]]:
    return [(each.url, each.kind) for each in found if isinstance(each, Follow)]


def test_it_starts_at_every_page_of_the_source() -> None:
    start = json_ld.start(source(homepage="https://haus.example.org", start=("/kurse/", "/sitemap.xml")))
    assert [follow.url for follow in start] == [URL, "https://haus.example.org/sitemap.xml"]


def test_an_item_list_leads_to_courses_and_the_link_to_the_next_list() -> None:
    body = html(items("/kurs/1", "/kurs/2", "/kurs/1", "mailto:x") + "<a rel='next' href='?seite=2'>weiter</a>")
    assert followed(read(body)) == [
        ("https://haus.example.org/kurs/1", "detail"),
        ("https://haus.example.org/kurs/2", "detail"),
        ("https://haus.example.org/kurse/?seite=2", "list"),
    ]


def test_the_pattern_of_the_source_says_which_links_are_courses() -> None:
    body = html(items("/kurs/1", "/aktuelles/2"))
    assert followed(read(body, options={"link_pattern": "/kurs/"})) == [("https://haus.example.org/kurs/1", "detail")]


def test_the_selector_of_the_source_goes_before_the_lists_own_data() -> None:
    body = html(
        block(COURSE)
        + items("/kurs/1")
        + "<a class='k' href='/kurs/7'>K</a><div class='k'><a href='/kurs/8'>K</a></div>"
    )
    found = read(body, options={"link": ".k"})
    (first, second) = [each for each in found if isinstance(each, Follow)]
    assert (first.url, second.url) == ("https://haus.example.org/kurs/7", "https://haus.example.org/kurs/8")
    assert first.fallback is not None  # what the list says, should the page not be had
    assert first.fallback["ref"] == "K-7"
    assert second.fallback is None
    assert not [each for each in found if isinstance(each, dict)]


def test_a_list_that_tells_courses_whole_is_read_itself() -> None:
    (record,) = read(html(block(COURSE)))
    assert (record["ref"], record["url"]) == ("K-7", "https://haus.example.org/kurs/7")


def test_a_json_ld_document_is_read_as_it_is() -> None:
    (record,) = read(json.dumps([COURSE]).encode(), kind=None, url="file:///kurse.json")
    assert (record["ref"], record["url"]) == ("K-7", None)


@pytest.mark.parametrize("kind", ["list", "detail", None])
def test_a_page_that_states_no_course_is_refused_with_what_is_known(kind: Any) -> None:
    body = html('<script type=\'application/ld+json\'>{"@type": "Course",}</script>')
    with pytest.raises(UnreadableError, match=r"no course.*malformed_json_ld"):
        read(body, kind=kind)


def test_a_course_page_is_not_searched_for_more_courses() -> None:
    found = read(html(block(COURSE) + items("/kurs/1") + "<a rel='next' href='/kurs/8'>weiter</a>"), kind="detail")
    assert [type(each) for each in found] == [dict]


def test_a_saved_page_that_only_links_is_refused() -> None:
    with pytest.raises(UnreadableError):
        read(html(items("/kurs/1")), kind=None)


def test_an_address_for_an_id_is_said_unless_the_source_knows_it() -> None:
    body = html(block({"@type": "Course", "name": "Kurs", "url": "/kurs/7"}))
    assert [each.kind for each in read(body) if isinstance(each, Note)] == ["weak_ref"]
    assert [each for each in read(body, ref_stability="weak") if isinstance(each, Note)] == []


# --- sitemaps -------------------------------------------------------------------------------------------------------

SITEMAP = b"""<?xml version="1.0"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc> https://haus.example.org/kurs/1 </loc></url><url><loc>https://haus.example.org/impressum</loc></url>
</urlset>"""


ENTITY = b"""<!DOCTYPE x [<!ENTITY a "https://haus.example.org/kurs/9">]>
<urlset><url><loc>&a;</loc></url></urlset>"""


def test_a_sitemap_leads_to_the_pages_of_its_pattern() -> None:
    found = read(SITEMAP, options={"link_pattern": r"/kurs/\d+$"})
    assert followed(found) == [("https://haus.example.org/kurs/1", "detail")]


def test_an_index_of_sitemaps_leads_to_them() -> None:
    body = b"<sitemapindex><sitemap><loc>https://haus.example.org/a.xml.gz</loc></sitemap></sitemapindex>"
    assert followed(read(body, options={"link_pattern": "/kurs/"})) == [("https://haus.example.org/a.xml.gz", "list")]


@pytest.mark.parametrize(
    ("body", "pattern", "reason"),
    [
        (SITEMAP, None, "link_pattern"),
        (SITEMAP, "/seminar/", "none of the 2"),
        (SITEMAP[:-20], "/kurs/", "damaged, or cut"),
        (ENTITY, "/kurs/", "none of the 0"),
    ],
)  # fmt: skip
def test_a_sitemap_without_courses_is_refused(body: bytes, pattern: str | None, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        read(body, options={"link_pattern": pattern} if pattern else {})
