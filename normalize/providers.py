"""Who runs a course: one key for one company, however the sources spell its name.

Known providers stand in `data/providers.toml`. An unknown one gets a key made of its name without legal form, which
stays the same from night to night, and a doubt that puts it on the stewards' list.
"""

import hashlib
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from normalize.memory import remembered
from normalize.model import Provider
from normalize.reading import Doubt, Reading
from normalize.text import fold, plain
from normalize.towns import town_named

STRANGER = "provider not known"  # the reason of a doubt
KEY_LIMIT = 60  # characters of a key made from a name

_LEGAL_FORM = re.compile(
    r"\b(?:g?gmbh co kg(?:aa)?|ug haftungsbeschraenkt(?: co kg)?|"
    r"gemeinnuetzige (?:gmbh|ug|ag)|"
    r"gemeinnuetzige gesellschaft mbh|"
    r"ges(?:ellschaft)? mbh|g?gmbh|mbh|gag|ag|se|kg|ohg|gbr|ug|eg|e v|ev|e k|ek|e g|ltd|inc|b v|kdoer|aoer|partg|"
    r"haftungsbeschraenkt|gemeinnuetzig)\b"
)
_ADULT_EDUCATION = re.compile(r"\b(?:volkshochschule|vhs)(?: der)?(?: (?:stadt|gemeinde))?\b")
_TOWN_FIRST = re.compile(r"^stadt (.+) vhs$")  # "Stadt Marl - VHS"
_CHAMBER = re.compile(
    r"\b(?:handwerkskammer|industrie und handelskammer|(?P<short>hwk|ihk))\b(?: (?:zu|fuer|der|des|region|in))*"
)
_BRANCH = re.compile(
    r"^(?:(?:standort|niederlassung|nl|filiale|geschaeftsstelle|schulungszentrum|bildungszentrum|zentrum|campus|region|"
    r"center|akademie|rhein ruhr|ruhrgebiet|westfalen|nrw|nordrhein westfalen|west) )+"
)
_BRANCH_AT_ALL = re.compile(r"\b(?:standort|niederlassung|filiale|geschaeftsstelle|campus)\b")


class _Known(NamedTuple):
    provider: Provider
    sites: bool
    home: str | None
    agency_ids: tuple[str, ...]
    forms: tuple[str, ...]


@cache
def _known() -> tuple[_Known, ...]:
    data = tomllib.loads((files("normalize") / "data" / "providers.toml").read_text(encoding="utf-8"))
    return tuple(
        _Known(
            provider=Provider(key=row["key"], name=row["name"]),
            sites=row.get("sites", False),
            home=row.get("home"),
            agency_ids=tuple(row.get("agency_ids", ())),
            forms=tuple(bare_name(name) for name in (row["name"], *row.get("aliases", ()))),
        )
        for row in data["provider"]
    )


@cache
def _by_form() -> dict[str, _Known]:
    return {form: known for known in _known() for form in known.forms}


@cache
def _by_agency_id() -> dict[str, _Known]:
    return {number: known for known in _known() for number in known.agency_ids}


def identify(name: str | None, ref: str | None = None) -> Reading[Provider | None]:
    """The provider behind a published name and the source's id of it (`ref`); None if neither names one.

    A known id beats the name. An unknown name is doubted and keyed by itself, so it is the same every night.
    """
    return _identify(name, ref)


def provider_names() -> dict[str, str]:
    """The display names of the providers we know, by key."""
    return {known.provider.key: known.provider.name for known in _known()}


def provider_key(name: str) -> str:
    """The key that a name we do not know has by itself."""
    return _key(bare_name(name), name)


def home_of(key: str) -> str | None:
    """The town of a provider that works in one town only (an adult education centre), else None."""
    return next((known.home for known in _known() if known.provider.key == key), None)


@remembered(8192)
def _identify(name: str | None, ref: str | None) -> Reading[Provider | None]:
    if ref and (known := _by_agency_id().get(ref.strip())):
        return Reading(known.provider)
    text = plain(name)
    if text is None:
        return Reading(None, (Doubt(ref, "a provider id without a name"),) if ref else ())
    bare = bare_name(text)
    found = _by_form().get(bare) or _with_site(bare)
    if found:
        return Reading(found.provider)
    return Reading(Provider(key=provider_key(text), name=text), (Doubt(text, STRANGER),))


def bare_name(name: str) -> str:
    """The folded name without legal forms; an adult education centre is "vhs" and its town, a chamber "hwk" or "ihk"
    and its name.
    """
    folded = fold(name)
    bare = " ".join(_LEGAL_FORM.sub(" ", folded).split()) or folded
    bare = _TOWN_FIRST.sub(r"vhs \1", " ".join(_ADULT_EDUCATION.sub("vhs", bare).split()))
    return " ".join(_CHAMBER.sub(_short_chamber, bare).split())


def _short_chamber(found: re.Match[str]) -> str:
    return found["short"] or ("hwk" if found[0].startswith("handwerk") else "ihk")


def _with_site(bare: str) -> _Known | None:
    """A known name with a town or a branch behind it, or its second name ("DAA Braunschweig Deutsche ... Akademie")."""
    names = _by_form()
    spoken = bare.split()
    for size in range(len(spoken) - 1, 0, -1):
        known = names.get(" ".join(spoken[:size]))
        if known and known.sites and _is_site(" ".join(spoken[size:]), known):
            return known
    return None


def _is_site(rest: str, known: _Known) -> bool:
    for form in known.forms:
        rest = rest.removesuffix(form).strip()
    if _BRANCH_AT_ALL.search(rest):
        return True
    place = _BRANCH.sub("", f"{rest} ").strip()
    return not place or town_named(place) is not None


def _key(bare: str, text: str) -> str:
    """A key of lower-case letters, digits and hyphens; a long or unwritable name ends in a part of its hash."""
    slug = re.sub(r"[^a-z0-9]+", "-", bare).strip("-")
    if slug and len(slug) <= KEY_LIMIT and slug.isascii():
        return slug
    digest = hashlib.sha256((bare or text).encode()).hexdigest()[:8]
    return f"{slug[: KEY_LIMIT - 9].rstrip('-') or 'anbieter'}-{digest}"
