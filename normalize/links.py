"""Addresses of pages, as published: only those that a browser may be sent to."""

import re

from normalize.reading import Doubt, Reading

URL_LIMIT = 2_000  # characters; longer ones are cut by servers and mail programs

_WEB_PAGE = re.compile(r"https?://[^\s<>\"'`\\/?#\x00-\x1f\x7f][^\s<>\"`\\\x00-\x1f\x7f]*", re.IGNORECASE)


def read_url(text: str | None) -> Reading[str | None]:
    """An absolute http(s) address, untouched; anything else (a script, a bare host) is None with a doubt."""
    if text is None or not text.strip():
        return Reading(None)
    url = text.strip()
    if len(url) > URL_LIMIT:
        return Reading(None, (Doubt(text, f"an address of more than {URL_LIMIT} characters"),))
    if not _WEB_PAGE.fullmatch(url):
        return Reading(None, (Doubt(text, "not an http(s) address"),))
    return Reading(url)
