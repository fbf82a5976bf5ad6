"""Where a run takes place: venue, room, street, postcode and town from one published string or from several.

A provider's own address is never an input: it is not the venue. What contradicts itself is kept as published, but
gets no coordinates, no municipality and a doubt, so that no map and no filter shows it in the wrong place.
"""

import re
from dataclasses import dataclass, field
from functools import cache

from normalize.memory import remembered
from normalize.model import Place
from normalize.reading import Doubt, Reading
from normalize.text import fold, plain
from normalize.towns import Town, all_towns, coordinates, km_to_region, middle, town_named, town_of_postcode

_YES = frozenset(["1", "true", "ja", "yes", "j", "y", "wahr", "x"])
_NO = frozenset({"0", "false", "nein", "no", "n", "falsch", "vor ort", "praesenz"})

_ONLINE = re.compile(
    r"\b(?:(?:live[- ]?)?online|virtuell\w*|webinar\w*|zoom|live-?stream|internet|e-?learning|"
    r"(?:ms|microsoft)[- ]teams|vhs\.cloud|edudip|bigbluebutton|fernunterricht|fernlehrgang|distance[- ]learning|"
    r"home-?office|von zu ?hause)(?:\b|(?=[a-zäöü]))",
    re.IGNORECASE,
)
# Beside a word for online these add nothing: what is left without them is no venue.
_FILLER_WORDS = (
    "kurs kurse seminar seminare veranstaltung unterricht live raum klassenzimmer klassenraum plattform via per ueber "
    "im in und oder praesenz hybrid vortrag lehrgang schulung training meeting konferenz teil mit das der die am "
    "zu hause angebot format bundesweit deutschlandweit vor ort nach wahl lernplattform einem eigenen pc"
)
_ONLINE_FILLERS = frozenset(_FILLER_WORDS.split())
_UNKNOWN = re.compile(
    r"^(?:[\W_x]*|n\.?\s?n\.?|k\.?\s?a\.?|unbekannt|offen|tba|tbd|verschiedene (?:orte|veranstaltungsorte)|"
    r"diverse(?: orte)?|"
    r"(?:wird |ort wird )?(?:noch )?(?:bekannt ?gegeben|mitgeteilt|festgelegt)|siehe (?:beschreibung|text|kurstext)|"
    r"(?:ort )?(?:auf anfrage|nach (?:vereinbarung|absprache)))$",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"(?<![\w.,/-])(?:DE?\s?[-–]?\s?)?(\d{5})(?![\w-])\s*")
