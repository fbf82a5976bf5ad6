"""Prices: the kinds are kept apart, the amount is what the public pays, and a doubt is better than a wrong number."""

import hashlib
import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.model import Price
from normalize.prices import read_price
from normalize.reading import Reading

EXPECTATIONS = Path(__file__).parent / "expectations" / "prices.toml"
FIELDS = ("reduced", "exam_fee", "materials_fee")


def summary(reading: Reading[Price]) -> str:
    """The value as the expectations write it: kind, amount, fees."""
    value = reading.value
    fees = [f"{name}={getattr(value, name)}" for name in FIELDS if getattr(value, name)]
    return " ".join([value.kind, *([value.amount] if value.amount else []), *fees])


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        # How people write one amount.
        ("1.690,00 €", "fixed 1690.00"),
        ("€ 1.790,-", "fixed 1790.00"),
        ("1 250,00 Euro", "fixed 1250.00"),
        ("EUR 8.100,00", "fixed 8100.00"),
        ("1.234,–", "fixed 1234.00"),
        ("9.950,- EUR", "fixed 9950.00"),
        ("85.5 EUR", "fixed 85.50"),
        ("1,690.00 €", "fixed 1690.00"),
        ("Gebühr: 85,00", "fixed 85.00"),
        ("1.690", "fixed 1690.00"),
        ("ca. 1.525 €", "fixed 1525.00"),
        ("8.710,00€ (Stand für Kurs 2026/27)", "fixed 8710.00"),
        ("Kurs 24-117 Gebühr 85€", "fixed 85.00"),
        ("10 x 90 min, 85,00 €", "fixed 85.00"),
        ("120 € pro Person", "fixed 120.00"),
        # How machines do.
        ("35464.5", "fixed 35464.50"),
        ("122.00", "fixed 122.00"),
        ("1690.0 EUR", "fixed 1690.00"),
        # The other kinds.
        ("ab 120 €", "from 120.00"),
        ("kostenfrei", "free 0.00"),
        ("Die Teilnahme ist für Sie gebührenfrei.", "free 0.00"),
        ("Entgeltfrei", "free 0.00"),
        ("kostenlos, Materialkosten 10 €", "free 0.00 materials_fee=10.00"),
        ("auf Anfrage", "on_request"),
        ("Preis auf Anfrage, Prüfungsgebühr 300 €", "on_request exam_fee=300.00"),
        # Fees beside the price.
        ("Kurs: 9.140,00 € Prüfung: 630,00 €", "fixed 9140.00 exam_fee=630.00"),
        ("10.880,00 € (zzgl. Prüfungsgebühr 1.000,00 € )", "fixed 10880.00 exam_fee=1000.00"),
        ("7500,00 EUR zzgl. Prüfungsgebühr (900,00 EUR)", "fixed 7500.00 exam_fee=900.00"),
        ("85,00 € zzgl. 12,00 € Materialkosten", "fixed 85.00 materials_fee=12.00"),
        ("Kurs 890 € | Prüfung 190 € | Summe 1.080 €", "fixed 890.00 exam_fee=190.00"),
        ("Prüfungsvorbereitung 180 €", "fixed 180.00"),
        ("Lehrgangs- und Prüfungsgebühren: 1.500 €", "fixed 1500.00"),
        ("Lehrgang 4.950 €, Prüfungsgebühr 240 € Teil I und 200 € Teil II", "fixed 4950.00"),
        ("Prüfungsgebühr 630 Euro Lern- und Arbeitsmittel 900 Euro", "unknown exam_fee=630.00 materials_fee=900.00"),
        ("Kostenlos, Spende 5 €", "free 0.00"),
        # A part of the price is no fee beside it.
        ("7500,00 EUR inkl. Prüfungsgebühr (900,00 EUR)", "fixed 7500.00"),
        ("Kosten: 7.500,00 € (davon 900 € Prüfungsgebühr)", "fixed 7500.00"),
        ("55 € (inkl. 10 € für Lebensmittel)", "fixed 55.00"),
        # Groups: the amount is what the public pays.
        ("60,00 €, ermäßigt 45,00 €", "fixed 60.00 reduced=45.00"),
        ("60,00 € / 45,00 € (ermäßigt)", "fixed 60.00 reduced=45.00"),
        ("17,50 €, Schüler/Studenten 9,00 €", "fixed 17.50 reduced=9.00"),
        ("Mitglieder 100 € / Nichtmitglieder 150 €", "fixed 150.00"),
        ("100 € Mitglieder / 150 € Nichtmitglieder", "fixed 150.00"),
        ("100 € (Mitglieder), 150 € (Nichtmitglieder)", "fixed 150.00"),
        ("150 €, Innungsmitglieder 100 €", "fixed 150.00"),
        ("Firmen 500 €, Privatpersonen 400 €", "fixed 400.00"),
        ("Frühbucher 99 €, danach 129 €", "fixed 129.00"),
        ("statt 199 € nur 149 €", "fixed 149.00"),
        ("Gebührenfrei für Arbeitslose, sonst 120 €", "fixed 120.00"),
        # Instalments and months.
        ("2 Raten à 450,00 €", "fixed 900.00"),
        ("zwei Raten à 450 €", "fixed 900.00"),
        ("900,00 € (2 Raten à 450,00 €)", "fixed 900.00"),
        ("900 € zahlbar in 2 Raten", "fixed 900.00"),
        ("149 €/Monat, Laufzeit 12 Monate", "fixed 1788.00"),
        # Funding beside a price leaves the price.
        ("4.950,00 € (förderfähig über Aufstiegs-BAföG)", "fixed 4950.00"),
        ("6.500 € abzüglich 1.000 € Meisterbonus", "fixed 6500.00"),
        ("4.950,00 €, nach Förderung ab 1.237,50 €", "fixed 4950.00"),
    ],
)
def test_what_a_careful_person_reads(price: str, expected: str) -> None:
    assert summary(read_price(price, None)) == expected


