"""Published text made safe and readable: repaired, sanitised, flattened, folded.

All crawled text is hostile. Every function here is linear in the length of its input up to a named limit, never
raises on any string, and (but for `fold` and `html_to_text`, which lose markup on purpose) gives its own output back
when it is applied twice.
"""

import html
import re
import unicodedata
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlsplit

import ftfy
import nh3

PLAIN_LIMIT = 1_000  # characters of a one-line field: a title, a venue, a price note
DESCRIPTION_LIMIT = 20_000  # characters of sanitised HTML
RAW_LIMIT = 200_000  # characters of a published string that are looked at at all
TAG_LIMIT = 5_000  # more tags than this is an attack or a data dump: the tree is not built, the text is kept
MAX_PASSES = 8  # markup escaped inside markup is unpacked at most so often

ELLIPSIS = " …"

TAGS = frozenset({"a", "b", "br", "em", "h3", "h4", "h5", "i", "li", "ol", "p", "strong", "sub", "sup", "ul"})
TAGS_WITH_HIDDEN_CONTENT = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "select", "textarea", "title"}
)
LINK_SCHEMES = frozenset({"http", "https", "mailto"})

# UTF-8 read as Windows-1252 leaves a lead byte (Ã Â Ä Å â ï ð) before a character of the upper half of that code page.
_MOJIBAKE = re.compile("[ÃÂÄÅâïð][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|[\u0080-\u009f]")
# Controls but tab and line ends, soft hyphens, zero-width and direction marks, non-characters. C1 (\x80-\x9f) are left
# for ftfy, which knows them as Windows-1252, and go afterwards.
_CONTROL_CLASS = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
)
_CONTROLS = re.compile(f"[{_CONTROL_CLASS}]")
_C1 = re.compile("[\x80-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|[\u2028\u2029]")
_SUSPECT = re.compile(f"[{_CONTROL_CLASS}\x80-\x9f\ud800-\udfff\r\u2028\u2029ÃÂÅâïð]|Ä[^a-zA-Z]")

