"""WooCommerce: the parts of a sum, states from the variations alone, and attributes that are no JSON."""

import html as markup
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import html

from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.platforms import platform, woocommerce
from spiders.source import bare_source

SHOP = "https://www.bz-x.example"
PRODUCT = f"{SHOP}/event/kurs/"


def read(body: bytes, url: str = PRODUCT, **page: Any) -> list[Any]:
    return list(platform("woocommerce").read(Page(url, body, **page), bare_source("woocommerce")))


def form(variations: str) -> bytes:
    attribute = markup.escape(variations, quote=True)
    return html(
        "<h1 class='product_title'>Kurs</h1><form class='variations_form' data-product_id='7' "
        f"data-product_variations='{attribute}'></form><footer><p class='stock'>Ausgebucht</p></footer>"
    )


def product(*variations: dict[str, Any]) -> dict[str, Any]:
    (found,) = [item for item in read(form(json.dumps(variations))) if isinstance(item, dict)]
    return found


def prices(run: dict[str, Any]) -> tuple[str | None, str | None]:
    return run.get("price"), run.get("price_note")


@pytest.mark.parametrize(
    "parts",
    [
        [{"label": "Prüfungsgebühr", "price": "100,00 €"}, {"label": "Kurskosten", "price": "900,00 €"}],
        [{"id": 3, "name": "Prüfungsgebühr", "value": "100,00 €"}, {"name": "Kurskosten", "value": "900,00 €"}],
        [["Prüfungsgebühr", "100,00 €"], ["Kurskosten", "900,00 €"]],
        {"Prüfungsgebühr": "100,00 €", "Kurskosten": "<span>900,00 €</span>"},
        "<ul><li>Prüfungsgebühr: 100,00 €</li><li>Kurskosten: 900,00 €</li></ul>",
    ],
)
def test_the_price_is_the_fee_of_the_course_and_not_the_sum(parts: Any) -> None:
    (run,) = product({"variation_id": 1, "display_price": 1000, "bue_additional_prices": parts})["instances"]
    assert prices(run) == ("900,00 €", "Prüfungsgebühr: 100,00 €")


def test_bare_amounts_stay_bare_and_get_their_currency_beside_a_label() -> None:
    parts = [{"label": "Kurskosten", "price": 900}, {"label": "Lernmittel 2027", "price": 12.5}]
    (run,) = product({"variation_id": 1, "display_price": 912.5, "bue_additional_prices": parts})["instances"]
    assert prices(run) == ("900", "Lernmittel 2027: 12.5 EUR")


def test_without_parts_the_sum_is_the_price_and_without_a_course_part_it_is_none() -> None:
    (run,) = product({"variation_id": 1, "display_price": 900.5})["instances"]
    assert prices(run) == ("900.5", None)
    parts = [{"label": "Prüfungsgebühr", "price": "100,00 €"}]
    (run,) = product({"variation_id": 1, "display_price": 1000, "bue_additional_prices": parts})["instances"]
    assert prices(run) == (None, "Prüfungsgebühr: 100,00 €; Gesamt: 1000 EUR")


@pytest.mark.parametrize(
    ("term", "fields"),
    [
        ("18.01.2027 - 08.07.2028 (Bildungszentrum)", ("18.01.2027 - 08.07.2028", "Bildungszentrum", None)),
        ("18.01.2027 - 08.07.2028 (Teilzeit)", ("18.01.2027 - 08.07.2028", None, "Teilzeit")),
        ("März 2027", ("März 2027", None, None)),
        ("Termin auf Anfrage", ("Termin auf Anfrage", None, None)),
        ("Kurs 25, ab Herbst", ("Kurs 25, ab Herbst", None, None)),
    ],
)
def test_the_bracket_behind_the_dates_is_the_house(term: str, fields: tuple[str | None, ...]) -> None:
    (run,) = product({"variation_id": 1, "attributes": {"attribute_termin": term}})["instances"]
    assert (run.get("dates"), run.get("venue"), run.get("schedule")) == fields


def test_no_state_is_read_from_outside_of_the_variations() -> None:
    (run,) = product({"variation_id": 1, "attributes": {"attribute_termin": "01.03.2027"}})["instances"]
    assert run.get("availability") is None


