"""The level on which one pair stands, feature by feature; `dedupe.features` says what the levels mean."""

from collections.abc import Iterable
from functools import lru_cache

from dedupe.keys import Key
from dedupe.providers import DIFFERENT, LOCAL, PART, SAME, SITE, VARIANT, compare_names
from dedupe.titles import Likeness, of_content
from dedupe.vetoes import SMALL, numerals, series, whole_levels

WEEKS = 14  # days from which the length of a run says how intensive a course is
HALF_MORE = 1.5
FEW_WORDS = 5  # a description of fewer says nothing
COMPOUND_PART = 5  # letters


def other_provider(left: Key, right: Key) -> bool:
    """True if both name their provider and it is not the same one."""
    return provider_level(left, right) in (DIFFERENT, LOCAL)


def title_level(found: Likeness) -> str:
    """By the shares of weight in common, see `dedupe.titles`."""
    if found.agree >= 0.99:
        return "same"
    if found.agree >= 0.8:
        return "near"
    if found.cover >= 0.95 and found.agree >= 0.45:
        return "within"
    if found.agree >= 0.6:
        return "similar"
    if found.cover >= 0.95:
        return "short"
    if found.agree >= 0.4:
        return "partial"
    return "little" if found.agree >= 0.15 else "none"


def provider_level(a: Key, b: Key) -> str:
    """By our key, else by what the names are made of, see `dedupe.providers`."""
    if a.kind.provider is None or b.kind.provider is None:
        return "missing"
    if a.kind.provider_key == b.kind.provider_key:
        return "same"
    found = compare_names(a.kind.provider, b.kind.provider)
    if found in (DIFFERENT, LOCAL) and (_is_partner(a, b) or _is_partner(b, a)):
        return "joint"
    return found


def _is_partner(one: Key, other: Key) -> bool:
    """True if one description names the other's provider as the partner of the course."""
    named, provider = one.partner, other.kind.provider
    return named is not None and provider is not None and compare_names(named, provider) in (SAME, VARIANT, SITE, PART)


def number_level(a: Key, b: Key) -> str:
    """Equal numbers, or other ones of one source, where every run has its own."""
    if a.number is None or b.number is None:
        return "missing"
    if a.number == b.number:
        return "same"
    return "run" if a.source == b.source else "different"


def detail_level(a: Key, b: Key) -> str:
    """Whether the typed facts of the titles agree, one side says more, or each says what the other does not."""
    left, right = _details(a), _details(b)
    if {a.turn, b.turn} == {"first", "later"}:
        return "turned"
    if left == right:
        return "agree" if left else "silent"
    if not left <= right and not right <= left:
        return "crossed"
    extra = {name for name, _ in left ^ right}
    for level, names in _LIGHT.items():
        if extra <= names:
            return level
    return "one"


_LIGHT = {"norm": {"norms"}, "pace": {"pace"}, "stage": {"stages", "pace", "norms"}}


def _details(key: Key) -> set[tuple[str, str]]:
    """The typed features of a title as single facts. The part of a norm is a place in a series: "ISO 9606 Teil 1"
    is "ISO 9606-1"; and "§ 43b" names no other paragraph than "§ 43b SGB XI".
    """
    features = key.kind.features
    facts = {("levels", level[:2]) for level in features.levels}
    facts |= {("half step", level) for level in whole_levels(features.levels) if len(level) > 2}
    # "Grundausbildung" is the first training as opposed to a later one; there is no advanced one beside it
    stages = key.kind.stages - ({"beginner"} if key.turn == "first" else set())
    facts |= {("stages", stage) for stage in stages}
    facts |= {("processes", process) for process in features.processes}
    norms = numerals(features.norms)
    facts |= {("norms", number) for number in norms - SMALL}
    facts |= {("number", number) for number in series(features) | norms & SMALL}
    return facts | ({("pace", "fast")} if key.pace else set())


def listing_level(a: Key, b: Key) -> str:
    """Side by side on one house's own site or under its name in a directory, or elsewhere."""
    if a.source != b.source:
        return "elsewhere"
    if a.source_kind == "aggregator":
        return "named" if provider_level(a, b) == SAME and a.title != b.title else "elsewhere"
    return "repeated" if a.title == b.title and _details(a) == _details(b) else "beside"


def figures_level(a: Key, b: Key) -> str:
    """Versions, counts and hours that stand in the titles."""
    left, right = _figures(a), _figures(b)
    if left == right:
        return "same" if left else "silent"
    return "different" if left and right else "one"


def _figures(key: Key) -> set[str]:
    """The numbers of a title that are no place in a series."""
    hours = {length.partition(" ")[0] for length in key.kind.features.hours}  # sources mix up hours and units
    return {*key.kind.features.numbers, *hours} - SMALL


def subject_level(a: Key, b: Key) -> str:
    """By what the titles are about in the words of the field, then by abbreviations if both have others."""
    left, right = a.subject, b.subject
    if left.conflicts(right):
        return "different"
    ones, others = left.codes - right.codes, right.codes - left.codes
    if ones and others:
        return "codes"
    return "same" if left.names & right.names else "silent"


