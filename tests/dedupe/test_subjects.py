"""What titles are about, where one word decides."""

import pytest

from dedupe import features
from dedupe.features import batch_of
from dedupe.subjects import read_subject
from tests.dedupe.offers import key


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Englisch für den Urlaub", "Spanisch für den Urlaub"),
        ("Geprüfte/r Industriefachwirt/in", "Handelsfachwirt IHK"),
        ("Meisterschule Tischler Teil I", "Meisterschule Friseur Teil I"),
        ("Java Grundkurs", "JavaScript Grundkurs"),
        ("Brandschutzbeauftragte", "Datenschutzbeauftragte"),
    ],
)
def test_other_subjects_exclude_each_other(left: str, right: str) -> None:
    assert read_subject(left).conflicts(read_subject(right))
    assert read_subject(right).conflicts(read_subject(left))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Englisch A1", "English for beginners"),
        ("Brandschutz- und Evakuierungshelfer", "Brandschutzhelfer"),  # the hyphen stands for the head
        ("Industriemeister Metall", "Indstriemeister Metall"),  # a slip
        ("Handelsfachwirt", "Fachwirt für Handel"),  # no modifier is no contradiction
        ("Schreiner-Maschinenkurs", "Maschinenkurs für Tischler"),
    ],
)
def test_other_words_for_one_subject_do_not(left: str, right: str) -> None:
    assert not read_subject(left).conflicts(read_subject(right))


def test_abbreviations_in_capitals_tell_subjects_apart_general_ones_do_not() -> None:
    def level(left: str, right: str) -> str:
        return features.subject(batch_of([key("a:1", left), key("b:1", right)], [(0, 1)]))[0]

    assert level("Gerätekunde FQ", "Gerätekunde RX") == "codes"
    assert level("Gerätekunde IHK", "Gerätekunde HWK") == "silent"
    assert level("GERÄTEKUNDE FQ", "Gerätekunde RX") == "silent"  # all in capitals says nothing
