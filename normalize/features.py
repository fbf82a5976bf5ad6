"""What a title says that separates two courses however alike they sound: level, part, module, norm, process, exam.

Matching depends on these: "Englisch A1" and "Englisch A2" differ by one character. A feature is read only where the
words around it leave no doubt ("A2-Führerschein" is no language level), because a wrong one keeps true pairs apart.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TypeVar

from normalize import levels as grades
from normalize.levels import Stage
from normalize.memory import remembered
from normalize.parts import take_modules, take_parts, take_series
from normalize.standards import norms_differ, take_norms, take_processes
from normalize.titletext import TitleText
from normalize.vocabulary import Format, Level, Schedule

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Features:
    """The typed features of one title; empty means that the title does not say.

    `levels` are CEFR levels as named ("B1", "B1+", "A2.4"), `level` the only one in the closed vocabulary; `stages`
    and `stage` likewise. `parts` are parts of the master craftsman's examination (1 to 4), `part_numbers` those of any
    other series. `modules` are "modul 4", "tq 3"; `norms` "ISO 9606-1", "§34a GewO"; `processes` the welding numbers
    of ISO 4063; `hours` "40 ue", "16 h"; `numbers` what is left (a version, a count).
    """

    level: Level | None = None
    levels: tuple[str, ...] = ()
    stage: Stage | None = None
    stages: tuple[Stage, ...] = ()
    parts: tuple[int, ...] = ()
    part_numbers: tuple[int, ...] = ()
    modules: tuple[str, ...] = ()
    norms: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    exam: bool = False
    refresher: bool = False
    form: Format | None = None
    schedule: Schedule | None = None
    hours: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def part_number(self) -> int | None:
        """The part of a series that is no master craftsman's examination, if exactly one is named."""
        return self.part_numbers[0] if len(self.part_numbers) == 1 else None

    @property
    def offer_level(self) -> Level | None:
        """What an offer's `level` says: the CEFR level, else the stage in words where no CEFR level is named."""
        return self.level if self.levels else self.stage


_PUBLIC_NAME = {"levels": "level", "stages": "stage", "part_numbers": "part_number"}
_COMPARED = tuple(field.name for field in fields(Features) if field.name not in ("level", "stage"))


def read_features(title: str, context: str = "") -> Features:
    """The typed features of a title. `context` (subtitle, category) helps to understand it; none is read from it."""
    return _scan(title, context)[0]


def without_features(title: str, context: str = "") -> str:
    """The title without the words that became a feature, for comparing what is left."""
    return _scan(title, context)[1]


def conflicts(a: Features, b: Features) -> tuple[str, ...]:
    """The names of the features in which two offers contradict each other.

    What only one of them says is no contradiction, except `exam` and `refresher`: an offer that does not call itself an
    examination is not one. Hours and teaching units are not compared with each other.
    """
    return tuple(
        _PUBLIC_NAME.get(name, name) for name in _COMPARED if _differ(name, getattr(a, name), getattr(b, name))
    )