@pytest.mark.parametrize(
    "price",
    [
        "0.0", "0,00 €", "€ 3.1.1", "€ 5.2", "Teil 1 250,00 €", "bis zu 300 €", "100 - 150 €", "von 100 bis 150 Euro",
        "Förderung von bis zu 11.250,00 €", "100 % gefördert", "kostenlos mit Bildungsgutschein", "nicht kostenfrei",
        "149 € / Monat", "149 € mtl.", "8 € pro Stunde", "80 UE à 12 €", "3 Raten: 500 €, 400 €, 400 €",
        "Mitglieder 100 €",
        "60,00 € / 45,00 €", "Teil III 1.995,00 € Teil IV 950,00 €", "Prüfungsgebühren und ca.1.950,00 Euro",
        "siehe Homepage",
        "45 € / ermäßigt 60 €", "ab 1.1.2027: 9.500,00 €; bis 31.12.2026: 9.140,00 €", "kostenfrei (AVGS)",
        "Prüfung Teil III und IV: 250 € bzw. 300 €", "Kosten Prüfung und Material: 500 €", "Förderbetrag 1.237,50 Euro",
        "1.690.000 €", "300 € (CHF 290)", "Kurs inkl. Prüfung 500 €, ohne Prüfung 400 €",
        "19% MwSt. 22,80 €",
    ],
)  # fmt: skip
def test_what_a_careful_person_refuses(price: str) -> None:
    reading = read_price(price, None)
    assert (reading.value.kind, reading.value.amount) == ("unknown", None)
    assert reading.doubts
    assert all(doubt.raw == price for doubt in reading.doubts)


@pytest.mark.parametrize(
    ("price", "note", "expected"),
    [
        ("82,00", "erm. Preis: 65,60 EUR", "fixed 82.00 reduced=65.60"),
        ("0.0", "kostenfrei", "free 0.00"),
        ("0.0", "<p>Gebühren auf Anfrage.</p>", "on_request"),
        ("0.0", "1.200,00 €", "fixed 1200.00"),
        ("82.8", "erm. Preis: 65,60 EUR", "fixed 82.80 reduced=65.60"),
        ("450.00", "zzgl. ca. 5 € für Unterrichtsmaterial", "fixed 450.00 materials_fee=5.00"),
        ("450.00", "inkl. Lehrmaterial und Prüfungsgebühr", "fixed 450.00"),
        ("500.0", "Mitglieder 500 €, Nichtmitglieder 650 €", "fixed 650.00"),
        ("1690.0", "Lehrgang 1.490,00 € + Prüfung 200,00 €", "fixed 1490.00 exam_fee=200.00"),
        ("450.00", "pro Monat", "unknown"),
        ("0.0", "Inklusive Schulungsunterlagen und ggf. Prüfungskosten", "unknown"),
        ("1200.0", "Kosten: 1.500,00 EUR", "unknown"),
        (None, "auf Anfrage", "on_request"),
    ],
)
def test_the_note_may_carry_the_meaning(price: str | None, note: str, expected: str) -> None:
    assert summary(read_price(price, note)) == expected


