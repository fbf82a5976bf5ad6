"""Levels read together."""

import pytest

from dedupe.features import FEATURES, batch_of, in_context, level_texts, measure
from dedupe.keys import Key
from dedupe.providers import LOCAL, PART, UNCLEAR, VARIANT, compare_names, read_name
from dedupe.vetoes import contradictions
from tests.dedupe.offers import key

RUN = ("2027-01-11",)


def levels_of(left: Key, right: Key) -> dict[str, str]:
    row = in_context(measure(batch_of([left, right], [(0, 1)])))[0]
    return {
        feature.__name__: list(level_texts(feature))[place]
        for feature, place in zip(FEATURES, row.tolist(), strict=True)
    }


def test_a_shared_start_under_other_words_is_chance() -> None:
    one = key("a:1", "Hydraulik für Betriebe", starts=RUN)
    assert levels_of(one, key("b:1", "Töpfern", starts=RUN))["dates"] == "chance"
    assert levels_of(one, key("b:1", "Hydraulik für Betriebe", starts=RUN))["dates"] == "shared"


def test_what_one_title_leaves_out_is_no_difference_at_the_same_start() -> None:
    left, right = key("a:1", "Hydraulik Grundkurs", starts=RUN), key("b:1", "Hydraulik", starts=RUN)
    assert levels_of(left, right)["detail"] == "left_out"
    assert levels_of(left, key("b:1", "Hydraulik", starts=("2027-06-01",)))["detail"] == "stage"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Buchhaltung 1", "Buchhaltung Teil 2"),
        ("Schweißen nach DIN EN ISO 9606-1", "Schweißen nach ISO 9606 Teil 2"),
        ("Meisterschule Teil III Vollzeit", "Meisterschule Teil III Teilzeit"),
        ("Wertermittlung Modul A", "Wertermittlung Modul B"),
        ("MAG-Schweißen M1", "MAG-Schweißen Stufe M2"),
        ("Excel Grundlagen als Online-Seminar", "Excel Aufbau online"),
    ],
)
def test_another_place_in_a_series_and_another_edition_contradict(left: str, right: str) -> None:
    assert contradictions(key("a:1", left).kind, key("b:1", right).kind)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Buchhaltung 2", "Buchhaltung II"),
        ("Elektrodenschweißen Modul E3", "E-Handschweißen E3"),
        ("Meisterprüfung III/IV", "Meisterkurs Teile III und IV"),
        ("Prüfung elektrischer Anlagen DGUV V3", "Prüfung elektrischer Anlagen DGUV Vorschrift 3"),
        ("Betreuungskraft § 43b SGB XI", "Betreuungskraft § 43 b"),
        ("Meisterschule Friseure Teil IV in Teilzeit", "Teil IV der Meisterprüfung in Teilzeit"),
        ("Deutsch am Abend", "Deutsch berufsbegleitend"),  # an evening course is part time
    ],
)
def test_other_spellings_of_the_same_place_do_not(left: str, right: str) -> None:
    assert contradictions(key("a:1", left).kind, key("b:1", right).kind) == ()


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Pflegeschule Morgentau gGmbH", "Morgentau - Schule für Pflegeberufe", VARIANT),
        ("Bildungszentrum Schacht Neun", "Schacht 9 Bildungszentrum", VARIANT),
        ("Kreisvolkshochschule Wesel", "VHS Wesel", VARIANT),
        ("Logistikschule Adebar", "Adebar Pflegeschule", VARIANT),  # one name, one kind of house
        ("Logistik Adebar", "Pflege Adebar", UNCLEAR),
        ("VHS Marl", "VHS Dorsten", LOCAL),
        ("VHS Gladbeck", "VHS Glabeck", VARIANT),  # a slip in the town
        ("Elektro-Bildungswerk Adebar e. V.", "EBW Adebar", VARIANT),
        ("BZA Bildungszentrum Adebar", "Bildungszentrum Adebar", VARIANT),
        ("Lernstudio Adebar", "Studio Adebar", VARIANT),
        ("Adebar Kranschule", "Adebar Kran- und Staplerschule", PART),
        ("Handwerkskammer Adebarland", "HWK Adebarland", VARIANT),  # a name that no other chamber has
    ],
)
def test_trades_and_kinds_are_told_from_names(left: str, right: str, expected: str) -> None:
    found = compare_names(read_name(left), read_name(right))
    assert found == expected or (expected == VARIANT and found == "same")
