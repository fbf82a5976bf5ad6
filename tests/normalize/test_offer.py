"""A listing becomes an offer: the rulings of the contract, seen from the outside."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normalize.model import Listing, Offer
from normalize.offer import to_offer


def read(today: date | None = None, **fields: Any) -> Offer:
    listing = {"source": "hbz", "ref": "4711", "fetched_at": "2026-11-22T01:30:00Z", "title": "Schweißen MAG"} | fields
    return to_offer(Listing.model_validate(listing), kind="provider", today=today)


def run(today: date | None = None, **fields: Any) -> Any:
    (instance,) = read(today, instances=[fields]).instances
    return instance


def test_an_offer_is_named_after_its_source_and_ref() -> None:
    offer = read(instances=[{"ref": "a1", "dates": "01.03.2027 - 05.03.2027"}])
    assert offer.offer_id == "hbz:4711"
    assert offer.instances[0].instance_id == "hbz:4711#a1"


def test_what_is_not_there_is_null_and_no_issue() -> None:
    offer = read(title="Excel Grundkurs")
    assert (offer.course_number, offer.price.kind, offer.price.amount, offer.instances) == (None, "unknown", None, ())
    assert offer.issues == ()


def test_an_explicit_null_is_an_absent_value() -> None:
    assert read(categories=None, instances=None, contact=None) == read()


def test_a_key_outside_the_contract_is_signalled() -> None:
    (issue,) = read(title="Excel Grundkurs", preis="12 €").issues
    assert (issue.field, issue.raw) == ("preis", "12 €")


@pytest.mark.parametrize(
    ("dates", "times", "start", "end", "precision"),
    [
        ("22.10.27 - 19.01.30", None, "2027-10-22", "2030-01-19", "day"),
        ("14.12. bis 22.01.2027", None, "2026-12-14", "2027-01-22", "day"),
        ("September 2027", None, "2027-09-01", "2027-09-30", "month"),
        ("1691964000000 - 1692050400000", None, "2023-08-14", "2023-08-15", "day"),
        ("2026-02-18+01:00", None, "2026-02-18", None, "day"),
        ("15.11.2026", "09:00 - 16:00 Uhr", "2026-11-15", "2026-11-15", "day"),
        ("21.09.2026", None, "2026-09-21", None, "day"),
        ("05.03.2027 - 01.03.2027", None, None, None, "unknown"),
    ],
)
def test_dates(dates: str, times: str | None, start: str | None, end: str | None, precision: str) -> None:
    instance = run(dates=dates, times=times)
    assert (instance.start, instance.end, instance.precision) == (start, end, precision)


@pytest.mark.parametrize(
    ("duration", "end"), [("10 Termine", None), ("3 Tage", None), ("1 Termin", "2026-02-10"), ("8 UE", "2026-02-10")]
)
def test_a_single_day_is_only_the_begin_when_the_duration_tells_of_more(duration: str, end: str | None) -> None:
    dates = "Di., 10.02.2026, 08:00 - 15:30 Uhr"
    assert run(dates=dates, duration=duration).end == end
    (of_the_offer,) = read(duration=duration, instances=[{"dates": dates}]).instances
    assert of_the_offer.end == end


def test_an_end_before_the_start_is_an_issue_with_the_raw_text() -> None:
    offer = read(instances=[{"dates": "05.03.2027 - 01.03.2027"}])
    assert [issue.field for issue in offer.issues] == ["instances[0].dates"]


def test_an_open_start_keeps_its_place_and_price() -> None:
    instance = run(dates="laufend", city="Gladbeck", postcode="45964", price="120,00 €")
    assert (instance.open_start, instance.start, instance.end) == (True, None, None)
    assert instance.place.municipality_key == "05562014"
    assert instance.price.amount == "120.00"


def test_a_status_in_the_title_goes_to_the_runs_without_one() -> None:
    offer = read(
        title="Einbürgerungstest: Ausgebucht!",
        instances=[{"dates": "21.05.2027"}, {"dates": "28.05.2027", "availability": "5 Plätze frei"}],
    )
    assert (offer.title, offer.title_raw) == ("Einbürgerungstest", "Einbürgerungstest: Ausgebucht!")
    assert [instance.availability.status for instance in offer.instances] == ["full", "available"]


def test_opposite_meanings_of_counts() -> None:
    booked = run(availability="4 von 6").availability
    assert (booked.booked, booked.capacity, booked.free, booked.status) == (4, 6, 2, "few_left")
    free = run(availability="3 Plätze verfügbar").availability
    assert (free.free, free.status) == (3, "few_left")


def test_a_machine_zero_is_not_free() -> None:
    assert read(price="0.0", price_note="Inklusive Schulungsunterlagen").price.kind == "unknown"
    free = read(price="0.0", price_note="kostenfrei").price
    assert (free.kind, free.amount) == ("free", "0.00")


def test_schedule_of_a_run_is_set_on_the_run_alone() -> None:
    offer = read(instances=[{"dates": "07.09.2026 - 22.04.2027: Vollzeit"}])
    assert (offer.schedule, offer.instances[0].schedule) == ("unknown", "full_time")


def test_several_runs_in_one_string_become_several_instances() -> None:
    offer = read(instances=[{"ref": "r", "dates": "12.01.2027 - 16.01.2027 | 02.03.2027 - 06.03.2027"}])
    assert [(one.ref, one.start) for one in offer.instances] == [("r", "2027-01-12"), (None, "2027-03-02")]


def test_sessions_give_the_span_when_no_dates_are_stated() -> None:
    instance = run(
        sessions=[
            {"date": "10.11.2026", "times": "17:00 - 20:15 Uhr"},
            {"date": "12.11.2026", "times": "17:00 - 20:15 Uhr"},
        ]
    )
    assert (instance.start, instance.end, instance.precision) == ("2026-11-10", "2026-11-12", "day")
    assert instance.sessions[1].end_time == "20:15"


def test_meetings_before_the_start_give_no_end() -> None:
    offer = read(instances=[{"dates": "Di., 10.02.2026", "sessions": [{"date": "05.01.2026"}]}])
    (instance,) = offer.instances
    assert (instance.start, instance.end) == ("2026-02-10", None)
    assert [issue.field for issue in offer.issues] == ["instances[0].sessions"]


def test_a_lone_surrogate_is_replaced() -> None:
    assert read(title="Excel \ud800 Grundkurs", ref="\ud800").ref == "\ufffd"


def test_the_reference_date_is_the_day_of_the_fetch_in_berlin() -> None:
    # 23:30 UTC on 31 July is already 1 August in Berlin, so the next 1 August is that very day.
    instance = read(fetched_at="2026-07-31T23:30:00Z", instances=[{"dates": "01.08. bis 05.08."}]).instances[0]
    assert instance.start == "2026-08-01"


def test_today_overrides_the_day_of_the_fetch() -> None:
    assert run(date(2027, 8, 2), dates="01.08. bis 05.08.").start == "2028-08-01"


def test_hostile_text_is_harmless() -> None:
    offer = read(
        title="<b>Excel</b> &amp; Word <script>alert(1)</script>",
        description='<p onclick="x()">Gut<script>alert(1)</script> <a href="javascript:x()">hier</a></p>',
    )
    assert offer.title == "Excel & Word"
    assert "script" not in (offer.description or "")
    assert "onclick" not in (offer.description or "")


def test_repaired_characters_are_logged() -> None:
    offer = read(title="SchweiÃŸen fÃ¼r Einsteiger")
    assert offer.title == "Schweißen für Einsteiger"
    assert ("title", "SchweiÃŸen fÃ¼r Einsteiger") in {(issue.field, issue.raw) for issue in offer.issues}


# --- hashes ---------------------------------------------------------------------------------------------------------


def test_the_content_hash_ignores_when_it_was_fetched() -> None:
    assert read(fetched_at="2026-11-22T01:30:00Z").content_hash == read(fetched_at="2026-11-23T01:30:00Z").content_hash


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Schweißen WIG"},
        {"price": "10,00 €"},
        {"url": "https://example.org/2"},
        {"instances": [{"dates": "2027-01-02"}]},
    ],
)
def test_the_content_hash_sees_what_the_portal_shows(change: dict[str, Any]) -> None:
    assert read(**change).content_hash != read().content_hash


@pytest.mark.parametrize("change", [{"price": "10,00 €"}, {"instances": [{"dates": "2027-01-02", "city": "Marl"}]}])
def test_the_match_hash_ignores_runs_and_prices(change: dict[str, Any]) -> None:
    assert read(**change).match_hash == read().match_hash


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Schweißen MAG DIN EN ISO 9606-1"},
        {"provider": "DEKRA Akademie GmbH"},
        {"course_number": "A-17"},
        {"format": "Online"},
        {"description": "<p>Ganz andere Inhalte</p>"},
    ],
)
def test_the_match_hash_sees_which_course_it_is(change: dict[str, Any]) -> None:
    assert read(**change).match_hash != read().match_hash


# --- any input ------------------------------------------------------------------------------------------------------

SNIPPETS = st.sampled_from(
    [
        "Mo",
        "10.03.2026",
        "- ",
        " bis ",
        "ab ",
        "18:00",
        " Uhr",
        "1.234,00 €",
        "0.0",
        "erm.",
        "10 x ",
        "<p>",
        "<script>",
        "KW 12",
        "\x00",
        "Ã¼",
        "Teil I+II",
        "A1.1",
        "(m/w/d)",
        "ausgebucht",
        "4 von 6",
        "UE",
        "laufend",
        "16919640000001",
        "45657",
        "Marl",
        "🙂",
        "\u202e",
        "€ 3.1.1",
    ]
)
TEXTS = st.none() | st.text(max_size=40) | st.lists(SNIPPETS, max_size=6).map("".join)
SHARED = ["price", "price_note", "duration", "format", "schedule"]
RUN_FIELDS = [
    *SHARED,
    *["dates", "times", "venue", "room", "street", "postcode", "city", "online", "availability", "deadline"],
]
FIELDS = [
    *SHARED,
    *[
        "title",
        "subtitle",
        "description",
        "provider",
        "language",
        "requirements",
        "certificate",
        "course_number",
        "url",
    ],
]
INSTANCES = st.fixed_dictionaries({}, optional=dict.fromkeys(RUN_FIELDS, TEXTS))
LISTINGS = st.fixed_dictionaries(
    {"source": st.just("s"), "ref": st.just("1"), "fetched_at": st.just("2026-11-22T01:30:00Z")},
    optional=dict.fromkeys(FIELDS, TEXTS) | {"instances": st.lists(INSTANCES, max_size=2)},
)


@given(LISTINGS)
@settings(max_examples=300, deadline=None)
def test_no_listing_crashes_and_the_offer_is_valid(listing: dict[str, Any]) -> None:
    offer = to_offer(Listing.model_validate(listing), kind="provider")
    again = Offer.model_validate_json(offer.model_dump_json())
    assert again == offer
    assert "<script" not in (offer.description or "").lower()
    for instance in offer.instances:
        assert instance.end is None or instance.start is None or instance.start <= instance.end
    assert to_offer(Listing.model_validate(listing), kind="provider") == offer
