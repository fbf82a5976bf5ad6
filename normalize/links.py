"""Addresses of pages, as published: only those that a browser may be sent to."""

import re
from urllib.parse import quote

from normalize.reading import Doubt, Reading

URL_LIMIT = 2_000  # characters; longer ones are cut by servers and mail programs

_WEB_PAGE = re.compile(
    r"(?P<host>https?://[^\s<>\"'`\\/?#\x00-\x1f\x7f]+)(?P<path>[^<>\"`\\\x00-\x1f\x7f]*)", re.IGNORECASE
)
_SPACE = re.compile(r"\s")


def read_url(text: str | None) -> Reading[str | None]:
    """An absolute http(s) address; anything else (a script, a bare host) is None with a doubt.

    It stays untouched but for spaces behind the host, which some systems publish ("/kursname/Berufssprachkurs B2/")
    and which are escaped as a browser does it.
    """
    if text is None or not text.strip():
        return Reading(None)
    if len(text) > URL_LIMIT:
        return Reading(None, (Doubt(text, f"an address of more than {URL_LIMIT} characters"),))
    page = _WEB_PAGE.fullmatch(text.strip())
    if page is None:
        return Reading(None, (Doubt(text, "not an http(s) address"),))
    return Reading(page["host"] + _SPACE.sub(lambda space: quote(space[0]), page["path"]))
