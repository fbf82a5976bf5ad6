"""Which support a participant may get, read from texts that say the course is fundable."""

import re
from collections.abc import Iterable
from typing import get_args

from normalize.reading import Doubt, Reading
from normalize.text import plain, spell_out
from normalize.vocabulary import Funding

# Programmes that texts still promise and that the agency's value lists of 2025-11-14 no longer hold: what a reader of
# the issue must know. A law changes here, with its date.
LEGACY: dict[Funding, str] = {
    "bildungsscheck_nrw": "Bildungsscheck NRW: not in the federal agency's list of 2025-11-14",
    "bildungspraemie": "Bildungsprämie: the federal programme ended on 2021-12-31",
}

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
            r"bildungsgutschein|massnahme-?\s?(?:nummer|nr)|massnahme[^.;]{0,60}\bazav\b|"
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


def read_funding(texts: Iterable[str], also: Iterable[str] = ()) -> Reading[tuple[Funding, ...]]:
    """The funding that the texts promise, in the order of the vocabulary, each once.

    `texts` speak of funding: one in which nothing is recognised becomes a doubt, and words for funding without a named
    programme are `other`. `also` are titles and keywords: only programmes named there count, since "Sprachförderung"
    or "Rentenversicherung" is what such a course is about. A clause that denies funding gives none; programmes of other
    Länder are `other`; a programme that has ended is read, with a doubt.
    """
    found: set[Funding] = set()
    doubts: list[Doubt] = []
    for text, speaks_of_funding in [*((text, True) for text in texts), *((text, False) for text in also)]:
        words = plain(text, limit=5_000)
        if words is None:
            continue
        said, denied = _of_text(spell_out(words), speaks_of_funding)
        if speaks_of_funding and not said and not denied:
            doubts.append(Doubt(text, "no funding that we know"))
        doubts.extend(Doubt(text, LEGACY[programme]) for programme in sorted(said - found) if programme in LEGACY)
        found |= said
    return Reading(tuple(sorted(found, key=lambda value: _ORDER[value])), tuple(doubts))


def _of_text(words: str, speaks_of_funding: bool) -> tuple[set[Funding], bool]:
    """What a text promises, and whether it denies something."""
    said: set[Funding] = set()
    denied = unnamed = False
    for clause in _CLAUSE.split(words):
        if _NOT_FUNDED.search(clause):
            denied = True
            continue
        said |= _of_clause(clause)
        unnamed = unnamed or _UNNAMED.search(_ABOUT_CONTENT.sub(" ", clause)) is not None
    if not speaks_of_funding:
        return said - _PAYERS, denied
    if unnamed and not said - _PAYERS:
        said.add("other")
    return said, denied


def _of_clause(clause: str) -> set[Funding]:
    named = {programme for programme, pattern in PROGRAMMES if pattern.search(clause)}
    elsewhere = _OTHER_LAND.search(clause) and "nrw" not in clause and "nordrhein" not in clause
    if (elsewhere and named & _OF_A_LAND) or _OTHER.search(clause):
        named = (named - _OF_A_LAND if elsewhere else named) | {"other"}
    return named
