"""What is derived for the published record: next start, best price, history, and what is kept private."""

from datetime import date
from typing import Any

import pytest

from exports.privacy import hidden, personal
from exports.record import published
from exports.rights import Rights
from normalize.model import Availability, Contact, CourseInstance, Place, Price

TODAY = date(2026, 11, 22)


def dated(number: int, start: str | None, price: Price | None = None, **more: Any) -> CourseInstance:
    return CourseInstance(
        offer_id="hbz:a", instance_id=f"hbz:a#{number}", start=start, end=start, precision="day", price=price, **more
    )


def fixed(amount: str, **more: Any) -> Price:
    return Price(**({"kind": "fixed", "amount": amount} | more))


def test_next_start_is_that_of_a_run_one_can_still_book(course: Any) -> None:
    full = Availability(status="full")
    runs = (dated(1, "2026-11-01"), dated(2, "2026-11-25", availability=full), dated(3, "2026-12-01"), dated(4, None))
    found = published(course("ca", instances=runs), TODAY, (), Rights())
    assert found["next_start"] == "2026-12-01"
    assert [run["status"] for run in found["instances"]] == ["past", "full", "upcoming", "unknown"]
    assert published(course("ca"), TODAY, (), Rights())["next_start"] is None


@pytest.mark.parametrize(
    ("price", "runs", "expected"),
    [
        (Price(), [], None),
        (fixed("90.00"), [], ("90.00", "fixed", None)),
        (fixed("90.00"), [dated(1, "2026-12-01")], ("90.00", "fixed", None)),
        (fixed("90.00"), [dated(1, "2026-12-01", fixed("100.00"))], ("100.00", "fixed", "hbz:a#1")),
        (fixed("90.00"), [dated(1, "2026-01-01", fixed("10.00")), dated(2, "2026-12-01")], ("90.00", "fixed", None)),
        (fixed("90.00"), [dated(1, "2026-12-01", fixed("9.00")), dated(2, "2026-12-02")], ("9.00", "fixed", "hbz:a#1")),
        (Price(), [dated(1, "2026-12-01", fixed("80.00", kind="from"))], ("80.00", "from", "hbz:a#1")),
        (Price(kind="free", amount="0.00"), [], ("0.00", "free", None)),
        (Price(kind="on_request"), [], None),
        (fixed("80.00", currency="CHF"), [], None),
    ],
)
def test_best_price(course: Any, price: Price, runs: list[CourseInstance], expected: Any) -> None:
    best = published(course("ca", price=price, instances=tuple(runs)), TODAY, (), Rights())["best_price"]
    assert (best and (best["amount"], best["kind"], best["instance_id"])) == expected


def test_the_history_tells_prices_and_dates_and_survives_quiet_nights(portal: Any, course: Any) -> None:
    def night(number: int, price: str, *runs: CourseInstance) -> list[dict[str, Any]]:
        portal.night(number, course("ca", price=fixed(price), instances=runs))
        (record,) = portal.read("courses.jsonl")
        return list(record["history"])

    assert night(0, "90.00", dated(1, "2026-12-01")) == []
    dearer = {"at": "2026-11-23T01:30:00Z", "field": "price", "instance_id": None, "old": "90.00", "new": "95.00"}
    assert night(1, "95.00", dated(1, "2026-12-01")) == [dearer]
    assert night(2, "95.00", dated(1, "2026-12-01")) == [dearer]
    moved, added = night(3, "95.00", dated(1, "2026-12-08"), dated(2, "2027-01-04", fixed("80.00")))[1:]
    assert moved == {
        "at": "2026-11-25T01:30:00Z", "field": "dates", "instance_id": "hbz:a#1", "old": "2026-12-01/2026-12-01",
        "new": "2026-12-08/2026-12-08",
    }  # fmt: skip
    assert (added["instance_id"], added["old"], added["new"]) == ("hbz:a#2", None, "2027-01-04/2027-01-04")
    gone = night(4, "95.00", dated(2, "2027-01-04", fixed("85.00")))[3:]
    assert [(one["field"], one["instance_id"], one["old"], one["new"]) for one in gone] == [
        ("dates", "hbz:a#1", "2026-12-08/2026-12-08", None),
        ("price", "hbz:a#2", "80.00", "85.00"),
    ]


def test_a_source_that_drops_what_is_over_makes_no_history(portal: Any, course: Any) -> None:
    portal.night(0, course("ca", instances=(dated(1, "2026-11-01"), dated(2, "2027-01-04"))))
    portal.night(1, course("ca", instances=(dated(2, "2027-01-04"),)))
    assert portal.read("courses.jsonl")[0]["history"] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Fragen an info@schule.example.org!", "Fragen an …!"),
        ("max (at) schule.example.org", "…"),
        ('<p><a href="mailto:info@schule.example.org">Schreiben</a></p>', "<p>Schreiben</p>"),
        ("Tel.: 0221 4710-123", "…"),
        ("Telefon 0221/4710123 Frau Muster", "… Frau Muster"),
        ("ruf an: +49 221 4710 123.", "ruf an: …."),
        ("0221 / 4710123", "…"),
        ("Prüfung nach DIN VDE 0701-0702", "Prüfung nach DIN VDE 0701-0702"),
        ("DIN EN ISO 9606-1, 01.12.2026 - 05.12.2026", "DIN EN ISO 9606-1, 01.12.2026 - 05.12.2026"),
        ("Kurs 2026/2027, 1.234,00 €, 45879 Gelsenkirchen", "Kurs 2026/2027, 1.234,00 €, 45879 Gelsenkirchen"),
        ("Maßnahme-Nr. 317/0123/2026", "Maßnahme-Nr. 317/0123/2026"),
        ("ISBN 978-3-00-012345-6", "ISBN 978-3-00-012345-6"),
        ("C++ @ Work, 20 Plätze (07.12.2026 18:00-21:15)", "C++ @ Work, 20 Plätze (07.12.2026 18:00-21:15)"),
        ("09/2026 - 12/2026 und 02/2027", "09/2026 - 12/2026 und 02/2027"),
        ("", ""),
    ],
)
def test_addresses_and_numbers_are_hidden_and_nothing_else(text: str, shown: str) -> None:
    assert hidden(text) == shown
    assert hidden(shown) == shown


def test_they_are_shown_in_the_contact_alone(portal: Any, course: Any) -> None:
    contact = Contact(name="Büro", phone="0221 4710-123", email="buero@example.org")
    place = Place(venue="Haus A, Tel. 0221 4710-123", city="Gelsenkirchen")
    texts = {"title": "Löten (buero@example.org)", "description": "<p>Tel. 0221 4710-123</p>"}
    portal.night(0, course("ca", contact=contact, instances=(dated(1, "2026-12-01", place=place),), **texts))
    (record,) = portal.read("courses.jsonl")
    assert record["contact"]["email"] == "buero@example.org"
    assert record["title"] == "Löten (…)"
    assert record["description"] == "<p>…</p>"
    assert record["instances"][0]["place"]["venue"] == "Haus A, …"
    assert list(personal(record | texts)) == ["description", "title"]
    published_text = (portal.config.root / "current" / "termine.csv").read_text(encoding="utf-8-sig")
    assert "4710" not in published_text