_SEPARATOR = re.compile(r"\s*[,;|•·\n]\s*")
_FLOOR = r"(?:EG|UG|DG|\d+\.\s?(?:OG|UG|Etage|Stock(?:werk)?|Obergeschoss)|Erdgeschoss|Untergeschoss)"
_NUMBERED_ROOM = (
    r"(?:R\.|Rm\.?|Zi\.|(?:[\w-]*[Rr]aum|Zimmer|Saal|Hörsaal|Halle|Labor|Werkstatt|Gebäude|Etage|Ebene|Trakt|Block)\b)"
    r"(?:\s*(?:Nr\.?|:))?\s*[A-Z]{0,3}[\s./-]?\d[\w./-]*"
)
_ROOM = re.compile(
    rf"(?:{_FLOOR}|{_NUMBERED_ROOM}|(?:Raum|Saal|Zimmer|Haus|Gebäude)\s+[A-Z](?:\s?\d+)?|[A-Z]?\d+\.\d+[a-z]?|"
    r"(?:EDV|PC|Computer|Seminar|Schulungs|Konferenz|Gruppen|Gymnastik|Unterrichts|Mehrzweck|Vortrags|Veranstaltungs)-?"
    rf"(?:raum|saal)|Aula|Lehrküche|Küche)(?:[\s/,-]+(?:{_FLOOR}|{_NUMBERED_ROOM}))*",
)
_ROOM_AT_END = re.compile(rf"\s+((?:{_FLOOR}\s+)?(?:{_NUMBERED_ROOM}|{_FLOOR}|(?:Raum|Saal)\s+[A-Z]\s?\d*))$")
_STREET_WORD = (
    r"(?:[sS]tra(?:ß|ss)e|[sS]tr\.|[wW]eg|[pP]latz|[pP]l\.|[aA]llee|[gG]asse|[rR]ing|[wW]all|[dD]amm|[uU]fer|[mM]arkt|[cC]haussee|"
    r"[sS]teig|[pP]fad|[gG]raben|[tT]or|[fF]eld|[kK]amp|[hH]of|[bB]erg|[pP]ark|[bB]rücke|[hH]öhe|[hH]eide|[bB]usch|[wW]iesen?|"
    r"[gG]ärten|[sS]tiege?|[tT]wiete|[kK]ai|[hH]ang|[rR]ott|[bB]ruch|[gG]rund|[hH]ain)"
)
_NUMBER = r"\d{1,4}\s?[a-zA-Z]?(?:\s?[-–/+]\s?\d{1,4}\s?[a-zA-Z]?)*(?:/\d+\.\s?OG)?"
_STREET = re.compile(
    rf"(?:[A-ZÄÖÜ0-9][\w.'’ -]*?{_STREET_WORD}|"
    rf"(?:Am|An|Auf|Im|In|Zum|Zur|Unter|Hinter|Vor|Bei|Beim)\b[\w.'’ -]+?)\s*{_NUMBER}"
)
_STREET_WITHOUT_NUMBER = re.compile(r"[A-ZÄÖÜ][\w.'’ -]*(?:[sS]tra(?:ß|ss)e|[sS]tr\.|[aA]llee)")
_ENDS_IN_NUMBER = re.compile(rf"[\w.'’/ -]*[^\W\d][\w.'’/ -]*\s{_NUMBER}")
_STREET_BEFORE_REST = re.compile(rf"^(Saal|Aula|Raum)\s+(?=[A-ZÄÖÜ][\w.'’ -]*{_STREET_WORD}\s*\d)")

LONGEST_TOWN_NAME = 4  # words: "Mülheim an der Ruhr"


@dataclass
class _Parts:
    """What was found so far; the first value found wins, a different second one is a doubt."""

    venue: str | None = None
    room: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    online: bool = False
    doubts: list[Doubt] = field(default_factory=list)

    def put(self, name: str, value: str | None) -> None:
        value = value.strip(" ,;-–•|()") if value and name != "city" else (value or "").strip(" ,;-–•|")
        if not value:
            return
        held = getattr(self, name)
        if held is None:
            setattr(self, name, value)
        elif fold(held) != fold(value):
            if name in ("venue", "room"):
                setattr(self, name, f"{held}, {value}")
            else:
                self.doubts.append(Doubt(value, f"a second {name} beside {held!r}"))


def read_place(
    venue: str | None,
    room: str | None = None,
    street: str | None = None,
    postcode: str | None = None,
    city: str | None = None,
    online: str | None = None,
) -> Reading[Place]:
    """The place of a run from its published strings; any of them may hold the whole address.

    `online` is the source's own flag. A hybrid run has a town and `online` true. `in_region` is None where the town is
    not known; coordinates are those of the postcode.
    """
    return _read(venue, room, street, postcode, city, online)


def distance_km(place: Place) -> float | None:
    """Kilometres in a straight line from a place to the region: 0 inside, None where we do not know the place."""
    if place.in_region:
        return 0.0
    if place.lat is not None and place.lon is not None:
        return round(km_to_region(place.lat, place.lon), 1)
    if place.city and place.postcode is None and (town := town_named(place.city)):
        return round(km_to_region(*middle(town)), 1)
    return None


def unplaced(place: Place) -> str | None:
    """The text that should say where a run on site is and names no place we know; None if there is none.

    Where a postcode is given, a town cannot help: the two disagree, or there is no such postcode.
    """
    if place.in_region is not None or place.online or place.postcode:
        return None
    return place.city or place.venue


