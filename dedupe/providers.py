"""Is it the same provider under two spellings? Names are compared by what they are made of.

A name has a core (what only this provider is called), the trades it teaches, kinds of house (Akademie,
Bildungszentrum), places, and words that say nothing (legal forms). "DEKRA Akademie GmbH" and "DEKRA Akademie
Gelsenkirchen" share the core, "Pflegeschule Morgenrot" and "Morgenrot - Schule für Pflegeberufe" core, kind and trade;
of the Volkshochschulen and chambers every town has its own, so there the place decides.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.distance import OSA

from dedupe.acronyms import spelled_out
from dedupe.lexicon import lexicon
from normalize.text import fold

# From alike to different; the texts are in dedupe.features.
SAME, VARIANT, SITE, PART, UNCLEAR = "same", "variant", "site", "part", "unclear"
DIFFERENT, LOCAL = "different", "local"
DISTINCT = 4  # letters of a word that hardly any other house has in its name
COMPOUND = 5  # letters of a word that is the end of another one
SURE = 3  # letters of an abbreviation that is a name by itself
LONG_PLACE = 6  # letters of a place that is known by a slip of the pen, too
OWN_TRADE = 6  # letters of a trade that begins a word of its own: "Pflegeberufe", but "Lernhaus" is a name
NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        ("null", "eins", "zwei", "drei", "vier", "fuenf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwoelf")
    )
}


_OWNER = re.compile(r"[\s,(-]+Inh(?:aber(?:in)?|\.)?:?\s+[^,;)]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ProviderName:
    """A provider's name taken apart, all words folded; `trades` by their beginning as the lexicon has it."""

    core: frozenset[str]
    kinds: frozenset[str]
    places: frozenset[str]
    trades: frozenset[str] = frozenset()

    @property
    def local(self) -> bool:
        """True for houses of which every town has its own."""
        return bool(self.core & lexicon().local)

    @property
    def handles(self) -> frozenset[str]:
        """Words under which another spelling of this name is found again."""
        if self.local or not self.core:
            return frozenset(f"{core} {place}" for core in self.core or self.kinds for place in self.places or {""})
        return self.core


@lru_cache(maxsize=65536)
def read_name(name: str) -> ProviderName:
    """Take a provider's name apart."""
    words = lexicon()
    text = fold(_OWNER.sub("", name))
    for phrase, short in sorted(words.provider_short.items(), key=lambda item: -len(item[0])):
        if phrase in text:
            text = re.sub(rf"\b{re.escape(phrase)}\b", short, text)
    tokens = [
        NUMBERS.get(token, token)
        for token in text.split()
        if token not in words.silent and (len(token) > 1 or token.isdigit())  # "d. Handels"
    ]
    core: set[str] = set()
    kinds: set[str] = set()
    places: set[str] = set()
    trades: set[str] = set()
    for token in tokens:
        if token in words.local:
            core.add(token)
        elif token in words.kinds:
            kinds.add(token)
        elif place := _place(token):
            places.add(place)
        elif end := next((end for end in words.kind_ends if token.endswith(end) and len(token) > len(end) + 1), None):
            kinds.add(words.provider_short.get(end, end))
            before = token.removesuffix(end)
            if before.removesuffix("s") in words.kinds:
                kinds.add(before.removesuffix("s"))
            else:
                (trades if _trade(before) else core).add(_trade(before) or before)
        elif (trade := _trade(token)) and (token == trade or len(trade) >= OWN_TRADE):
            trades.add(trade)
        else:
            core.add(token)
    # "BZR Bildungszentrum Ruhr" spells itself out
    core -= {word for word in core if len(word) >= SURE and spelled_out(word, frozenset(tokens))}
    if not core and len(trades) == 1 and not kinds:  # "Logistik Marl GmbH": the trade is all the name there is
        core, trades = trades, set()
    return ProviderName(frozenset(core), frozenset(kinds), frozenset(places), frozenset(trades))


@lru_cache(maxsize=1 << 14)
def _place(word: str) -> str | None:
    """The known place that a word is, or nearly is: "Glabeck"."""
    places = lexicon().places
    if word in places:
        return word
    if len(word) < LONG_PLACE:
        return None
    return min((place for place in places if len(place) >= LONG_PLACE and _slip(word, place)), default=None)


def _trade(word: str) -> str | None:
    """The trade that a word speaks of; one of two letters ("IT") is a word by itself."""
    return next(
        (trade for trade in lexicon().trades if word == trade or (len(trade) > 2 and word.startswith(trade))), None
    )


