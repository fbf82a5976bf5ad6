"""The words of the field that comparing needs, read once from `words.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from normalize.text import fold

LONG_WORD = 8  # letters of a word in which a slip is recognised
# Words that say how advanced a course is or that it is one more: a slip in them must not hide it.
STAGED = (
    "grundlagen", "grundkurs", "grundseminar", "grundlehrgang", "grundausbildung", "basiskurs", "einfuehrung",
    "anfaenger", "einsteiger", "aufbaukurs", "aufbauseminar", "aufbaulehrgang", "vertiefung", "fortgeschrittene",
    "auffrischung", "auffrischungskurs", "wiederholungspruefung", "unterweisung",
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]{7,}")


@dataclass(frozen=True)
class Lexicon:
    """Folded words; the file says what each list means."""

    provider_short: Mapping[str, str]
    silent: frozenset[str]
    kinds: frozenset[str]
    local: frozenset[str]
    places: frozenset[str]
    kind_ends: tuple[str, ...]
    trades: tuple[str, ...]
    adverts: frozenset[str]
    faint: frozenset[str]
    faint_weight: float
    codes: frozenset[str]
    heads: tuple[str, ...]
    general: frozenset[str]
    subjects: Mapping[str, Mapping[str, tuple[str, ...]]]  # group -> name -> beginnings of words
    names: Mapping[str, str]  # folded phrase -> name of the thing


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon."""
    data = tomllib.loads(files("dedupe").joinpath("words.toml").read_text(encoding="utf-8"))
    words, title = data["provider"]["words"], data["title"]
    return Lexicon(
        provider_short=data["provider"]["short"],
        silent=frozenset(words["silent"]),
        kinds=frozenset(words["kinds"]),
        local=frozenset(words["local"]),
        places=frozenset(words["places"]),
        kind_ends=tuple(sorted(words["kind_ends"], key=len, reverse=True)),
        trades=tuple(words["trades"]),
        adverts=frozenset(title["silent"]),
        faint=frozenset(title["faint"]),
        faint_weight=title["faint_weight"],
        codes=frozenset(title["codes"]),
        heads=tuple(title["heads"]),
        general=frozenset(title["general"]),
        subjects={
            group: {name: tuple(stems) for name, stems in members.items()} for group, members in data["subject"].items()
        },
        names={phrase: name for name, phrases in title["names"].items() for phrase in phrases},
    )


def corrected(title: str) -> str:
    """A title without the slips of the pen in words that we know: "Buchhlatung", "Grnudlagen"."""
    return _WORD.sub(lambda found: _known_word(found[0]), title)


@lru_cache(maxsize=1 << 16)
def _known_word(word: str) -> str:
    """The known word that this one nearly is, or itself."""
    folded = fold(word)
    if len(folded) < LONG_WORD or folded in _vocabulary():
        return word
    slips = 1 if len(folded) < 2 * LONG_WORD else 2
    found = extractOne(folded, _in_order(), processor=None, scorer=OSA.distance, score_cutoff=slips)
    # an ending is no slip, and a word of the same beginning another one
    return found[0] if found and not folded.startswith(found[0]) and not found[0].startswith(folded) else word


@cache
def _vocabulary() -> frozenset[str]:
    """The longer words that the lexicon and the stages of courses are made of."""
    words = {word for phrase in lexicon().names for word in phrase.split()} | lexicon().faint | set(STAGED)
    return frozenset(word for word in words if len(word) >= LONG_WORD)


@cache
def _in_order() -> tuple[str, ...]:
    """The same in one order, so that of two words equally near the same one is found in every process."""
    return tuple(sorted(_vocabulary()))


def phrases_in(text: str, phrases: Mapping[str, str], longest: int = 8) -> list[tuple[str, str]]:
    """The phrases that a folded text has, with what they stand for; longer before shorter, none inside another."""
    words = text.split()
    found: list[tuple[str, str]] = []
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + longest), start, -1):
            phrase = " ".join(words[start:end])
            if phrase in phrases:
                found.append((phrase, phrases[phrase]))
                start = end
                break
        else:
            start += 1
    return found
