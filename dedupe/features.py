"""The reasons for and against a pair being the same course, each a plain function over a batch of pairs.

A feature puts every pair on one of its levels. Its docstring is the only definition of these levels, in order from
"speaks for" to "speaks against", each with the words a steward reads: `name: German text`. What is missing is told
apart from what is different. Contradictions of typed features (`contradictions`) veto a merge whatever the rest says.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from dedupe import levels
from dedupe.keys import Key
from dedupe.rivals import rival
from dedupe.telling import told
from dedupe.titles import Likeness, likeness

Rows = npt.NDArray[np.int64]
Levels = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Pairs:
    """A batch of pairs: row numbers into `keys`."""

    keys: Sequence[Key]
    left: Rows
    right: Rows

    def __len__(self) -> int:
        return len(self.left)

    def each(self, judge: Callable[[Key, Key], str]) -> list[str]:
        """The level of every pair, by a function of two keys."""
        keys = self.keys
        return [judge(keys[a], keys[b]) for a, b in zip(self.left.tolist(), self.right.tolist(), strict=True)]

    @cached_property
    def _levels(self) -> dict[str, list[str]]:
        return {}

    def levels(self, feature: "Feature") -> list[str]:
        """The level of every pair for a feature, found once."""
        name = feature.__name__
        if name not in self._levels:
            self._levels[name] = feature(self)
        return self._levels[name]

    @cached_property
    def likeness(self) -> list[Likeness]:
        """How alike the titles of every pair are."""
        rows = self.left.tolist(), self.right.tolist()
        titles = {row: ((key := self.keys[row]).title, key.short) for row in {*rows[0], *rows[1]}}
        return likeness([(titles[a], titles[b]) for a, b in zip(*rows, strict=True)])


def batch_of(keys: Sequence[Key], pairs: Iterable[tuple[int, int]]) -> Pairs:
    """Pairs of rows of `keys` as a batch for the features."""
    rows = np.array(list(pairs), np.int64).reshape(-1, 2)
    return Pairs(keys, rows[:, 0], rows[:, 1])


Feature = Callable[[Pairs], list[str]]


def title(pairs: Pairs) -> list[str]:
    """How much of the words of both titles agree; a slip of the pen or a compound counts in part.

    same: Titel gleich
    near: Titel fast gleich
    within: Ein Titel enthält den anderen
    similar: Titel ähnlich
    short: Ein Titel enthält den anderen, sagt aber viel mehr
    partial: Titel teilweise gleich
    little: Titel haben wenig gemeinsam
    none: Titel haben nichts gemeinsam
    """
    return [levels.title_level(found) for found in pairs.likeness]


def own_words(pairs: Pairs) -> list[str]:
    """Whether the titles have content words that the other lacks.

    none: kein Titel hat eigene Wörter
    one: nur ein Titel hat eigene Wörter
    both: beide Titel haben eigene Wörter
    """
    return [
        "both" if min(found.left, found.right) >= 0.5 else "one" if max(found.left, found.right) >= 0.5 else "none"
        for found in pairs.likeness
    ]


def provider(pairs: Pairs) -> list[str]:
    """Whether it is the same provider, whatever the spelling.

    same: gleicher Anbieter
    variant: gleicher Anbieter in anderer Schreibweise
    site: anderer Standort desselben Anbieters
    part: ein Name des Anbieters sagt mehr als der andere
    joint: gemeinsames Angebot beider Anbieter
    unclear: Anbieter ähnlich
    missing: Anbieter nicht bei beiden genannt
    different: anderer Anbieter
    local: Haus derselben Art in einer anderen Stadt
    """
    return pairs.each(levels.provider_level)


def number(pairs: Pairs) -> list[str]:
    """The provider's course number. Runs of one course often have numbers of their own in one source.

    same: Kursnummer gleich
    missing: Kursnummer nicht bei beiden genannt
    run: andere Kursnummer in derselben Quelle
    different: andere Kursnummer
    """
    return pairs.each(levels.number_level)


def detail(pairs: Pairs) -> list[str]:
    """Typed features of the titles: level, part, module, norm, process, stage. Contradictions are vetoes.

    agree: Stufe, Teil oder Norm gleich
    silent: weder Stufe noch Teil noch Norm genannt
    left_out: Stufe, Teil oder Norm nur bei einem genannt, aber gleicher Termin
    norm: Norm nur bei einem genannt
    pace: Intensiv- oder Kompaktkurs nur bei einem genannt
    stage: Grund- oder Aufbaukurs nur bei einem genannt
    one: Stufe oder Teil nur bei einem genannt
    crossed: Stufe, Teil oder Norm verschieden genannt
    turned: Ausbildung gegen Fortbildung oder Unterweisung
    """
    return pairs.each(levels.detail_level)


def listing(pairs: Pairs) -> list[str]:
    """Where the two are listed. A source that lists two titles side by side usually means two courses.

    repeated: in derselben Quelle mit denselben Wörtern
    elsewhere: in verschiedenen Quellen oder einem Verzeichnis vieler Anbieter
    named: in demselben Verzeichnis unter demselben Anbieter mit anderen Wörtern
    beside: in derselben Quelle mit anderen Wörtern
    """
    return pairs.each(levels.listing_level)


def figures(pairs: Pairs) -> list[str]:
    """Other numbers in the titles: versions, counts, hours.

    same: gleiche Zahlen im Titel
    silent: keine Zahlen im Titel
    one: Zahlen nur in einem Titel
    different: andere Zahlen im Titel
    """
    return pairs.each(levels.figures_level)


def subject(pairs: Pairs) -> list[str]:
    """What the course is about, where the words of the field tell it for certain: a language, a trade, a program.

    same: gleiches Fach genannt
    silent: Fach nicht bei beiden genannt
    codes: andere Kürzel im Titel
    different: anderes Fach genannt
    """
    return pairs.each(levels.subject_level)


def dates(pairs: Pairs) -> list[str]:
    """Whether both list the same runs.

    many: mehrere gleiche Termine
    shared: gleicher Beginn
    chance: gleicher Beginn, aber Titel haben wenig gemeinsam
    month: Beginn im selben Monat
    missing: Termine nicht bei beiden genannt
    run: in derselben Quelle, wo jeder Eintrag eigene Termine hat
    single: andere Termine, aber nur einzelne genannt
    different: mehrere Termine, keiner gemeinsam
    """
    return pairs.each(levels.dates_level)


def price(pairs: Pairs) -> list[str]:
    """What the public pays, for the course or any run.

    same: Preis gleich
    near: Preis fast gleich
    missing: Preis nicht bei beiden genannt
    different: anderer Preis
    """
    return pairs.each(lambda a, b: levels.numbers_level(a.prices, b.prices))


def length(pairs: Pairs) -> list[str]:
    """How long the course takes, in the units both state.

    same: Dauer gleich
    near: Dauer fast gleich
    missing: Dauer nicht bei beiden vergleichbar genannt
    different: andere Dauer
    """
    return pairs.each(levels.length_level)


def span(pairs: Pairs) -> list[str]:
    """Days from the first to the last day of a run.

    same: Laufzeit der Termine gleich
    near: Laufzeit der Termine ähnlich
    missing: Laufzeit nicht bei beiden bekannt
    different: andere Laufzeit der Termine
    far: ganz andere Laufzeit der Termine
    """
    return pairs.each(levels.span_level)


def town(pairs: Pairs) -> list[str]:
    """Where the runs take place; other places of one provider are instances of one course.

    same: gleicher Ort
    missing: Ort nicht bei beiden genannt
    different: anderer Ort
    """
    return pairs.each(levels.town_level)


def form(pairs: Pairs) -> list[str]:
    """Classroom, online or both. Online against classroom is a veto.

    same: gleiche Form
    missing: Form bei keinem bekannt
    one: Form nur bei einem bekannt
    different: andere Form
    """
    return pairs.each(lambda a, b: levels.word_level(a.form, b.form))


def schedule(pairs: Pairs) -> list[str]:
    """Full time, part time, evening or weekend.

    same: gleiche Unterrichtszeit
    missing: Unterrichtszeit bei keinem bekannt
    one: Unterrichtszeit nur bei einem bekannt
    half: Unterrichtszeit nur in einem Titel genannt
    different: andere Unterrichtszeit
    titled: andere Unterrichtszeit im Titel
    """
    return pairs.each(levels.schedule_level)


def text(pairs: Pairs) -> list[str]:
    """How much of the longer words of the shorter description the other one has.

    same: Beschreibung fast gleich
    similar: Beschreibung ähnlich
    missing: Beschreibung nicht bei beiden vorhanden
    some: Beschreibung teilweise ähnlich
    different: andere Beschreibung
    """
    return pairs.each(levels.text_level)


def mention(pairs: Pairs) -> list[str]:
    """Whether the words that only one title has stand in the other's description.

    both: was nur ein Titel sagt, steht beim anderen in der Beschreibung
    some: manches, was nur ein Titel sagt, steht beim anderen in der Beschreibung
    silent: nichts nachzuschlagen
    none: was nur ein Titel sagt, steht beim anderen nirgends
    """
    return pairs.each(levels.mention_level)


FEATURES: tuple[Feature, ...] = (
    title, own_words, listing, provider, number, detail, figures, subject, dates, price, length, span, town, form,
    schedule, text, mention,
)  # fmt: skip


# All that a model weighs: what two offers are, what their houses say of every course, and what else each could be.
REASONS: tuple[Callable[..., Any], ...] = (*FEATURES, told, rival)
_LEVEL = re.compile(r"^ +(\w+): (.+)$", re.MULTILINE)


@cache
def level_texts(reason: Callable[..., Any]) -> dict[str, str]:
    """The levels of a reason in order, each with its German words, as its docstring defines them."""
    return dict(_LEVEL.findall(reason.__doc__ or ""))


def in_context(levels: Levels) -> Levels:
    """The levels with those replaced that mean something else beside others (rows are pairs, columns `FEATURES`).

    Where titles have little in common, a shared start is chance, and a shared description that of the house. What one
    title leaves out is no difference where the other tells of the same run. Two titles of one source that differ by a
    slip of the pen are one title, and what it costs may change from run to run.
    """
    found = levels.copy()
    worded_alike = np.isin(found[:, _column(own_words)], _places(own_words, "none"))
    spelled_alike = (
        np.isin(found[:, _column(title)], _places(title, "same", "near"))
        & worded_alike
        & np.isin(found[:, _column(detail)], _places(detail, "agree", "silent"))
    )
    beside = np.isin(found[:, _column(listing)], _places(listing, "named", "beside"))
    found[spelled_alike & beside, _column(listing)] = _places(listing, "repeated")[0]
    repeated = np.isin(found[:, _column(listing)], _places(listing, "repeated"))
    dearer = np.isin(found[:, _column(price)], _places(price, "different"))
    found[repeated & dearer, _column(price)] = _places(price, "missing")[0]
    apart = np.isin(found[:, _column(title)], _places(title, "little", "none")) | (
        np.isin(found[:, _column(title)], _places(title, "partial"))
        & np.isin(found[:, _column(own_words)], _places(own_words, "both"))
    )
    together = np.isin(found[:, _column(dates)], _places(dates, "many", "shared")) & ~apart & worded_alike
    partly = np.isin(found[:, _column(detail)], _places(detail, "norm", "pace", "stage", "one"))
    found[together & partly, _column(detail)] = _places(detail, "left_out")[0]
    for feature, names, instead in ((dates, ("many", "shared"), "chance"), (text, ("same", "similar"), "missing")):
        column = _column(feature)
        found[apart & np.isin(found[:, column], _places(feature, *names)), column] = _places(feature, instead)[0]
    return found


def _column(feature: Feature) -> int:
    return FEATURES.index(feature)


def _places(feature: Feature, *names: str) -> list[int]:
    order = list(level_texts(feature))
    return [order.index(name) for name in names]


def measure(pairs: Pairs) -> npt.NDArray[np.int8]:
    """The level of every pair (row) for every feature (column), as the level's place in `level_texts`.

    Each feature looks at itself alone; `in_context` reads the levels together.
    """
    columns: list[Levels] = []
    for feature in FEATURES:
        places = {name: place for place, name in enumerate(level_texts(feature))}
        columns.append(np.fromiter((places[name] for name in pairs.levels(feature)), np.int8, len(pairs)))
    return np.column_stack(columns) if len(pairs) else np.zeros((0, len(FEATURES)), np.int8)