@lru_cache(maxsize=1 << 20)
def compare_names(left: ProviderName, right: ProviderName) -> str:
    """One of SAME, VARIANT (another spelling), SITE (another site of the house), PART (one name says more), UNCLEAR,
    DIFFERENT, LOCAL (the house of another town, where every town has its own).
    """
    if left == right:
        return SAME
    shorter = _spelled(left, right)
    if shorter != (left, right):
        left, right = shorter
        if not left.core or not right.core:  # "EBW" is the "Elektro-Bildungswerk"
            apart = _places_differ(left, right)
            return (UNCLEAR if apart else PART) if left.core or right.core else SITE if apart else VARIANT
    if not left.core or not right.core:
        return _compare_nameless(left, right)
    shared, own_left, own_right = _matched(left.core, right.core)
    named = any(len(word) >= DISTINCT and word not in lexicon().local for word in shared)
    if own_left or own_right:
        numbered = any(map(str.isdigit, own_left)) and any(map(str.isdigit, own_right))  # "Lernwerk 12", "Lernwerk 13"
        return _compare_unlike(left, right, named=named and not numbered, nested=not own_left or not own_right)
    if left.local or right.local:
        if _places_differ(left, right):
            return LOCAL
        return VARIANT if named or (left.places and right.places) else UNCLEAR
    if _cross(left.kinds, right.kinds) or _cross(left.trades, right.trades):
        both = (left.kinds | left.trades) & (right.kinds | right.trades)
        return UNCLEAR if not both else VARIANT if not _places_differ(left, right) else SITE
    return SITE if _places_differ(left, right) else VARIANT


def _spelled(left: ProviderName, right: ProviderName) -> tuple[ProviderName, ProviderName]:
    """Both names without a word that the other spells out ("Staplerhof", "Stapler-Hof"), and the other without what it
    is spelled by."""
    for one, other, turned in ((left, right, False), (right, left, True)):
        for word in sorted(one.core - other.core - lexicon().local):
            words = _all_words(other) - one.core
            spelled = _halves(word, words) or spelled_out(word, words)
            if spelled and (len(word) >= SURE or one.core & other.core):
                rest = {name: getattr(other, name) - spelled for name in ("core", "kinds", "places")}
                shorter = replace(one, core=one.core - {word}), replace(other, **rest)
                return shorter[::-1] if turned else shorter
    return left, right


def _halves(word: str, words: frozenset[str]) -> frozenset[str]:
    """The two words that a compound is made of, if both are there."""
    return next(
        (
            frozenset({word[:middle], word[middle:]})
            for middle in range(SURE, len(word) - SURE + 1)
            if word[:middle] in words and word[middle:] in words
        ),
        frozenset(),
    )


def _compare_nameless(left: ProviderName, right: ProviderName) -> str:
    """Names of which one at least has nothing of its own: "Kaufmännische Schule Marl"."""
    ones, others = _common(left), _common(right)
    if _places_differ(left, right):
        return DIFFERENT
    if not left.core and not right.core and len(ones & others) > 1 and (ones <= others or others <= ones):
        return VARIANT
    alike = left.kinds & right.kinds or left.trades & right.trades
    if left.core or right.core:
        return UNCLEAR if alike and left.places & right.places else DIFFERENT
    return UNCLEAR if alike else DIFFERENT


def _compare_unlike(left: ProviderName, right: ProviderName, *, named: bool, nested: bool) -> str:
    """Names whose own words are not the same. `named`: they share one that hardly any other house has; `nested`: all
    words of one are among the other's.
    """
    local = lexicon().local
    shared = left.core & right.core
    if left.local and right.local and shared & local and not left.places & right.places and not named:
        return LOCAL
    if named:
        return UNCLEAR if not nested or _places_differ(left, right) else PART
    if not nested or _places_differ(left, right):
        return DIFFERENT
    if shared <= local:  # the same chamber of the same town, with another name beside it
        return VARIANT if left.places & right.places else DIFFERENT
    return UNCLEAR


def _all_words(name: ProviderName) -> frozenset[str]:
    return name.core | name.kinds | name.trades | name.places


def _common(name: ProviderName) -> frozenset[str]:
    """The words of a name that others have, too."""
    return name.kinds | name.places | name.trades


def _cross(left: frozenset[str], right: frozenset[str]) -> bool:
    """True if each names what the other does not."""
    return bool(left and right) and not (left <= right or right <= left)


def _places_differ(left: ProviderName, right: ProviderName) -> bool:
    """True if both name places and neither's are all among the other's."""
    return _cross(left.places, right.places)


def _matched(left: frozenset[str], right: frozenset[str]) -> tuple[set[str], set[str], set[str]]:
    """The words both names have, a slip of the pen or a compound's beginning apart, and those only one of them has."""
    shared = set(left & right)
    own_left, own_right = set(left - right), set(right - left)
    if "".join(sorted(own_left)) == "".join(sorted(own_right)):
        return shared | own_left, set(), set()
    for one in sorted(own_left):
        for other in sorted(own_right):
            if _slip(one, other) or (shared and _compound(one, other)):
                shared.add(one)
                own_left.discard(one)
                own_right.discard(other)
                break
    return shared, own_left, own_right


def _compound(left: str, right: str) -> bool:
    """True for "Studio" and "Lernstudio"."""
    short, long = sorted((left, right), key=len)
    return len(short) >= COMPOUND and long.endswith(short)


def _slip(left: str, right: str) -> bool:
    """True if two words differ by a typing error; a differing digit is none."""
    if re.sub(r"\D", "", left) != re.sub(r"\D", "", right):
        return False
    shorter = min(len(left), len(right))
    allowed = 0 if shorter < 5 else 1 if shorter < 10 else 2
    return OSA.distance(left, right, score_cutoff=allowed) <= allowed
