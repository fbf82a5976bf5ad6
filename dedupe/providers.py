"""Is it the same provider under two spellings? Names are compared by what they are made of.

A name has a core (what only this provider is called), kinds of house (Akademie, Bildungszentrum), places, and words
that say nothing (legal forms). "DEKRA Akademie GmbH" and "DEKRA Akademie Gelsenkirchen" share the core; of the
Volkshochschulen and chambers every town has its own, so there the place decides.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from dedupe.lexicon import lexicon
from normalize.text import fold

# From alike to different; the texts are in dedupe.features.
SAME, VARIANT, SITE, UNCLEAR, DIFFERENT = "same", "variant", "site", "unclear", "different"


@dataclass(frozen=True, slots=True)
class ProviderName:
    """A provider's name taken apart, all words folded."""

    core: frozenset[str]
    kinds: frozenset[str]
    places: frozenset[str]

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
    tokens = [token for token in text.split() if token not in words.silent]
    kinds = frozenset(token for token in tokens if token in words.kinds)
    places = frozenset(token for token in tokens if token in words.places)
    return ProviderName(frozenset(tokens) - kinds - places, kinds, places)


@lru_cache(maxsize=1 << 20)
def compare_names(left: ProviderName, right: ProviderName) -> str:
    """One of SAME, VARIANT (another spelling), SITE (another site of the house), UNCLEAR, DIFFERENT."""
    if left == right:
        return SAME
    if not left.core and not right.core:
        ones, others = left.kinds | left.places, right.kinds | right.places
        if len(ones & others) > 1 and (ones <= others or others <= ones):
            return VARIANT
        return UNCLEAR if left.kinds & right.kinds and not _places_differ(left, right) else DIFFERENT
    if not _alike(left.core, right.core):
        if not (left.core <= right.core or right.core <= left.core) or _places_differ(left, right):
            return DIFFERENT
        if left.core & right.core <= lexicon().local:  # the same chamber of the same town, with another name beside it
            return VARIANT if left.core & right.core and left.places & right.places else DIFFERENT
        return UNCLEAR
    if left.local or right.local:
        if _places_differ(left, right):
            return DIFFERENT
        return VARIANT if left.places and right.places else UNCLEAR
    if left.kinds and right.kinds and not (left.kinds <= right.kinds or right.kinds <= left.kinds):
        return UNCLEAR
    return SITE if _places_differ(left, right) else VARIANT


def _places_differ(left: ProviderName, right: ProviderName) -> bool:
    """True if both name places and neither's are all among the other's."""
    if not left.places or not right.places:
        return False
    return not (left.places <= right.places or right.places <= left.places)


def _alike(left: frozenset[str], right: frozenset[str]) -> bool:
    """True if every word has its equal in the other name, a slip of the pen apart."""
    ones, others = sorted(left - right), sorted(right - left)
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