@remembered(8192)
def _read(
    venue: str | None,
    room: str | None,
    street: str | None,
    postcode: str | None,
    city: str | None,
    online: str | None,
) -> Reading[Place]:
    parts = _Parts()
    _take_flag(plain(online), parts)
    _take_postcode(plain(postcode), parts)
    for text, kind in (
        (plain(city), "city"),
        (plain(street), "street"),
        (plain(room), "room"),
        (plain(venue), "venue"),
    ):
        if text and _UNKNOWN.match(text):
            if re.search(r"\w", text):
                parts.doubts.append(Doubt(text, "says that the place is not known"))
        elif text:
            _take_text(text, kind, parts)
    return Reading(_resolve(parts), tuple(parts.doubts))


def _take_flag(text: str | None, parts: _Parts) -> None:
    """The published online flag: a truth value or a word."""
    folded = fold(text) if text else ""
    if not text or folded in _NO:
        return
    if folded in _YES or _ONLINE.search(text) or folded in ("digital", "hybrid"):
        parts.online = True
    else:
        parts.doubts.append(Doubt(text, "not understood as online or not"))


def _take_postcode(text: str | None, parts: _Parts) -> None:
    if not text:
        return
    found = _POSTCODE.match(text)
    if found:
        parts.postcode = found[1]
        parts.put("city", text[found.end() :])
    elif re.fullmatch(r"\d{4}", text) and coordinates(f"0{text}"):
        parts.postcode = f"0{text}"
        parts.doubts.append(Doubt(text, "postcode without its leading zero"))
    else:
        parts.doubts.append(Doubt(text, "not a German postcode"))


def _take_text(text: str, kind: str, parts: _Parts) -> None:
    """One published string: an address in it goes to its fields, the rest to the field it stood in."""
    text = _without_online(text, parts)
    found = _POSTCODE.search(text)
    if found and (coordinates(found[1]) or kind != "venue"):
        before, behind = _segments(text[: found.start()]), _segments(text[found.end() :])
        parts.put("postcode", found[1])
        if behind and not _ROOM.fullmatch(behind[0]):
            parts.put("city", _city_with_suffix(behind))
        if before and _ENDS_IN_NUMBER.fullmatch(before[-1]) and not _ROOM.fullmatch(before[-1]):
            parts.put("street", before.pop())
        segments = before + behind
    elif kind == "city":
        parts.put("city", text)
        return
    else:
        segments = _segments(text)
    for segment in segments:
        _take_segment(segment, kind, parts, alone=len(segments) == 1)


def _city_with_suffix(behind: list[str]) -> str:
    """The town behind a postcode, with a region that tells it from others ("Rosenheim, Oberbayern")."""
    city = re.split(r"\s*[-–]\s+|\s+\(?(?=(?:R\.|Raum|Saal)\s)", behind.pop(0))[0]
    if (
        behind
        and not town_named(city)
        and re.fullmatch(r"[A-ZÄÖÜ][a-zäöüß.-]+", behind[0])
        and not _ROOM.fullmatch(behind[0])
    ):
        return f"{city}, {behind.pop(0)}"
    return city


def _take_segment(segment: str, kind: str, parts: _Parts, *, alone: bool) -> None:
    """A piece between commas: room, street, town or venue."""
    if kind == "room" or _ROOM.fullmatch(segment):
        parts.put("room", segment)
        return
    if inner := _STREET_BEFORE_REST.match(segment):
        parts.put("room", inner[1])
        segment = segment[inner.end() :]
    if kind == "street" or _STREET.fullmatch(segment) or (not alone and _STREET_WITHOUT_NUMBER.fullmatch(segment)):
        if at_end := _ROOM_AT_END.search(segment):
            parts.put("room", at_end[1])
            segment = segment[: at_end.start()]
        parts.put("street" if parts.street is None or kind == "street" else "venue", segment)
        return
    town = town_named(segment) if len(segment) > 3 else None
    if town and parts.city is None:
        parts.put("city", segment)
        return
    if town and fold(segment) == fold(parts.city or ""):
        return
    if at_end := _ROOM_AT_END.search(segment):
        parts.put("room", at_end[1])
        segment = segment[: at_end.start()]
    parts.put("venue", segment)


