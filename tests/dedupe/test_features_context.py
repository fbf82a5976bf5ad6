"""Levels read together, and what only a person may merge."""

import numpy as np
import pytest

from dedupe import features
from dedupe.explaining import explain
from dedupe.features import FEATURES, batch_of, in_context, level_texts, measure
from dedupe.keys import Key
from dedupe.providers import LOCAL, UNCLEAR, VARIANT, compare_names, read_name
from dedupe.scoring import load_model, score
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


def test_titles_with_little_in_common_are_never_merged_unasked_and_the_score_still_adds_up() -> None:
    same = {"starts": RUN, "town": "Marl", "price": "690.00", "units": 40, "format": "onsite"}
    left, right = key("a:1", "Hydraulik Pumpen", **same), key("b:1", "Kostenrechnung Grundlage", **same)
    model = load_model()
    certain = np.zeros((1, len(FEATURES)), np.int8)  # every feature at its best ...
    certain[0, FEATURES.index(features.title)] = list(level_texts(features.title)).index("little")  # ... but the title
    certain[0, FEATURES.index(features.number)] = list(level_texts(features.number)).index("missing")
    assert model.band(score(certain, model)[0]) == "review"
    reasons = explain(left, right, certain[0], model)
    assert score(certain, model)[0] == pytest.approx(model.bias + sum(reason.weight for reason in reasons))
    assert "caution" in {reason.name for reason in reasons}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Buchhaltung 1", "Buchhaltung Teil 2"),
        ("Schweißen nach DIN EN ISO 9606-1", "Schweißen nach ISO 9606 Teil 2"),
        ("Meisterschule Teil III Vollzeit", "Meisterschule Teil III Teilzeit"),
    ],
)
def test_another_place_in_a_series_and_another_edition_contradict(left: str, right: str) -> None:
    assert contradictions(key("a:1", left).kind, key("b:1", right).kind)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Buchhaltung 2", "Buchhaltung II"),
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
    ],
)
def test_trades_and_kinds_are_told_from_names(left: str, right: str, expected: str) -> None:
    found = compare_names(read_name(left), read_name(right))
    assert found == expected or (expected == VARIANT and found == "same")
