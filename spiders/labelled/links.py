"""Which links of a list lead to courses, and which to the next list: by the source's selectors, else by evidence."""

import re
from collections import Counter
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from spiders.page import Page

_OUTSIDE = {"nav", "header", "footer", "aside", "form"}
_NAVIGATION = re.compile(
    r"\b(?:nav|navigation|navbar|menu|menue|footer|breadcrumbs?|brotkrumen|pagination|pager|cookie|"
    r"sidebar|meta|social|sprachwahl|blaettern|paging)\b",
    re.IGNORECASE,
)
_COURSE = re.compile(
    r"kurs|seminar|lehrgang|lehrgaeng|weiterbildung|fortbildung|veranstaltung|angebot|schulung|course|"
    r"detail|termin|ausbildung|training|workshop|produkt|event|qualifizierung|umschulung",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"impressum|datenschutz|kontakt|agb|login|warenkorb|merkliste|sitemap|presse|aktuelles|news|"
    r"ueber-uns|karriere|jobs|\.(?:pdf|ics|jpe?g|png|docx?|xlsx?|zip)$|facebook|instagram|anmeld|"
    r"newsletter|standorte?/?$",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"^\W*(?:weiter|nächste(?: seite)?|naechste(?: seite)?|next|vor|›|»|>|→|>>|weiter »|nächste kurse|"
    r"mehr kurse(?: laden)?|ältere beiträge|mehr laden|weitere (?:kurse|ergebnisse)(?: laden|"
    r" anzeigen)?)\W*$|^\s*[›»>→]+\s*$",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_FEWEST = 2  # links of one shape that make a list


def course_links(page: Page, css: str | None) -> list[str]:
    """Addresses of course pages on a list, each once, in order; empty if there is no evidence of any."""
    if css:
        found = [page.address(link.attrib.get("href")) for link in page.selector.css(css).css("a")]
        return [url for url in dict.fromkeys(found) if url]
    inside = [(url, link) for link in _main_links(page) if (url := _url(page, link))]
    shapes: dict[tuple[str, ...], dict[str, int]] = {}
    for url, link in inside:
        text = " ".join(link.text_content().split())
        shapes.setdefault(_shape(url), Counter())[url] += len(text)
    best = max(shapes.items(), key=lambda item: _weight(*item), default=None)
    return list(best[1]) if best and _weight(*best) > 0 and len(best[1]) >= _FEWEST else []


def next_page(page: Page, css: str | None) -> str | None:
    """The address of the list that follows: by selector, by `rel=next`, or by what the link says."""
    if css and (href := page.selector.css(f"{css}::attr(href)").get()):
        return page.address(href)
    for link in page.selector.root.iter("a", "link"):
        text = " ".join(link.text_content().split()) if link.tag == "a" else ""
        named = f"{link.get('title') or ''} {link.get('aria-label') or ''}".strip()
        if "next" in (link.get("rel") or "").split() or (
            link.tag == "a" and _is_paging(link) and (_NEXT.match(text) or (named and _NEXT.match(named)))
        ):
            url = page.address(link.get("href"))
            if url and url.split("#")[0] != page.url.split("#")[0]:
                return url
    return None


def _is_paging(link: HtmlElement) -> bool:
    """Whether a link leads on in a list: in a block of paging, or to the same path with another query or number."""
    marks = " ".join(
        f"{tag.get('class') or ''} {tag.get('id') or ''} {tag.get('aria-label') or ''}"
        for tag in (link, *link.iterancestors())
    )
    href = link.get("href") or ""
    return bool(
        re.search(r"pag|blaetter|blätter|seite|next|weiter", marks + href, re.IGNORECASE) or href.startswith("?")
    )


def _main_links(page: Page) -> list[HtmlElement]:
    root = page.selector.root
    mains = root.xpath("//main | //*[@role='main']")
    scope = mains[0] if len(mains) == 1 else root
    return [link for link in scope.iter("a") if not _is_navigation(link, scope)]


def _is_navigation(link: HtmlElement, scope: HtmlElement) -> bool:
    for tag in link.iterancestors():
        if tag is scope:
            return False
        if (
            tag.tag in _OUTSIDE
            and tag.find(".//h1") is None
            and not (tag.tag == "header" and tag.getparent().tag in ("article", "section", "li", "div"))
        ):
            return True
        if _NAVIGATION.search(f"{tag.get('class') or ''} {tag.get('id') or ''}".replace("_", "-")):
            return True
    return False


def _url(page: Page, link: HtmlElement) -> str | None:
    href = (link.get("href") or "").strip()
    url = page.address(href.split("#")[0]) if not href.startswith(("#", "mailto:", "tel:", "javascript:")) else None
    here = urlsplit(page.url)
    parts = urlsplit(url) if url else None
    if (
        parts is None
        or _OTHER.search(parts.path)
        or (here.scheme.startswith("http") and parts.hostname != here.hostname)
    ):
        return None
    same = parts.path == here.path and here.scheme.startswith("http")
    return None if same and (not parts.query or _is_paging(link)) else url


def _shape(url: str) -> tuple[str, ...]:
    """What addresses of one kind share: the folders above, how deep, the names of the query."""
    parts = urlsplit(url)
    folders = [part for part in parts.path.split("/") if part]
    names = tuple(sorted(name for name, _ in parse_qsl(parts.query)))
    if names:
        return ("?", *(_DIGITS.sub("0", folder) for folder in folders), *names)
    return (str(len(folders)), *(_DIGITS.sub("0", folder) for folder in folders[:-1][:2]))


def _weight(shape: tuple[str, ...], urls: dict[str, int]) -> float:
    """How much speaks for links of one shape being courses: many, with words of education, ids, long texts."""
    words = sum(bool(_COURSE.search(urlsplit(url).path + urlsplit(url).query)) for url in urls) / len(urls)
    ids = sum(bool(_DIGITS.search(urlsplit(url).path.rsplit("/", 1)[-1] + urlsplit(url).query)) for url in urls) / len(
        urls
    )
    length = sum(min(count, 80) for count in urls.values()) / len(urls) / 80
    deep = shape[0] not in ("0", "1")
    score = len(urls) ** 0.5 * (words + ids / 2 + length)
    return score if words or (ids and length) or (deep and length > 0.2) else 0.0