def _without_online(text: str, parts: _Parts) -> str:
    """The text without pieces that only say that it is online; sets `online`."""
    if not _ONLINE.search(text):
        return text
    parts.online = True
    kept = []
    for segment in re.split(r"\s*[,;|•]\s*|\s+[-–]\s+", text):
        words = set(fold(_ONLINE.sub(" ", segment)).split())
        if not _ONLINE.search(segment) or words - _ONLINE_FILLERS:
            kept.append(segment)
    return ", ".join(kept)


def _segments(text: str) -> list[str]:
    return [segment for segment in _SEPARATOR.split(text.strip(" ,;-–•|")) if segment]


def _resolve(parts: _Parts) -> Place:
    """The municipality, the coordinates and whether it is in the region, if the strings agree."""
    if parts.city is None and parts.venue and not parts.postcode:
        named = _town_in(parts.venue)
        parts.city = named.name if named else None
    by_city = town_named(parts.city) if parts.city else None
    point = coordinates(parts.postcode) if parts.postcode else None
    by_postcode = town_of_postcode(parts.postcode) if parts.postcode else None
    contradiction = _contradiction(parts, by_city, by_postcode, point)
    town = by_postcode or (by_city if not parts.postcode or not point else None)
    if contradiction:
        parts.doubts.append(Doubt(f"{parts.postcode} {parts.city}", contradiction))
        town = point = None
    elif town and parts.city is None and town.in_region:
        parts.city = town.name  # a postcode of the region belongs to one municipality
    in_region = town.in_region if town else (False if point else None)
    return Place(
        venue=parts.venue,
        room=parts.room,
        street=parts.street,
        postcode=parts.postcode,
        city=parts.city,
        municipality_key=town.key if town and (town.in_region or by_city or not parts.city) else None,
        lat=point[0] if point else None,
        lon=point[1] if point else None,
        in_region=in_region,
        online=parts.online,
    )


def _contradiction(
    parts: _Parts, by_city: Town | None, by_postcode: Town | None, point: tuple[float, float] | None
) -> str | None:
    """Why postcode and town cannot both be right; doubts that do not bar the place are recorded on the way."""
    if parts.postcode and point is None:
        parts.doubts.append(Doubt(parts.postcode, "no such postcode in Germany"))
        return None
    if parts.postcode is None:
        if parts.city and by_city is None:
            parts.doubts.append(Doubt(parts.city, "town not known, and no postcode"))
        return None
    if by_city is not by_postcode and by_city is not None:
        return f"the postcode is not one of {by_city.name}"
    if parts.city and by_city is None and by_postcode is not None:
        parts.doubts.append(Doubt(parts.city, f"not a known name of {by_postcode.name}; the postcode was taken"))
    return None


@remembered(4096)
def _town_in(venue: str) -> Town | None:
    """The one town of the region named in a venue ("Volkshochschule Recklinghausen"), or any known town at its end."""
    spoken = fold(venue).split()
    names = _town_words()
    inside: set[Town] = set()
    at_end: set[Town] = set()
    for size in range(1, LONGEST_TOWN_NAME + 1):
        for start in range(len(spoken) - size + 1):
            town = names.get(" ".join(spoken[start : start + size]))
            if town and town.in_region:
                inside.add(town)
            elif town and start + size == len(spoken):
                at_end.add(town)
    found = inside or at_end
    return found.pop() if len(found) == 1 else None


@cache
def _town_words() -> dict[str, Town]:
    """Folded names that may stand in running text; abbreviations such as "GE" may not."""
    return {fold(name): town for town in all_towns() for name in (town.name, *town.spellings) if len(name) > 3}
