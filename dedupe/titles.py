"""How alike are two titles? By the words they share, weighed by what a word tells, in one batch.

Whole-title scores of general tools cannot tell "Excel Makros" from "Excel Pivot"; what counts is which words are left
over on each side. Words that differ by a typing error or as parts of a compound are compared with rapidfuzz, all at
once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from dedupe.acronyms import spelled_out
from dedupe.lexicon import lexicon
from normalize.titles import matching_form

Words = frozenset[str]
Pair = tuple[str, str]
Title = tuple[Words, Words]  # all words, and which of them are abbreviations

SLIP = 0.84  # OSA similarity of a typing error: one in six letters
HEAD = 0.8  # credit for a shared beginning: "schweiss" / "schweisserlehrgang"
INNER = 0.5  # credit for a word within a compound: "kran" / "turmdrehkranfuehrer", "rezeption" / "hotelrezeption"
TAIL = 0.3  # credit for a short shared end, in German the general part: "technik" / "elektrotechnik"
SHORTEST = 4  # letters a part of a compound must have
TELLING = 8  # letters from which the end of a compound is more than its general part


@dataclass(frozen=True, slots=True)
class Likeness:
    """`agree`: share of all words' weight in common; `cover`: of the lesser title's; `left`, `right`: what is left."""

    agree: float
    cover: float
    left: float
    right: float


def likeness(titles: Sequence[tuple[Title, Title]]) -> list[Likeness]:
    """Compare titles pair by pair; equal pairs are compared once."""
    unique = dict.fromkeys(titles)
    rests = {pair: (sorted(pair[0][0] - pair[1][0]), sorted(pair[1][0] - pair[0][0])) for pair in unique}
    slips = _slips((one, other) for ones, others in rests.values() for one in ones for other in others)
    found = {pair: _compare(pair, rest, slips) for pair, rest in rests.items()}
    return [found[pair] for pair in titles]


def weight(word: str) -> float:
    """What a word tells: faint words of the trade little, all others alike."""
    return lexicon().faint_weight if word in _faint() else 1.0


def of_content(words: Words) -> Words:
    """The words that are not faint."""
    return words - _faint()


@cache
def _faint() -> frozenset[str]:
    """The faint words and their stems."""
    words = lexicon().faint
    return words | {stem for word in words for stem in matching_form(word).split()}


def _compare(pair: tuple[Title, Title], rest: tuple[list[str], list[str]], slips: frozenset[Pair]) -> Likeness:
    (left, short_left), (right, short_right) = pair
    shared = sum(weight(word) for word in left & right)
    total_left, total_right = sum(map(weight, left)), sum(map(weight, right))
    if not left or not right:
        return Likeness(0.0, 0.0, total_left, total_right)
    known = _expanded(short_left, rest[0], rest[1]) | _expanded(short_right, rest[1], rest[0])
    gain_left, gain_right = (
        sum(weight(word) * (1.0 if word in known else _credit(word, others, slips)) for word in words)
        for words, others in (rest, rest[::-1])
    )
    open_left, open_right = total_left - shared - gain_left, total_right - shared - gain_right
    common = shared + (gain_left + gain_right) / 2
    cover = shared + (gain_left if total_left <= total_right else gain_right)
    return Likeness(
        common / (common + open_left + open_right), cover / min(total_left, total_right), open_left, open_right
    )


def _expanded(short: Words, words: Iterable[str], others: Iterable[str]) -> set[str]:
    """The abbreviations among the words that the other title spells out, and what it spells out."""
    found: set[str] = set()
    for word in short.intersection(words):
        if spelled := spelled_out(word, frozenset(others)):
            found |= {word} | spelled
    return found


def _credit(word: str, others: Iterable[str], slips: frozenset[Pair]) -> float:
    """How much of a word the other title's words say: all of one that is misspelled, of a compound its parts."""
    best = parts = 0.0
    for other in others:
        if (word, other) in slips or (other, word) in slips:
            return 1.0
        short, long = (word, other) if len(word) < len(other) else (other, word)
        if len(short) < SHORTEST or short not in long or _numeric((word, other)):
            continue
        if long.startswith(short):
            best = max(best, HEAD)
        elif long.endswith(short) and len(short) < TELLING:
            best = max(best, TAIL if len(short) > SHORTEST else 0.0)
        else:
            best = max(best, INNER)
        if long is word:
            parts += len(short) / len(long)
    return min(max(best, parts if best > TAIL else 0.0), 1.0)


def _slips(pairs: Iterable[Pair]) -> frozenset[Pair]:
    """The pairs of words that differ by a typing error; a differing number is none."""
    unique = [pair for pair in dict.fromkeys(pairs) if min(map(len, pair)) >= SHORTEST and not _numeric(pair)]
    if not unique:
        return frozenset()
    ones, others = ([pair[side] for pair in unique] for side in (0, 1))
    alike = cpdist(ones, others, scorer=OSA.normalized_similarity, dtype=np.float32) >= SLIP
    return frozenset(pair for pair, slip in zip(unique, alike.tolist(), strict=True) if slip)


def _numeric(pair: Pair) -> bool:
    return any(sign.isdigit() for word in pair for sign in word)
