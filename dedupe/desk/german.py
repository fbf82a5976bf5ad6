"""Dates, moments, prices and runs as a German reader writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from dedupe.desk.index import run_moment
from normalize.labels import label
from normalize.model import Availability, Duration, Instance, Place, Price

BERLIN = ZoneInfo("Europe/Berlin")
_SWAP = str.maketrans(",.", ".,")
_UNITS = (
    ("teaching_units", "UE"), ("hours", "Stunden"), ("days", "Tage"), ("weeks", "Wochen"), ("months", "Monate"),
    ("sessions", "Termine"),
)  # fmt: skip


def date_de(value: str | date | None) -> str:
    """A date, or one in ISO form, as 22.11.2026; nothing for none."""
    if not value:
        return ""
    return f"{date.fromisoformat(value[:10]) if isinstance(value, str) else value:%d.%m.%Y}"


def moment_de(value: str | datetime | None) -> str:
    """A moment, or one in ISO form (UTC where it says nothing), as 22.11.2026, 14:05 Uhr in Berlin."""
    if not value:
        return ""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{(found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(BERLIN):%d.%m.%Y, %H:%M} Uhr"


def night_de(run_id: str) -> str:
    """The day of a run in Berlin."""
    return date_de(run_moment(run_id).astimezone(BERLIN).date())


def number_de(value: float) -> str:
    """1234.5 as 1.234,5; whole numbers without a fraction."""
    return f"{value:,.1f}".removesuffix(".0").translate(_SWAP)


def percent_de(share: float) -> str:
    """0.956 as 96 %; what is not all or nothing is never said to be."""
    rounded = round(100 * share)
    if 0 < share < 1:
        rounded = min(99, max(1, rounded))
    return f"{rounded} %"


def amount_de(value: str) -> str:
    """ "1234.00" as 1.234,00 €."""
    return f"{Decimal(value):,.2f} €".translate(_SWAP)


def price_de(price: Price | None) -> str:
    """What it costs, with what is beside it; empty where nothing is known."""
    if price is None:
        return ""
    if price.kind == "free":
        text = "kostenfrei"
    elif price.amount:
        text = f"{'ab ' * (price.kind == 'from')}{amount_de(price.amount)}"
    elif price.kind == "on_request":
        text = "auf Anfrage"
    else:
        text = ""
    beside = [("ermäßigt", price.reduced), ("Prüfung", price.exam_fee), ("Material", price.materials_fee)]
    return "; ".join([text] * bool(text) + [f"{name} {amount_de(value)}" for name, value in beside if value])


def duration_de(duration: Duration | None) -> str:
    """How long it takes, in every unit that is known; else in the words of the source."""
    if duration is None:
        return ""
    known = [(getattr(duration, name), unit) for name, unit in _UNITS]
    return ", ".join(f"{number_de(value)} {unit}" for value, unit in known if value) or duration.text or ""


def place_de(place: Place) -> str:
    """Where a run takes place, in a few words."""
    parts = ["online"] * place.online + [value for value in (place.venue, place.city) if value]
    return ", ".join(dict.fromkeys(parts))


def run_de(run: Instance) -> str:
    """When a run takes place: 05.10.2026 – 19.11.2026, Mo Mi, 18:00–21:15 Uhr."""
    if run.open_start:
        when = "Einstieg jederzeit"
    elif run.precision == "month" and run.start:
        when = f"{run.start[5:7]}/{run.start[:4]}"
    elif run.precision == "year" and run.start:
        when = run.start[:4]
    elif run.start and run.end and run.start != run.end:
        when = f"{date_de(run.start)} – {date_de(run.end)}"
    else:
        when = date_de(run.start) or "ohne Datum"
    days = " ".join(label("weekday", day) for day in run.weekdays)
    times = "–".join(time for time in (run.start_time, run.end_time) if time)
    return ", ".join(part for part in (when, days, f"{times} Uhr" if times else "") if part)


def seats_de(availability: Availability) -> str:
    """Whether one can still book; empty where nothing is known."""
    if availability.status == "unknown":
        return ""
    free = f" ({availability.free} frei)" if availability.free else ""
    return label("availability", availability.status) + free
