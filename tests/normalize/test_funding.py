"""Funding: only what a text promises, in the closed vocabulary."""

from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalize.funding import Evidence, _rules, read_evidence, read_funding
from normalize.vocabulary import Funding


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bildungsgutschein", ["bildungsgutschein"]),
        ("Maßnahmenummer 345/123/2026", ["bildungsgutschein"]),
        ("Maßnahmen-Nr.: 337/12/2026", ["bildungsgutschein"]),
        ("AZAV 337/12/2026", ["bildungsgutschein"]),
        ("AVGS, Nr. 337/12/2026", ["aktivierungsgutschein"]),
        ("§ 81 SGB III", ["bildungsgutschein"]),
        ("Die Maßnahme ist nach AZAV zugelassen. Eine Förderung ist möglich.", ["bildungsgutschein"]),
        ("Aktivierungs- und Vermittlungsgutschein (AVGS)", ["aktivierungsgutschein"]),
        ("Meister-BAföG", ["aufstiegs_bafoeg"]),
        ("Aufstiegs-BAföG (AFBG)", ["aufstiegs_bafoeg"]),
        ("BAföG", ["bafoeg"]),
        ("Als Bildungsurlaub nach AWbG NRW anerkannt", ["bildungsurlaub"]),
        ("Arbeitnehmerweiterbildung / Bildungsurlaub in Nordrhein-Westfalen", ["bildungsurlaub"]),
        ("Bildungsurlaub in Hamburg", ["other"]),
        ("Meisterbonus in Bayern", ["other"]),
        ("Meisterprämie", ["meisterbonus"]),
        ("Zuschuss bei der Qualifizierung Beschäftigter", ["qualifizierungschancengesetz"]),
        ("QCG oder Qualifizierungsgeld", ["qualifizierungschancengesetz", "qualifizierungsgeld"]),
        ("Förderung durch Jobcenter und Rentenversicherung möglich", ["rentenversicherung", "other"]),
        ("Bildungsgutschein, Europäischer Sozialfonds ESF", ["bildungsgutschein", "other"]),
        ("Kein Bildungsgutschein möglich. Bildungsurlaub möglich.", ["bildungsurlaub"]),
        ("nicht als Bildungsurlaub anerkannt", []),
        ("Nicht nur mit Bildungsgutschein möglich", ["bildungsgutschein"]),
    ],
)  # fmt: skip
def test_what_a_text_promises(text: str, expected: list[str]) -> None:
    reading = read_funding([text])
    assert list(reading.value) == expected
    assert not reading.doubts


def test_a_provider_with_a_certificate_is_no_fundable_course() -> None:
    assert read_funding(["AZAV-zertifizierter Träger"]).value == ()


def test_what_is_not_understood_and_what_has_ended_are_doubts() -> None:
    assert [doubt.raw for doubt in read_funding(["true", "Bildungsgutschein"]).doubts] == ["true"]
    for legacy, value in (("Bildungsscheck NRW", "bildungsscheck_nrw"), ("Bildungsprämie", "bildungspraemie")):
        reading = read_funding([legacy])
        assert reading.value == (value,)
        assert len(reading.doubts) == 1


def test_titles_and_keywords_count_only_where_they_name_a_programme() -> None:
    about = ["Sprachförderung in der Kita", "Rentenversicherung für Einsteiger", "Fördertechnik", "Excel"]
    assert read_funding([], also=about) == read_funding([])
    assert read_funding([], also=["Bildungsurlaub: Intensivkurs Italienisch"]).value == ("bildungsurlaub",)


def test_the_evidence_is_the_clause_with_the_dates_of_the_law() -> None:
    text = "<p>Fördermöglichkeiten: Maßnahmenummer 337/12/2026 (AZAV). Für Betriebe: Qualifizierungsgeld möglich.</p>"
    assert read_evidence([text]).value == (
        Evidence("bildungsgutschein", "Fördermöglichkeiten: Maßnahmenummer 337/12/2026 (AZAV)", "2003-01-01"),
        Evidence("qualifizierungsgeld", "Für Betriebe: Qualifizierungsgeld möglich.", "2024-04-01"),
    )
    (ended,) = read_evidence(["Bildungsprämie"]).value
    assert (ended.valid_from, ended.valid_until) == (None, "2021-12-31")
    (unknown,) = read_evidence(["KOMPASS - Förderung von Solo-Selbstständigen"]).value
    assert (unknown.valid_from, unknown.valid_until) == (None, None)


def test_every_programme_of_the_vocabulary_says_since_when_it_holds_or_that_this_is_not_known() -> None:
    rules = _rules()
    not_by_law = {"aktivierungsgutschein", "bfd_bundeswehr", "rentenversicherung", "other"}
    assert set(rules) | not_by_law == set(get_args(Funding))
    for rule in rules.values():
        assert rule["source"]
        days = [date.fromisoformat(rule[name]) for name in ("valid_from", "valid_until") if name in rule]
        assert days == sorted(days)


def test_the_first_evidence_counts_and_a_denial_is_none() -> None:
    (evidence,) = read_evidence(["Kein Bildungsgutschein möglich.", "mit Bildungsgutschein", "Bildungsgutschein"]).value
    assert evidence.text == "mit Bildungsgutschein"


def test_a_measure_number_in_a_title_needs_its_label() -> None:
    assert read_funding([], also=["Kurs 337/12/2026"]).value == ()
    assert read_funding([], also=["Maßnahmenummer 337/12/2026"]).value == ("bildungsgutschein",)


def test_every_official_value_is_understood(captures: Path) -> None:
    for name, land in (("foerderartenbund.dat", False), ("foerderartenland.dat", True)):
        for line in (captures / "openqcat" / "wertebereiche" / name).read_text().splitlines():
            if "|" not in line:
                continue
            reading = read_funding([line.split("|", 1)[1]])
            assert len(reading.value) == 1
            assert not land or "Nordrhein" in line or reading.value == ("other",)


@given(
    st.lists(
        st.lists(
            st.sampled_from(["Bildungsgutschein", "kein", "nicht", ".", "in Bayern", "AZAV", "ESF"])
            | st.text(max_size=5)
        ).map(" ".join)
    )
)
def test_no_input_crashes_or_leaves_the_vocabulary(texts: list[str]) -> None:
    evidences = read_evidence(texts).value
    value = read_funding(texts).value
    assert tuple(evidence.funding for evidence in evidences) == value
    assert all(evidence.text and len(evidence.text) <= 300 for evidence in evidences)
    order = get_args(Funding)
    assert list(value) == sorted(set(value), key=order.index)
