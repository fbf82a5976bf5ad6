"""What a harvest tells the gates: template marks, encodings, pages that are gone; and gzip that is a bomb."""

import gzip
from pathlib import Path

import pytest
from pages import html

from spiders.marks import MOST_MARKS, Marks, names_of
from spiders.page import Follow, Kind, Page, Total, UnreadableError, gunzip
from spiders.statistics import Statistics


def page(body: bytes, kind: Kind | None = "detail", content_type: str | None = None) -> Page:
    found = Page("http://x.localhost/", body, kind=kind, content_type=content_type)
    found.body  # noqa: B018 - as a reader that asked for it
    return found


def common(*pages: Page) -> list[str]:
    marks = Marks()
    for found in pages:
        marks.observe(found)
    return marks.common()


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b'<div class="kurs-titel  gross"><p class=\'x\'>class="y"</p></div>', {b"kurs-titel", b"gross", b"x"}),
        (b'{"titel": "a: b", "termine": [{"beginn": "1"}]}', {b"titel", b"termine", b"beginn"}),
        (b"<?xml version='1.0'?><KATALOG><KURS nr='1'/></KATALOG>", {b"KATALOG", b"KURS"}),
        (b"Kurs;Preis\n", set()),
        (b'<p class="123 {{x}} ok">', {b"ok"}),
    ],
)
def test_names_of_a_page(body: bytes, names: set[bytes]) -> None:
    assert names_of(body) == names


def test_marks_are_the_names_of_nearly_all_course_pages() -> None:
    courses = [page(b"<h1 class='titel'></h1><p class='preis'></p>") for _ in range(9)]
    odd = page(b"<h1 class='titel'></h1><p class='seltsam'></p>")
    a_list = page(b"<ul class='liste'></ul>", "list")
    assert common(a_list, *courses, odd) == ["preis", "titel"]
    assert common(a_list, *courses[:8], odd, odd) == ["titel"]  # 8 of 10 is too few
    assert common(a_list, a_list) == ["liste"]
    assert common() == []


def test_marks_are_few_and_stay_few_on_hostile_pages() -> None:
    many = " ".join(f"n{number:04}" for number in range(5000)).encode()
    assert (
        len(
            common(
                page(b"".join(b"<p class='%s'>" % part for part in [many[i : i + 240] for i in range(0, 20000, 240)]))
            )
        )
        == MOST_MARKS
    )
    marks = Marks()
    for number in range(2000):
        marks.observe(page(b"<p class='fest einmal%d'>" % number))
    assert marks.common() == ["fest"]
    assert sum(len(names) for names in marks._names.values()) < 100


def test_a_streamed_file_has_no_marks_and_is_not_read_for_them(tmp_path: Path) -> None:
    file = tmp_path / "katalog.xml"
    file.write_bytes(b"<?xml version='1.0'?><KATALOG/>")
    assert common(Page(file.as_uri(), path=file)) == []


def test_encodings_are_counted_where_text_was_read() -> None:
    statistics = Statistics("x", started_at="2026-11-22T00:30:00.000Z")
    utf, latin, unread = page(html("ä")), page("<p>ä</p>".encode("cp1252"), content_type="text/html"), page(html("ä"))
    assert (utf.text[-1], latin.text[-4:]) == (">", "</p>")
    for found in (utf, latin, unread):
        statistics.observe(found)
    assert statistics.report("finished", None)["charsets"] == {"cp1252": 1, "utf-8": 1}


def test_a_page_that_is_gone_is_told_and_spoils_nothing() -> None:
    statistics = Statistics("x", started_at="2026-11-22T00:30:00.000Z", pages=5)
    statistics.measure({"ref": "1", "title": "Kurs"})
    statistics.page_gone(Follow("http://x.localhost/2", kind="detail", ref="2"))
    told = statistics.report("finished", statistics.failure("finished"))
    assert told["gone"] == [{"url": "http://x.localhost/2", "ref": "2"}]
    assert (told["complete"], told["failed_pages"], told["failure"]) == (True, 0, None)


def test_what_queries_that_overlap_state_and_did_not_show() -> None:
    statistics = Statistics("x", started_at="2027-01-01T00:00:00Z", listings=3)
    statistics.total(Total("near", 2, ("1", "2")))
    statistics.total(Total("far", 3, ("2", "3")))
    told = statistics.report("finished", None)
    assert (told["declared_total"], told["unmet"], told["complete"]) == (5, 1, False)
    statistics.total(Total("far", 3, ("4",)))
    assert (statistics.unmet, statistics.report("finished", None)["complete"]) == (0, True)


def test_gzip_is_unpacked_up_to_a_limit() -> None:
    assert gunzip(gzip.compress(b"abc")) == b"abc"
    assert gunzip(gzip.compress(b"abc") + gzip.compress(b"def") + b"\0\0") == b"abcdef"
    assert gunzip(gzip.compress(b"abc"), most=3) == b"abc"
    with pytest.raises(UnreadableError, match="more than 2 bytes"):
        gunzip(gzip.compress(b"abc"), most=2)
    with pytest.raises(UnreadableError, match="more than 5 bytes"):
        gunzip(gzip.compress(b"abc") * 2, most=5)


@pytest.mark.parametrize("data", [gzip.compress(b"abc")[:-9], b"\x1f\x8bno gzip", gzip.compress(b"abc") + b"rest"])
def test_damaged_gzip_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="gzip"):
        _ = Page("http://x.localhost/", data).body


def test_a_bomb_costs_no_memory_beyond_the_limit() -> None:
    import tracemalloc

    bomb = gzip.compress(b"\0" * 50_000_000)
    tracemalloc.start()
    with pytest.raises(UnreadableError):
        gunzip(bomb, most=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000
