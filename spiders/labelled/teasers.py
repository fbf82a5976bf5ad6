"""Other courses on a course page: teasers under headings of their own, and lists of links with dates and prices."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from spiders.labelled.shapes import AMOUNT, DATE

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TEASERS = re.compile(
    r"\b(?:weitere|ähnliche|passende|andere|verwandte|beliebte|empfohlene|neue|neueste|top|"
    r"alternative|ergänzende|aktuelle|unsere|mehr|noch mehr|anschließende|aufbauende)\s+"
    r"(?:\w+\s+)?(?:\w*kurse|\w*seminare|\w*angebote?|\w*lehrgänge|\w*veranstaltungen|"
    r"\w*weiterbildungen|\w*schulungen|\w*themen|\w*fortbildungen|meldungen|news|beiträge|"
    r"\w*ausbildungen|\w*trainings|bildungsangebote|empfehlungen|workshops|bestseller|highlights)\b"
    r"|auch interessieren|auch interessant|das könnte (?:sie|dich|ihnen|euch)|könnte(?:n)? (?:sie|"
    r"dich|ihnen|euch) auch|kunden|andere (?:teilnehmer|besucher|interessent)|zuletzt angesehen|"
    r"^(?:news|aktuelles|neuigkeiten|newsletter|empfehlungen?|unsere empfehlung\w*|top-?kurse|"
    r"kursempfehlungen?|verwandt\w*|ähnlich\w*|passend dazu|dazu passend|auch gebucht|"
    r"wird oft .*|öfter zusammen.*|stimmen .*|bewertungen|teilnehmerstimmen|das sagen .*|kurse in .*|"
    r"demnächst|aktuell im programm|"
    r"weiterführende (?:kurse|angebote|links|lehrgänge|seminare).*|quicklinks|service)$|"
    r"\b(?:kurse|seminare|lehrgänge|angebote) (?:im überblick|aus (?:diesem|dem|der)|der kategorie|im gleichen)",
    re.IGNORECASE,
)
_ACTION = re.compile(
    r"^\W*(?:(?:jetzt|zurück|zur|zum|zu den|mehr|details?|anmeld(?:en|ung)|buch(?:en|ung)|infos?|"
    r"information(?:en)?|in den|weiter|weiterlesen|termine?)\b|online (?:anmelden|buchen)|pdf|"
    r"download|ics|kalender|karte|anfahrt|platz|plätze|warteliste|merken|vormerken|"
    r"auf die|anfrage\w*|hier|reservier\w+|auswählen|wählen|drucken|google|route\w*|standort|"
    r"\d{1,2}\.|ausgebucht|auf karte|kurs (?:buchen|merken)|interesse|kontakt|e-?mail|tel\.)",
    re.IGNORECASE,
)
_MOST_LINKS = 4  # of one teaser
_LONGEST_TEASER = 900  # characters


def drop_after_headings(root: HtmlElement, kept: set[HtmlElement]) -> None:
    """A heading such as "Das könnte Sie auch interessieren", and what follows it up to the next heading of its rank."""
    for heading in [*root.iter("h2", "h3", "h4", "h5", "h6")]:
        text = text_of(heading)
        if len(text) > 90 or not _TEASERS.search(text) or not _attached(heading, root):
            continue
        rank, top = int(heading.tag[1]), heading
        while (parent := top.getparent()) is not None and parent not in kept and text_of(parent) == text:
            top = parent
        while (sibling := top.getnext()) is not None:
            if sibling in kept or next(sibling.iter(*_HEADINGS[:rank]), None) is not None:
                break
            drop(sibling)
        drop(top)


def drop_lists_of_others(root: HtmlElement, kept: set[HtmlElement]) -> None:
    """Repeated items that link to other pages by a title and carry dates or prices of their own."""
    title = {text_of(heading).casefold() for heading in root.iter("h1")}
    groups: dict[tuple[HtmlElement, str, str], set[HtmlElement]] = {}
    for link in _title_links(root, title):
        element = link
        for _ in range(6):
            parent = element.getparent()
            if parent is None or element in kept:
                break
            groups.setdefault((parent, element.tag, _class(element)), set()).add(element)
            element = parent
    for items in groups.values():
        first = next(iter(items))
        alive = [
            item for item in _alike(first) if item in items or (item not in kept and _class(item) and _has_link(item))
        ]
        if len(items) < 2 or not _attached(first, root) or 2 * sum(map(has_offer, alive)) < len(alive):
            continue
        if all(len(set(item.xpath(".//a/@href"))) <= _MOST_LINKS for item in alive) and all(
            len(item.text_content()) <= _LONGEST_TEASER for item in alive
        ):
            for item in alive:
                drop(item)


def _alike(item: HtmlElement) -> Iterator[HtmlElement]:
    """The siblings of one kind, the item among them."""
    parent = item.getparent()
    return (other for other in parent.iterchildren(item.tag) if _class(other) == _class(item))


def _class(element: HtmlElement) -> str:
    return str((element.get("class") or "").partition(" ")[0])


def _has_link(element: HtmlElement) -> bool:
    return element.find(".//a[@href]") is not None


def _title_links(root: HtmlElement, title: set[str]) -> Iterator[HtmlElement]:
    for link in root.iter("a"):
        href = link.get("href") or "#"
        if href.startswith(("#", "mailto:", "tel:", "javascript:")) or link.get("download") is not None:
            continue
        heading = next(link.iter("h2", "h3", "h4", "h5", "strong"), None)
        text = text_of(heading if heading is not None else link)
        if len(text) >= 8 and not _ACTION.match(text) and not DATE.match(text) and text.casefold() not in title:
            yield link


def _attached(element: HtmlElement, root: HtmlElement) -> bool:
    return element is root or any(ancestor is root for ancestor in element.iterancestors())


def drop(element: HtmlElement) -> None:
    """Remove an element and keep the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def text_of(element: HtmlElement) -> str:
    """The text of an element in one line."""
    return " ".join(element.text_content().split())


def has_offer(element: HtmlElement) -> bool:
    """Whether an element states a date or an amount."""
    text = element.text_content()
    return bool(DATE.search(text) or AMOUNT.search(text))
