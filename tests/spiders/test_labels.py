"""The lexicon: which words are labels, and of what."""

import pytest

from spiders.labelled.labels import FEE_NOTE, IGNORED, Lexicon, label_key, lexicon, states


@pytest.mark.parametrize(
    ("label", "path"),
    [
        ("Kurs-Nr.:", "course_number"),
        ("Lehrgangs­nummer", "course_number"),  # with a soft hyphen
        ("Ihr Beitrag", "price"),
        ("Deine Investition", "price"),
        ("KURSGEBÜHR (inkl. MwSt.)", "price"),
        ("Preis in Euro", "price"),
        ("Teilnahmegebuehr", "price"),
        ("Prüfungsgebühr", FEE_NOTE),
        ("Mitglieder", FEE_NOTE),
        ("Nichtmitglieder", "price"),
        ("Umschulungsdauer", "duration"),  # a compound that is written out nowhere
        ("Unterrichtsstunden", "duration"),
        ("Unterrichtszeit", "schedule"),  # written out: no compound of "zeit"
        ("Termine 2027", "instances.dates"),
        ("1. Termin", "instances.dates"),
        ("Wann?", "instances.dates"),
        ("Wo?", "instances.venue"),
        ("Lehrgangsbeginn", "instances.start"),
        ("Anmeldung bis", "instances.deadline"),
        ("Ansprechpartner/in", "contact.name"),
        ("Das bringen Sie mit", "requirements"),
    ],
)
def test_a_label_states_its_field_however_it_is_spelt(label: str, path: str) -> None:
    assert lexicon().path(label) == path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Willkommen",
        "Kosten, die sich lohnen, und das auf viele Jahre hinaus für Sie und Ihren Betrieb",  # a sentence
        "Preis: 20 €",  # a label with its value
        "Kurs-Nr. 4711",
        "Gebühr 300 €",
    ],
)
def test_what_is_more_or_less_than_a_label_is_none(text: str) -> None:
    assert states(text) is None


@pytest.mark.parametrize("label", ["Teilnehmerzahl", "Öffnungszeiten:", "Dozent", "Kundennummer"])
def test_labels_of_no_field_are_known_but_have_no_path(label: str) -> None:
    assert states(label) == IGNORED
    assert lexicon().path(label) is None


def test_ordinary_words_are_weak_labels() -> None:
    assert lexicon().is_weak("Kontakt")
    assert lexicon().is_weak("Prüfung:")
    assert not lexicon().is_weak("Kursgebühr")


def test_every_weak_label_is_a_label() -> None:
    assert [label for label in lexicon().weak if label not in lexicon().known] == []


def test_a_key_has_neither_case_nor_umlauts_nor_signs() -> None:
    assert label_key("  Lehrgangs-Gebühr: ") == "lehrgangsgebuehr"


def test_brackets_are_left_out_only_if_the_whole_is_no_label() -> None:
    words = Lexicon({"preis": "price", "preisnetto": FEE_NOTE}, frozenset())
    assert words.path("Preis (netto)") == FEE_NOTE
    assert words.path("Preis (brutto)") == "price"
