"""Two offers compared: equal, similar, different; words that differ; runs beside each other."""

import pytest

from dedupe.desk import german
from dedupe.desk.differences import MOST_WORDS, compare_texts
from dedupe.desk.reasons import opinion
from dedupe.desk.side_by_side import field_lines, run_lines
from dedupe.golden import Known
from normalize.model import Instance, Place, Price
from tests.dedupe.offers import offer
from tests.support.desk_home import FIRST_SEEN


@pytest.mark.parametrize(
    ("left", "right", "mark", "differing"),
    [
        ("Schweißen für Anfänger", "SCHWEISSEN, für Anfaenger", "equal", [[], []]),
        ("Englisch Stufe A1.1 abends", "Englisch Stufe A1.2 abends", "similar", [["A1.1"], ["A1.2"]]),
        ("Excel / Word", "Excel - Word", "equal", [[], []]),
        ("ورشة", "درس", "different", [["ورشة"], ["درس"]]),
        ("Excel", "Brandschutz", "different", [["Excel"], ["Brandschutz"]]),
        ("Excel", "", "one", [[], []]),
    ],
)
def test_texts_are_compared_word_by_word(left: str, right: str, mark: str, differing: list[list[str]]) -> None:
    found = compare_texts(left, right)
    assert found.mark == mark
    assert [[piece.text for piece in side if piece.differs] for side in (found.left, found.right)] == differing
    assert ["".join(piece.text for piece in side) for side in (found.left, found.right)] == [left, right]


def test_endless_texts_are_compared_at_their_beginning() -> None:
    found = compare_texts("wort " * 50_000, "wort " * 50_001)
    assert found.cut
    assert found.mark == "similar"
    assert len("".join(piece.text for piece in found.left).split()) == MOST_WORDS


def test_each_field_says_how_the_two_stand() -> None:
    left = offer("a:1", "X", "Lernhaus Ruhr gGmbH", price="480.00", topics=("languages",), level="A1.1")
    right = offer("b:1", "Y", "LERNHAUS RUHR GGMBH", price="520.00", topics=("languages", "it_development"))
    assert {line.name: line.mark for line in field_lines(left, right)} == {
        "Anbieter": "equal", "Niveau": "one", "Preis": "different", "Themen": "similar",
    }  # fmt: skip


def test_runs_of_one_day_stand_beside_each_other_and_past_ones_apart() -> None:
    left = offer("a:1", starts=("2026-11-01", "2027-03-01", "2027-04-01"), town="Bottrop")
    right = offer("b:1", starts=("2027-03-01", "2027-05-01"), town="bottrop")
    lines = run_lines(left, right, "2026-11-22")
    assert [
        (line.left and line.left.start, line.right and line.right.start, line.mark, line.is_past) for line in lines
    ] == [
        ("2026-11-01", None, "one", True), ("2027-03-01", "2027-03-01", "equal", False),
        ("2027-04-01", None, "one", False), (None, "2027-05-01", "one", False),
    ]  # fmt: skip
    elsewhere = offer("c:1", starts=("2027-03-01",), town="Marl")
    assert run_lines(left, elsewhere, "2026-11-22")[1].mark == "similar"


def test_dates_prices_and_runs_are_german() -> None:
    assert german.date_de("2026-11-22") == "22.11.2026"
    assert german.moment_de("2026-07-01T22:30:00Z") == "02.07.2026, 00:30 Uhr"
    assert german.price_de(Price(kind="from", amount="1234.00", exam_fee="90.50")) == "ab 1.234,00 €; Prüfung 90,50 €"
    assert german.percent_de(0.9999) == "99 %"
    run = Instance(
        start="2027-03-01", end="2027-03-15", precision="day", weekdays=("mo", "we"), start_time="18:00",
        end_time="21:15", place=Place(city="Bottrop"),
    )  # fmt: skip
    assert german.run_de(run) == "01.03.2027 – 15.03.2027, Mo Mi, 18:00–21:15 Uhr"
    month = Instance(start="2027-09-01", end="2027-09-30", precision="month")
    assert german.run_de(month) == "09/2027"
    assert german.run_de(Instance(open_start=True)) == "Einstieg jederzeit"


def test_the_machine_s_opinion_is_told_in_german_for_any_two_offers() -> None:
    left = Known(
        offer("a:1", "Excel Pivot", starts=("2027-03-01",), town="Bottrop", price="1234.00"), FIRST_SEEN, "active"
    )
    right = Known(offer("b:1", "Excel Pivot", starts=("2027-04-01",), town="Marl", price="80.00"), FIRST_SEEN, "active")
    told = opinion(None, left, right, None)
    assert 0 < told.probability < 1
    assert "Gleicher Anbieter" in {reason.text for reason in told.pros}
    every = (*told.pros, *told.cons, *told.neither)
    shown = {(reason.left, reason.right) for reason in every}
    assert shown >= {("01.03.2027", "01.04.2027"), ("Bottrop", "Marl"), ("1.234,00 €", "80,00 €")}
    assert [reason.strength for reason in told.pros] == sorted((r.strength for r in told.pros), reverse=True)
