"""Does a course belong on the portal, and what is it about?"""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.model import Place, Scope
from normalize.places import read_place
from normalize.scope import read_scope
from normalize.topics import all_topics, read_topics
from normalize.vocabulary import Funding, SourceKind


def scope(
    title: str,
    *cities: str,
    kind: SourceKind = "provider",
    categories: Sequence[str] = (),
    funding: Sequence[Funding] = (),
    certificate: str | None = None,
) -> Scope:
    places = [_place(city) for city in cities]
    return read_scope(title, read_topics(title, categories), categories, (), kind, funding, places, certificate)


def _place(city: str) -> Place:
    if city == "online":
        return Place(online=True)
    return read_place(None, None, None, None, city, None).value


def verdict(found: Scope) -> tuple[str, str]:
    return found.vocational, found.regional


def test_the_three_cases_of_the_contract() -> None:
    assert verdict(scope("Hatha-Yoga am Abend", "Recklinghausen", categories=["Gesundheit"])) == ("no", "in")
    bootcamp = scope("Web Development Bootcamp: Programmieren mit Python", "online", kind="aggregator")
    assert verdict(bootcamp) == ("yes", "online")
    assert verdict(scope("MAG-Schweißen Grundkurs", "47051 Duisburg")) == ("yes", "near")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Elektrotechniker (Teile I + II)", "yes"),
        ("Excel Grundkurs", "yes"),
        ("Gabelstaplerschein", "yes"),
        ("Berufssprachkurs B2", "yes"),
        ("Wirtschaftsenglisch B2", "yes"),
        ("Yogalehrer-Ausbildung", "yes"),
        ("Spanisch A1.1", "unknown"),
        ("Mit QiGong entspannt im Beruf - Bildungszeit", "unknown"),
        ("Ganz ohne erkennbares Wort", "unknown"),
        ("Qigong Modul 2", "no"),
        ("Acrylmalerei", "no"),
        ("Künstliche Intelligenz und Demokratie (Vortrag)", "no"),
        ("Aqua-Fitness", "no"),
    ],
)
def test_vocational(title: str, expected: str) -> None:
    assert scope(title, "Marl").vocational == expected


def test_funding_for_jobs_decides() -> None:
    assert scope("Hatha-Yoga", "Marl", funding=["bildungsgutschein"]).vocational == "yes"
    assert scope("Hatha-Yoga", "Marl", funding=["bildungsurlaub"]).vocational == "no"
    assert scope("Hatha-Yoga", "Marl", certificate="IHK-Zertifikat").vocational == "yes"


def test_a_leisure_rubric_makes_a_trade_topic_uncertain() -> None:
    title = "Neue Heizung: Wärmepumpe"
    assert scope(title, "Marl").vocational == "yes"
    assert scope(title, "Marl", categories=["Politik und Gesellschaft"]).vocational == "unknown"


@pytest.mark.parametrize(
    ("cities", "expected"),
    [
        (("Köln", "Marl"), "in"),
        (("Köln", "Essen"), "near"),
        (("online", "Essen"), "near"),
        (("online", "Köln"), "online"),
        (("Köln",), "out"),
        (("Musterstadt",), "out"),
    ],
)
def test_the_nearest_place_counts(cities: tuple[str, ...], expected: str) -> None:
    assert scope("Excel", *cities).regional == expected


def test_without_a_place_the_kind_of_source_decides() -> None:
    assert scope("Excel", kind="provider").regional == "in"
    assert scope("Excel", kind="aggregator").regional == "out"


def test_the_reason_is_said_in_german() -> None:
    assert scope("MAG-Schweißen", "47051 Duisburg").reason.startswith("beruflich")
    assert "km von der Region" in scope("MAG-Schweißen", "47051 Duisburg").reason


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("MAG-Schweißen Grundkurs", "metal_welding"),
        ("Excel Aufbaukurs", "office_software"),
        ("Betreuungskraft nach § 43b SGB XI", "care"),
        ("Deutsch B2", "german_integration"),
        ("Italienisch A2.1", "languages"),
        ("Stressmanagement", "soft_skills"),
        ("Maler und Lackierer (Teil I)", "construction"),
        ("Dateiverwaltung am PC", "digital_basics"),
        ("Hatha-Yoga", "health_leisure"),
    ],
)
def test_topics(title: str, topic: str) -> None:
    assert read_topics(title)[0] == topic


def test_categories_count_only_where_the_title_is_silent() -> None:
    assert read_topics("Kompaktwoche", ["Sprachen"]) == ("languages",)
    assert read_topics("Excel", ["Sprachen"]) == ("office_software",)
    assert read_topics("Kompaktwoche") == ()


def test_topics_have_german_labels() -> None:
    assert 25 <= len(all_topics()) <= 35
    assert all(topic.label and topic.vocational in ("yes", "no", "unknown") for topic in all_topics().values())


@given(st.text(max_size=80), st.lists(st.text(max_size=30), max_size=3))
def test_any_words_give_topics_of_the_vocabulary(title: str, categories: list[str]) -> None:
    topics = read_topics(title, categories)
    assert len(topics) <= 3
    assert set(topics) <= all_topics().keys()
    assert read_scope(title, topics, categories, (), "provider", (), (), None).reason
