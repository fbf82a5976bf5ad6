"""What a page is, whatever its server says of it."""

import pytest

from spiders.page import Page

TEXT = "<html><body><p>Prüfung für Bäcker – 5 €</p></body></html>"


@pytest.mark.parametrize(
    ("real", "stated"),
    [
        ("utf-8", "text/html; charset=utf-8"),
        ("cp1252", "text/html; charset=windows-1252"),
        ("cp1252", "text/html; charset=utf-8"),
        ("utf-8", "text/html; charset=iso-8859-1"),
        ("utf-8", "text/html; charset=windows-1252"),
        ("utf-8", "text/html; charset=iso-8859-15"),
        ("utf-16", "text/html; charset=utf-16"),
        ("utf-8", None),
        ("cp1252", None),
    ],
)
def test_a_stated_encoding_that_the_bytes_contradict_is_not_believed(real: str, stated: str | None) -> None:
    assert Page("http://haus.localhost/", TEXT.encode(real), content_type=stated).text == TEXT


def test_ascii_is_read_as_the_server_says() -> None:
    page = Page(
        "http://haus.localhost/", b"<html><body>Kurs</body></html>", content_type="text/html; charset=iso-8859-1"
    )
    assert (page.text, page.charset) == ("<html><body>Kurs</body></html>", "cp1252")


@pytest.mark.parametrize("link", ["https://[::1/x", "javascript:alert(1)", "/kurse/1"])
def test_a_saved_page_that_names_no_address_has_none(link: str) -> None:
    body = f"<html><head><link rel='canonical' href='{link}'></head><body></body></html>".encode()
    assert Page("file:///kurs.html", body).published_url is None
