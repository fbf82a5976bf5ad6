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

from dedupe.lexicon import lexicon
from normalize.titles import matching_form

Words = frozenset[str]

SLIP = 0.84  # OSA similarity of a typing error: one in six letters
HEAD = 0.8  # credit for a shared beginning: "schweiss" / "schweisserlehrgang"
TAIL = 0.3  # credit for a shared end, in German the general part: "technik" / "elektrotechnik"
SHORTEST = 4  # letters a part of a compound must have


@dataclass(frozen=True, slots=True)
class Likeness:
    """`agree`: share of all words' weight in common; `cover`: of the lesser title's; `left`, `right`: what is left."""

    agree: float
    cover: float
    left: float
    right: float


def likeness(titles: Sequence[tuple[Words, Words]]) -> list[Likeness]:
    """Compare titles pair by pair; equal pairs are compared once."""
    unique = dict.fromkeys(titles)
    rests = {pair: (sorted(pair[0] - pair[1]), sorted(pair[1] - pair[0])) for pair in unique}
    credit = _credits((one, other) for ones, others in rests.values() for one in ones for other in others)
    found = {pair: _compare(pair, rest, credit) for pair, rest in rests.items()}
    return [found[pair] for pair in titles]


def weight(word: str) -> float:
    """What a word tells: faint words of the trade little, all others alike."""
    return lexicon().faint_weight if word in _faint() else 1.0


@cache
def _faint() -> frozenset[str]:
    """The faint words and their stems."""
    words = lexicon().faint
    return words | {stem for word in words for stem in matching_form(word).split()}


def _compare(
    pair: tuple[Words, Words], rest: tuple[list[str], list[str]], credit: dict[tuple[str, str], float]
) -> Likeness:
    left, right = pair
    common = sum(weight(word) for word in left & right)
    total_left, total_right = sum(map(weight, left)), sum(map(weight, right))
    if not left or not right:
        return Likeness(0.0, 0.0, total_left, total_right)
    matches = sorted(
        ((credit[one, other], one, other) for one in rest[0] for other in rest[1] if (one, other) in credit),
        key=lambda match: (-match[0], match[1:]),
    )
    taken: set[str] = set()
    open_left, open_right = total_left - common, total_right - common
    for share, one, other in matches:
        if one in taken or other in taken:
            continue
        taken |= {one, other}
        gain = share * min(weight(one), weight(other))
        common += gain
        open_left -= gain
        open_right -= gain
    agree = common / (common + open_left + open_right)
    return Likeness(agree, common / min(total_left, total_right), max(open_left, 0.0), max(open_right, 0.0))


def _credits(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """Word pair -> credit in 0..1, where there is any; a differing number is never a typing error."""
    unique = [pair for pair in dict.fromkeys(pairs) if min(map(len, pair)) >= SHORTEST and not _numeric(pair)]
    if not unique:
        return {}
    ones, others = ([pair[side] for pair in unique] for side in (0, 1))
    slips = cpdist(ones, others, scorer=OSA.normalized_similarity, dtype=np.float32)
    found: dict[tuple[str, str], float] = {}
    for pair, slip in zip(unique, slips.tolist(), strict=True):
        short, long = sorted(pair, key=len)
        if slip >= SLIP:
            found[pair] = 1.0
        elif long.startswith(short):
            found[pair] = HEAD
        elif long.endswith(short) and len(short) > SHORTEST:
            found[pair] = TAIL
    return found


def _numeric(pair: tuple[str, str]) -> bool:
    return any(sign.isdigit() for word in pair for sign in word)
