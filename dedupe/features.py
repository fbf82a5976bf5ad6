"""The reasons for and against a pair being the same course, each a plain function over a batch of pairs.

A feature puts every pair on one of its levels. Its docstring is the only definition of these levels, in order from
"speaks for" to "speaks against", each with the words a steward reads: `name: German text`. What is missing is told
apart from what is different. Contradictions of typed features (`contradictions`) veto a merge whatever the rest says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

from dedupe import levels
from dedupe.keys import Key
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
        keys = self.keys
        return likeness(
            [(keys[a].title, keys[b].title) for a, b in zip(self.left.tolist(), self.right.tolist(), strict=True)]
        )


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
    joint: gemeinsames Angebot beider Anbieter
    unclear: Anbieter ähnlich
    missing: Anbieter nicht bei beiden genannt
    different: anderer Anbieter
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
    stage: Grund-, Aufbau- oder Intensivkurs nur bei einem genannt
    one: Stufe, Teil oder Norm nur bei einem genannt
    crossed: Stufe, Teil, Norm oder Erst- und Fortbildung verschieden genannt
    """
    return pairs.each(levels.detail_level)


def listing(pairs: Pairs) -> list[str]:
    """Where the two are listed. A source that lists two titles side by side usually means two courses.

    repeated: in derselben Quelle mit denselben Wörtern
    elsewhere: in verschiedenen Quellen oder einem Verzeichnis vieler Anbieter
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


def dates(pairs: Pairs) -> list[str]:
    """Whether both list the same runs.

    many: mehrere gleiche Termine
    shared: gleicher Beginn
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


FEATURES: tuple[Feature, ...] = (
    title, own_words, listing, provider, number, detail, figures, dates, price, length, span, town, form,
    schedule, text,
)  # fmt: skip


@cache
def level_texts(feature: Feature) -> dict[str, str]:
    """The levels of a feature in order, each with its German words, as its docstring defines them."""
    lines = (line.strip() for line in (feature.__doc__ or "").splitlines()[1:])
    return {name: words for name, _, words in (line.partition(": ") for line in lines) if words}


def measure(pairs: Pairs) -> npt.NDArray[np.int8]:
    """The level of every pair (row) for every feature (column), as the level's place in `level_texts`."""
    columns: list[Levels] = []
    for feature in FEATURES:
        places = {name: place for place, name in enumerate(level_texts(feature))}
        columns.append(np.fromiter((places[name] for name in pairs.levels(feature)), np.int8, len(pairs)))
    return np.column_stack(columns) if len(pairs) else np.zeros((0, len(FEATURES)), np.int8)
