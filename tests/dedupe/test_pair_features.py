"""What speaks for and against a pair, seen on pairs as sources publish them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dedupe import features
from dedupe.acronyms import spelled_out
from dedupe.explaining import explain
from dedupe.features import FEATURES, Feature, batch_of, level_texts, measure
from dedupe.keys import Key, title_words
from dedupe.lexicon import phrases_in
from dedupe.providers import DIFFERENT, LOCAL, SAME, SITE, UNCLEAR, VARIANT, compare_names, read_name
from dedupe.scoring import ModelError, load_model, logit, probability, score
from dedupe.titles import Title, likeness
from dedupe.training import fit
from dedupe.vetoes import contradictions
from tests.dedupe.offers import key


def level(feature: Feature, left: Key, right: Key) -> str:
    return feature(batch_of([left, right], [(0, 1)]))[0]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("DEKRA Akademie GmbH", "DEKRA Akademie", SAME),
        ("VHS Gladbeck", "Volkshochschule der Stadt Gladbeck", SAME),
        ("Akademie Nordkamp GmbH", "Nordkamp-Akademie", SAME),
        ("Nordkamp Akademie", "Nordkmap Akademie", VARIANT),  # a slip of the pen
        ("IHK Bochum", "IHK Akademie Bochum", VARIANT),
        ("DEKRA Akademie Gelsenkirchen", "DEKRA Akademie Bochum", SITE),
        ("DEKRA Akademie", "DEKRA Akademie Gelsenkirchen", VARIANT),
        ("Nordkamp Akademie", "Institut Nordkamp", UNCLEAR),  # may be two houses
        ("VHS", "VHS Gladbeck", UNCLEAR),
        ("VHS Gladbeck", "VHS Gelsenkirchen", LOCAL),  # every town has its own
        ("Nordkamp Akademie", "Suedkamp Akademie", DIFFERENT),
        ("Lernwerk 12 GmbH", "Lernwerk 13 GmbH", DIFFERENT),  # a number is no slip
    ],
)
def test_providers_are_compared_by_what_their_names_are_made_of(left: str, right: str, expected: str) -> None:
    assert compare_names(read_name(left), read_name(right)) == expected
    assert compare_names(read_name(right), read_name(left)) == expected


def test_a_joint_offer_is_known_by_the_partner_it_names() -> None:
    own = key("bz:1", provider="Bildungszentrum Fabelhaft e. V.")
    told = "<p>Wir lernen.</p><p>Eine Kooperation mit Bildungszentrum Fabelhaft.</p>"
    other = key("vhs:1", provider="VHS Gladbeck", description=told)
    assert level(features.provider, own, other) == "joint"
    assert level(features.provider, own, key("vhs:2", provider="VHS Gladbeck")) == "different"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Schweißen MAG Grundkurs", "Grundkurs MAG-Schweißen", "same"),
        ("AEVO - Ausbildung der Ausbilder", "Ausbildereignungsprüfung AEVO", "same"),
        ("Excel Pivot", "Excel Pivot - jetzt Platz sichern!", "same"),
        ("Hydraulik und Pneumatik", "Hydraulik und Pneumatk", "same"),
        ("Excel Pivot", "Excel Makros", "little"),  # one word of three
        ("Hydraulik", "Töpfern", "none"),
    ],
)
def test_titles_are_compared_by_their_words(left: str, right: str, expected: str) -> None:
    assert level(features.title, key("a:1", left), key("b:1", right)) == expected


def test_two_titles_with_a_word_of_their_own_each_are_told_from_one_that_says_more() -> None:
    assert level(features.own_words, key("a:1", "Excel Pivot"), key("b:1", "Excel Makros")) == "both"
    assert level(features.own_words, key("a:1", "Excel"), key("b:1", "Excel Makros")) == "one"


def test_a_title_of_nothing_but_small_words_still_has_words() -> None:
    assert title_words("Kurs für alle")


def test_likeness_of_many_pairs_is_that_of_each_alone() -> None:
    pairs = [(words("mag schweiss"), words("mag")), (words("excel"), words("exce"))]
    assert likeness(pairs) == [likeness([pair])[0] for pair in pairs]
    assert likeness([(words(""), words("x"))])[0].agree == 0.0  # an empty title is like nothing


def words(text: str, short: str = "") -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(text.split()), frozenset(short.split())


@pytest.mark.parametrize(
    ("left", "right", "least", "most"),
    [
        (words("turmdrehkranfuhr"), words("kran turmdrehkran"), 0.6, 1.0),  # a compound and its parts
        (words("psa absturz", "psa"), words("person schutzausrust absturz"), 1.0, 1.0),  # an abbreviation spelled out
        (words("psa absturz"), words("person schutzausrust absturz"), 0.0, 0.5),  # ... which a plain word is not
        (words("metalltechn"), words("elektrotechn"), 0.0, 0.0),  # an end in common is no word in common
        (words("technik"), words("elektrotechnik"), 0.1, 0.3),  # the general part alone says little
        (words("excel 1"), words("excel 2"), 0.0, 0.5),
    ],
)
def test_titles_are_alike_by_words_compounds_and_abbreviations(
    left: Title, right: Title, least: float, most: float
) -> None:
    found = likeness([(left, right)])[0]
    assert least <= round(found.agree, 2) <= most
    assert likeness([(right, left)])[0].agree == pytest.approx(found.agree)


@pytest.mark.parametrize(
    ("short", "spelled", "expected"),
    [
        ("psa", "person schutzausrust", "person schutzausrust"),
        ("bkf", "berufskraftfahr modul", "berufskraftfahr"),
        ("xb", "xpert business", "xpert business"),
        ("xb", "business", ""),  # a letter is not accounted for
        ("pdl", "pudel", ""),  # too short for three parts
        ("a1", "anfang", ""),
    ],
)
def test_an_abbreviation_stands_for_words_that_account_for_every_letter(
    short: str, spelled: str, expected: str
) -> None:
    assert spelled_out(short, frozenset(spelled.split())) == frozenset(expected.split())


def test_the_longest_phrase_is_found_and_none_inside_another() -> None:
    names = {"deutsch": "deu", "deutsch als fremdsprache": "daf"}
    assert phrases_in("kurs deutsch als fremdsprache", names) == [("deutsch als fremdsprache", "daf")]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Englisch A1.1", "Englisch A1.2"),
        ("Englisch B1", "Englisch B2"),
        ("Meisterschule Teil III", "Meisterschule Teil IV"),
        ("Schweißerprüfung DIN EN ISO 9606-1", "Schweißerprüfung DIN EN ISO 9606-2"),
        ("Excel Grundkurs", "Excel Aufbaukurs"),
        ("Gabelstapler Auffrischung", "Gabelstapler Ausbildung"),
    ],
)
def test_what_cannot_be_one_course(left: str, right: str) -> None:
    found = contradictions(key("a:1", left).kind, key("b:1", right).kind)
    assert found
    assert all(" / " in text for text in found)  # both sides are named


def test_online_against_classroom_is_a_contradiction_hybrid_and_unknown_are_not() -> None:
    kinds = {form: key("a:1", format=form).kind for form in ("online", "onsite", "hybrid", "unknown")}
    assert contradictions(kinds["online"], kinds["onsite"]) == ("andere Form: online / Präsenz",)
    for left, right in (("online", "hybrid"), ("onsite", "hybrid"), ("online", "unknown"), ("onsite", "unknown")):
        assert contradictions(kinds[left], kinds[right]) == ()


@pytest.mark.parametrize(("left", "right"), [("Englisch A1", "Englisch A1.1"), ("TQ 2 Verkauf", "Verkauf Modul 2")])
def test_what_only_one_says_more_exactly_is_no_contradiction(left: str, right: str) -> None:
    assert contradictions(key("a:1", left).kind, key("b:1", right).kind) == ()


def test_missing_is_told_apart_from_different() -> None:
    dear, cheap, silent = (key("a:1", price=price) for price in ("590.00", "120.00", None))
    assert level(features.price, dear, cheap) == "different"
    assert level(features.price, dear, silent) == "missing"
    assert level(features.price, silent, silent) == "missing"
    assert level(features.price, dear, key("b:1", price="702.10")) == "near"  # with value added tax: 590 * 1.19


def test_hours_and_teaching_units_are_compared_in_both_readings() -> None:
    units = key("a:1", units=40)
    for hours in (40, 30):  # called hours, or reckoned as 45 minutes each
        assert level(features.length, units, key("b:1", duration={"hours": hours})) == "same"
    assert level(features.length, units, key("b:1", duration={"hours": 80})) == "different"


def test_other_dates_of_one_source_say_nothing_those_of_two_sources_do() -> None:
    left = key("a:1", starts=("2027-01-04", "2027-03-01"))
    other = ("2027-05-03", "2027-06-07")
    assert level(features.dates, left, key("a:2", starts=other)) == "run"
    assert level(features.dates, left, key("b:1", starts=other)) == "different"
    assert level(features.dates, left, key("b:1", starts=other[:1])) == "single"
    assert level(features.dates, left, key("b:1", starts=("2027-03-01",))) == "shared"
    assert level(features.dates, left, key("b:1")) == "missing"


def test_every_level_has_german_words_and_a_weight_that_falls_in_their_order() -> None:
    weights = load_model().weights
    for feature in FEATURES:
        texts = level_texts(feature)
        assert all(texts.values())
        falling = [weights[feature.__name__][name] for name in texts]
        assert falling == sorted(falling, reverse=True), feature.__name__


def test_a_score_can_be_taken_apart() -> None:
    left, right = key("a:1", "Excel Pivot", price="90.00"), key("b:1", "Excel Pivot", price="120.00")
    levels = measure(batch_of([left, right], [(0, 1)]))
    model = load_model()
    reasons = explain(left, right, levels[0], model)
    assert score(levels, model)[0] == pytest.approx(model.bias + sum(reason.weight for reason in reasons))
    price = next(reason for reason in reasons if reason.name == "price")
    assert (price.left, price.right, price.text_de) == ("90,00 €", "120,00 €", "anderer Preis")


def test_thresholds_follow_from_the_stated_costs() -> None:
    model = load_model()
    # at the threshold, merging costs what a look costs: (1 - p) * wrong = 1
    assert (1 - probability(model.merge_from)) * model.wrong_merge == pytest.approx(1, abs=1e-3)
    assert probability(model.review_from) * model.missed_merge == pytest.approx(1, abs=1e-3)
    assert [model.band(logit(p)) for p in (0.999, 0.5, 0.01)] == ["merge", "review", "distinct"]


def test_a_model_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text('{"weights": {"title": {"same": 1}}, "costs": {}}')
    with pytest.raises(ModelError, match="features and levels"):
        load_model(path)


def test_fitting_learns_from_data_keeps_the_order_of_levels_and_leaves_missing_alone() -> None:
    best = sum(next(iter(load_model().weights[feature.__name__].values())) for feature in FEATURES)
    prior = replace(load_model(), bias=-best)  # so that what agrees in everything is as likely as not
    names = [feature.__name__ for feature in FEATURES]
    price = names.index("price")
    levels = np.zeros((4000, len(FEATURES)), np.int8)
    levels[:, names.index("listing")] = 1  # in two sources: what one lists twice may cost more the next time
    levels[:, price] = np.tile([0, 3], 2000)  # same, different
    same = np.tile([True, False], 2000)
    learned = fit(levels, same, prior, version="t", origin="t").weights["price"]
    assert learned["different"] < prior.weights["price"]["different"]
    assert list(learned.values()) == sorted(learned.values(), reverse=True)
    assert learned["missing"] == 0.0
