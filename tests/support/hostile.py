"""Random and mutated listings: what a broken exporter, a hostile page or a careless editor might publish."""

import random
import re
from collections.abc import Iterator
from typing import Any

from normalize.model import Listing, Offer
from normalize.offer import to_offer
from normalize.text import DESCRIPTION_LIMIT, PLAIN_LIMIT

LONG_TEXT = 4_000
URL_LIMIT = 2_000
# Fields that are raw by contract: they keep what was published, however long.
RAW = frozenset({"ref", "offer_id", "instance_id", "source", "title_raw", "issues", "fetched_at"})
LIMITS = {
    "description": DESCRIPTION_LIMIT,
    "requirements": LONG_TEXT,
    "target_group": LONG_TEXT,
    "certificate": LONG_TEXT,
    "url": URL_LIMIT,
}

PIECES = (
    "<script>alert(1)</script>", "<ScRiPt src=//x.example>", "&lt;script&gt;", "&amp;lt;script&amp;gt;x",
    "<scr<script>ipt>", "<p>a", "<template>", "</div>",
    "<p>", "</p>", "<b", "<!--", "-->", "<a href='javascript:x()'>", "<img src=x onerror=x()>",
    "<svg><script>", "<![CDATA[",
    "javascript:x()", "data:text/html,<script>", "https://example.org/", "&nbsp;", "&#0;", "&#x110000;", "&amp;", "&",
    "\x00", "\x85", "\u202e", "\ud800", "\ufffd", "\ufeff", "Ã¼", "â€œ", "Ã", "🙂", "e\u0301", "ﬁ", "İ", "ẞ",
    "٣", "²", "½",
    "10.03.2026", "31.02.2026", "14.12. bis 22.01.2027", "2026-02-30", "1691964000000", "99999999999999", "KW 54/2026",
    "10 x dienstags ab 10.03.2026", "999 x montags ab 01.01.2026", "laufend", "18:00", "24:00", "99:99", " Uhr",
    "9.15 - 25 Uhr",
    "1.234,00 €", "0.0", "-5 €", "1e309", "9" * 30, "2 Raten à 450,00 €", "erm.", "ab ", "kostenlos", "auf Anfrage",
    "40 UE", "0 Std.", "-3 Tage", "bis zu 3 Monate", "4 von 6", "9 von 3", "ausgebucht", "Warteliste",
    "icon--course-open",
    "Teil I+II", "Teile 0 - 99", "A1.1", "B2/9", "TQ3", "DIN EN ISO 9606-1", "(m/w/d)", "§34a", "VIII", "Modul 4",
    "45657", "00000", "Gladbeck", "Gelsenkirchen (Buer)", "Online", "Raum 3", "Ring 1", "VHS Marl", "GmbH & Co. KG",
    "Bildungsgutschein", "Maßnahmenummer 337/12/2026", "kein", "erna@gmx.de", "info@haus.example",
    " - ", " | ", "\n", "\t", ",",
)  # fmt: skip
TEXT_FIELDS = (
    "url", "provider", "provider_ref", "course_number", "title", "subtitle", "description", "duration", "price",
    "price_note", "format", "schedule", "requirements", "target_group", "certificate", "language", "fetched_at",
)  # fmt: skip
RUN_FIELDS = (
    "ref", "url", "dates", "times", "venue", "room", "street", "postcode", "city", "country", "online", "price",
    "price_note", "duration", "format", "schedule", "availability", "deadline",
)  # fmt: skip
HONEST: dict[str, str] = {
    "url": "https://haus.example/kurse/1", "provider": "DEKRA Akademie GmbH", "title": "Schweißen MAG 135, Teil 1",
    "description": "<p>Sie lernen <b>Schweißen</b>.</p><ul><li>Theorie</li><li>Übungen</li></ul>", "duration": "40 UE",
    "price": "1.234,00 €", "price_note": "zzgl. Prüfungsgebühr 199,00 €", "format": "Präsenz", "schedule": "Vollzeit",
    "dates": "Di., 10.02.2026 - 12.05.2026", "times": "18:00 - 20:15 Uhr", "venue": "Bildungszentrum",
    "street": "Ring 1", "postcode": "45964", "city": "Gladbeck",
    "availability": "4 von 6", "deadline": "01.02.2026", "language": "Deutsch",
    "requirements": "<ul><li>keine</li></ul>", "certificate": "Zeugnis", "fetched_at": "2026-11-22T01:30:00Z",
}  # fmt: skip