@pytest.mark.parametrize(
    ("price", "amount", "vat"),
    [
        ("139,00 € MwSt. befreit", "139.00", "exempt"),
        ("1.250,00 € (MwSt.-frei)", "1250.00", "exempt"),
        ("1.790,00 € umsatzsteuerfrei nach § 4 Nr. 21 UStG", "1790.00", "exempt"),
        ("1.790,00 € inkl. 19 % MwSt.", "1790.00", "included"),
        ("1.790,00 € zzgl. MwSt.", "1790.00", "excluded"),
        ("1.500 € netto / 1.785 € brutto", "1785.00", "included"),
        ("1.000,00 € zzgl. 19 % MwSt. = 1.190,00 €", "1190.00", "included"),
        ("139,00 € zzgl. 19% MwSt. 165,41 €", "165.41", "included"),
        ("1.790,00 €", "1790.00", None),
    ],
)
def test_vat(price: str, amount: str, vat: str | None) -> None:
    value = read_price(price, None).value
    assert (value.amount, value.vat) == (amount, vat)


def test_nothing_published_is_unknown_without_a_doubt() -> None:
    assert read_price(None, None) == Reading(Price())
    assert read_price("&nbsp;", "").doubts == ()


def test_the_text_of_people_is_kept_for_display_and_other_currencies_are_named() -> None:
    assert read_price("85,00&nbsp;€", "erm. 60 €").value.text == "85,00 €; erm. 60 €"
    assert read_price("85.0", None).value.text is None
    assert read_price("CHF 1'250.00", None).value.currency == "CHF"


amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999.99"), places=2)


def german(amount: Decimal) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


@given(amounts, st.sampled_from(["{} €", "EUR {}", "€ {}", "{} Euro", "Kursgebühr: {} €", "ca. {} EUR", "{}"]))
def test_an_amount_written_in_german_is_read_back(amount: Decimal, form: str) -> None:
    assert summary(read_price(form.format(german(amount)), None)) == f"fixed {amount}"


@given(amounts, amounts)
def test_fees_and_reductions_are_read_back(first: Decimal, second: Decimal) -> None:
    full, less = max(first, second), min(first, second)
    value = read_price(f"{german(full)} € (ermäßigt {german(less)} €), Prüfungsgebühr {german(first)} €", None).value
    assert (value.amount, value.reduced, value.exam_fee) == (str(full), str(less), str(first))


PIECES = [
    "1.690,00", "€", "EUR", "12", "0,00", "85.0", "(", ")", "/", ",", " - ", "ab", "bis zu", "Prüfung", "ermäßigt",
    "Mitglieder",
    "zzgl.", "inkl.", "MwSt.", "19 %", "2 Raten à", "pro Monat", "kostenfrei", "auf Anfrage", "Förderung", "#",
    "3.1.1", "\x00", "<b>",
]  # fmt: skip
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=15).map(" ".join)


@given(hostile, st.none() | hostile)
def test_no_input_crashes_and_unknown_always_says_why(price: str, note: str | None) -> None:
    reading = read_price(price, note)
    if reading.value.kind == "unknown" and re.search(r"\w", f"{price}{note or ''}".replace("<b>", "")):
        assert reading.doubts
    assert (reading.value.amount is None) == (reading.value.kind in ("unknown", "on_request"))
    assert reading.value.kind != "free" or reading.value.amount == "0.00"


def test_every_real_line(captures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = tomllib.loads(EXPECTATIONS.read_text())
    lines = (captures / "strings" / "prices.txt").read_text().splitlines()
    tally = {origin: {"right": 0, "refused": 0, "wrong": 0} for origin in ("human", "machine")}
    wrong = []
    for line in lines:
        key = line if len(line) <= 60 else hashlib.sha256(line.encode()).hexdigest()[:12]
        got, wanted = summary(read_price(line, None)), expected[key]
        verdict = "right" if got == wanted else "refused" if got == "unknown" else "wrong"
        tally["machine" if re.fullmatch(r"[\d.]+", line) else "human"][verdict] += 1
        if verdict == "wrong":
            wrong.append((line, got, wanted))
    with capsys.disabled():
        print(f"\nprices.txt: {tally}")  # noqa: T201 - the report that the proof asks for
    assert not wrong
    assert len(expected) == len(set(lines))
    for counts in tally.values():
        assert counts["right"] >= 0.97 * sum(counts.values())
