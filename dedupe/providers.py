"""Is it the same provider under two spellings? Names are compared by what they are made of.

A name has a core (what only this provider is called), the trades it teaches, kinds of house (Akademie,
Bildungszentrum), places, and words that say nothing (legal forms). "DEKRA Akademie GmbH" and "DEKRA Akademie
Gelsenkirchen" share the core, "Pflegeschule Morgenrot" and "Morgenrot - Schule für Pflegeberufe" core, kind and trade;
of the Volkshochschulen and chambers every town has its own, so there the place decides.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from dedupe.lexicon import lexicon
from normalize.text import fold

# From alike to different; the texts are in dedupe.features.
SAME, VARIANT, SITE, UNCLEAR, DIFFERENT, LOCAL = "same", "variant", "site", "unclear", "different", "local"
OWN_TRADE = 6  # letters of a trade that begins a word of its own: "Pflegeberufe", but "Lernhaus" is a name
NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        ("null", "eins", "zwei", "drei", "vier", "fuenf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwoelf")
    )
}


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
    text = fold(name)
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
        elif token in words.places:
            places.add(token)
        elif end := next((end for end in words.kind_ends if token.endswith(end) and len(token) > len(end) + 1), None):
            kinds.add(end)
            before = token.removesuffix(end)
            (trades if _trade(before) else core).add(_trade(before) or before)
        elif (trade := _trade(token)) and (token == trade or len(trade) >= OWN_TRADE):
            trades.add(trade)
        else:
            core.add(token)
    if not core and len(trades) == 1 and not kinds:  # "Logistik Marl GmbH": the trade is all the name there is
        core, trades = trades, set()
    return ProviderName(frozenset(core), frozenset(kinds), frozenset(places), frozenset(trades))


def _trade(word: str) -> str | None:
    """The trade that a word speaks of; one of two letters ("IT") is a word by itself."""
    return next(
        (trade for trade in lexicon().trades if word == trade or (len(trade) > 2 and word.startswith(trade))), None
    )


@lru_cache(maxsize=1 << 20)
def compare_names(left: ProviderName, right: ProviderName) -> str:
    """One of SAME, VARIANT (another spelling), SITE (another site of the house), UNCLEAR, DIFFERENT, LOCAL (the house
    of another town, where every town has its own).
    """
    if left == right:
        return SAME
    if not left.core or not right.core:
        return _compare_nameless(left, right)
    if not _alike(left.core, right.core):
        return _compare_unlike(left, right)
    if left.local or right.local:
        if _places_differ(left, right):
            return LOCAL
        return VARIANT if left.places and right.places else UNCLEAR
    if _cross(left.kinds, right.kinds) or _cross(left.trades, right.trades):
        both = (left.kinds | left.trades) & (right.kinds | right.trades)
        return UNCLEAR if not both else VARIANT if not _places_differ(left, right) else SITE
    return SITE if _places_differ(left, right) else VARIANT


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


def _compare_unlike(left: ProviderName, right: ProviderName) -> str:
    """Names whose own words are not the same."""
    local = lexicon().local
    shared = left.core & right.core
    within = left.core <= right.core or right.core <= left.core
    if left.local and right.local and shared & local and not left.places & right.places:
        return LOCAL
    if not within or _places_differ(left, right):
        return DIFFERENT
    if shared <= local:  # the same chamber of the same town, with another name beside it
        return VARIANT if left.places & right.places else DIFFERENT
    return UNCLEAR


def _common(name: ProviderName) -> frozenset[str]:
    """The words of a name that others have, too."""
    return name.kinds | name.places | name.trades


def _cross(left: frozenset[str], right: frozenset[str]) -> bool:
    """True if each names what the other does not."""
    return bool(left and right) and not (left <= right or right <= left)


def _places_differ(left: ProviderName, right: ProviderName) -> bool:
    """True if both name places and neither's are all among the other's."""
    return _cross(left.places, right.places)


def _alike(left: Iterable[str], right: Iterable[str]) -> bool:
    """True if every word has its equal in the other name, a slip of the pen apart."""
    ones, others = sorted(set(left) - set(right)), sorted(set(right) - set(left))
    if "".join(ones) == "".join(others):
        return True
    if len(ones) != len(others):
        return False
    return all(_slip(one, other) for one, other in zip(ones, others, strict=True))


def _slip(left: str, right: str) -> bool:
    """True if two words differ by a typing error; a differing digit is none."""
    if re.sub(r"\D", "", left) != re.sub(r"\D", "", right):
        return False
    shorter = min(len(left), len(right))
    allowed = 0 if shorter < 5 else 1 if shorter < 10 else 2
    return OSA.distance(left, right, score_cutoff=allowed) <= allowed
