"""Places: addresses out of one string or several, the region, distances, contradictions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.model import Place
from normalize.places import distance_km, read_place
from normalize.towns import coordinates, region, town_named, town_of_postcode

# Official municipality keys (Gemeindeverzeichnis NRW) and delivery areas.
REGION = {
    "05512000": ("Bottrop", "46236 46238 46240 46242 46244"),
    "05513000": ("Gelsenkirchen", "45879 45881 45883 45884 45886 45888 45889 45891 45892 45894 45896 45897 45899"),
    "05562004": ("Castrop-Rauxel", "44575 44577 44579 44581"),
    "05562008": ("Datteln", "45711"),
    "05562012": ("Dorsten", "46282 46284 46286"),
    "05562014": ("Gladbeck", "45964 45966 45968"),
    "05562016": ("Haltern am See", "45721"),
    "05562020": ("Herten", "45699 45701"),
    "05562024": ("Marl", "45768 45770 45772"),
    "05562028": ("Oer-Erkenschwick", "45739"),
    "05562032": ("Recklinghausen", "45657 45659 45661 45663 45665"),
    "05562036": ("Waltrop", "45731"),
}


def place(**fields: str) -> Place:
    order = ("venue", "room", "street", "postcode", "city", "online")
    return read_place(*(fields.get(name) for name in order)).value


@pytest.mark.parametrize("key", REGION)
def test_every_postcode_of_the_region(key: str) -> None:
    name, postcodes = REGION[key]
    for postcode in postcodes.split():
        found = place(postcode=postcode, city=name)
        assert (found.municipality_key, found.in_region, distance_km(found)) == (key, True, 0.0)
        assert found.lat is not None
        assert 51.4 < found.lat < 51.9
        assert place(postcode=postcode).city == name
    assert place(city=name).municipality_key == key


def test_the_region_has_twelve_towns_and_no_shared_postcode() -> None:
    codes = [low for town in region() for low, _ in town.ranges]
    assert len(region()) == 12
    assert len(codes) == len(set(codes)) == 42
    assert all(coordinates(code) for code in codes)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("GE-Buer", "Gelsenkirchen"),
        ("Gelsenkirchen (Buer)", "Gelsenkirchen"),
        ("Gelsenkirchen-Ückendorf", "Gelsenkirchen"),
        ("Buer", "Gelsenkirchen"),
        ("Horst", "Gelsenkirchen"),
        ("Hüls", "Marl"),
        ("Kirchhellen", "Bottrop"),
        ("Westerholt", "Herten"),
        ("Haltern", "Haltern am See"),
        ("CASTROP RAUXEL", "Castrop-Rauxel"),
        ("Castrop-Rauxel-Schwerin", "Castrop-Rauxel"),
        ("Stadt Herten", "Herten"),
        ("Recklinghausen, Westf.", "Recklinghausen"),
        ("Muelheim an der Ruhr", "Mülheim an der Ruhr"),
    ],
)
def test_spellings_and_districts(spelling: str, name: str) -> None:
    town = town_named(spelling)
    assert town is not None
    assert town.name == name


@pytest.mark.parametrize("name", ["Hamm", "Schwerin"])
def test_a_district_named_as_a_town_elsewhere_is_that_town(name: str) -> None:
    town = town_named(name)
    assert town is not None
    assert not town.in_region


@pytest.mark.parametrize("name", ["Essen (Oldenburg)", "Neustadt", "Musterstadt", ""])
def test_unknown_towns(name: str) -> None:
    assert town_named(name) is None


def test_an_address_in_one_string() -> None:
    found = place(venue="HBZ Münster, Echelmeyerstraße 1-2, 48163 Münster")
    assert (found.venue, found.street, found.postcode, found.city) == (
        "HBZ Münster",
        "Echelmeyerstraße 1-2",
        "48163",
        "Münster",
    )
    assert found.in_region is False
    assert place(city="45770 Marl") == place(postcode="45770", city="Marl")
    assert place(street="Musterstr. 5, 45659 Recklinghausen").street == "Musterstr. 5"
    assert place(postcode="D-45770", city="Marl").municipality_key == "05562024"


@pytest.mark.parametrize(
    ("venue", "expected"),
    [
        ("Willy-Brandt-Haus R. 0.15", ("Willy-Brandt-Haus", "R. 0.15", None, None)),
        ("Bürgerhaus Süd; Raum 1", ("Bürgerhaus Süd", "Raum 1", None, None)),
        ("Kurfürstenwall 5a, Raum B 04", (None, "Raum B 04", "Kurfürstenwall 5a", None)),
        ("Hallenbad, Herner Straße", ("Hallenbad", None, "Herner Straße", None)),
        ("Südbad, Pappelallee 58", ("Südbad", None, "Pappelallee 58", None)),
        ("VHS Recklinghausen; Raum 201", ("VHS Recklinghausen", "Raum 201", None, "Recklinghausen")),
        ("die insel, EG, Raum S2", ("die insel", "EG, Raum S2", None, None)),
        ("Gymnastikraum der Anne-Frank-Schule", ("Gymnastikraum der Anne-Frank-Schule", None, None, None)),
        ("Ecke Herzogswall/ Westerholter Weg", ("Ecke Herzogswall/ Westerholter Weg", None, None, None)),
        ("Haus an der Schleuse", ("Haus an der Schleuse", None, None, None)),
        ("Marl", (None, None, None, "Marl")),
    ],
)  # fmt: skip
def test_venue_room_street_and_town(venue: str, expected: tuple[str | None, ...]) -> None:
    found = place(venue=venue)
    assert (found.venue, found.room, found.street, found.city) == expected


def test_a_region_behind_the_town_stays_readable() -> None:
    assert place(postcode="08523", city="Plauen, Vogtland").city == "Plauen, Vogtland"
    assert place(venue="Schule, Happinger Str. 98, 83026 Rosenheim, Oberbayern").city == "Rosenheim, Oberbayern"


def test_online_and_hybrid() -> None:
    assert place(venue="Online") == Place(online=True)
    assert place(online="true") == Place(online=True)
    hybrid = place(venue="Online & Präsenz, 2. OG", city="Marl")
    assert (hybrid.online, hybrid.room, hybrid.in_region) == (True, "2. OG", True)
    assert not place(online="nein", city="Marl").online


def test_contradictions_are_kept_and_doubted_but_not_mapped() -> None:
    for postcode, city in (("45770", "Berlin"), ("44787", "Marl"), ("45770", "Herten")):
        reading = read_place(None, None, None, postcode, city, None)
        assert (reading.value.postcode, reading.value.city) == (postcode, city)
        assert reading.value.municipality_key is None
        assert reading.value.lat is None
        assert reading.value.in_region is None
        assert len(reading.doubts) == 1


def test_what_is_not_a_postcode_is_doubted() -> None:
    for postcode in ("99999", "4577", "Marl", "457700"):
        reading = read_place(None, None, None, postcode, None, None)
        assert reading.doubts
        assert reading.value.in_region is None
    lost_zero = read_place(None, None, None, "1067", "Dresden", None)
    assert lost_zero.value.postcode == "01067"
    assert lost_zero.doubts


def test_an_unknown_town_without_postcode_is_doubted() -> None:
    reading = read_place(None, None, None, None, "Musterstadt", None)
    assert reading.value.in_region is None
    assert distance_km(reading.value) is None
    assert reading.doubts


@pytest.mark.parametrize(
    ("city", "postcode", "low", "high"),
    [
        ("Duisburg", "47051", 10, 20),
        ("Duisburg", None, 8, 20),
        ("Essen", "45127", 3, 10),
        ("Münster", "48143", 30, 45),
        ("Köln", "50667", 50, 75),
        ("Berlin", None, 380, 460),
    ],
)
def test_distance_to_the_region(city: str, postcode: str | None, low: float, high: float) -> None:
    distance = distance_km(read_place(None, None, None, postcode, city, None).value)
    assert distance is not None
    assert low < distance < high


def test_nothing_published_is_no_place() -> None:
    assert read_place(None, None, None, None, None, None).value == Place()
    placeholder = read_place("wird noch bekannt gegeben", None, None, None, None, None)
    assert placeholder.value.venue is None
    assert placeholder.doubts


def test_every_town_of_the_tables_has_postcodes_that_lead_back_to_it() -> None:
    assert town_of_postcode("45127") is town_named("Essen")
    assert town_of_postcode("46359") is town_named("Heiden")


_TEXT = (
    st.none()
    | st.text(max_size=60)
    | st.sampled_from(["45770 Marl", "Online", "Raum 3", "Marl", "45770", "Am Markt 1"])
)


@given(_TEXT, _TEXT, _TEXT, _TEXT, _TEXT, _TEXT)
def test_any_strings_are_read(
    venue: str | None, room: str | None, street: str | None, postcode: str | None, city: str | None, online: str | None
) -> None:
    found = read_place(venue, room, street, postcode, city, online).value
    assert (found.lat is None) == (found.lon is None)
    if found.municipality_key in REGION:
        assert found.in_region
    distance = distance_km(found)
    assert distance is None or distance >= 0
