"""Where two texts differ, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from normalize.text import fold

MOST_WORDS = 400  # of a text that are compared: the time grows with their square
SIMILAR = 0.6  # share of words in common from which two texts are called similar

Mark = Literal["equal", "similar", "different", "one"]  # "one": only one side says something

_WORD = re.compile(r"\s*\S+|\s+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, and whether the other side has it too."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class TextPair:
    """Two texts in pieces, and how they stand to each other. `cut`: longer than what was compared."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]
    mark: Mark
    cut: bool = False


def compare_texts(left: str, right: str) -> TextPair:
    """Compare two texts; spelling of umlauts, case and punctuation make no difference."""
    words = _WORD.findall(left), _WORD.findall(right)
    cut = max(map(len, words)) > MOST_WORDS
    ones, others = (found[:MOST_WORDS] for found in words)
    said_left, said_right = _said(ones), _said(others)
    if not said_left or not said_right:
        return TextPair(_pieces(ones, set()), _pieces(others, set()), "one", cut)
    matcher = SequenceMatcher(None, [form for _, form in said_left], [form for _, form in said_right], autojunk=False)
    left_only, right_only = {n for n, _ in said_left}, {n for n, _ in said_right}
    for block in matcher.get_matching_blocks():
        left_only -= {n for n, _ in said_left[block.a : block.a + block.size]}
        right_only -= {n for n, _ in said_right[block.b : block.b + block.size]}
    mark: Mark = "different"
    share = 1 - (len(left_only) + len(right_only)) / (len(said_left) + len(said_right))
    if share == 1 and not cut:
        mark = "equal"
    elif share >= SIMILAR:
        mark = "similar"
    return TextPair(_pieces(ones, left_only), _pieces(others, right_only), mark, cut)


def _said(words: list[str]) -> list[tuple[int, str]]:
    """Places and forms of the words in the strict sense: a dash makes no difference."""
    forms = (fold(word) or (word.strip() if any(map(str.isalnum, word)) else "") for word in words)
    return [(place, form) for place, form in enumerate(forms) if form]


def _pieces(words: list[str], differing: set[int]) -> tuple[Piece, ...]:
    """The words joined to stretches of one kind; the space before a stretch belongs to it unmarked."""
    found: list[Piece] = []
    for place, word in enumerate(words):
        differs = place in differing
        space = word[: len(word) - len(word.lstrip())]
        if found and found[-1].differs == differs:
            found[-1] = Piece(found[-1].text + word, differs)
        elif differs and space:
            found += [Piece(space, differs=False), Piece(word.lstrip(), differs=True)]
        else:
            found.append(Piece(word, differs))
    return tuple(found)
