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
    ones, others = _WORD.findall(left), _WORD.findall(right)
    cut = max(len(ones), len(others)) > MOST_WORDS
    ones, others = ones[:MOST_WORDS], others[:MOST_WORDS]
    if not ones or not others:
        return TextPair(_pieces(ones, set()), _pieces(others, set()), "one", cut)
    matcher = SequenceMatcher(None, [_plain(one) for one in ones], [_plain(other) for other in others], autojunk=False)
    blocks = matcher.get_matching_blocks()
    same_left = {place for block in blocks for place in range(block.a, block.a + block.size)}
    same_right = {place for block in blocks for place in range(block.b, block.b + block.size)}
    mark: Mark = "different"
    if len(same_left) == len(ones) and len(same_right) == len(others) and not cut:
        mark = "equal"
    elif (len(same_left) + len(same_right)) / (len(ones) + len(others)) >= SIMILAR:
        mark = "similar"
    left_only, right_only = set(range(len(ones))) - same_left, set(range(len(others))) - same_right
    return TextPair(_pieces(ones, left_only), _pieces(others, right_only), mark, cut)


def _plain(word: str) -> str:
    return fold(word) or word.strip()


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
