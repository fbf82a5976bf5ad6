"""Amounts of money in German text: where they stand, what they are worth; what they are for is the next question."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
LARGEST = Decimal(200_000)  # no course costs more; beyond it the string is something else

CURRENCIES = {"€": "EUR", "chf": "CHF", "sfr": "CHF", "fr.": "CHF", "$": "USD", "usd": "USD", "£": "GBP", "gbp": "GBP"}

_CURRENCY = r"€uro|€|euros?\b|eur(?![a-zäöü])|chf\b|sfr\b|usd\b|gbp\b|\$|£"
_NUMBER = r"(?<!\d)(?<!\d[.,])(?:\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d{2})?(?![\d.,'’]*\d)|\d{1,9}(?:[.,'’]\d+)*)"
_DASH = r"\s?[.,]\s?(?:[-–—]{1,3}|=)"
_AMOUNT = re.compile(
    rf"(?:(?P<low>{_NUMBER})(?:{_DASH})?\s*(?:[-–—]|bis)\s*)?"
    rf"(?:(?P<before>{_CURRENCY})\s*:?\s*(?P<n1>{_NUMBER})(?:{_DASH})?(?!\s*%)"
    rf"|(?P<n2>{_NUMBER})(?:{_DASH})?\s*(?P<after>{_CURRENCY})"
    rf"|(?P<n3>{_NUMBER}){_DASH}(?!\d))"
)
# How a number may be written, and which characters in it only separate thousands.
_SHAPES = (
    (re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?"), "."),  # 1.690,00
    (re.compile(r"\d+(?:,\d{1,2})?"), ""),  # 1690,5
    (re.compile(r"\d+\.\d{2}"), ""),  # 1690.00
    (re.compile(r"\d{1,3}(?:,\d{3})+\.\d{2}"), ","),  # 1,690.00
    (re.compile(r"\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d{2})?"), " '’"),  # 1 690,00
)
_MACHINE_WITH_UNIT = re.compile(r"\d{2,}\.\d")  # "1690.0 EUR"; a lone "€ 5.2" is a section of a fee table
# A number after one of these words counts or names something: "Teil 1 250,00 €" is not 1,250.
_COUNTING = re.compile(
    r"(?:gebühr\w*|preis\w*|kosten|entgelt\w*|beträgt|betrag|von|ca\.|zirka|ab|zzgl\.|nur|[:(=€|])\s*$"
)
_NAMES_A_NUMBER = re.compile(r"(?:teile?|modul|stufe|kurs|nr\.?|nummer|block|woche|tag|level|termin|gruppe)\s*$")
_MACHINE = re.compile(r"\d{1,9}(?:\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount at `start:end` of the text. `value` is None where its digits are no money (`€ 3.1.1`, `1 250 €`?)."""

    value: Decimal | None
    currency: str
    start: int
    end: int
    is_range: bool = False


def find_amounts(text: str) -> tuple[Amount, ...]:
    """All amounts with a currency or a `,-` in lower-case text, in their order."""
    return tuple(_amount(text, found) for found in _AMOUNT.finditer(text))


def machine_value(text: str) -> Decimal | None:
    """The value of a bare number as a machine writes it (`35464.5`, `122.00`, `85`); None if it is none.

    Three decimals are either a thousands point or a padded decimal; nobody can tell, so they are none.
    """
    if not _MACHINE.fullmatch(text):
        return None
    whole, _, decimals = text.partition(".")
    if len(decimals) == 3 and len(whole) <= 3:
        return None
    value = Decimal(text)
    return to_cents(value) if value <= LARGEST else None


def to_cents(value: Decimal) -> Decimal:
    """Rounded to cents, half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def parse_number(digits: str) -> Decimal | None:
    """The value of a number in German (or Swiss, or English) notation; None if its points and commas fit none."""
    for shape, thousands in _SHAPES:
        if shape.fullmatch(digits):
            for point in thousands:
                digits = digits.replace(point, "")
            value = Decimal(digits.replace(",", "."))
            return to_cents(value) if value <= LARGEST else None
    return None


def _amount(text: str, found: re.Match[str]) -> Amount:
    digits = found["n1"] or found["n2"] or found["n3"]
    sign = (found["before"] or found["after"] or "€").strip()
    value = parse_number(digits)
    if value is None and found["after"] and _MACHINE_WITH_UNIT.fullmatch(digits):
        value = machine_value(digits)
    group = "n1" if found["n1"] else "n2" if found["n2"] else "n3"
    start, is_range = found.start(), False
    if " " in digits and not found["before"]:
        in_front = text[: found.start(group)].rstrip()
        if in_front and not _COUNTING.search(in_front):
            value = None
    if found["low"]:
        low = parse_number(found["low"])
        in_front = text[: found.start("low")]
        is_range = low is not None and value is not None and low < value and not _NAMES_A_NUMBER.search(in_front)
        if not is_range:
            start = found.start("before") if found["before"] else found.start(group)
    return Amount(value, CURRENCIES.get(sign, "EUR"), start, found.end(), is_range)
