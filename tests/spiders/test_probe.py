"""What software a page was made with: every fixture is told by its marks, and what is no course page is no success."""

import tomllib
from pathlib import Path

import pytest

from spiders.page import Page
from spiders.probe import LONGEST, probe, site_name
from spiders.source import load_source

FIXTURES = Path(__file__).parents[1] / "fixtures"
SOURCES = Path(__file__).parents[2] / "spiders" / "sources"
CASES = sorted(meta.parent for meta in FIXTURES.glob("*/*/meta.toml"))

BOTH = b"""<!DOCTYPE html><html><head><meta property="og:site_name" content="  Werkhof
 am Kanal "><script type="application/ld+json">{"@type": "Course", "courseCode": "S-7", "name": "Schmieden",
"hasCourseInstance": {"@type": "CourseInstance", "startDate": "2027-03-01", "location": {"name": "Esse 2"}}}</script>
</head><body><main><h1>Schmieden</h1><dl><dt>Kursnummer</dt><dd>S-7</dd><dt>Geb&uuml;hr</dt><dd>310,00 EUR</dd>
<dt>Beginn</dt><dd>01.03.2027</dd></dl></main></body></html>"""


def of_fixture(case: Path) -> tuple[str, Page]:
    """The platform of a fixture, and its page."""
    meta = tomllib.loads((case / "meta.toml").read_text(encoding="utf-8"))
    file = next(path for path in sorted(case.iterdir()) if path.name not in ("meta.toml", "expected.jsonl"))
    if "source" in meta:
        name: str = load_source(SOURCES / f"{meta['source']}.toml").platform
    else:
        name = meta.get("platform") or meta["inline"]["platform"]
    return name, Page(meta.get("url") or file.resolve().as_uri(), path=file)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_the_software_of_every_fixture_comes_first(case: Path) -> None:
    name, page = of_fixture(case)
    first = probe(page).guesses[0]
    assert (first.platform, first.refusal) == (name, None)
    assert first.evidence


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("openqcat/services/service_Main.xml", "openqcat"),
        ("openvhs/openvhs-1.2_example.xml", "openvhs"),
        ("openvhs/berlin_kurse_sample_raw_2020.json", "openvhs"),
        ("ba-kursnet/bildungsangebot_v2.json", "ba"),
        ("kufer-vhs-vg/fetch-course-details_0.html", "kufer"),
        ("kufer-vhs-vg/parse-course-results_0.html", "kufer"),
    ],
)
def test_the_software_of_a_real_sample_comes_first(captures: Path, file: str, name: str) -> None:
    best = probe(Page((captures / file).as_uri(), path=captures / file)).best
    assert best is not None
    assert best.platform == name


def test_the_marks_that_speak_for_a_software_are_named() -> None:
    body = b"<html><body><div class='kw-kursuebersicht'><table></table></div></body></html>"
    guess = next(each for each in probe(Page("https://x.example/kurse", body)).guesses if each.platform == "kufer")
    assert ".kw-kursuebersicht (1)" in guess.evidence
    by_address = {each.platform: each for each in probe(Page("https://x.example/31,0,courselist.html", body)).guesses}
    assert by_address["odav"].evidence == ("Adresse: ,0,courselist.html",)


def test_a_software_goes_before_structured_data_before_labels_and_what_reads_nothing_goes_last() -> None:
    page = BOTH.replace(b"<main>", b"<main class='kw-kurs-info-text'>")
    assert [guess.platform for guess in probe(Page("https://x.example/", BOTH)).guesses] == ["json_ld", "labelled"]
    assert probe(Page("https://x.example/", page)).guesses[0].platform == "kufer"
    teasers = BOTH.replace(b"</main>", b"</main><a class='odav-x'>x</a>")
    last = probe(Page("https://x.example/31,0,courselist.html", teasers)).guesses[-1]
    assert (last.platform, last.reads) == ("odav", False)


def test_each_reader_says_what_it_found_and_where_it_stood() -> None:
    fields = probe(Page("https://x.example/kurs", BOTH)).fields
    assert fields["structured"]["title"] == ("Schmieden", "course.name")
    assert fields["structured"]["instances.dates"] == ("2027-03-01", "course.hasCourseInstance.startDate")
    assert fields["structured"]["instances.venue"] == ("Esse 2", "course.hasCourseInstance.location.name")
    assert "price" not in fields["structured"]
    assert fields["labelled"]["price"][0] == "310,00 EUR"
    assert "Gebühr" in fields["labelled"]["price"][1]


def test_long_values_are_cut_and_lose_their_markup() -> None:
    body = b'{"@type": "Course", "courseCode": "1", "name": "K", "description": "<p>a</p>' + b"b" * 500 + b'"}'
    page = b"<html><script type='application/ld+json'>" + body + b"</script></html>"
    value, _ = probe(Page("https://x.example/k", page)).fields["structured"]["description"]
    assert len(value) == LONGEST
    assert value.startswith("a b")


def test_the_site_names_itself_in_one_line() -> None:
    assert site_name(Page("https://x.example/", BOTH)) == "Werkhof am Kanal"
    assert site_name(Page("https://x.example/", b"<html><title>Kurs 5</title></html>")) is None
    assert site_name(Page("https://x.example/", b"%PDF-1.7")) is None


@pytest.mark.parametrize(
    "body",
    [
        b"", b" \n ", b"%PDF-1.7\n\x00\xff", b"\x00" * 5000, b"PK\x03\x04broken", b"[" * 100_000,
        b'{"termine": [1, 2], "angebot": []}', b"<?xml version='1.0'?><OPENQCAT>", b"<veranstaltungen>",
        b"<html><body><h1>Impressum</h1></body></html>", b"<div>" * 20_000,
        b"<html><form class='variations_form' data-product_variations='[" + b"[" * 50_000 + b"'></form></html>",
        b"<html><script type='application/ld+json'>{\"@type\": \"Course\"</script></html>",
        b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><OPENQCAT>&b;</OPENQCAT>",
    ],
)  # fmt: skip
def test_what_is_no_course_page_is_told_as_such(body: bytes) -> None:
    found = probe(Page("https://x.example/kurse", body))
    assert found.best is None
    assert all(guess.refusal or not guess.reads for guess in found.guesses)
