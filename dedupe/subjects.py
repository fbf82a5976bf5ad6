"""What a title is about, where the words of the field tell it for certain.

"Englisch für den Urlaub" and "Spanisch für den Urlaub" differ in one word as typing errors do, yet nothing could be
less the same. Three sources: groups of names that exclude each other (languages, trades, programs), the modifier of a
compound ("Industriefachwirt", "Handelsfachwirt"), and abbreviations in capitals ("FI", "MM").
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from dedupe.acronyms import spelled_out
from dedupe.lexicon import lexicon
from normalize.text import fold

LONGEST = 400  # characters of a title that are read
MODIFIER = 4  # letters of a compound's modifier that tell it from another ("handel|s|fachwirt")
SLIP = 0.8  # OSA similarity of two modifiers that are one
_SHORT = re.compile(r"(?<![\w.&])[A-ZÄÖÜ]{2,5}(?![\w.&])")
_CODE = re.compile(r"(?<![\w.&-])[A-ZÄÖÜ]{2,4}(?![\w.&-])")
# "Brandschutz- und Räumungshelfer"
_SPLIT = re.compile(
    r"(\w{3,})-\s*(?:,|/|&|\+|u\.|und|oder|bzw\.?)\s", re.IGNORECASE
)  # "Brandschutz- und Räumungshelfer"


@dataclass(frozen=True, slots=True)
class Subject:
    """`names` as "group:name", `modifiers` as "head:modifier", `codes` folded, `shared` modifiers of any head; `short`:
    all abbreviations in capitals, those that are no subject too.
    """

    names: frozenset[str]
    modifiers: frozenset[str]
    codes: frozenset[str]
    shared: frozenset[str]
    short: frozenset[str]

    def conflicts(self, other: "Subject") -> bool:
        """True if both name something of one group, or give one head a modifier, and nothing of it in common."""
        names = _exclude(_by_group(self.names), _by_group(other.names), str.__eq__)
        return names or _exclude(self._modified(), other._modified(), _alike)

    def _modified(self) -> dict[str, set[str]]:
        """Head -> its modifiers, those split from another head too."""
        return {head: modifiers | self.shared for head, modifiers in _by_group(self.modifiers).items()}


def _by_group(names: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name in names:
        group, _, member = name.partition(":")
        found.setdefault(group, set()).add(member)
    return found


def _exclude(left: Mapping[str, set[str]], right: Mapping[str, set[str]], alike: Callable[[str, str], bool]) -> bool:
    """True if in some group both name something and nothing in common."""
    return any(
        not any(alike(one, other) for one in left[group] for other in right[group])
        for group in left.keys() & right.keys()
    )


def _alike(one: str, other: str) -> bool:
    """True for equal words, other endings ("handel", "handels") and slips of the pen."""
    return one[:MODIFIER] == other[:MODIFIER] or OSA.normalized_similarity(one, other) >= SLIP


@lru_cache(maxsize=1 << 16)
def read_subject(title: str) -> Subject:
    """The subject of a title as published."""
    title = title[:LONGEST]
    known = lexicon()
    text = f" {fold(title)} "
    words = text.split()
    names = {
        f"{group}:{name}"
        for group, members in known.subjects.items()
        for name, stems in members.items()
        if any(_begins(words, text, stem) for stem in stems)
    }
    heads = ((head, word[: word.rindex(head)]) for word in words for head in known.heads if head in word)
    modifiers = {
        f"{head}:{before}" for head, before in heads if len(before) >= MODIFIER and before not in known.general
    }
    codes = set() if title.isupper() else {fold(word) for word in _CODE.findall(title)}
    return Subject(
        frozenset(names),
        frozenset(modifiers),
        frozenset(
            code
            for code in codes
            if code not in known.codes and code not in known.names and not spelled_out(code, frozenset(words))
        ),
        frozenset(fold(part) for part in _SPLIT.findall(title)),
        frozenset() if title.isupper() else frozenset(fold(word) for word in _SHORT.findall(title)),
    )


def _begins(words: list[str], text: str, stem: str) -> bool:
    """True if a word begins with the stem; one that ends in "!" is a word by itself, one of several words a phrase."""
    if stem.endswith("!") or " " in stem:
        return f" {stem.removesuffix('!')} " in text
    return any(word.startswith(stem) for word in words)
