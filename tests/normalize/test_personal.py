"""Personal data stays out; whom to ask at a house stays in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.links import read_url
from normalize.model import Listing, ListingContact
from normalize.offer import to_offer
from normalize.personal import masked, names_a_teacher, read_contact, without_private_addresses


@pytest.mark.parametrize(
    "address",
    ["erna.beispiel@gmx.de", "Erna@WEB.de", "e.b+kurse@gmail.com", "erna@t-online.de", "erna (at) freenet.de"],
)
def test_a_private_address_is_left_out_and_not_repeated(address: str) -> None:
    reading = read_contact(ListingContact(name="Kursbüro", phone="0209 1234", email=address))
    assert reading.value is not None
    assert (reading.value.name, reading.value.phone, reading.value.email) == ("Kursbüro", "0209 1234", None)
    (doubt,) = reading.doubts
    assert "erna" not in doubt.raw.lower()
    assert "e.b" not in doubt.raw
    assert "private" in doubt.reason


@pytest.mark.parametrize(
    "address", ["info@bildungshaus.de", "kurse@vhs-gmx-stadt.de", "info@web.design-schule.de", "anna@gmx.schule.de"]
)
def test_the_address_of_a_house_is_kept(address: str) -> None:
    reading = read_contact(ListingContact(email=address))
    assert reading.value is not None
    assert (reading.value.email, reading.doubts) == (address, ())


def test_nothing_left_is_no_contact() -> None:
    assert read_contact(ListingContact(email="erna@gmx.de")).value is None
    assert read_contact(None).value is None


def test_texts_name_no_private_address() -> None:
    html = '<p>Fragen: <a href="mailto:erna@gmx.de" rel="nofollow">erna@gmx.de</a> oder info@haus.de</p>'
    assert without_private_addresses(html) == "<p>Fragen: …@gmx.de oder info@haus.de</p>"


def test_no_offer_carries_a_private_address_or_a_teachers_name() -> None:
    listing = Listing.model_validate(
        {
            "source": "s",
            "ref": "1",
            "title": "Excel",
            "description": "<p>Anmeldung: erna@gmx.de, oder bei SchweiÃŸer</p>",
            "contact": {"name": "Büro", "email": "erna@gmx.de"},
            "dozentin": "Erna Beispiel",
            "instances": [{"dates": "Anmeldung bei erna@gmx.de"}],
        }
    )
    shown = to_offer(listing, kind="provider").model_dump_json().lower()
    assert "erna" not in shown
    assert "…@gmx.de" in shown


@pytest.mark.parametrize("key", ["dozent", "Kursleitung", "leitung", "trainer_name", "instructor"])
def test_keys_that_name_a_teacher(key: str) -> None:
    assert names_a_teacher(key)
    assert not names_a_teacher("preis")
    assert not names_a_teacher("leitungsebene")


@pytest.mark.parametrize("url", ["https://example.org/kurs?id=1#x", "http://hbz.localhost/de/a%20b", "HTTPS://a.de"])
def test_addresses_of_pages(url: str) -> None:
    assert read_url(url).value == url


def test_unescaped_spaces_in_an_address_are_escaped() -> None:
    published = "https://vhs.example/kurs/26B-4901/kursname/Berufssprachkurs B2/kategorie-id/26"
    reading = read_url(published)
    assert reading.value == "https://vhs.example/kurs/26B-4901/kursname/Berufssprachkurs%20B2/kategorie-id/26"
    assert reading.doubts == ()


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "www.example.org", "/kurs/1", "https://a.de/<script>", 'https://a.de/"x', "https:///"],
)
def test_no_addresses_of_pages(url: str) -> None:
    assert read_url(url).value is None
    assert [doubt.raw for doubt in read_url(url).doubts] == [url]


@given(
    st.text(max_size=60) | st.sampled_from(["a@gmx.de a@gmx.de", "<a href='mailto:a@web.de'>", "@gmx.de", "a@@web.de"])
)
def test_masking_is_stable(text: str) -> None:
    assert masked(masked(text)) == masked(text)
    assert without_private_addresses(without_private_addresses(text)) == without_private_addresses(text)
