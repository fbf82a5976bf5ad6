"""Label and value pairs of a course page, from inside its course container only, each with where it stood."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from parsel import Selector

from spiders.labels import lexicon
from spiders.page import UnreadableError, folded

_CONTAINERS = ("main", "[role=main]", "article", "#content", "#inhalt", "#main", ".content", "body")
_FURNITURE_TAGS = ["nav", "footer", "aside", "script", "style", "form", "noscript", "template", "iframe"]
_FURNITURE_WORDS = (
    "cookie", "consent", "teaser", "related", "breadcrumb", "brotkrume", "similar", "aehnlich", "ähnlich",
    "weitere-kurse", "sidebar", "newsletter", "recommend", "carousel", "slider", "social", "share", "menu",
    "navigation", "footer", "banner",
)  # fmt: skip
_LINES = ["p", "li", "div", "span", "td"]
PER_RUN = {name: f"instances.{name}" for name in ("price", "duration", "format", "schedule", "url")}
_HEADINGS = ("h2", "h3", "h4")
_PROSE = ["p", "ul", "ol", *_HEADINGS]


@dataclass(frozen=True)
class Fact:
    """A value that a label states: contract path, both texts, the markup it stood in, its table row if it has one."""

    path: str
    label: str
    value: str
    origin: str
    row: int | None = None


def container(page: Selector, css: str | None = None) -> Selector:
    """The element that holds the course. Raises UnreadableError if a selector is given and finds nothing."""
    for candidate in (css,) if css else _CONTAINERS:
        found = page.css(candidate)
        if len(found) == 1 or (found and candidate in ("main", "body", css)):
            return found[0]
    raise UnreadableError(f"no course container {css!r} on the page" if css else "the page has no body")


def facts_of(root: Selector) -> tuple[list[Fact], str | None]:
    """All labelled facts in document order, and the prose that is left over, as HTML."""
    soup = BeautifulSoup(root.get() or "", "lxml")
    _remove_furniture(soup)
    facts: list[Fact] = []
    used: dict[int, Tag] = {}  # by identity: two elements with the same content are equal
    rows = 0
    for tag in soup.find_all(["dl", "table", *_LINES]):
        if any(id(parent) in used for parent in tag.parents):
            continue
        if tag.name == "dl":
            found = list(_definitions(tag))
        elif tag.name == "table":
            found = list(_table(tag, rows))
            rows += sum(1 for _ in tag.find_all("tr"))
        else:
            found = list(_line(tag))
        if found or tag.name in ("dl", "table"):
            facts.extend(found)
            used[id(tag)] = tag
    for tag in used.values():
        heading = tag.find_previous_sibling()
        if heading is not None and heading.name in _HEADINGS and tag.name in ("dl", "table"):
            heading.decompose()
        tag.decompose()
    return facts, _prose(soup)


def _remove_furniture(soup: BeautifulSoup) -> None:
    """What is on every page: navigation, footer, banners, teasers with other courses' dates and prices."""
    for tag in soup.find_all(True):
        if tag.decomposed or tag.name in ("html", "body", "main"):
            continue
        marks = " ".join([*tag.get_attribute_list("class"), *tag.get_attribute_list("id")] if tag.attrs else []).lower()
        if tag.name in _FURNITURE_TAGS or any(word in marks for word in _FURNITURE_WORDS):
            tag.decompose()


def _definitions(tag: Tag) -> Iterator[Fact]:
    """`dl`: each description goes to the last term before it."""
    label: str | None = None
    for part in tag.find_all(["dt", "dd"]):
        if part.name == "dt":
            label = _text(part)
        elif label:
            yield from _fact(label, _text(part), "dl")


def _table(tag: Tag, first_row: int) -> Iterator[Fact]:
    """A table of `th` and `td` pairs, or one whose first row heads its columns: then each row is a run."""
    lines = [row.find_all(["th", "td"]) for row in tag.find_all("tr")]
    lines = [cells for cells in lines if cells]
    if not lines:
        return
    heads = [_text(cell) for cell in lines[0]]
    known = [lexicon().path(head) for head in heads]
    if len(heads) > 1 and all(cell.name == "th" for cell in lines[0]) and any(known):
        for number, cells in enumerate(lines[1:], start=first_row):
            for head, path, cell in zip(heads, known, cells, strict=False):
                value = _text(cell)
                if head and path and value:
                    yield Fact(PER_RUN.get(path, path), head.rstrip(": "), value, "table column", number)
        return
    for cells in lines:
        if len(cells) == 2:
            yield from _fact(_text(cells[0]), _text(cells[1]), "table row")


def _line(tag: Tag) -> Iterator[Fact]:
    """`<p><strong>Label:</strong> value</p>`, also several in one element, parted by line breaks."""
    strongs = tag.find_all(["strong", "b"], recursive=False)
    for strong in strongs:
        yield from _fact(_text(strong), _after(strong), f"{tag.name} {strong.name}")
    if not strongs and not tag.find(True):
        label, colon, value = tag.get_text().partition(":")
        if colon:
            yield from _fact(folded(label), folded(value), f"{tag.name} text")


def _after(strong: Tag) -> str | None:
    """The text from a label to the next label or line break."""
    parts: list[str] = []
    for node in strong.next_siblings:
        if isinstance(node, Tag) and node.name in ("strong", "b", "br") and (parts or node.name != "br"):
            break
        parts.append(node if isinstance(node, NavigableString) else node.get_text())
    return folded("".join(parts).lstrip(" :\u00a0"))


def _fact(label: str | None, value: str | None, origin: str) -> Iterable[Fact]:
    path = lexicon().path(label)
    if not label or not value or not path:
        return ()
    return (Fact(path, label.rstrip(": "), value, origin),)


def _prose(soup: BeautifulSoup) -> str | None:
    """The paragraphs and lists that are left, without the title."""
    parts = [tag for tag in soup.find_all(_PROSE) if not tag.find_parent(_PROSE) and folded(tag.get_text())]
    while parts and parts[-1].name in _HEADINGS:
        parts.pop()
    return "\n".join(str(tag) for tag in parts) or None


def _text(tag: Tag) -> str | None:
    return folded(tag.get_text())
