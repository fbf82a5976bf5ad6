"""Certificate, target group and prerequisites in closed vocabularies: what is not said is not read."""

import tomllib
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.attributes import read_audiences, read_certificate, read_prerequisites, vocabulary
from normalize.model import Listing
from normalize.offer import to_offer
from normalize.topics import all_topics, read_topics
from normalize.vocabulary import Audience, CertificateKind, Prerequisite


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Teilnahmebescheinigung", "attendance"),
        ("Qualifiziertes Teilnahmezertifikat", "attendance"),
        ("Teilnahmebescheinigung ohne IHK-Prüfung", "attendance"),
        ("Trägerzertifikat", "provider"),
        ("<p>Zertifikat der Akademie Beispiel oder Teilnahmebescheinigung</p>", "provider"),
        ("IHK-Zertifikat", "chamber_certificate"),
        ("Zertifikat der Handwerkskammer", "chamber_certificate"),
        ("Öffentlich-rechtliche Prüfung der IHK", "chamber_exam"),
        ("Geprüfte/r Wirtschaftsfachwirt/in (IHK)", "chamber_exam"),
        ("Geprüfter Industriemeister Metall", "chamber_exam"),
        ("Industriemeisterprüfung vor der IHK", "chamber_exam"),
        ("Ausbildereignung nach AEVO", "chamber_exam"),
        ("Meisterbrief (nach bestandener Prüfung aller vier Teile)", "master_craftsman"),
        ("Tischlermeisterprüfung", "master_craftsman"),
        ("Prüfung vor dem Meisterprüfungsausschuss", "master_craftsman"),
        ("Gesellenbrief", "vocational_qualification"),
        ("Kaufmann/-frau für Büromanagement", "vocational_qualification"),
        ("Staatlich anerkannte Pflegefachkraft", "state_exam"),
        ("Bachelor of Engineering", "academic_degree"),
        ("IHK-Zertifikat Teilqualifikation", "partial_qualification"),
        ("Schweißer-Prüfungsbescheinigung", "technical"),
        ("Zertifikat nach DIN EN ISO 9712", "technical"),
        ("Staplerschein", "licence"),
        ("Sachkundeprüfung nach § 34a GewO", "licence"),
        ("telc Deutsch B2", "language"),
        ("Zertifikat B1", "language"),
        ("Mittlere Reife", "school_leaving"),
        ("ITIL 4 Foundation", "industry"),
        ("Xpert Business Finanzbuchhaltung", "industry"),
        ("ohne Abschluss", "none"),
        ("Keine", "none"),
        ("Kein Zertifikat, Teilnahmebescheinigung", "attendance"),
        # the course prepares for an examination; what it gives itself counts
        ("Teilnahmebescheinigung. Der Kurs bereitet auf die IHK-Prüfung vor.", "attendance"),
    ],
)
def test_what_one_holds_in_hand(text: str, kind: str) -> None:
    reading = read_certificate(text)
    assert reading.value == kind
    assert not reading.doubts


@pytest.mark.parametrize("text", ["Agile Webdesigner", "Vorbereitung auf die IHK-Prüfung", "IHK", "Arbeitszeugnisse"])
def test_an_unknown_certificate_is_refused_with_its_text(text: str) -> None:
    reading = read_certificate(text)
    assert reading.value is None
    assert [doubt.raw for doubt in reading.doubts] == [text]


