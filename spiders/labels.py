"""The lexicon of German labels: which field of a listing "Lehrgangs-Nr.:" states. The words stand in labels.toml."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_NOT_A_WORD = re.compile(r"[^0-9a-z]+")
_IN_BRACKETS = re.compile(r"\([^)]*\)")

FEE_NOTE = "+price_note"  # a fee beside the price: goes to price_note together with its label
LONGEST = 40  # characters; what is longer is a sentence, not a label


@dataclass(frozen=True)
class Lexicon:
    """Folded label -> contract path."""

    paths: dict[str, str]

    def path(self, label: str | None) -> str | None:
        """The contract path that a label states, or None if it is no label of a course."""
        if not label or len(label) > LONGEST:
            return None
        return self.paths.get(label_key(label)) or self.paths.get(label_key(_IN_BRACKETS.sub(" ", label)))


def label_key(label: str) -> str:
    """A label for comparison: lower case, umlauts written out, punctuation and spaces gone."""
    lower = label.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    plain = unicodedata.normalize("NFKD", lower).encode("ascii", "ignore").decode()
    return _NOT_A_WORD.sub("", plain)


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon. Raises ValueError if two fields claim the same label."""
    words = tomllib.loads(files("spiders").joinpath("labels.toml").read_text(encoding="utf-8"))
    paths: dict[str, str] = {}
    for key, path in _entries(words):
        if paths.setdefault(key, path) != path:
            raise ValueError(f"labels.toml: {key!r} stands under {paths[key]} and {path}")
    return Lexicon(paths)


def _entries(words: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for path, labels in words.items():
        for label in labels:
            yield label_key(label), path
