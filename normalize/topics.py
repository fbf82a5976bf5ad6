"""What a course is about, in the closed vocabulary of the portal (`data/topics.toml`)."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from normalize.memory import remembered
from normalize.text import fold
from normalize.vocabulary import Vocational

MOST_TOPICS = 3  # a course about everything is about nothing
SHORTEST_BEGINNING = 2  # letters

TITLE_WEIGHT = 3  # the title says what it is; categories and keywords are often generous


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: its key, the label for visitors, whether it is vocational by itself."""

    key: str
    label: str
    vocational: Vocational


@dataclass(frozen=True, slots=True)
class _Lexicon:
    whole: dict[str, tuple[str, ...]]
    beginnings: dict[str, tuple[str, ...]]
    inner: tuple[tuple[str, str], ...]
    phrases: tuple[tuple[str, str], ...]
    longest: int


@cache
def all_topics() -> dict[str, Topic]:
    """Every topic by its key, in the order of the file."""
    return {row["key"]: Topic(row["key"], row["label"], cast(Vocational, row["vocational"])) for row in _rows()}


@cache
def _rows() -> list[dict[str, str]]:
    data = tomllib.loads((files("normalize") / "data" / "topics.toml").read_text(encoding="utf-8"))
    return cast(list[dict[str, str]], data["topic"])


@cache
def _lexicon() -> _Lexicon:
    whole: dict[str, tuple[str, ...]] = {}
    beginnings: dict[str, tuple[str, ...]] = {}
    inner: list[tuple[str, str]] = []
    phrases: list[tuple[str, str]] = []
    for row in _rows():
        for word in row["words"]:
            if " " in word:
                phrases.append((f" {word}", row["key"]))
            elif word.startswith("*"):
                inner.append((word[1:], row["key"]))
            elif word.endswith("="):
                whole[word[:-1]] = (*whole.get(word[:-1], ()), row["key"])
            else:
                beginnings[word] = (*beginnings.get(word, ()), row["key"])
    return _Lexicon(whole, beginnings, tuple(inner), tuple(phrases), max(map(len, beginnings)))


def read_topics(title: str, categories: Iterable[str] = (), keywords: Iterable[str] = ()) -> tuple[str, ...]:
    """At most three topics, the best supported first; empty if no word of the vocabulary occurs.

    A word in the title weighs more than one in categories or keywords, which decide only where the title is silent or
    add to what it says.
    """
    return _read(title, tuple(categories), tuple(keywords))


@remembered(16384)
def _read(title: str, categories: tuple[str, ...], keywords: tuple[str, ...]) -> tuple[str, ...]:
    scores: dict[str, int] = {}
    for text, weight in ((title, TITLE_WEIGHT), (" . ".join((*categories, *keywords)), 1)):
        for topic in _topics_of(text):
            scores[topic] = scores.get(topic, 0) + weight
    if any(score >= TITLE_WEIGHT for score in scores.values()):
        scores = {topic: score for topic, score in scores.items() if score >= TITLE_WEIGHT}
    order = list(all_topics())
    return tuple(sorted(scores, key=lambda topic: (-scores[topic], order.index(topic)))[:MOST_TOPICS])


def _topics_of(text: str) -> list[str]:
    """A topic for each word and phrase that speaks for one."""
    folded = f" {fold(text)} "
    found = [topic for phrase, topic in _lexicon().phrases if phrase in folded]
    for word in folded.split():
        found.extend(_topics_of_word(word))
    return found


@remembered(65536)
def _topics_of_word(word: str) -> tuple[str, ...]:
    """The topics of one folded word: the longest beginning that the vocabulary knows, whole words first."""
    lexicon = _lexicon()
    if word in lexicon.whole:
        return lexicon.whole[word]
    for size in range(min(len(word), lexicon.longest), SHORTEST_BEGINNING - 1, -1):
        if word[:size] in lexicon.beginnings:
            return lexicon.beginnings[word[:size]]
    return tuple(topic for part, topic in lexicon.inner if part in word)[:1]
