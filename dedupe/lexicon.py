"""The words of the field that comparing needs, read once from `words.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


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
        subjects={
            group: {name: tuple(stems) for name, stems in members.items()} for group, members in data["subject"].items()
        },
        names={phrase: name for name, phrases in title["names"].items() for phrase in phrases},
    )


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
