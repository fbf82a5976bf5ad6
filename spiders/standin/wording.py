"""How one and the same course is written differently: by its own house now and then, by another source nearly always.

Nothing here removes or adds what tells courses apart (level, part, module, norm, process, stage): only the spelling
changes.
"""

import re
from collections.abc import Callable

from spiders.standin.catalogue import Course, form_suffix, transcribe, wording
from spiders.standin.dice import Dice
from spiders.standin.inventory import fields

ABBREVIATIONS = (
    (" und ", " u. "),
    (" und ", " & "),
    (" für ", " f. "),
    ("Geprüfter ", "Gepr. "),
    ("kaufmännische", "kfm."),
    ("Vorbereitung", "Vorb."),
    ("Weiterbildung", "WB"),
    ("Qualifizierung", "Quali"),
    ("Grundlagen", "Grdl."),
    ("technik", "techn."),
    ("Lehrgang", "Lehrg."),
    ("Teilqualifikation", "Teilquali"),
)
ADVERTS = (
    "{} - jetzt Platz sichern!",
    "{} | 100 % Förderung möglich",
    "NEU: {}",
    "{} inkl. Zertifikat",
    "+++ {} +++",
    "{} (förderfähig mit Bildungsgutschein)",
    "{} - kostenlose Beratung",
)
CLOSING = (
    "Förderung von bis zu 11.250,00 € möglich - sprechen Sie uns an!",
    "Mehr als 2.000 zufriedene Teilnehmende im letzten Jahr. Sparen Sie bis zu 300,00 € mit unserem Frühbucher-Rabatt.",
    "Unser Haus ist nach AZAV zertifiziert.",
    "Getränke und Unterlagen sind im Preis enthalten.",
    "Auf Wunsch schulen wir auch bei Ihnen im Betrieb (ab 1.450,00 € pro Tag).",
)
ADDITIONS = (
    "Aktualisiert: Die Lerninhalte wurden an die neue Prüfungsordnung angepasst.",
    "Neu: Sie erhalten Zugang zu unserer Lernplattform.",
    "Hinweis: Bitte bringen Sie einen Lichtbildausweis mit.",
    "Eine kostenfreie Infoveranstaltung findet jeden ersten Mittwoch im Monat statt.",
    "Parkplätze stehen in begrenzter Zahl zur Verfügung.",
)


def _abbreviate(title: str, dice: Dice) -> str:
    long, short = dice.pick([pair for pair in ABBREVIATIONS if pair[0] in title] or [("", "")])
    return title.replace(long, short) if long else title


def _transcribe(title: str, _dice: Dice) -> str:
    return transcribe(title)


def _hyphens(title: str, dice: Dice) -> str:
    if " - " in title:
        return title.replace(" - ", dice.pick((" – ", ": ", ", ", " / ")), 1)
    return re.sub(r"(?<=[a-zß])-(?=[A-Z])", " ", title)


def _reorder(title: str, _dice: Dice) -> str:
    first, dash, last = title.partition(" - ")
    return f"{last} - {first}" if dash and len(last) > 5 else title


def _gender(title: str, dice: Dice) -> str:
    return title + dice.pick((" (m/w/d)", " (w/m/d)"))


def _shout(title: str, _dice: Dice) -> str:
    first, _, rest = title.partition(" ")
    return f"{first.upper()} {rest}".strip()


def _advertise(title: str, dice: Dice) -> str:
    return dice.pick(ADVERTS).format(title)


HABITS: tuple[tuple[int, Callable[[str, Dice], str]], ...] = (
    (12, _reorder),
    (30, _abbreviate),
    (30, _hyphens),
    (8, _transcribe),
    (10, _gender),
    (4, _shout),
    (14, _advertise),
)


def foreign_title(course: Course, dice: Dice) -> str:
    """The course's title as another source writes it."""
    template = course.series.title if dice.percent(35) else dice.pick(course.series.also)
    title = wording(course, template, dice)
    if dice.percent(60):  # else the form is told by fields alone
        title += form_suffix(course.form, course.schedule)
    for chance, habit in HABITS:
        if dice.percent(chance):
            title = habit(title, dice)
    return title


def own_title(course: Course, dice: Dice, town: str | None) -> str:
    """The title on the house's own site: as the house writes it, with little slips."""
    title = course.title
    if dice.percent(4):
        title = title.replace(" ", "  ", 1)
    elif town and dice.percent(10):
        title = f"{title} in {town}"
    elif dice.percent(4):
        title = _hyphens(title, dice)
    return title


def description(course: Course, dice: Dice, *, short: bool) -> tuple[list[str], list[str]]:
    """Paragraphs and bullet points about a course; another source shortens them and adds its closing words."""
    text = fields()[course.series.field]
    named = [text.topics[number % len(text.topics)] for number in course.topics]
    bullets = list(dict.fromkeys(named))
    intro = [line.format(title=course.title) for line in text.intro]
    if short:
        intro = [dice.pick(intro)]
        bullets = bullets[: dice.between(2, len(bullets))]
    if dice.percent(50):
        intro.append(dice.pick(CLOSING))
    return intro, bullets
