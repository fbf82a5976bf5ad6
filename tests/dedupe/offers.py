"""A factory of invented offers for the tests of this room."""

from random import Random
from typing import Any

from dedupe.keys import Key, read_key
from normalize.model import Duration, Instance, Offer, Place, Price, Provider

WORDS = ("Hydraulik", "Pneumatik", "Statik", "Schweißen", "MAG", "Grundkurs", "Aufbaukurs", "A1", "B1")
HOUSES = ("Lernhaus Ruhr gGmbH", "Lernhaus Ruhr", "Nordkamp Akademie", "VHS Herten", None)
RUNS = ("2027-01-11", "2027-03-08", "2027-06-14")


def offer(
    offer_id: str, title: str = "Excel Pivot", provider: str | None = "Lernhaus Ruhr gGmbH", **more: Any
) -> Offer:
    """An offer `source:ref`; `starts`, `town`, `price` and `units` are short for runs, their place and so on."""
    source, _, ref = offer_id.partition(":")
    starts = more.pop("starts", ())
    place = Place(city=more.pop("town", None))
    price, units = more.pop("price", None), more.pop("units", None)
    fields: dict[str, Any] = {
        "offer_id": offer_id,
        "source": source,
        "source_kind": more.pop("kind", "provider"),
        "ref": ref,
        "title": title,
        "provider": Provider(key=provider.casefold().replace(" ", "-"), name=provider) if provider else None,
        "price": Price(kind="fixed", amount=price) if price else Price(),
        "duration": Duration(teaching_units=units),
        "instances": tuple(
            Instance(instance_id=f"{offer_id}#{start}", start=start, precision="day", place=place) for start in starts
        ),
        "match_hash": f"hash of {title}",
    }
    return Offer(**(fields | more))


def key(offer_id: str, *args: Any, **more: Any) -> Key:
    """The match key of such an offer, first seen on the first night."""
    return read_key(offer(offer_id, *args, **more), "20261101T000000Z")


def random_offer(offer_id: str, seed: int) -> Offer:
    """An offer of few words, houses and days, so that many are alike."""
    dice = Random(seed)
    return offer(
        offer_id,
        " ".join(dice.sample(WORDS, dice.randint(1, 3))),
        dice.choice(HOUSES),
        starts=dice.sample(RUNS, dice.randint(0, 2)),
        town=dice.choice(("Marl", "Herten", None)),
        price=dice.choice(("90.00", "95.00", None)),
        units=dice.choice((8.0, 40.0, None)),
        course_number=dice.choice(("K 2027-118", "77", None)),
        kind="aggregator" if offer_id.startswith("agency") else "provider",
    )
