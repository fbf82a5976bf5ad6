"""Text: repaired, flattened, sanitised, folded; hostile input neither crashes nor survives."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.text import DESCRIPTION_LIMIT, fold, html_to_text, is_garbled, plain, repair, sanitise_html

PIECES = [
    "<script>alert(1)</script>", "<scr<script>ipt>", "<SCRIPT src=//x>", "&lt;script&gt;", "&amp;lt;script&amp;gt;",
    "<p>", "</p>",
    "<p", "<", ">", "&", "&amp;", "&#60;", "&#x3c", "&nbsp;", "<b>", "</i>", "<a href='/x'>",
    '<a href="javascript:alert(1)">',
    "<svg><style><!--</style>", "<math><mtext>", "<!--", "-->", "<![CDATA[", "<img onerror=x src=y>", "Schweißen",
    "fÃ¼r", "â‚¬",
    "\x00", "\x93", "\u200b", "\ud800", "u\u0308", "\r\n", "\n", " ", "ü", "10 < 20", "<10 Teilnehmer", "\ufffe",
    "Â", "Ã", "¼",
]  # fmt: skip
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=25).map("".join)


def test_mojibake_is_repaired_and_healthy_text_untouched() -> None:
    assert repair("SchweiÃŸen fÃ¼r 10 â‚¬") == "Schweißen für 10 €"
    assert repair("Ã„nderung nach Â§ 34a") == "Änderung nach § 34a"
    for healthy in ("Schweißen für 10 € – „Ä“ & Ö", "Ça va, Ânes, Ãrea", "<b>&amp;</b>"):
        assert repair(healthy) == healthy


def test_garbled_tells_mojibake_and_lost_characters_from_german() -> None:
    assert is_garbled("fÃ¼r")
    assert is_garbled("f\ufffdr")
    assert not is_garbled("für")


def test_controls_and_invisible_characters_go_and_accents_are_composed() -> None:
    assert repair("a\x00b\u200bc\u00add\x1b") == "abcd"
    assert repair("\x93Kurs\x94") == "“Kurs”"  # Windows-1252 read as Latin-1
    assert repair("u\u0308ber\r\nuns\r") == "über\nuns\n"
    repair("\ud800x").encode()  # a lone surrogate would break every writer


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, None),
        ("", None),
        (" \xa0\n&nbsp;", None),
        ("<p>Erste&amp;Hilfe</p><p>Kurs", "Erste&Hilfe Kurs"),
        ("mit<br>Umbruch <b>fe</b>tt", "mit Umbruch fett"),
        ("<10 Teilnehmer & <Anfänger", "<10 Teilnehmer & Anfänger"),
        ("vorher<script>alert(1)</script> nachher", "vorher nachher"),
        ("&amp;amp;lt;b&amp;amp;gt;x", "x"),
        ("M&uuml;nster &#8211; 5&nbsp;&euro;", "Münster – 5 €"),
    ],
)
def test_plain(raw: str | None, expected: str | None) -> None:
    assert plain(raw) == expected


def test_plain_is_cut_at_a_word() -> None:
    assert plain("eins zwei drei vier", limit=16) == "eins zwei drei …"
    assert len(plain("x" * 5000) or "") == 1000


def test_html_to_text_keeps_a_line_for_each_block() -> None:
    text = "<h2>Ziel</h2><p>MAG-<b>Schwei</b>ßen<br>und mehr</p>\n\n<ul><li>a</li><li>b</li></ul>"
    assert html_to_text(text) == "Ziel\nMAG-Schweißen\nund mehr\na\nb"


def test_sanitise_keeps_structure_and_drops_what_could_harm() -> None:
    raw = '<div class="x"><h1>T</h1><p onclick="x()">a <strong>b</strong></p><style>p{}</style><img src=x onerror=y>'
    assert sanitise_html(raw) == "T<p>a <strong>b</strong></p>"


def test_links_become_absolute_and_only_web_and_mail_survive() -> None:
    raw = '<a href="../anmelden">a</a><a href="mailto:info@haus.example">m</a><a href="javascript:x()">j</a>'
    clean = sanitise_html(raw, "https://haus.example/kurse/1") or ""
    assert 'href="https://haus.example/anmelden"' in clean
    assert 'href="mailto:info@haus.example"' in clean
    assert "javascript" not in clean
    for no_base in (None, "", "kurse/1", "http://[", "file:///etc", "https://"):
        assert "anmelden" not in (sanitise_html(raw, no_base) or "")


def test_plain_text_gets_line_breaks_and_escaped_html_is_unpacked() -> None:
    assert sanitise_html("Zeile 1\r\nZeile 2 & 3") == "Zeile 1<br>Zeile 2 &amp; 3"
    assert sanitise_html("&lt;p&gt;Hallo&lt;/p&gt;") == "<p>Hallo</p>"
    assert sanitise_html("ab <Anfänger") == "ab &lt;Anfänger"


def test_a_description_without_text_is_none() -> None:
    assert sanitise_html("<p>&nbsp;</p><br>") is None
    assert sanitise_html("<script>x</script>") is None


def test_long_descriptions_are_cut_outside_of_tags_and_entities() -> None:
    raw = "<ul>" + "<li>Schweißen &amp; <b>Löten</b> <a href='https://haus.example/a b'>mehr</a></li>" * 500 + "</ul>"
    clean = sanitise_html(raw) or ""
    assert DESCRIPTION_LIMIT * 0.9 < len(clean) <= DESCRIPTION_LIMIT
    assert clean.endswith("</ul>")
    assert "…" in clean
    assert sanitise_html(clean) == clean


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 40_000,
        "<" * 200_000,
        "<!--" * 40_000,
        "&amp;" * 40_000,
        "&lt;p" * 40_000,
        "<p>" * 4_999 + "x",
        "<a href='" * 9_999,
    ],
    ids=lambda bomb: bomb[:6],
)
def test_bombs_neither_hang_nor_pass_the_limits(bomb: str) -> None:
    clean = sanitise_html(bomb, "https://haus.example/") or ""
    assert len(clean) <= DESCRIPTION_LIMIT
    assert (sanitise_html(clean) or "") == clean
    assert len(plain(bomb) or "") <= 1000


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Schweißer-Lehrgänge", "schweisser lehrgaenge"),
        ("u\u0308ber ÜBER", "ueber ueber"),
        ("Café  Łódź, naïve", "cafe lodz naive"),
        ("Teil I+II (A1.1)", "teil i ii a1 1"),
        ("STRAẞE", "strasse"),
        ("C++ / C# / C", "cpp csharp c"),
        ("Русский язык", "русскии язык"),
        ("---", ""),
    ],
)
def test_fold(raw: str, expected: str) -> None:
    assert fold(raw) == expected


@given(hostile)
def test_nothing_crashes_and_twice_is_once(raw: str) -> None:
    assert repair(repair(raw)) == repair(raw)
    assert plain(plain(raw)) == plain(raw)
    assert sanitise_html(sanitise_html(raw)) == sanitise_html(raw)
    assert fold(fold(raw)) == fold(raw)
    html_to_text(raw).encode()


@given(hostile, st.integers(min_value=300, max_value=600))
def test_no_script_and_no_handler_survives(raw: str, limit: int) -> None:
    clean = (sanitise_html(raw, "https://haus.example/", limit) or "").lower()
    assert "<script" not in clean
    assert not re.search(r"<[^>]*javascript:", clean)
    assert "<img" not in clean
    assert len(clean) <= limit
    for text in (plain(raw, limit) or "", html_to_text(raw, limit)):
        assert "<script" not in text.lower()
        assert len(text) <= limit
