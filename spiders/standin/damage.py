"""Ways to damage an answer: each takes a body and its content type, and gives what a broken source would send."""

import json
import re
from hashlib import blake2b
from typing import Any

from lxml import html

BINARY = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 16
HUGE = 50_000_000  # bytes
DEPTH = 50_000
_CLASS = re.compile(rb'\b(class|id|headers)="([^"]+)"')
_KEY = re.compile(rb'"(\w+)":')
_TAG = re.compile(rb"(</?)([A-Za-z_][\w:-]*)")
_BOMB = (
    b'<!DOCTYPE bomb [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 10))
    + b"]>\n"
)
# The repeated element of a list page, per software: a copy of it without text and links is a row that is no row.
_ROWS = (
    ".kw-ue-box", "tr.kw-table-row", "div.kw-table-row", ".kursliste tr:last-child", ".kursliste li", "li.product",
    ".odav-courselist > div", ".kurs-link", ".course-list__item",
)  # fmt: skip


def kind_of(content_type: str) -> str:
    """html, json, xml or text."""
    for kind in ("json", "xml", "html"):
        if kind in content_type and "xhtml" not in content_type:
            return kind
    return "text"


def wrong_charset(body: bytes, content_type: str) -> bytes:
    """What is announced as UTF-8 comes as Windows-1252, and the other way round."""
    announced = _announced(body, content_type)
    real = "cp1252" if announced == "utf-8" else "utf-8"
    try:
        text = body.decode(announced)
    except UnicodeDecodeError:  # nothing was announced
        text, real = body.decode("cp1252"), "utf-8"
    return text.encode(real, "xmlcharrefreplace" if kind_of(content_type) == "html" else "replace")


def _announced(body: bytes, content_type: str) -> str:
    start = (content_type.encode() + body[:300]).lower()
    return "iso8859-15" if b"8859-15" in start else "cp1252" if b"1252" in start or b"8859" in start else "utf-8"


def new_template(body: bytes, content_type: str) -> bytes:
    """A relaunch: every class, key or element has another name."""
    kind = kind_of(content_type)
    if kind == "html":
        return _CLASS.sub(lambda found: found[1] + b'="' + _renamed(found[2]) + b'"', body)
    if kind == "json":
        return _KEY.sub(lambda found: b'"' + _renamed(found[1]) + b'":', body)
    if kind == "xml":
        return _TAG.sub(lambda found: found[1] + _renamed(found[2]), body)
    lines = body.split(b"\n")
    head = max(range(min(5, len(lines))), key=lambda number: sum(map(bool, lines[number].split(b";"))))
    lines[head] = b";".join(_renamed(cell) for cell in lines[head].split(b";"))
    return b"\n".join(lines)


def _renamed(name: bytes) -> bytes:
    return b"n" + blake2b(name, digest_size=4).hexdigest().encode()


def huge(body: bytes, content_type: str) -> bytes:
    """The same content in fifty megabytes."""
    padding = b" " * (HUGE - len(body))
    end = body.rfind(b"</")
    return body + padding if end < 0 or kind_of(content_type) == "json" else body[:end] + padding + body[end:]


def deep(body: bytes, content_type: str) -> bytes:
    """Something nested far too deeply in the midst of it."""
    kind = kind_of(content_type)
    if kind == "html":
        return re.sub(rb"(<body[^>]*>)", lambda found: found[1] + b"<div>" * DEPTH, body, count=1)
    if kind == "json":
        return b'{"page": ' + b"[" * DEPTH + b"]" * DEPTH + b"," + body.lstrip()[1:]
    if kind == "xml":
        end = body.rfind(b"</")
        return body[:end] + b"<x>" * DEPTH + b"</x>" * DEPTH + body[end:]
    return body


def entity_bomb(body: bytes, content_type: str) -> bytes:
    """A few hundred bytes of entities that stand for a billion words; only XML knows them."""
    if kind_of(content_type) != "xml":
        return body
    declaration, end, rest = body.partition(b"?>\n")
    start, tag, text = rest.partition(b"<TITLE>") if b"<TITLE>" in rest else rest.partition(b"<name>")
    return declaration + end + _BOMB + start + tag + b"&a9;" + text


def no_row(body: bytes, content_type: str) -> bytes:
    """Among the rows of a list, one that is none."""
    kind = kind_of(content_type)
    if kind == "json":
        return json.dumps(_with_no_record(json.loads(body)), ensure_ascii=False).encode()
    if kind == "xml":
        for tag in (b"<SERVICE", b"<veranstaltung>"):
            if tag in body:
                return body.replace(tag, b"<SERVICE/>" + tag if tag == b"<SERVICE" else b"<veranstaltung/>" + tag, 1)
        return body
    if kind == "text":
        return body.rstrip(b"\r\n") + b"\nkeine Zeile\n"
    return _with_empty_row(body)


def _with_no_record(answer: Any) -> Any:
    embedded = answer.get("_embedded") if isinstance(answer, dict) else None
    for records in (embedded or {}).values():
        records[1:1] = [None, "kein Angebot", {}]
    return answer


def _with_empty_row(body: bytes) -> bytes:
    page = html.document_fromstring(body)
    for css in _ROWS:
        rows = page.cssselect(css)
        if rows:
            rows[0].addnext(rows[0].makeelement(rows[0].tag, {"class": rows[0].get("class", "")}))
            encoding = page.getroottree().docinfo.encoding
            return bytes(html.tostring(page, doctype="<!DOCTYPE html>", encoding=encoding))
    return body