def hostile_listings(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """So many listings, the same for the same seed; every hundredth has an enormous field."""
    dice = random.Random(seed)
    for number in range(count):
        listing: dict[str, Any] = {"source": "s", "ref": str(number), **_fields(dice, TEXT_FIELDS)}
        for name in ("categories", "keywords", "funding"):
            listing[name] = [_text(dice, None) or "" for _ in range(dice.choice((0, 0, 1, 3)))]
        if dice.random() < 0.2:
            listing["contact"] = _fields(dice, ("name", "phone", "email"))
        if dice.random() < 0.05:
            listing[dice.choice(("dozent", "extra", "__class__", "offer_id"))] = _text(dice, None)
        listing["instances"] = [_run(dice) for _ in range(dice.choice((0, 1, 1, 2, 3)))]
        if number % 100 == 0:
            listing[dice.choice(TEXT_FIELDS)] = (_text(dice, None) or "<p>x") * dice.choice((500, 5_000))
        yield listing


def _run(dice: random.Random) -> dict[str, Any]:
    run: dict[str, Any] = _fields(dice, RUN_FIELDS)
    if dice.random() < 0.15:
        run["sessions"] = [_fields(dice, ("date", "times", "venue", "room")) for _ in range(dice.randint(1, 4))]
    return run


def _fields(dice: random.Random, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _text(dice, HONEST.get(name)) for name in names if dice.random() < 0.7}


def _text(dice: random.Random, honest: str | None) -> str | None:
    """An honest value as it is or mutated, or pieces thrown together, or noise."""
    fate = dice.random()
    if fate < 0.05:
        return None
    if honest and fate < 0.35:
        return honest
    if honest and fate < 0.65:
        return _mutated(dice, honest)
    if fate < 0.92:
        return dice.choice(("", " ")).join(dice.choices(PIECES, k=dice.randint(1, 6)))
    return "".join(
        chr(dice.choice((dice.randrange(0x250), dice.randrange(0x10FFFF)))) for _ in range(dice.randint(0, 40))
    )


def _mutated(dice: random.Random, text: str) -> str:
    """The text with one to three places cut, doubled, swapped or overwritten."""
    for _ in range(dice.randint(1, 3)):
        at, to = sorted((dice.randint(0, len(text)), dice.randint(0, len(text))))
        middle = dice.choice(("", text[at:to] * 2, text[at:to][::-1], dice.choice(PIECES), text[at:to].upper()))
        text = text[:at] + middle + text[to:]
    return text


def check(row: dict[str, Any]) -> Offer:
    """Read one listing and check what must hold of any offer; raises AssertionError with the listing."""
    offer = to_offer(Listing.model_validate(row), kind="aggregator")
    for path, text in _strings(offer.model_dump(mode="json", exclude=set(RAW))):
        name = path.rsplit(".", 1)[-1]
        assert "<script" not in text.lower(), (path, text, row)
        assert name != "url" or text.lower().startswith(("http://", "https://")), (path, row)
        assert not re.search(r"<[a-z][^<>]*javascript:", text, re.IGNORECASE), (path, text, row)
        assert len(text) <= LIMITS.get(name, PLAIN_LIMIT), (path, len(text), row)
        text.encode()  # a lone surrogate would break every writer
        assert "\x00" not in text, (path, row)
    for run in offer.instances:
        assert run.start is None or run.end is None or run.start <= run.end, row
    carried = offer.model_dump_json(include={"description", "contact", "issues"})
    assert not re.search(r"erna@gmx\.de(?![\w.-])", carried), row  # glued to a word it is another host
    return offer


def _strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each, path)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name not in RAW:
                yield from _strings(each, f"{path}.{name}")
