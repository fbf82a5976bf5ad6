"""What an abbreviation stands for: "PSA" for "persönliche Schutzausrüstung", "EBW" for "Elektro-Bildungswerk"."""

from collections.abc import Set
from functools import lru_cache

LENGTHS = range(2, 6)  # letters of an abbreviation
PART = 5  # letters that a word has at least for each letter taken from it, if more than one is


@lru_cache(maxsize=1 << 16)
def spelled_out(short: str, words: Set[str]) -> frozenset[str]:
    """The words (folded) for which an abbreviation (folded) stands; none if its letters are not accounted for.

    Every letter begins a word, or one or more of the following stand inside the same word in their order, as the
    letters of "BKF" do in "Berufskraftfahrer". The order of the words does not count.
    """
    if len(short) not in LENGTHS or not short.isalpha():
        return frozenset()
    return _spelled(short, frozenset(words) - {short}) or frozenset()


def _spelled(letters: str, words: frozenset[str]) -> frozenset[str] | None:
    if not letters:
        return frozenset()
    for word in sorted(words):
        for count in range(len(letters), 0, -1):
            if _fits(letters[:count], word):
                others = _spelled(letters[count:], words - {word})
                if others is not None:
                    return others | {word}
    return None


def _fits(letters: str, word: str) -> bool:
    """True if a word begins with the first letter and has the others behind it, with room for a part each; or if it is
    an abbreviation itself."""
    if word == letters:
        return True
    if not word.startswith(letters[0]) or len(word) <= len(letters):
        return False
    if len(letters) > 1 and len(word) < PART * len(letters):
        return False
    rest = iter(word[1:])
    return all(letter in rest for letter in letters[1:])