def dates_level(a: Key, b: Key) -> str:
    """By shared starts, then by what is published of the months. In one house's own list dates say nothing: other
    dates are other runs, and what begins on the same day side by side may well be two courses.
    """
    if not a.months or not b.months:
        return "missing"
    if a.source == b.source and a.source_kind != "aggregator":
        return "run"
    shared = len(a.starts & b.starts)
    if shared:
        return "many" if shared > 1 else "shared"
    if a.source == b.source:
        return "run"
    if a.months & b.months:
        return "month"
    return "different" if min(len(a.months), len(b.months)) > 1 else "single"


def numbers_level(a: Iterable[float], b: Iterable[float]) -> str:
    """For sets of numbers: one in common, two near each other, none."""
    left, right = set(a), set(b)
    if not left or not right:
        return "missing"
    if left & right:
        return "same"
    return "near" if any(_is_near(one, other) for one in left for other in right) else "different"


def _is_near(one: float, other: float) -> bool:
    """True for a rounded number, and for a price with and without value added tax."""
    low, high = sorted((one, other))
    return high - low <= 1 or (low > 0 and (high / low <= 1.03 or abs(high / low - 1.19) < 0.005))


def length_level(a: Key, b: Key) -> str:
    """The best agreement in any unit that both state."""
    left, right = _comparable(a.lengths), _comparable(b.lengths)
    verdicts = {numbers_level(left[unit], right[unit]) for unit in left.keys() & right.keys()}
    for verdict in ("same", "near", "different"):
        if verdict in verdicts:
            return verdict
    return "missing"


def _comparable(lengths: Iterable[tuple[str, float]]) -> dict[str, set[float]]:
    """Lengths by unit. Sources call teaching units hours and reckon them as 45 minutes: both readings are compared."""
    found: dict[str, set[float]] = {}
    for unit, value in lengths:
        if unit == "teaching_units":
            found.setdefault("hours", set()).update((value, value * 0.75))
        else:
            found.setdefault(unit, set()).add(value)
    return found


def town_level(a: Key, b: Key) -> str:
    """A town in common; a district counts as its town."""
    if not a.towns or not b.towns:
        return "missing"
    if a.towns & b.towns:
        return "same"
    near = any(one.startswith(other) or other.startswith(one) for one in a.towns for other in b.towns)
    return "same" if near else "different"


def word_level(left: str, right: str) -> str:
    """For a field of one known word."""
    if left == right:
        return "missing" if left == "unknown" else "same"
    return "one" if "unknown" in (left, right) else "different"


def schedule_level(a: Key, b: Key) -> str:
    """A schedule in the title is part of the course's name; one in a field often says when rooms are open. Full time in
    a title is said to tell it from the part-time edition."""
    ones, others = a.kind.features.schedule, b.kind.features.schedule
    if ones and others and ones != others:
        return "titled"
    if "full_time" in (ones, others) and "unknown" not in (a.schedule, b.schedule) and a.schedule != b.schedule:
        return "titled"
    if (ones or others) and "unknown" in (a.schedule, b.schedule):
        return "half"
    return word_level(a.schedule, b.schedule)


def span_level(a: Key, b: Key) -> str:
    """A run of no days is often one of which only the beginning is published: it says nothing against weeks.

    Runs of weeks that differ by half are of another edition: full time and part time.
    """
    if (a.spans == {0}) != (b.spans == {0}):
        return "missing"
    found = numbers_level(a.spans, b.spans)
    if found != "different":
        return found
    lower, higher = sorted((a.spans, b.spans), key=max)
    return "far" if max(lower) >= WEEKS and min(higher) >= HALF_MORE * max(lower) else found


def text_level(a: Key, b: Key) -> str:
    """By the share of the lesser description's words that the other has."""
    smaller = min(len(a.text), len(b.text))
    if smaller < FEW_WORDS:
        return "missing"
    share = len(a.text & b.text) / smaller
    return "same" if share >= 0.9 else "similar" if share >= 0.6 else "some" if share >= 0.3 else "different"


def mention_level(a: Key, b: Key) -> str:
    """By the share of the words of content told, over both sides where there is something to look up."""
    looked = [
        _told(own, other.text)
        for one, other in ((a, b), (b, a))
        if len(other.text) >= FEW_WORDS and (own := of_content(one.title - other.title))
    ]
    if not looked:
        return "silent"
    if min(looked) > 0.5:
        return "both"
    return "some" if max(looked) > 0 else "none"


def _told(words: frozenset[str], text: frozenset[str]) -> float:
    """The share of the words that stand in a text, as they are or as the beginning or end of a compound."""
    return len([word for word in words if word in text or _akin(word, text)]) / len(words)


def _akin(word: str, text: frozenset[str]) -> bool:
    """True if a word begins or ends one of the text, or one of the text begins or ends it."""
    if len(word) < COMPOUND_PART:
        return False
    line = _line(text)
    if f" {word}" in line or f"{word} " in line:
        return True
    return any(word[:size] in text or word[-size:] in text for size in range(COMPOUND_PART, len(word)))


@lru_cache(maxsize=1 << 14)
def _line(text: frozenset[str]) -> str:
    """The words of a text with a blank before and behind each."""
    return f" {' '.join(text)} "
