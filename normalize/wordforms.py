"""German words as titles are compared by them: without gender forms, compounds of the trade opened, stemmed."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from normalize.memory import remembered
from normalize.text import fold

_GENDERS = re.compile(
    r"\(\s*[mwdfxi](?:\s*[/|,]\s*[mwdfxia]){1,3}\s*\)|(?<!\w)[mw]/[wmf](?:/[dxi])?(?!\w)|\((?:gn|all genders)\)",
    re.IGNORECASE,
)
_ENDING = re.compile(r"(?<=\w)(?:[*:_]|/-?|\(-?)(?:innen|in|rin|r|n|e)(?!\w)\)?|(?<=[a-zäöüß])Innen(?!\w)")
_MAN_OR_WOMAN = re.compile(r"(?i:(?<=mann)\s*[/*:_]\s*-?\s*frau(?!\w)|(?<=frau)\s*[/*:_]\s*-?\s*mann(?!\w))")
_FEMALE = re.compile(r"(?<=er|or|ar)in(?:nen)?$|(?<=ent|ist|ant|eur|log)in(?:nen)?$")
_LINKING_S = re.compile(r"(?<=ung|eit|ion|aft|ing|aet|tum)s$")
SHORTEST_STEM = 4  # letters before a compound head; fewer belong to it ("Umschulung", "Diskurs")


@dataclass(frozen=True, slots=True)
class Words:
    """The tables of `data/titles.toml`, ready for use."""

    stop: frozenset[str]
    heads: tuple[str, ...]
    whole: frozenset[str]
    no_craft: frozenset[str]
    acronyms: dict[str, str]
    abbreviations: dict[str, str]
    pattern: re.Pattern[str]


@cache
def words() -> Words:
    """The word tables, read once."""
    data = tomllib.loads((files("normalize") / "data" / "titles.toml").read_text(encoding="utf-8"))
    phrases = sorted(data["abbreviations"], key=lambda phrase: (-len(phrase), phrase))
    return Words(
        stop=frozenset(data["stop"]),
        heads=tuple(sorted(data["heads"], key=len, reverse=True)),
        whole=frozenset(data["whole"]),
        no_craft=frozenset(data["no_craft"]),
        acronyms={acronym.casefold(): acronym for acronym in data["acronyms"]},
        abbreviations=data["abbreviations"],
        pattern=re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b"),
    )


def without_gender_forms(title: str) -> str:
    """The title in one gender: "Manager:in (m/w/d)" is "Manager", "Fachmann/-frau" is "Fachmann"."""
    return _ENDING.sub("", _MAN_OR_WOMAN.sub("", _GENDERS.sub(" ", title)))


def expanded(folded: str) -> str:
    """A folded title with abbreviations and second names replaced by one form."""
    table = words()
    return table.pattern.sub(lambda found: table.abbreviations[found[0]], folded)


@remembered(65536)
def stems(word: str) -> tuple[str, ...]:
    """The stems a folded word stands for: none for a word of the trade ("lehrgang"), two for "metallbauermeister"."""
    table = words()
    if word in table.stop:
        return ()
    word = _open(word, table)
    if word in table.stop:
        return ()
    if word.endswith("meister") and len(word) > len("meister") + 3 and word not in table.no_craft:
        return (*stems(word.removesuffix("meister")), "meist")
    word = _FEMALE.sub("", word)
    if word.endswith(("frau", "frauen", "leute")):
        word = re.sub(r"(?:frau|frauen|leute)$", "mann", word)
    return (_stemmer().stemWord(word.replace("ph", "f")),)  # "Stenographie", "Stenografie"


def _open(word: str, table: Words) -> str:
    """A compound without its last halves that only say "course"."""
    changed = True
    while changed and word not in table.whole:
        changed = False
        for head in table.heads:
            rest = word.removesuffix(head)
            if rest != word and len(rest) >= SHORTEST_STEM:
                word, changed = _LINKING_S.sub("", rest), True
                break
    return word


@cache
def _stemmer() -> Any:
    from snowballstemmer import stemmer  # 0.1 s to import, and only matching needs it

    return stemmer("german")


@remembered(16384)
def compared_form(title: str) -> str:
    """The stems of a title in their order, each once; never empty for a title with a letter or digit."""
    folded = expanded(fold(without_gender_forms(title)))
    found = dict.fromkeys(stem for word in folded.split() for stem in stems(word))
    return " ".join(found)