@pytest.mark.parametrize("variations", ["false", "[{", "", "{}", '"x"', "[" * 50_000, "NaN", "[1, null]"])
def test_variations_that_are_none_are_noted_and_the_product_is_kept(variations: str) -> None:
    found = read(form(variations))
    assert [note.kind for note in found if isinstance(note, Note)] == ["variations"]
    (listing,) = [item for item in found if isinstance(item, dict)]
    assert (listing["ref"], listing["title"], listing["instances"]) == ("7", "Kurs", [])


def test_the_number_stands_in_many_places_and_the_address_is_the_last_resort() -> None:
    title = "<h1 class='product_title'>K</h1>"
    for body in (
        html(title).replace(b"<body>", b"<body class='single postid-55'>"),
        html(title).replace(b"</head>", b"<link rel='shortlink' href='/?p=55'></head>"),
        html(f"{title}<form class='cart'><button name='add-to-cart' value='55'></button></form>"),
    ):
        assert [item["ref"] for item in read(body) if isinstance(item, dict)] == ["55"]
    note, listing = read(html(title))
    assert (note.kind, listing["ref"]) == ("weak_ref", "kurs")


def archive(*names: str, following: str = "") -> bytes:
    items = "".join(
        f"<li class='product post-{name}'><a href='/event/{name}/'><h2>{name}</h2></a></li>" for name in names
    )
    return html(f"<div class='woocommerce'><ul>{items}</ul>{following}</div>")


NEXT = "<a class='next page-numbers' href='/kurse/page/2/'>weiter</a>"


def test_an_archive_leads_to_products_and_to_the_next_page() -> None:
    first, second, following = read(archive("1", "2", following=NEXT), f"{SHOP}/kurse/", kind="list")
    assert [(each.url, each.ref, each.kind) for each in (first, second)] == [
        (f"{SHOP}/event/1/", "1", "detail"),
        (f"{SHOP}/event/2/", "2", "detail"),
    ]
    assert following.url == f"{SHOP}/kurse/page/2/"
    again = read(archive("1", "2", following=NEXT), following.url, kind="list", context=following.context)
    assert [(note.kind, note.spoils) for note in again] == [("loop", True)]


def test_an_archive_of_nothing_is_told_from_a_foreign_page() -> None:
    (note,) = read(html("<p class='woocommerce-info'>Keine Kurse</p>"), f"{SHOP}/kurse/", kind="list")
    assert (note.kind, note.spoils) == ("empty_list", False)
    for kind in ("list", "detail", None):
        with pytest.raises(UnreadableError):
            read(html("<h1>Wartung</h1>"), kind=kind)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["Kurskosten", "1,00 €", "<b", "x" * 999]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["attributes", "attribute_termin", "bue_additional_prices", "variation_id", "label", "price"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(st.lists(JSON, max_size=3))
def test_hostile_variations_give_a_listing(variations: list[Any]) -> None:
    for found in read(form(json.dumps(variations))):
        assert isinstance(found, dict | Follow | Total | Note)


def fragment(captures: Path, name: str) -> list[dict[str, Any]]:
    (file,) = (captures / "hwk-html-fragments").glob(f"nrw_scrapers__{name}_1.html")
    found = list(woocommerce.read(Page(PRODUCT, path=file), bare_source("woocommerce")))
    (listing,) = [item for item in found if isinstance(item, dict)]
    return [{name: value for name, value in run.items() if value} for run in listing["instances"]]


def test_dortmund_states_belong_to_their_variation(captures: Path) -> None:
    assert fragment(captures, "dortmund_page_availability_ignores_footer_boilerplate") == [
        {"dates": "20.07.2026 - 15.09.2026", "venue": "Bildungszentrum", "availability": "1 Platz verfügbar"},
        {
            "dates": "14.09.2026 - 10.11.2026",
            "venue": "Bildungszentrum",
            "availability": "Ausgebucht. Auf Warteliste setzen.",
        },
    ]
    assert fragment(captures, "dortmund_availability_from_variations_matches_selected_termin") == [
        {"dates": "18.01.2027 - 08.07.2028", "venue": "Bildungszentrum", "availability": "22 Plätze verfügbar"}
    ]
