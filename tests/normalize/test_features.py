"""The typed features of titles: what is read, what is left alone, and which pairs contradict each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.features import conflicts, read_features, without_features


@pytest.mark.parametrize(
    ("title", "level", "levels"),
    [
        ("Spanisch A1.1", "A1.1", ("A1.1",)),
        ("Englisch StufeA2.4", "A2.4", ("A2.4",)),
        ("Englisch Stufe A2.4", "A2.4", ("A2.4",)),
        ("Englisch A 2 Conversation", "A2", ("A2",)),
        ("Berufssprachkurs B2", "B2", ("B2",)),
        ("Arabisch für Anfänger (A1)", "A1", ("A1",)),
        ("Französisch B1+ / B2 Konversation", None, ("B1+", "B2")),
        ("Englisch B1+", "B1", ("B1+",)),
        ("+++ Türkisch Stufe A 1.2 +++", "A1.2", ("A1.2",)),  # decoration, no half step
        ("Englisch Stufe A2/B1", None, ("A2", "B1")),
        ("Deutsch B2 für Berufskraftfahrer", "B2", ("B2",)),
        ("Englisch A2/1", "A2.1", ("A2.1",)),
        ("Deutsch als Fremdsprache (A1/3)", "A1.3", ("A1.3",)),
        ("Deutsch Stufe B1/2", "B1.2", ("B1.2",)),
        ("Italienisch A1/A2", None, ("A1", "A2")),  # a range
        ("Italienisch A2/12 Abende", "A2", ("A2",)),
        ("deutsch-b2-intensiv", None, ()),  # glued to a word behind it: not sure enough
    ],
)
def test_language_levels(title: str, level: str | None, levels: tuple[str, ...]) -> None:
    features = read_features(title)
    assert (features.level, features.levels) == (level, levels)


@pytest.mark.parametrize(
    "title",
    [
        "Prüfung A1",
        "Prüfung A2/1",
        "A2-Führerschein",
        "Führerschein Klasse A2",
        "C1-Führerschein",
        "Berufskraftfahrer Klasse C1 und C1E",
        "EU-Drohnenführerschein A1/A3",
        "B2B-Vertrieb",
        "Vitamin B12 in der Ernährung",
        "Modul B1.2 Pflege",
        "Digitalisierung in Raum A1",
    ],
)
def test_no_language_level(title: str) -> None:
    assert read_features(title).levels == ()


def test_the_context_helps_to_understand_but_is_not_read() -> None:
    assert read_features("Konversation und Grammatik A2").level == "A2"
    assert read_features("Kompaktkurs A2").level is None
    assert read_features("Kompaktkurs A2", "Deutsch als Fremdsprache").level == "A2"
    assert read_features("Kompaktkurs", "Deutsch B1").levels == ()


@pytest.mark.parametrize(
    ("title", "stage"),
    [
        ("Excel Grundkurs", "beginner"),
        ("Digitalfotografie für Einsteiger*innen", "beginner"),
        ("Excel Aufbaukurs", "advanced"),
        ("KI-Techniken für Fortgeschrittene mit ChatGPT", "advanced"),
        ("Englisch Mittelstufe", "intermediate"),
        ("Excel-Expertenkurs", "expert"),
        ("Digital Sales Expert: Pipeline Management", None),  # a job
        ("Marketing Automation - Quereinsteiger", None),
        ("Englisch für Wiedereinsteiger", None),
        ("Einführung in Tonarbeiten und Aufbaukeramik", "beginner"),
        ("Social Media mit SEO und Grundlagen des Medienrechts", None),  # one more topic
        ("Von Grundlagen bis Fortgeschritten", None),  # both
    ],
)
def test_stages_in_words(title: str, stage: str | None) -> None:
    assert read_features(title).stage == stage


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("Elektrotechniker (Teile I + II)", (1, 2)),
        ("Meistervollzeitkurs Teile I - IV 2026/2027", (1, 2, 3, 4)),
        ("Meistervorbereitungslehrgang Maler Teil 1 und 2 (Vollzeit)", (1, 2)),
        ("Meistervorbereitung Teil III und Teil IV", (3, 4)),
        ("AdA und Gepr. Fachmann und Fachfrau - Meisterschule Teile IV + III", (3, 4)),
        ("Vorbereitungskurs Metallbauermeister Teile I/II", (1, 2)),
        ("Installateur (Teile I + II + IV)", (1, 2, 4)),
        ("maurer-meisterschule-teile-i-und-ii-vollzeit", (1, 2)),
        ("ada-meisterschule-teil-iv-iii-teilzeit", (3, 4)),
        ("Gepr. Fachfrau/mann für kaufm. Betriebsführung HwO (III)", (3,)),
        ("Friseur Teil I+II", (1, 2)),
        ("Industriemeister Teil", ()),
        ("Meisterkurs Teil 0", ()),
        ("Meisterkurs Teil 5", ()),
        ("Excel Teil 2", ()),
        ("Spanisch Teil II", ()),
        ("Kunstgeschichte in Einzelteilen 3", ()),
    ],
)
def test_parts_of_the_masters_examination(title: str, parts: tuple[int, ...]) -> None:
    assert read_features(title).parts == parts


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Excel Teil 2", 2),
        ("Qi Gong - Grundkurs II (Flexikurs)", 2),
        ("Fit am Computer I", 1),
        ("Die 18 Bewegungen - (Satz 1)", 1),
        ("Excel", None),
    ],
)
def test_part_number_of_other_series(title: str, number: int | None) -> None:
    assert read_features(title).part_number == number


@pytest.mark.parametrize(
    ("title", "modules"),
    [
        ("Excel Modul 2: Rechnen", ("modul 2",)),
        ("TQ3 Lagerlogistik", ("tq 3",)),
        ("Teilqualifikation 3: Lager", ("tq 3",)),
        ("Metall TQ 1 + TQ 2", ("tq 1", "tq 2")),
        ("Praxisanleitung Module 1 - 3", ("modul 1", "modul 2", "modul 3")),
        ("Modulares Bauen", ()),
        ("Bilanzbuchhalter LG1/LG2", ("leistungsgruppe 1", "leistungsgruppe 2")),
        ("Bilanzbuchhalter Leistungsgruppen 1 + 2", ("leistungsgruppe 1", "leistungsgruppe 2")),
        ("Bilanzbuchhalter LG 1 & 2", ("leistungsgruppe 1", "leistungsgruppe 2")),
        ("Leistungsgruppe 3", ("leistungsgruppe 3",)),
        ("LG-Kurs", ()),
    ],
)
def test_modules(title: str, modules: tuple[str, ...]) -> None:
    assert read_features(title).modules == modules


@pytest.mark.parametrize(
    ("title", "norms"),
    [
        ("Schweißerprüfung nach DIN EN ISO 9606-1", ("ISO 9606-1",)),
        ("Auditor ISO 9001/14001", ("ISO 14001", "ISO 9001")),
        ("Schweißaufsicht EN 1090-2 und DVS 1148", ("DVS 1148", "EN 1090-2")),
        ("Befähigte Person DGUV Vorschrift 3", ("DGUV Vorschrift 3",)),
        ("Sachkunde §34a", ("§34a",)),
        ("Sachkundeprüfung nach § 34 a GewO", ("§34a GewO",)),
        ("34a-Schein", ("§34a",)),
        ("Betreuungskraft nach §§ 43b, 53c SGB XI", ("§43b SGB XI", "§53c SGB XI")),
        ("Wohnen in Haus 34a", ()),
    ],
)
def test_norms_and_law(title: str, norms: tuple[str, ...]) -> None:
    assert read_features(title).norms == norms


@pytest.mark.parametrize(
    ("title", "processes"),
    [
        ("MAG-Schweißen Grundkurs", ("135",)),
        ("MAG-Schweißen 136", ("136",)),
        ("WIG 141", ("141",)),
        ("E-Hand-Schweißen", ("111",)),
        ("MAG/WIG Schweißen", ("135", "141")),
        ("Schweißen 135/141 nach DIN EN ISO 9606-1", ("135", "141")),
        ("Magazin 135 gestalten", ()),
        ("Schweißen 111 UE", ()),
    ],
)
def test_welding_processes(title: str, processes: tuple[str, ...]) -> None:
    assert read_features(title).processes == processes


@pytest.mark.parametrize(
    "title",
    [
        "Prüfung telc Deutsch A2 / B1",
        "telc-Prüfung Deutsch B1",
        "telc Deutsch B1 Prüfung",
        "Sachkundeprüfung § 34a GewO",
        "Schweißerprüfung nach DIN EN ISO 9606-1",
        "Einbürgerungstest",
        "Wiederholungsprüfung WIG 141",
    ],
)
def test_the_listing_is_an_examination(title: str) -> None:
    assert read_features(title).exam


@pytest.mark.parametrize(
    "title",
    [
        "Prüfungsvorbereitung und DTZ A2/B1",
        "Vorbereitung auf die Meisterprüfung",
        "Lehrgang zur Vorbereitung auf die Ausbildereignungsprüfung",
        "MAG-Lehrgang mit Schweißerprüfung",
        "Infoveranstaltung Meisterprüfung",
        "Prüfung elektrischer Anlagen nach DGUV V3",
        "Werkstoffprüfung mit Ultraschall",
        "Prüfungsangst überwinden",
        "Der Weg zur Abschlussprüfung",
    ],
)
def test_the_listing_is_no_examination(title: str) -> None:
    assert not read_features(title).exam


def test_refreshers() -> None:
    for title in ("Gabelstapler-Auffrischung", "Wiederholungsprüfung WIG", "BKF Nachschulung", "Englisch Refresher B1"):
        assert read_features(title).refresher, title
    assert read_features("Erste-Hilfe-Fortbildung").refresher
    assert not read_features("Erste-Hilfe-Ausbildung").refresher
    assert not read_features("Fortbildung Pflege").refresher


def test_form_and_schedule_are_said_of_the_course() -> None:
    assert read_features("Excel (Online)").form == "online"
    assert read_features("Online Marketing Manager").form is None
    assert read_features("Online/Hybrid Metallbauer-Meister").form == "hybrid"
    assert read_features("Metallbauer Teil I, Teilzeit").schedule == "part_time"
    assert read_features("Metallbauer Vollzeit oder Teilzeit").schedule is None


def test_numbers_that_tell_courses_apart() -> None:
    assert read_features("Excel 2021").numbers == ("2021",)
    assert read_features("Steuerrecht 2026").numbers == ()
    assert read_features("ITIL 4 Foundation").numbers == ("4",)
    assert read_features("Gedenken am 9. November").numbers == ()
    assert read_features("Meisterkurs 7.500,00 € 248 Std.").hours == ("248 h",)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Englisch A1", "Englisch A2", ("level",)),
        ("Englisch B1 Teil 1", "Englisch B1 Teil 2", ("part_number",)),
        ("Excel Grundkurs", "Excel Aufbaukurs", ("stage",)),
        ("Friseur Teil I", "Friseur Teil II", ("parts",)),
        ("TQ1 Lager", "TQ2 Lager", ("modules",)),
        ("Schweißer ISO 9606-1", "Schweißer ISO 9606-2", ("norms",)),
        ("MAG-Schweißen", "WIG-Schweißen", ("processes",)),
        ("Sachkunde § 34a", "Sachkundeprüfung § 34a GewO", ("exam",)),
        ("Ersthelfer", "Ersthelfer Auffrischung", ("refresher",)),
        ("Excel", "Excel Grundkurs", ()),
        ("Englisch", "Englisch A1", ()),
        ("Schweißer DIN EN ISO 9606-1", "Schweißer ISO 9606", ()),
        ("Schweißen (135)", "MAG-Schweißen", ()),
        ("Erste Hilfe 9 UE", "Erste Hilfe 7 Stunden", ()),
        ("Erste Hilfe 9 UE", "Erste Hilfe 16 UE", ("hours",)),
    ],
)
def test_conflicts(one: str, other: str, expected: tuple[str, ...]) -> None:
    assert conflicts(read_features(one), read_features(other)) == expected
    assert conflicts(read_features(other), read_features(one)) == expected


def test_the_rest_has_no_features() -> None:
    assert without_features("Excel Grundkurs").strip() == "Excel"
    assert "9606" not in without_features("Schweißerprüfung nach DIN EN ISO 9606-1")


_PIECES = st.sampled_from(
    ["Teil", "Teile", "I", "IV", "3", "A1", "B2.1", "Modul", "TQ", "§", "34a", "ISO", "9606-1", "MAG", "Deutsch", "und",
     "+", "-", "/", "Prüfung", "Grundkurs", "(", ")", "40", "UE", "Ä"]
)  # fmt: skip


@given(
    st.one_of(
        st.text(max_size=80), st.lists(_PIECES, max_size=12).map(" ".join), st.lists(_PIECES, max_size=8).map("".join)
    )
)
def test_any_title_is_read_and_does_not_contradict_itself(title: str) -> None:
    features = read_features(title)
    assert conflicts(features, features) == ()
    assert all(1 <= part <= 4 for part in features.parts)
    assert read_features(title) == features
