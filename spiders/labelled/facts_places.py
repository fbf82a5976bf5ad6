"""Where the value of a label stands: in its line, beside it, under it, above it, or in the panel that it opens."""

import re

from bs4 import Tag

from spiders.labelled.labels import FEE_NOTE, LONGEST, lexicon, states
from spiders.labelled.leaves import NEW_BLOCK, NEW_LINE, SAME_LINE, Leaves, is_inline
from spiders.labelled.shapes import POSTCODE

Span = tuple[int, int]

LEAD = re.compile(r"^[^\w(]{0,3}([^:]{2,60}?)\s*:(?!//)(?!\s?-?in(?:nen)?\b)\s*(.*)$", re.DOTALL)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BOLD_LINE = 7  # the rank of a bold line used as a heading
_MOST = 120  # leaves of one headed block


def is_label(doc: Leaves, index: int) -> bool:
    """Whether a leaf is, or begins with, a label that ends the value before it."""
    leaf = doc.row[index]
    if leaf.link or leaf.control:
        return False
    text = leaf.text.strip()
    if (
        len(text) <= LONGEST
        and states(text)
        and (leaf.bold or leaf.icon or text.endswith(":") or not lexicon().is_weak(text))
    ):
        return True
    if leaf.bold and text.endswith(":") and leaf.gap == SAME_LINE:
        return True
    lead = LEAD.match(text)
    return bool(lead and states(lead[1]))


def _is_fee(doc: Leaves, index: int) -> bool:
    """Whether a leaf under a heading of prices is one of them: "Kurs: 900 €", "Prüfung: 80 €"."""
    lead = LEAD.match(doc.row[index].text.strip())
    return bool(lead and lead[2] and states(lead[1]) in ("title", "price", "certificate", FEE_NOTE))


def top_of(doc: Leaves, index: int, end: int) -> Tag | None:
    """The largest element that holds nothing but the label; None if the label shares its element."""
    tag: Tag | None = doc.row[index].tag
    if tag is None or doc.span(tag) != (index, end):
        return None
    while tag.parent is not None and tag.parent.parent is not None and doc.span(tag.parent) == (index, end):
        tag = tag.parent
    return tag


def end_of_lines(doc: Leaves, start: int, last: int, path: str | None = None) -> int:
    """A value in a line ends with the line, or with the next label; one that begins after a break, with its lines."""
    broken = doc.row[start].gap == NEW_LINE
    end = start
    while end < last:
        leaf = doc.row[end]
        if end > start and (leaf.gap == NEW_BLOCK or (leaf.gap == NEW_LINE and not broken) or end in doc.used):
            break
        if (is_label(doc, end) and not (end == start and states(leaf.text.strip()) == path)) or (
            end > start and leaf.text.strip() in ("|", "·", "•")
        ):
            break
        end += 1
    return end


def end_of_address(doc: Leaves, start: int, last: int) -> int:
    """A place goes on in the lines below it if one of the next three has a postcode."""
    end = end_of_lines(doc, start, last)
    lines, after = 0, end
    while after < last and doc.row[after].gap != NEW_BLOCK and after not in doc.used and not is_label(doc, after):
        lines += doc.row[after].gap == NEW_LINE
        if lines > 3:
            return end
        after += 1
        if POSTCODE.search(doc.row[after - 1].text):
            return after
    return end


def rank_of(doc: Leaves, index: int, top: Tag | None) -> int:
    """The rank of a label that heads a block: 1 to 6, 7 for a bold line or a button, 0 for none."""
    if top is None:
        return 0
    for tag in (top, *top.find_all(_HEADINGS, limit=1)):
        if tag.name in _HEADINGS:
            return int(tag.name[1])
    tag = doc.row[index].tag
    if (
        top.name in ("summary", "legend", "caption", "button")
        or top.find(["button", "summary"])
        or tag.name == "button"
    ):
        return _BOLD_LINE
    return _BOLD_LINE if doc.row[index].bold and not is_inline(top) else 0


def end_of_block(doc: Leaves, top: Tag, rank: int, last: int, path: str) -> int:
    """The block under a heading: up to the next heading of its rank, the next bold line or the next label."""
    end = doc.span(top)[1]
    for sibling in top.next_siblings:
        if not isinstance(sibling, Tag):
            continue
        low, high = doc.span(sibling)
        if high == low:
            continue
        ranks = [int(tag.name[1]) for tag in (sibling, *sibling.find_all(_HEADINGS)) if tag.name in _HEADINGS]
        if any(found <= rank for found in ranks) or low in doc.used or high > last or high - end > _MOST:
            break
        if is_label(doc, low) and not (path == "price" and _is_fee(doc, low)):
            break
        if rank == _BOLD_LINE and high - low == 1 and doc.row[low].bold and not is_inline(sibling):
            break
        label = next(
            (
                at
                for at in range(low + 1, high)
                if doc.row[at].gap and is_label(doc, at) and (doc.row[at].bold or at in doc.used)
            ),
            None,
        )
        if label is not None:
            return label
        end = high
    return end


def beside(doc: Leaves, top: Tag, path: str) -> Span | None:
    """The element beside a label; none if a label stands there too."""
    for sibling in top.next_siblings:
        if isinstance(sibling, Tag) and doc.span(sibling)[1] > doc.span(sibling)[0]:
            low, high = doc.span(sibling)
            says = states(doc.row[low].text.strip()) if len(doc.row[low].text) <= LONGEST else None
            is_value = (not is_label(doc, low) or says == path) and doc.is_free(low, high) and high - low <= 20
            return (low, high) if is_value else None
        if not isinstance(sibling, Tag) and str(sibling).strip():
            return None
    return None


def above(doc: Leaves, top: Tag) -> Span | None:
    """The value above its label, as in tiles of key figures: two elements, the label is the second."""
    parent = top.parent
    children = doc.children(parent) if parent is not None else []
    if parent is None or len(children) != 2 or children[1] is not top or top.name in ("td", "dd", "li"):
        return None
    low, high = doc.span(children[0])
    alone = doc.span(parent)[0] == low and high - low <= 4 and doc.is_free(low, high)
    says_itself = is_label(doc, low) or states(doc.text(low, high)) is not None
    return (low, high) if alone and not says_itself else None


def panel_of(doc: Leaves, index: int, top: Tag) -> Span | None:
    """The panel that a tab or a button opens by its id."""
    for tag in (doc.row[index].tag, *doc.row[index].tag.parents):
        target = tag.get("aria-controls") or tag.get("data-bs-target") or tag.get("data-target") or tag.get("href")
        if isinstance(target, str) and target.lstrip("#"):
            panel = doc.ids.get(target.lstrip("#"))
            return doc.span(panel) if panel is not None else None
        if tag is top:
            return None
    return None


def form_of(doc: Leaves, index: int) -> str:
    """The markup of a label within a line, such as `p strong`."""
    tag = doc.row[index].tag
    parent = tag.parent
    return f"{parent.name} {tag.name}" if parent is not None and is_inline(tag) else f"{tag.name} text"
