"""The lexicon of German labels: which field of a listing "Lehrgangs-Nr.:" states. The words stand in labels.toml."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_NOT_A_WORD = re.compile(r"[^0-9a-z]+")
_IN_BRACKETS = re.compile(r"\([^)]*\)")
_AROUND = re.compile(  # what stands around a label without changing it: "Ihre Kosten", "Termine 2027", "Preis in Euro"
    r"^(?:\d+\.\s+|(?:ihre?n?|deine?n?|mein|unsere?|eure?|der|die|das|zu[rm]?|aktuelle[rs]?)\s+)+"
    r"|\s+(?:\d{1,2}|20\d\d(?!\d)|20\d\d\s*/\s*\d{2,4}|in\s+(?:€|eur|euro)|€|eur|p\.\s?p\.|(?:pro|"
    r"je)\s+(?:person|teilnehmer(?:in|[*:/_]-?in)?|tn)|"
    r"netto|brutto|gesamt|insgesamt|ca\.?)\s*$",
    re.IGNORECASE,
)
_WITH_VALUE = re.compile(r":(?!-?in(?:nen)?\b)\s*\w|\d\s*(?:€|EUR\b|Euro\b)")  # "Preis: 20 €" is more than a label
_SIGNS = " \t\r\n\u00a0:?!*–—-»›…"

FEE_NOTE = "+price_note"  # a fee beside the price: goes to price_note together with its label
IGNORED = "-"  # a known label of no field
LONGEST = 60  # characters; what is longer is a sentence, not a label


@dataclass(frozen=True)
class Lexicon:
    """Folded label -> contract path; `weak` are labels that are ordinary words where no markup makes them labels."""

    known: dict[str, str]  # with the labels that are IGNORED
    weak: frozenset[str]

    def path(self, label: str | None) -> str | None:
        """The contract path that a label states, or None if it is no label of a course."""
        found = self.states(label)
        return None if found == IGNORED else found

    def states(self, label: str | None) -> str | None:
        """The contract path, IGNORED for a label of no field, or None for what is no known label."""
        if not label or len(label) > LONGEST or _WITH_VALUE.search(label):
            return None
        return _states(self.known, label)

    def is_weak(self, label: str) -> bool:
        """Whether the label needs markup that leaves no doubt."""
        return label_key(label) in self.weak


def label_key(label: str) -> str:
    """A label for comparison: lower case, umlauts written out, punctuation and spaces gone."""
    lower = label.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    plain = lower if lower.isascii() else unicodedata.normalize("NFKD", lower).encode("ascii", "ignore").decode()
    return _NOT_A_WORD.sub("", plain)


def _states(known: dict[str, str], label: str) -> str | None:
    """The label as it is, then without brackets, then without possessives, years and units around it."""
    if found := known.get(label_key(label)):
        return found
    bare = _IN_BRACKETS.sub(" ", label).strip(_SIGNS)
    if found := known.get(label_key(bare)):
        return found
    found = known.get(label_key(_AROUND.sub("", bare).strip(_SIGNS)))
    return None if found in ("course_number", "ref") and bare[-1:].isdecimal() else found  # "Kurs-Nr. 17" has its value


@lru_cache(maxsize=4096)
def states(label: str) -> str | None:
    """What the shipped lexicon says of a label (see `Lexicon.states`); remembered, as a page asks for every text."""
    return lexicon().states(label)


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon. Raises ValueError if two fields claim the same label."""
    words = tomllib.loads(files("spiders.labelled").joinpath("labels.toml").read_text(encoding="utf-8"))
    compounds, weak = words.pop("compounds"), words.pop("weak")
    known: dict[str, str] = {}
    for key, path in _entries(words):
        if known.setdefault(key, path) != path:
            raise ValueError(f"labels.toml: {key!r} stands under {known[key]} and {path}")
    for key, path in list(_compounds(words, compounds)):
        known.setdefault(key, path)
    return Lexicon(known, frozenset(map(label_key, weak)))


def _entries(words: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for path, labels in words.items():
        for label in labels:
            yield label_key(label), path


def _compounds(words: dict[str, list[str]], compounds: list[str]) -> Iterator[tuple[str, str]]:
    """`*dauer` in all its compounds; a label that is written out has been taken already."""
    for path, labels in words.items():
        for label in labels:
            if label.startswith("*"):
                yield from ((label_key(word + label), path) for word in compounds)
