"""Reads the invented inventory: who offers courses (providers.toml), what kinds (courses.toml), in what words."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
EXAMS = ("Prüfung", "Sachkundeprüfung", "Schweißerprüfung", "Wiederholungsprüfung", "Zertifizierung", "telc Prüfung")
FORMS = ("format", "schedule")  # gaps that set the form of a course instead of filling its title


@dataclass(frozen=True, slots=True)
class Site:
    """A place where a provider teaches; `agency` is the id under which the federal search lists it."""

    venue: str
    street: str
    postcode: str
    city: str
    rooms: tuple[str, ...]
    lat: float
    lon: float
    agency: int


@dataclass(frozen=True, slots=True)
class Provider:
    """A house: `names[0]` is how it writes itself, `lane` the share of the catalogue that it draws from."""

    key: str
    names: tuple[str, ...]
    contacts: tuple[str, ...]
    sites: tuple[Site, ...]
    lane: str = "federal"
    online: bool = False
    per_site_name: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a gap: `own` is the house's spelling, `others` how a second source may spell it."""

    own: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """A kind of course with gaps; every combination of its values at a house is one course."""

    id: str
    houses: tuple[str, ...]
    field: str
    title: str
    also: tuple[str, ...]
    vary: tuple[tuple[str, tuple[Value, ...]], ...]
    ue: tuple[int, int]
    price: tuple[int, int]
    exam: tuple[int, int] | None
    rhythm: str
    category: str
    vocational: bool
    certificate: str | None
    funding: tuple[str, ...]

    def editions(self) -> Iterator[dict[str, Value]]:
        """Every sensible combination of values; an examination is neither online nor full or part time."""
        names = [name for name, _ in self.vary]
        seen_exams = set()
        for values in product(*(values for _, values in self.vary)):
            edition = dict(zip(names, values, strict=True))
            if any(is_exam(value.own) for value in values):
                edition = {name: value for name, value in edition.items() if name not in FORMS}
                wording = tuple(value.own for value in edition.values())
                if wording in seen_exams:
                    continue
                seen_exams.add(wording)
            yield edition


@dataclass(frozen=True, slots=True)
class Field:
    """The wording that courses of one field share."""

    intro: tuple[str, ...]
    topics: tuple[str, ...]
    audience: str
    requires: str


def is_exam(value: str) -> bool:
    """Whether a value names an examination sold without a course."""
    return value.startswith(EXAMS)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


@cache
def towns() -> dict[str, tuple[float, float]]:
    """Latitude and longitude of the towns in which sites lie."""
    return {name: (lat, lon) for name, (lat, lon) in _read("providers.toml")["towns"].items()}


def _site(row: list[str], agency: int) -> Site:
    venue, street, postcode, city, rooms = row
    lat, lon = towns()[city]
    return Site(venue, street, postcode, city, tuple(room for room in rooms.split("|") if room), lat, lon, agency)


@cache
def providers() -> dict[str, Provider]:
    """The named houses, by key."""
    found = {}
    for number, row in enumerate(_read("providers.toml")["provider"], start=1):
        sites = tuple(_site(site, 130000 + 100 * number + place) for place, site in enumerate(row["sites"]))
        found[row["key"]] = Provider(
            row["key"],
            tuple(row["names"]),
            tuple(row["contacts"]),
            sites,
            row.get("lane", "federal"),
            row.get("online", False),
            row.get("per_site_name", False),
        )
    return found


@cache
def more_providers() -> tuple[Provider, ...]:
    """Further invented companies, one per name pattern and town, for catalogues of many thousand courses."""
    patterns = _read("providers.toml")["more"]["patterns"]
    made = []
    for number, (pattern, (town, (lat, lon))) in enumerate(product(patterns, towns().items())):
        name = pattern.format(town=town)
        short = name.removesuffix(" gGmbH").removesuffix(" GmbH").removesuffix(" e. V.").removesuffix(" UG")
        names = tuple(dict.fromkeys((name, short, short.replace(" ", "-", 1))))
        site = Site(
            short, f"Marktgasse {number % 90 + 1}", f"{45000 + number}", town, ("Raum 1",), lat, lon, 160000 + number
        )
        made.append(Provider(f"more-{number}", names, (f"Kursberatung {town}",), (site,)))
    return tuple(made)


def _value(text: str) -> Value:
    own, *others = text.split("|")
    return Value(own, tuple(others))


def _series(row: dict[str, Any]) -> Series:
    return Series(
        id=row["id"],
        houses=tuple(row["houses"]),
        field=row["field"],
        title=row["title"] + row.get("title_end", ""),
        also=tuple(wording + row.get("title_end", "") for wording in row["also"]),
        vary=tuple((name, tuple(map(_value, values))) for name, values in row["vary"].items()),
        ue=(row["ue"][0], row["ue"][1]),
        price=(row["price"][0], row["price"][1]),
        exam=(row["exam"][0], row["exam"][1]) if "exam" in row else None,
        rhythm=row["rhythm"],
        category=row.get("category", "digitales-und-beruf"),
        vocational=row.get("vocational", True),
        certificate=row.get("certificate"),
        funding=tuple(row.get("funding", ())),
    )


@cache
def inventory() -> tuple[Series, ...]:
    """All series."""
    return tuple(_series(row) for row in _read("courses.toml")["series"])


@cache
def fields() -> dict[str, Field]:
    """The wording per field."""
    return {
        name: Field(tuple(row["intro"]), tuple(row["topics"]), row["audience"], row["requires"])
        for name, row in _read("texts.toml")["field"].items()
    }