@pytest.mark.parametrize("text", [None, "", "<p> </p>", "keine Angabe", "k. A.", "siehe Beschreibung"])
def test_what_is_not_stated_is_null_without_a_doubt(text: str | None) -> None:
    assert (read_certificate(text).value, read_certificate(text).doubts) == (None, ())
    assert read_audiences(text) == ()
    assert read_prerequisites(text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Berufsrückkehrende, Quereinsteiger, Pflegekräfte", ["career_changers", "returners"]),
        ("Dieses Angebot richtet sich an Beschäftigte, Arbeitsuchende, Berufsrückkehrer*innen.",
         ["job_seekers", "employed", "returners"]),
        ("<p>Mitarbeitende und (angehende) Führungskräfte</p>", ["employed", "managers"]),
        ("<ul><li>Gesellinnen</li><li>Auszubildende im 3. Lehrjahr</li></ul>", ["skilled_workers", "trainees"]),
        ("Menschen mit Migrationshintergrund", ["migrants"]),
        ("Fachkräfte in der Arbeit mit Menschen mit Behinderung", ["skilled_workers"]),
        ("Frauen nach der Elternzeit", ["returners", "women"]),
        ("Seniorinnen und Senioren", ["seniors"]),
        ("Selbstständige und Existenzgründer", ["self_employed"]),
        ("Interessierte", ["everyone"]),
        ("Alle, Beschäftigte", ["employed"]),
        # false friends
        ("Alle, die am Rechner arbeiten", []),
        ("Interessierte mit passenden Vorkenntnissen", []),
        ("Kauffrauen", []),
        ("Mitglieder der Gesellschaft", []),
        ("Wer den Umgang mit Senioren üben möchte", []),
        ("Betreuungskräfte in Häusern für Senioren", []),
        ("Wer selbstständig arbeiten möchte", []),
        ("Kompetente Fachkräfte sind auf dem Arbeitsmarkt gefragt.", []),
    ],
)  # fmt: skip
def test_for_whom(text: str, expected: list[str]) -> None:
    assert list(read_audiences(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Keine", ["none"]),
        ("Es sind keine Vorkenntnisse erforderlich.", ["none"]),
        ("Vorkenntnisse sind nicht erforderlich.", ["none"]),
        ("Keine Vorkenntnisse; Mindestalter 18 Jahre", ["age"]),
        ("Abgeschlossene Berufsausbildung oder Berufspraxis", ["vocational_qualification", "work_experience"]),
        (
            "Mind. 2-jährige Berufsausbildung oder 3 Jahre Berufserfahrung",
            ["vocational_qualification", "work_experience"],
        ),
        ("Gesellenbrief oder vergleichbarer Abschluss", ["vocational_qualification"]),
        ("Hauptschulabschluss", ["school_leaving"]),
        ("Abgeschlossenes Studium", ["academic_degree"]),
        ("Sprachniveau mindestens B1", ["language_level"]),
        ("Deutsch in Wort und Schrift", ["language_level"]),
        ("Führerschein Klasse C1", ["driving_licence"]),
        ("Führerschein Klasse B, Deutsch B1", ["language_level", "driving_licence"]),
        ("Gesundheitliche Eignung, Vollendung des 21. Lebensjahres", ["age", "health"]),
        ("ab 16 Jahren", ["age"]),
        ("Grundkenntnisse im Umgang mit Maus und Tastatur", ["computer_skills"]),
        ("Vorkenntnisse in Buchführung", ["subject_knowledge"]),
        ("Vorkenntnisse der vorhergehenden Stufe", ["previous_course"]),
        ("Erweitertes Führungszeugnis", ["clean_record"]),
        ("Teilnahme an einem Beratungsgespräch", ["interview"]),
        ("Laptop und Headset", ["equipment"]),
        # what is only welcome is not asked for
        ("Englischkenntnisse von Vorteil", []),
        ("Berufserfahrung wäre wünschenswert", []),
        ("Freude am Umgang mit Menschen", []),
    ],
)
def test_what_one_must_bring(text: str, expected: list[str]) -> None:
    assert list(read_prerequisites(text)) == expected


def test_the_offer_carries_the_texts_and_their_meaning() -> None:
    offer = to_offer(
        Listing(
            source="s",
            ref="1",
            title="Excel Grundkurs",
            certificate="Diplomatische Würde",
            target_group="<p>Auszubildende</p>",
            requirements="Hauptschulabschluss",
        ),
        kind="provider",
    )
    assert (offer.target_group, offer.audiences) == ("Auszubildende", ("trainees",))
    assert (offer.requirements, offer.prerequisites) == ("Hauptschulabschluss", ("school_leaving",))
    assert (offer.certificate, offer.certificate_kind) == ("Diplomatische Würde", None)
    assert [(issue.field, issue.raw) for issue in offer.issues] == [("certificate", "Diplomatische Würde")]


@pytest.mark.parametrize(
    ("name", "values"), [("certificate", CertificateKind), ("audience", Audience), ("prerequisite", Prerequisite)]
)
def test_the_words_cover_the_vocabulary_and_no_more(name: str, values: object) -> None:
    assert [value.key for value in vocabulary(name)] == list(get_args(values))
    labels = [value.label for value in vocabulary(name)]
    assert len(set(labels)) == len(labels)


def test_every_listed_word_speaks_for_its_value(data: dict[str, list[dict[str, list[str]]]]) -> None:
    for name in ("certificate", "audience", "prerequisite"):
        for row, value in zip(data[name], vocabulary(name), strict=True):
            for word in row["words"]:
                example = word.strip("*=").replace("#", "1")
                assert value.said.search(example), (value.key, word)


@pytest.fixture
def data() -> dict[str, list[dict[str, list[str]]]]:
    file = Path(__file__).parents[2] / "normalize" / "data" / "attributes.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def test_topics_are_a_closed_vocabulary_with_german_labels() -> None:
    topics = all_topics()
    assert all(
        key == topic.key and topic.label and topic.vocational in ("yes", "no", "unknown")
        for key, topic in topics.items()
    )
    assert set(read_topics("Schweißen und Excel für die Pflege", ["Yoga"])) <= set(topics)


WORDS = st.sampled_from(
    ["Zertifikat", "keine", "ohne", "IHK", "Prüfung", "Frauen", "Deutsch B1", ",", ".", "<li>", "ab 18 Jahren"]
)


@given(st.lists(WORDS | st.text(max_size=6)).map(" ".join))
def test_no_input_crashes_or_leaves_the_vocabulary(text: str) -> None:
    assert read_certificate(text).value in (None, *get_args(CertificateKind))
    for found, values in ((read_audiences(text), Audience), (read_prerequisites(text), Prerequisite)):
        order = get_args(values)
        assert list(found) == sorted(set(found), key=order.index)
        assert not {"none", "everyone"} & set(found) or len(found) == 1