def _differ(name: str, a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    if name in ("exam", "refresher"):
        return a != b
    if not a or not b:
        return False
    if name == "norms":
        return norms_differ(a, b)
    if name == "hours":
        return {hours.split()[1] for hours in a} == {hours.split()[1] for hours in b} and a != b
    return a != b


@remembered(16384)
def _scan(title: str, context: str) -> tuple[Features, str]:
    """The features, and the title without them. Exact rules go first, so that later ones meet only what is left."""
    text = TitleText(title, context)
    norms = take_norms(text)
    processes = take_processes(text)
    levels = grades.take_levels(text)
    modules = take_modules(text)
    parts, series = take_parts(text, of_language=bool(levels) or grades.is_about_language(text))
    stages, stage_numbers = grades.take_stages(text)
    part_numbers = {*series, *stage_numbers, *take_series(text)}
    exam = _is_exam(title)
    refresher = bool(text.take(_REFRESHER))
    form, schedule = _only(text, _FORMS), _only(text, _SCHEDULES)
    hours = {f"{match['count']} {'h' if match['clock'] else 'ue'}" for match in text.take(_HOURS)}
    numbers = {match["number"] for match in text.take(_NUMBER, _is_significant)}
    features = Features(
        level=grades.vocabulary_level(levels[0]) if len(levels) == 1 else None,
        levels=levels,
        stage=stages[0] if len(stages) == 1 else None,
        stages=stages,
        parts=parts,
        part_numbers=tuple(sorted(part_numbers)),
        modules=modules,
        norms=norms,
        processes=processes,
        exam=exam,
        refresher=refresher,
        form=form,
        schedule=schedule,
        hours=tuple(sorted(hours)),
        numbers=tuple(sorted(numbers)),
    )
    return features, text.left()


def _only(text: TitleText, choices: Iterable[tuple[T, re.Pattern[str]]]) -> T | None:
    """The one choice the title names; None if it names several ("Vollzeit oder Teilzeit")."""
    found = [choice for choice, pattern in choices if text.take(pattern)]
    return found[0] if len(found) == 1 else None


_REFRESHER = re.compile(
    r"(?<!\w)(?:Auffrisch\w*|Auffr\.|Wdh\.|Wiederholungs(?:prüfung|kurs|lehrgang|schulung|unterweisung|training)\w*|Nachschulung\w*|"
    r"Jahresunterweisung\w*|Jährliche Unterweisung|"
    r"Refresher\w*|Fresh-?up|Verlängerung(?:s\w*)?|Re-?zertifizierung\w*|Aktualisierungs?(?:kurs|schulung|lehrgang)\w*|"
    r"(?:(?<=Hilfe )|(?<=Hilfe-)|(?<=Ersthelfer )|(?<=Ersthelfer-))Fortbildung|"
    r"Fortbildung(?=\s+(?:für\s+)?(?:Erste[- ]Hilfe|Ersthelfer)))(?!\w)",
    re.IGNORECASE,
)

# Only these compounds are examinations of people; a "Werkstoffprüfung" or "Prüfung elektrischer Anlagen" is a trade.
_EXAM = re.compile(
    r"(?<!\w)(?:(?:[\w/]+-)*(?:abschluss|gesellen|meister|zwischen|eignungs|sachkunde|fach|kenntnis|wiederholungs|sprach|"
    r"schwei(?:ß|ss)er|zertifikats|zertifizierungs|fachkunde|externen|nachhol|teil|fortbildungs|laufbahn|modul|kompetenz|"
    r"einbürgerungs|ausbildereignungs)?(?:prüfung(?:en)?|pruefung|examen)(?!\w)"
    r"(?!\s+(?:von|der|des|am|an|elektrisch|ortsveränderlich|ortsfest|und (?:wartung|inbetrieb|dokumentation)))|"
    r"Einbürgerungstest|Test\s+[„\"]?Leben in Deutschland)",
    re.IGNORECASE,
)
_NO_EXAM = re.compile(
    r"vorbereit|info(?:veranstaltung|abend|tag)|informations|gebühr|angst|simulation|vorkurs|crashkurs|zerstörungsfrei|"
    r"prüfungs(?!termin)",
    re.IGNORECASE,
)
_COURSE_WORD = re.compile(
    r"lehrg[aä]ng|kurs|seminar|schulung|training|weiterbildung|workshop|unterricht|schule|meisterausbildung|"
    r"ausbildung (?:zu|der|nach)",
    re.IGNORECASE,
)
_LEADS_TO_EXAM = re.compile(
    r"(?:\bmit|\binkl\.?|inklusive|einschließlich|samt|plus|\+|\bund|&|\bzur|\bzu|\bauf|ohne|\bfür|\boder|\bnach|/)\s+"
    r"(?:(?:die|der|den|IHK-?|anerkannter?|abschließender?|bundeseinheitliche[nr]?)\s+)*$",
    re.IGNORECASE,
)


def _is_exam(title: str) -> bool:
    """Whether the listing is the examination itself, not a course that prepares for it or ends with it."""
    found = _EXAM.search(title)
    if found is None or _NO_EXAM.search(title):
        return False
    before = title[: found.start()]
    if not before.strip(' -–:"„0123456789'):
        return True
    return not _LEADS_TO_EXAM.search(before) and not _COURSE_WORD.search(title)


def _forms(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_KIND = r"(?:kurs|seminar|schulung|lehrgang|unterricht|workshop|training|vortrag|veranstaltung|weiterbildung)"
_SCHEDULES: tuple[tuple[Schedule, re.Pattern[str]], ...] = (
    (
        "full_time",
        _forms(
            r"(?<!\w)(?:in\s+)?Vollzeit(?:kurs|lehrgang|form)?(?!\w)",
            r"(?<=meister)vollzeit",
            r"(?<!\w)ganztags",
            r"(?<!\w)(?-i:VZ)(?!\w)",
        ),
    ),
    (
        "part_time",
        _forms(
            r"(?:(?<!\w)(?:in\s+)?|(?<=[a-z]))Teilzeit(?:kurs|lehrgang|form)?(?!\w)",
            r"berufsbegleitend\w*",
            "halbtags",
            r"(?<!\w)(?-i:TZ)(?!\w)",
        ),
    ),
    ("evening", _forms(r"(?<!\w)(?:Abend(?:kurs|lehrgang|schule|seminar)|am Abend|abends)(?!\w)")),
    ("weekend", _forms(rf"(?<!\w)(?:Wochenend-?{_KIND}?|am Wochenende|samstags)(?!\w)")),
)
# "Online" is a form where it is said of the course; "Online Marketing" is a subject.
_FORMS: tuple[tuple[Format, re.Pattern[str]], ...] = (
    (
        "hybrid",
        _forms(
            rf"(?<!\w)(?:Online/Hybrid|Hybrid(?:-?{_KIND})?|Blended[- ]Learning)(?!\w)",
            r"(?<!\w)(?:im\s+)?hybride[nrs]?\s+(?:Lernformat|Form)(?!\w)",
        ),
    ),
    ("self_paced", _forms(r"(?<!\w)(?:Selbstlern\w*|Fern(?:lehrgang|studium|unterricht|kurs)|E-Learning)(?!\w)")),
    (
        "online",
        _forms(
            r"\(\s*(?:live[- ]?)?online\s*\)",
            rf"(?<!\w)(?:Live-?Online(?:-\w+)?|Online-?{_KIND}\w*|Webinar|Digital/ ?Live)(?!\w)",
            r"(?<!\w)(?:im\s+)?virtuelle[ns]?\s+Klassenzimmer",
            r"[-–:,|]\s+online\s*(?=$|\|)",
        ),
    ),
    ("onsite", _forms(r"\(\s*Präsenz\s*\)", rf"(?<!\w)(?:Präsenz-?{_KIND}|in Präsenz|vor Ort)(?!\w)")),
)

_HOURS = re.compile(
    r"(?<![\w.,])(?P<count>\d{1,4}(?:,5)?)\s*(?:(?P<clock>Std\.?|Stunden|h)|UE|U-?Std\.?|"
    r"Unterrichts(?:einheiten|stunden))(?!\w)",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?<![\w.,/§€-])(?P<number>\d{1,4}(?:\.\d{1,2})?)"
    r"(?!\w|[.,]\d|\.\s+\w|[/-]\d|\s*(?:€|Euro|EUR|%|Uhr|x\b|mal\b|Tag|Woche|Monat|Jahr|Termin|Abend))",
    re.IGNORECASE,
)
_PRODUCT = re.compile(
    r"(?:excel|word|office|windows|server|outlook|powerpoint|access|autocad|revit|inventor|photoshop|indesign|exchange|"
    r"sharepoint|project|visio|solidworks|sql)\s*$",
    re.IGNORECASE,
)


def _is_significant(match: re.Match[str]) -> bool:
    """Not the year of a run; the year of a product is its version."""
    year = re.fullmatch(r"(?:19|20)\d\d", match["number"]) is not None
    return not year or _PRODUCT.search(match.string[: match.start()]) is not None
