"""Certificate, target group and prerequisites: published texts read into closed vocabularies.

The texts themselves stay in the offer; what is read here stands beside them. Which words speak for which value is data
(`data/attributes.toml`). A text is read clause by clause, and what a clause denies or only recommends is left out.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, cast

from normalize.memory import remembered
from normalize.reading import Doubt, Reading
from normalize.text import fold, html_to_text
from normalize.vocabulary import Audience, CertificateKind, Prerequisite

TEXT_LIMIT = 5_000  # characters of a text that are read
LAST = frozenset({"none", "everyone"})  # say nothing beside any other value

_CLAUSE = re.compile(r"[\n;|•·]|,(?!\d|\s(?:die|der|das|denen|welche)\b)|(?<=\w{3})[.!?:](?=\s+[A-ZÄÖÜ])")
_DENIED = re.compile(r"\b(?:ohne|kein\w*)(?: \w+){1,2}")
_NOT_STATED = re.compile(r"(?:keine |ohne )?angaben?|k a|n a|siehe .*|auf anfrage")


class Value(NamedTuple):
    """One value of a vocabulary with its German label and the words that speak for it and against."""

    key: str
    label: str
    said: re.Pattern[str]
    unless: re.Pattern[str] | None


def read_certificate(text: str | None) -> Reading[CertificateKind | None]:
    """What one holds in hand at the end: the weightiest that the text names, `none` if it denies any.

    None without a text; None with a doubt where no word of the vocabulary occurs. An examination for which the course
    only prepares does not count.
    """
    found, clauses = _read("certificate", text)
    if found:
        return Reading(cast(CertificateKind, found[0]))
    if text is None or all(map(_NOT_STATED.fullmatch, clauses)):
        return Reading(None)
    return Reading(None, (Doubt(text, "no kind of certificate that we know"),))


def read_audiences(text: str | None) -> tuple[Audience, ...]:
    """For whom the text says that the course is, in the order of the vocabulary; empty where it names no such group."""
    return cast(tuple[Audience, ...], _read("audience", text)[0])


def read_prerequisites(text: str | None) -> tuple[Prerequisite, ...]:
    """What the text asks for, alternatives included, in the order of the vocabulary; `none` if it says so."""
    return cast(tuple[Prerequisite, ...], _read("prerequisite", text)[0])


@cache
def vocabulary(name: str) -> tuple[Value, ...]:
    """The values of "certificate", "audience" or "prerequisite", in the order of the file."""
    return tuple(
        Value(row["key"], row["label"], _pattern(row["words"]), _pattern(row["unless"]) if "unless" in row else None)
        for row in _data()[name]
    )


@remembered(8192)
def _read(name: str, text: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys that the text speaks for, in the order of the file, and its folded clauses."""
    clauses = tuple(_clauses(text)) if text else ()
    skipped = _skipped(name)
    counted = [(said, _DENIED.sub(" ", said)) for said in clauses if not (skipped and skipped.search(said))]
    found = {value.key for value in vocabulary(name) for _, asserted in counted if _speaks_for(value, asserted)}
    found -= LAST
    last = {value.key for value in vocabulary(name) if value.key in LAST and any(map(value.said.search, clauses))}
    return tuple(value.key for value in vocabulary(name) if value.key in (found or last)), clauses


def _clauses(text: str) -> Iterator[str]:
    return filter(None, map(fold, _CLAUSE.split(html_to_text(text, TEXT_LIMIT))))


def _speaks_for(value: Value, clause: str) -> bool:
    return value.said.search(clause) is not None and not (value.unless and value.unless.search(clause))


@cache
def _skipped(name: str) -> re.Pattern[str] | None:
    words = _data()["skip"][name]
    return _pattern(words) if words else None


def _pattern(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_fragment, words)))


def _fragment(word: str) -> str:
    """One word of the data as a pattern."""
    core = re.escape(word.strip("*=")).replace(r"\#", r"\d+").replace(r"\ ", " ")
    if word.endswith("=="):
        return rf"^{core}$"
    return ("" if word.startswith("*") else r"\b") + core + (r"\b" if word.endswith("=") else "")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("normalize") / "data" / "attributes.toml").read_text(encoding="utf-8"))
