"""Which support a participant may get, read from texts that say the course is fundable."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import get_args

from normalize.memory import remembered
from normalize.reading import Doubt, Reading
from normalize.text import plain, spell_out
from normalize.vocabulary import Funding

_OTHER_LAND = re.compile(
    r"\b(?:in|im|land|des landes)\s+(?:baden-wuerttemberg|bayern|berlin|brandenburg|bremen|"
    r"hamburg|hessen|mecklenburg\S*|niedersachsen|"
    r"rheinland-pfalz|saarland|sachsen\S*|schleswig-holstein|thueringen)\b|"
    r"\b(?:baden-wuerttemberg|bayern|brandenburg|"
    r"mecklenburg-vorpommern|rheinland-pfalz|saarland|sachsen-anhalt|schleswig-holstein)\b"
)
# What a Land pays; where another Land than NRW is named, it is `other`.
_OF_A_LAND: frozenset[Funding] = frozenset({"bildungsurlaub", "bildungsscheck_nrw", "meisterbonus", "bildungspraemie"})

PROGRAMMES: tuple[tuple[Funding, re.Pattern[str]], ...] = (
    (
        "bildungsgutschein",
        re.compile(
            r"bildungsgutschein|massnahmen?-?\s?(?:nummer|nr)|massnahme[^.;]{0,60}\bazav\b|"
            r"\bazav\b[^.;]{0,30}massnahme|"
            r"§+\s?(?:77|81)\b[^.;]{0,20}sgb iii|\bfbw\b|\bfoerderung der beruflichen weiterbildung \("
        ),
    ),
    (
        "aktivierungsgutschein",
        re.compile(r"\bavgs\b|aktivierungs-? ?(?:und|u\.) ?vermittlungsgutschein|aktivierungsgutschein|§\s?45 sgb iii"),
    ),
    ("aufstiegs_bafoeg", re.compile(r"(?:aufstiegs|meister)-?\s?bafoeg|\bafbg\b|aufstiegsfortbildungsfoerderung")),
    ("bildungsurlaub", re.compile(r"bildungsurlaub|\bawbg\b|arbeitnehmerweiterbildung")),
    ("bildungsscheck_nrw", re.compile(r"(?<!weiter)bildungsscheck")),
    (
        "qualifizierungschancengesetz",
        re.compile(
            r"qualifizierungschancen|\bqcg\b|§\s?82 sgb iii|arbeit-?von-?morgen|\bwegebau\b|"
            r"zuschuss bei der qualifizierung beschaeftigter"
        ),
    ),
    ("qualifizierungsgeld", re.compile(r"qualifizierungsgeld")),
    (
        "weiterbildungsstipendium",
        re.compile(r"weiterbildungsstipendi|begabtenfoerderung(?! berufliche bildung \(sbb\))"),
    ),
    ("aufstiegsstipendium", re.compile(r"aufstiegsstipendi")),
    ("bildungspraemie", re.compile(r"(?<![a-zaeoeue])bildungspraemie|praemiengutschein")),
    (
        "kompass",
        re.compile(r"\bkompass\b[^.;]{0,60}(?:foerder|selbstst)|(?:foerder|selbstst)[^.;]{0,40}\bkompass\b|^kompass$"),
    ),
    ("bfd_bundeswehr", re.compile(r"\bbfd\b|berufsfoerderungsdienst|\bbundeswehr\b")),
    ("rentenversicherung", re.compile(r"rentenversicherung|\bdrv\b")),
    ("meisterbonus", re.compile(r"meisterbonus|meisterpraemie")),
    ("integrationskurs_bamf", re.compile(r"integrationskurs")),
    ("berufssprachkurs_bamf", re.compile(r"berufssprachkurs|deufoev|berufsbezogene deutschsprachfoerderung")),
    (
        "bafoeg",
        re.compile(
            r"(?<!aufstiegs)(?<!meister)(?<!aufstiegs-)(?<!meister-)(?<!aufstiegs )(?<!meister )\b(?:schueler-?)?bafoeg"
        ),
    ),
)
# Programmes without a value of their own in the vocabulary.
_OTHER = re.compile(
    r"\besf\b|esf-plus|arbeitslosengeld|bildungszeit|bildungsfreistellung|weiterbildungs(?:scheck|"
    r"bonus|praemie|kredit)|"
    r"aufstiegs(?:bonus|praemie|fortbildungs-?\s?praemie)|qualischeck|meister-extra|bildungskredit|"
    r"unternehmensspezifische vorhaben|coaching-programm"
)
# Words for funding, and bodies that pay: `other` where the text names no programme at all.
_UNNAMED = re.compile(
    r"foerder(?:ung|programm|mittel|moeglich|faehig|bar|stelle)|\bgefoerdert\b|zuschuss|"
    r"kosten(?:traeger|uebernahme)|"
    r"jobcenter|agentur fuer arbeit|arbeitsagentur|berufsgenossenschaft|transfergesellschaft|"
    r"sgb (?:ii|iii|ix)\b|\bbamf\b"
)
_PAYERS: frozenset[Funding] = frozenset({"bfd_bundeswehr", "rentenversicherung"})
_NOT_FUNDED = re.compile(
    r"\b(?:kein\w*|nicht(?! nur)|weder)\b[^.;!]{0,60}(?:foerder|gutschein|urlaub|azav|bafoeg|"
    r"scheck|praemie|zuschuss)|"
    r"(?:foerder\w*|gutschein|urlaub|scheck|bafoeg|praemie)\w*\s+(?:\w+\s+){0,3}?(?:nicht|"
    r"kein\w*)\b(?! nur)"
)
_ABOUT_CONTENT = re.compile(r"foerder(?:technik|band|anlage|schule|plan|ung von kindern|ung der kinder)")
_CLAUSE = re.compile(r"(?<=[a-zaeoeue)]{3})[.!;]\s+|\n|\s[|•]\s")
_ORDER: dict[str, int] = {value: place for place, value in enumerate(get_args(Funding))}


# A measure's number at the agency for work: its district, a running number, the year. It proves an admission by AZAV.
_MEASURE_NUMBER = re.compile(r"(?<![\d/.-])\d{3}/\d{1,4}/20\d\d(?![\d/-])")
EVIDENCE_LIMIT = 300  # characters of a quoted clause


@dataclass(frozen=True, slots=True)
class Evidence:
    """A programme, the words of the text it was read from, and the ISO dates between which its law holds (inclusive).

    A date that is None is not known to us.
    """

    funding: Funding
    text: str
    valid_from: str | None = None
    valid_until: str | None = None


def read_funding(texts: Iterable[str], also: Iterable[str] = ()) -> Reading[tuple[Funding, ...]]:
    """The funding that the texts promise, in the order of the vocabulary, each once; see `read_evidence`."""
    reading = read_evidence(texts, also)
    return Reading(tuple(evidence.funding for evidence in reading.value), reading.doubts)


def read_evidence(texts: Iterable[str], also: Iterable[str] = ()) -> Reading[tuple[Evidence, ...]]:
    """The funding that the texts promise, each once with its first evidence, in the order of the vocabulary.

    `texts` speak of funding: one in which nothing is recognised becomes a doubt, and words for funding without a named
    programme are `other`. `also` are titles and keywords: only programmes named there count, since "Sprachförderung"
    or "Rentenversicherung" is what such a course is about. A clause that denies funding gives none; programmes of other
    Länder are `other`; a programme that has ended is read, with a doubt.
    """
    found: dict[Funding, str] = {}
    doubts: list[Doubt] = []
    for text, speaks_of_funding in [*((text, True) for text in texts), *((text, False) for text in also)]:
        words = plain(text, limit=5_000)
        if words is None:
            continue
        said, denied = _of_text(words, speaks_of_funding)
        if speaks_of_funding and not said and not denied:
            doubts.append(Doubt(text, "no funding that we know"))
        ended = sorted((funding, reason) for funding, _ in said if funding not in found if (reason := _ended(funding)))
        doubts.extend(Doubt(text, reason) for _, reason in ended)
        found = dict(said) | found
    order = sorted(found, key=lambda funding: _ORDER[funding])
    return Reading(tuple(_dated(funding, found[funding]) for funding in order), tuple(doubts))


def _dated(funding: Funding, text: str) -> Evidence:
    rule = _rules().get(funding, {})
    return Evidence(funding, text, rule.get("valid_from"), rule.get("valid_until"))


def _ended(funding: Funding) -> str | None:
    """Why a programme can no longer be had."""
    return _rules().get(funding, {}).get("ended")


@cache
def _rules() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("normalize") / "data" / "funding.toml").read_text(encoding="utf-8"))


@remembered(4096)
def _of_text(words: str, speaks_of_funding: bool) -> tuple[tuple[tuple[Funding, str], ...], bool]:
    """What a text promises with the clause that says so, and whether it denies something."""
    said: dict[Funding, str] = {}
    unnamed: str | None = None
    denied = False
    for clause, (first, last) in _clauses(spell_out(words)):
        if _NOT_FUNDED.search(clause):
            denied = True
            continue
        named = _of_clause(clause, speaks_of_funding)
        if named or speaks_of_funding:
            quoted = words[_origin(words, first) : _origin(words, last)].strip()[:EVIDENCE_LIMIT]
            said = dict.fromkeys(named, quoted) | said
            if unnamed is None and _UNNAMED.search(_ABOUT_CONTENT.sub(" ", clause)):
                unnamed = quoted
    programmes = {funding: text for funding, text in said.items() if funding not in _PAYERS}
    if not speaks_of_funding:
        return tuple(programmes.items()), denied
    if unnamed is not None and not programmes:
        said["other"] = unnamed
    return tuple(said.items()), denied


def _clauses(spelled: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """The clauses of a text with their spans; what separates two belongs to neither."""
    first = 0
    for cut in _CLAUSE.finditer(spelled):
        yield spelled[first : cut.start()], (first, cut.start())
        first = cut.end()
    yield spelled[first:], (first, len(spelled))


def _origin(words: str, at: int) -> int:
    """Where a place in the spelled-out text (ä as ae) lies in the text itself."""
    passed = 0
    for index, character in enumerate(words):
        if passed >= at:
            return index
        passed += 1 if character.isascii() else len(spell_out(character))
    return len(words)


def _of_clause(clause: str, speaks_of_funding: bool) -> set[Funding]:
    named = {programme for programme, pattern in PROGRAMMES if pattern.search(clause)}
    if speaks_of_funding and not named & {"aktivierungsgutschein"} and _MEASURE_NUMBER.search(clause):
        named.add("bildungsgutschein")
    elsewhere = _OTHER_LAND.search(clause) and "nrw" not in clause and "nordrhein" not in clause
    if (elsewhere and named & _OF_A_LAND) or _OTHER.search(clause):
        named = (named - _OF_A_LAND if elsewhere else named) | {"other"}
    return named