_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|noscript|iframe|object|svg|math|select|textarea|title)\b.*?(?:</\1\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_BLOCK_TAG = re.compile(
    r"</?(?:address|article|aside|blockquote|br|dd|div|dl|dt|figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|"
    r"section|table|tbody|td|tfoot|th|thead|tr|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<[!?][^<>]*>")
_TAG_START = re.compile(r"(?<!<)<+(?=[a-zA-Z/!?])")  # what no ">" closes is text, without its bracket
_UNCLOSED = re.compile(r"<(?![^<>]*>)")
_ANY_TEXT = re.compile(r"(?:^|>)(?:\s|&nbsp;)*(?:[^\s<&]|&(?!nbsp;))")
_ESCAPED_TAG = re.compile(
    r"&lt;/?(?:a|b|br|div|em|font|h[1-6]|i|li|ol|p|span|strong|table|td|tr|u|ul)\b[^<>&]{0,200}&gt;", re.IGNORECASE
)
_DOUBLE_ESCAPE = re.compile(r"&(?:amp;)+(?=#?\w{1,31};)")

_LETTERS = {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}  # no accent that decomposition would part
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_NOT_WORD = re.compile(r"[\W_]+")
# Words whose punctuation is their meaning: without it a course in C++ equals one in C.
_SYMBOL_WORDS = re.compile(r"(?<!\w)(?:c\+\+|c#|f#|\.net\b)")
_SYMBOL_NAMES = {"c++": "cpp", "c#": "csharp", "f#": "fsharp", ".net": "dotnet"}


def is_garbled(s: str) -> bool:
    """Whether a text shows signs of wrong decoding: mojibake that `repair` mends, or a lost character (U+FFFD)."""
    return not s.isascii() and ("\ufffd" in s or _MOJIBAKE.search(s) is not None)


def repair(s: str) -> str:
    """Mend mojibake, drop control and invisible characters, compose accents (NFC), make line ends `\\n`.

    ftfy runs only where a cheap test sees mojibake. A lone surrogate becomes U+FFFD, since no encoder takes it.
    """
    if not _SUSPECT.search(s) and unicodedata.is_normalized("NFC", s):
        return s
    for _ in range(MAX_PASSES):
        before = s
        s = _CONTROLS.sub("", _LINE_END.sub("\n", s))
        if not s.isascii():
            s = _SURROGATE.sub("\ufffd", s)
            if _MOJIBAKE.search(s):
                s = _C1.sub("", ftfy.fix_encoding(s))
            s = unicodedata.normalize("NFC", s)
        if s == before:
            break
    return s


def without_surrogates(value: Any) -> Any:
    """A JSON value with lone surrogates replaced by U+FFFD in all its strings, keys too."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {without_surrogates(key): without_surrogates(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_surrogates(each) for each in value]
    return value


def plain(s: str | None, limit: int = PLAIN_LIMIT) -> str | None:
    """One line of plain text: tags stripped, entities decoded, whitespace folded; None if nothing is left.

    Longer than `limit` characters is cut at a word, with an ellipsis.
    """
    if not s:
        return None
    text = _one_line(s)
    if _SUSPECT.search(text):  # what tags kept apart may look like mojibake once they are gone
        text = _one_line(text)
    return _shorten(text, limit) or None


def html_to_text(s: str, limit: int = DESCRIPTION_LIMIT) -> str:
    """HTML as plain text for search: a line for each block, entities decoded, scripts and comments gone."""
    lines = (" ".join(line.split()) for line in _flatten(s).split("\n"))
    return _shorten("\n".join(filter(None, lines)), limit)


def sanitise_html(s: str | None, base_url: str | None = None, limit: int = DESCRIPTION_LIMIT) -> str | None:
    """A description as harmless HTML: a small list of tags, links only to http(s) and mailto, None if without text.

    Relative links are resolved against `base_url` (the page of the offer) and dropped without one. HTML that a source
    escaped once too often is unpacked. More than `limit` characters are cut between words and outside of tags; what
    cannot be sanitised within the limits is returned as escaped plain text.
    """
    if not s:
        return None
    text = repair(s[:RAW_LIMIT]).strip()
    if text.count("<") > TAG_LIMIT:
        return _escaped(text, limit)
    text = _UNCLOSED.sub("&lt;", text)
    clean = _clean_to_fixpoint(text, base_url)
    if clean is not None and len(clean) > limit:
        clean = _clean_to_fixpoint(_cut_outside_tags(clean, limit - 200) + ELLIPSIS, base_url)
    if clean is None or len(clean) > limit or clean.count("<") > TAG_LIMIT:
        return _escaped(text, limit)
    return clean if _ANY_TEXT.search(clean) else None


def fold(s: str) -> str:
    """The form for comparing: casefolded, ä -> ae and ß -> ss, accents stripped, punctuation to single spaces."""
    if s.isascii():
        s = s.lower()
    else:
        # Composed first: a decomposed ü must become ue, not u. Umlauts go before accents are stripped.
        s = _spelled(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", s).casefold()))
        if not s.isascii():
            s = _NOT_ASCII.sub(_to_letters, unicodedata.normalize("NFKD", s))
    if "#" in s or "+" in s or ".net" in s:
        s = _SYMBOL_WORDS.sub(lambda found: _SYMBOL_NAMES[found.group()], s)
    return _NOT_WORD.sub(" ", s).strip()


def spell_out(s: str) -> str:
    """Lower case with ä -> ae, ö -> oe, ü -> ue, ß -> ss, punctuation kept: what patterns of words are matched with."""
    s = s.lower()
    return s if s.isascii() else _spelled(s).replace("ß", "ss")


def _spelled(s: str) -> str:
    """Lower-case umlauts as two letters; four times as fast as a translation table."""
    return s.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")


def _to_letters(found: re.Match[str]) -> str:
    """A decomposed run without its accents, and letters that do not decompose spelled out."""
    return "".join(_LETTERS.get(c, c) for c in found[0] if not unicodedata.combining(c))


def _one_line(s: str) -> str:
    return " ".join(_flatten(s).split())


def _flatten(s: str) -> str:
    """Text without tags or entities, a line end for each block tag; stable under itself, whitespace unfolded."""
    text = s[:RAW_LIMIT]
    for _ in range(MAX_PASSES):
        text = repair(text)
        if "<" not in text and "&" not in text:
            return text
        before = text
        if "<" in text:
            text = _TAG.sub("", _BLOCK_TAG.sub("\n", _HIDDEN.sub(" ", text)))
            if "<" in text:
                text = _TAG_START.sub("", text)
        if "&" in text:
            text = html.unescape(_DOUBLE_ESCAPE.sub("&", text))
        if text == before:
            return text
    return text.replace("<", " ").replace("&", " ")  # wrapped deeper than honest text is


def _shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a space if there is one in the last fifth."""
    if len(text) <= limit:
        return text
    room = max(limit - len(ELLIPSIS), 0)
    cut = text.rfind(" ", room * 4 // 5, room + 1)
    return (text[: cut if cut > 0 else room].rstrip() + ELLIPSIS)[:limit]


def _escaped(text: str, limit: int) -> str | None:
    """The plain text of it as HTML: the fallback of `sanitise_html`."""
    words = _one_line(text)
    escaped = html.escape(_shorten(words, limit), quote=False)
    while len(escaped) > limit:  # escaping makes longer
        words = _shorten(words, len(words) * 3 // 4)
        escaped = html.escape(words, quote=False)
    return escaped or None


def _clean_to_fixpoint(text: str, base_url: str | None) -> str | None:
    """Sanitised HTML that sanitising leaves as it is; None if it does not settle."""
    cleaner = _cleaner(_base(base_url) if "href" in text or "HREF" in text else None)
    for _ in range(MAX_PASSES):
        if "&lt;" in text and _ESCAPED_TAG.search(text):
            text = html.unescape(text)
        clean = repair(cleaner.clean(text)).strip()
        if "\n" in clean and "<" not in clean:  # plain text: its line ends are meant
            clean = clean.replace("\n", "<br>")
        if clean == text:
            return clean
        text = clean
    return None


def _base(base_url: str | None) -> str | None:
    """The URL if links can be resolved against it."""
    if not base_url:
        return None
    try:
        parts = urlsplit(base_url)
    except ValueError:
        return None
    return base_url if parts.scheme in ("http", "https") and parts.hostname else None


@lru_cache(maxsize=64)
def _cleaner(base_url: str | None) -> nh3.Cleaner:
    try:
        return _make_cleaner(("rewrite_with_base", base_url) if base_url else "deny")
    except ValueError:  # stricter about URLs than urlsplit
        return _make_cleaner("deny")


def _make_cleaner(url_relative: Literal["deny"] | tuple[Literal["rewrite_with_base"], str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(TAGS_WITH_HIDDEN_CONTENT),
        attributes={"a": {"href"}},
        url_schemes=set(LINK_SCHEMES),
        link_rel="nofollow noopener noreferrer",
        url_relative=url_relative,
    )


def _cut_outside_tags(clean: str, limit: int) -> str:
    """A prefix of sanitised HTML that ends at a word and neither in a tag nor in an entity."""
    prefix = clean[: max(limit, 0)]
    if prefix.rfind("<") > prefix.rfind(">"):
        prefix = prefix[: prefix.rfind("<")]
    cut = max(prefix.rfind(" "), prefix.rfind(">") + 1)
    if prefix.rfind("<") < cut <= prefix.rfind(">"):  # the space is inside a tag: end behind the tag
        cut = prefix.rfind(">") + 1
    return prefix[:cut].rstrip() if cut > len(prefix) * 4 // 5 else prefix.rsplit("&", 1)[0]
