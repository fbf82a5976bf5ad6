"""What does a course cost the public? Rulings of contract 4.2: a wrong price is ten times worse than none."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from normalize.memory import remembered
from normalize.model import Price
from normalize.money import find_amounts, machine_value, parse_number, to_cents
from normalize.price_roles import Priced, assign_roles, tidy
from normalize.reading import Doubt, Reading
from normalize.text import plain
from normalize.vocabulary import PriceKind, Vat

_FREE = re.compile(
    r"\b(?:kosten|gebühren|entgelt|beitrags)frei(?:e[rsnm]?)?\b|\bkostenlos(?:e[rsnm]?)?\b|"
    r"\bunentgeltlich(?:e[rsnm]?)?\b|\bgratis\b|"
    r"\bkeine (?:\w*gebühr(?:en)?|kosten|teilnahmegebühr)\b(?! für)|\bohne (?:teilnahme)?gebühr\b|"
    r"\beintritt frei\b|\bfreier eintritt\b"
)
# What follows a word for free makes it conditional, or makes something else free.
_FREE_IF = re.compile(
    r"\s*,?\s*\(?\s*(?:mit|bei|über|durch|wenn|sofern|falls|dank|nach|im rahmen)\b|"
    r"\s*für (?!(?:alle|sie|dich|euch|die teilnehm|teilnehm|interessierte|jede))|"
    r"\s*(?:stornier|storno|rücktritt|umbuch|beratung|park|probe|schnupper|info|erstberatung|"
    r"absag|abmeld|getränk|wlan|unterlagen|\w*material)"
)
_FREE_OTHER = re.compile(
    r"(?:park\w*|storn\w*|rücktritt|getränk\w*|material\w*|unterlagen|beratung\w*|wlan|prüfung\w*|"
    r"umbuchung\w*|abmeldung|"
    r"\bfür (?!sie\b|alle\b|dich\b|euch\b|teilnehm|interess|jede|die teilnehm)\S+(?: \S+){0,2}|"
    r"absage|mitglieder|kinder|schüler\w*|studierende|arbeitslose|nicht|förder\w*|probe\w*|"
    r"wiederholung\w*)\s*:?\s*(?:ist |sind |bis \S+ |möglich )?$"
)
_FUNDED = re.compile(
    r"\b100\s?%(?! (?:kosten|gebühren))|\bzu 100\b|förder|gutschein|kostenübernahme|übernommen|"
    r"kostenträger|jobcenter|\bavgs\b|bafög|\bsgb\b"
)
_ON_REQUEST = re.compile(
    r"\bauf (?:an|nach)frage\b|\bbitte (?:\w+ )?(?:an|nach)fragen\b|\ba\. ?a\.(?!\w)|"
    r"\bnach (?:vereinbarung|absprache|aufwand|angebot)\b|"
    r"\bindividuelle[sr]? (?:angebot|preis)|\bpreis(?:e)? (?:\w+ )?anfragen\b"
)
_REQUEST_OTHER = re.compile(
    r"(?:prüfung\w*|material\w*|raten\w*|ermäßigung\w*|förder\w*|termin\w*|inhouse\w*|firmen\w*|"
    r"rabatt\w*|beginn|übernachtung\w*|"
    r"unterkunft|zeiten|orte?)\s*:?\s*(?:ist |sind |möglich |gern |gerne |auch )*$"
)
_VAT: tuple[tuple[Vat, re.Pattern[str]], ...] = (
    (
        "exempt",
        re.compile(
            r"(?:mwst|ust|mehrwertsteuer|umsatzsteuer)\.?-?\s?(?:be)?frei|(?:von der|der) (?:mwst|ust|"
            r"mehrwertsteuer|umsatzsteuer)\.? (?:ist )?befreit|"
            r"§\s?4\s?(?:nr|ziff|abs)?\.?\s?2[12]|(?:keine|nicht) (?:mwst|mehrwertsteuer|umsatzsteuer)|"
            r"steuerfrei|steuerbefreit"
        ),
    ),
    (
        "included",
        re.compile(
            r"\b(?:inkl|incl|einschl|inklusive|einschließlich|enthält|mit)\.?\s*(?:der |"
            r"die )?(?:ges\w*\.?\s*)?(?:\d{1,2}\s?%\s*)?(?:ges\w*\.?\s*)?(?:mwst|ust\b|mehrwertst|"
            r"umsatzst)|"
            r"(?:mwst|ust|mehrwertsteuer|umsatzsteuer)\.? (?:ist |sind )?(?:enthalten|inbegriffen|inkl)|\bbrutto\b"
        ),
    ),
    (
        "excluded",
        re.compile(
            r"(?:\b(?:zzgl|zuzügl|zuzüglich|plus|exkl|excl|exklusive|ohne)\.?|"
            r"\+)\s*(?:der )?(?:ges\w*\.?\s*)?(?:\d{1,2}\s?%\s*)?(?:ges\w*\.?\s*)?(?:mwst|ust\b|"
            r"mehrwertst|umsatzst)|\bnetto\b"
        ),
    ),
)
_MONTHS = re.compile(
    r"(?:laufzeit|dauer|mindestlaufzeit|über|für|bei)?\s*:?\s*\b(\d{1,2})\s*monat(?:e|en)?\b(?!s?raten)"
)
_BARE_AFTER_LABEL = re.compile(
    r"(?:gebühr(?:en)?|preis|kosten|entgelt)(?: ?\(?in (?:€|eur|euro)\)?)?\s*:?\s*(\d[\d.]*(?:,\d{2})?)$"
)
_GERMAN_AMOUNT = re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d{1,6}),\d{2}")  # "82,00": the field is a price, so it is money
_ZERO = Decimal(0)

# Why an amount that is there is not the price, by its role.
_NOT_THE_PRICE = {
    "funding": "an amount of funding is no price",
    "other": "an amount that is no fee",
    "saving": "a discount, not a price",
    "crossed": "only a former price",
    "included": "only a part of a price",
    "instalment": "only an instalment, without their number",
    "per_month": "only a price per month, without the number of months",
    "per_unit": "only a price per unit, not the total",
    "member": "only a price for members",
    "group": "only a price for a group of people",
    "early": "only an early-bird price",
    "dated": "a price that depends on a date",
    "company": "only a price for companies",
    "tax": "only an amount of tax",
    "extra": "only an additional fee",
    "bundle": "only a price for a bundle",
    "unclear": "it is not clear what the amount is for",
    "exam": "only an exam fee, no course fee",
    "materials": "only a materials fee, no course fee",
    "reduced": "only a reduced price",
}


@dataclass(frozen=True, slots=True)
class _Choice:
    """The amount the public pays, or None with the reason why none could be chosen."""

    amount: Priced | None
    reason: str = ""


def read_price(price: str | None, note: str | None = None) -> Reading[Price]:
    """The price of a course from the published price and the note beside it; both may be a machine's or a person's.

    `amount` is what the public pays, in the currency's main unit, without exam and materials fees named beside it.
    Nothing published is `unknown` without a doubt; what cannot be read for sure is `unknown` with one.
    """
    return _read(price, note)


@remembered(8192)
def _read(price: str | None, note: str | None) -> Reading[Price]:
    head, tail = plain(price), plain(note)
    if head is None and tail is None:
        return Reading(Price())
    raw = " | ".join(part for part in (price, note) if part)
    bare = machine_value(head) if head else None
    shown = (f"{bare} €".replace(".", ",") if bare is not None else head) or ""
    if _GERMAN_AMOUNT.fullmatch(shown):
        shown += " €"
    text = tidy(f"{shown} ({tail})" if shown and tail else shown or tail or "")
    human = plain("; ".join(part for part in (head if bare is None else None, tail) if part))
    found = find_amounts(text)
    doubts = [Doubt(raw, "digits that are no amount of money") for amount in found if amount.value is None]
    priced = assign_roles(text, found)
    if not found and (labelled := _bare_after_label(text)) is not None:
        priced = (Priced(labelled, "total"),)
    reading = _decide(text, priced, raw, human, of_head=1 if bare is not None else 0)
    if doubts and reading.value.amount is None:
        return Reading(reading.value, tuple(doubts))
    return Reading(reading.value, reading.doubts + tuple(doubts))


def _decide(text: str, priced: tuple[Priced, ...], raw: str, human: str | None, of_head: int) -> Reading[Price]:
    doubts: list[Doubt] = []
    exam = _one_fee("exam", priced, raw, doubts)
    materials = _one_fee("materials", priced, raw, doubts)
    choice = _choose(text, priced, (exam or _ZERO) + (materials or _ZERO), of_head)
    reduced = _reduced(priced, beside_full=choice.amount is not None)
    if reduced is None and _has_role(priced, "reduced"):
        doubts.append(Doubt(raw, "no single reduced price"))
    kind: PriceKind = "unknown"
    amount: Decimal | None = None
    if choice.amount is not None and choice.amount.value > 0:
        kind, amount = ("from" if choice.amount.lower else "fixed"), choice.amount.value
    elif _is_free(text) and (choice.amount is not None or not _has_role(priced, "total", "public", "grand")):
        kind, amount = "free", _ZERO
    elif _is_on_request(text) and (choice.amount is not None or not _has_role(priced, "total", "public", "grand")):
        kind = "on_request"
    elif choice.amount is not None:
        doubts.append(Doubt(raw, "a price of zero without a word for free"))
    else:
        doubts.append(Doubt(raw, choice.reason))
    if amount is not None and reduced is not None and reduced > amount and kind != "free":
        doubts.append(Doubt(raw, "the reduced price is above the full one"))
        kind, amount, reduced = "unknown", None, None
    if _has_role(priced, "extra") and amount is not None:
        doubts.append(Doubt(raw, "an additional fee that has no field"))
    if choice.amount is not None and choice.reason and kind != "unknown":
        doubts.append(Doubt(raw, choice.reason))
    currencies = {each.currency for each in priced}
    if len(currencies) > 1:
        return Reading(Price(text=human), (Doubt(raw, "amounts in several currencies"),))
    value = Price(
        kind=kind,
        amount=_string(amount),
        reduced=_string(reduced),
        exam_fee=_string(exam),
        materials_fee=_string(materials),
        currency=currencies.pop() if currencies else "EUR",
        vat=_vat(text, choice.amount, raw, doubts),
        text=human,
    )
    return Reading(value, tuple(doubts))


def _choose(text: str, priced: tuple[Priced, ...], fees: Decimal, of_head: int) -> _Choice:
    """The one amount that is the price for the public, if there is one."""
    if _has_role(priced, "dated"):
        return _Choice(None, _NOT_THE_PRICE["dated"])
    public = _values(priced, "public")
    totals = public or _values(priced, "total")
    if len(totals) > 1:  # a machine's 0.0 beside a note that names the price
        totals = [each for each in totals if each.value > 0]
    grand = _values(priced, "grand")
    if of_head and priced and priced[0] in totals and not public and len(totals) > 1:
        # A machine's price with a note that names other amounts: the price counts, or is the sum of the note's.
        rest = [each for each in totals if each.value != priced[0].value]
        if len(rest) == 1 and fees and rest[0].value + fees == priced[0].value:
            return _Choice(rest[0])
        if any(each.value > priced[0].value for each in rest):
            return _Choice(None, "the note names a higher amount")
        return _Choice(priced[0], "the note names another amount")
    if len(totals) > 1:
        gross = [each for each in totals if each.vat == "included"]
        net = [each for each in totals if each.vat == "excluded"]
        if len(net) == 1 and len(totals) == 2:
            rest = [each for each in totals if each.vat != "excluded"]
            gross = gross or [replace(each, vat="included") for each in rest if _is_gross_of(each.value, net[0].value)]
        if len(gross) == 1 and len(net) == len(totals) - 1:
            totals = gross
    if len(totals) == 1:
        for each in _values(priced, "tax"):  # "100 € zzgl. 19 % MwSt. 119 €"
            if totals[0].vat == "excluded" and _is_gross_of(each.value, totals[0].value):
                return _Choice(replace(each, vat="included"))
        if totals[0].bounded:
            return _Choice(None, "a bound or a range, not an amount")
        if len(grand) == 1 and not public and grand[0].value < totals[0].value:
            return _Choice(None, "the sum is less than its part")
        return _Choice(totals[0])
    if len(grand) == 1 and not grand[0].bounded:
        return _Choice(grand[0])
    if len(totals) > 1:
        return _Choice(None, "several amounts, none clearly the price for the public")
    return _from_parts(text, priced)


def _from_parts(text: str, priced: tuple[Priced, ...]) -> _Choice:
    """Instalments and months whose number is stated make a total; else the reason why there is no price."""
    products = {each.value * each.count for each in priced if each.role == "instalment" and each.count}
    if len(products) == 1:
        return _Choice(Priced(to_cents(products.pop()), "instalment"))
    monthly = _values(priced, "per_month")
    months = {int(found[1]) for found in _MONTHS.finditer(text)}
    if len(monthly) == 1 and len(months) == 1 and not monthly[0].lower and not monthly[0].bounded:
        return _Choice(Priced(to_cents(monthly[0].value * months.pop()), "per_month"))
    roles = [each.role for each in priced]
    reason = next((reason for role, reason in _NOT_THE_PRICE.items() if role in roles), "no amount")
    return _Choice(None, reason)


def _is_gross_of(gross: Decimal, net: Decimal) -> bool:
    """Whether one is the other with German VAT."""
    return any(abs(net * rate - gross) <= Decimal("0.02") for rate in (Decimal("1.19"), Decimal("1.07")))


def _values(priced: Iterable[Priced], *roles: str) -> list[Priced]:
    """The amounts with one of the roles, each value once."""
    distinct: dict[Decimal, Priced] = {}
    for each in priced:
        if each.role in roles:
            distinct.setdefault(each.value, each)
    return list(distinct.values())


def _has_role(priced: Iterable[Priced], *roles: str) -> bool:
    return any(each.role in roles for each in priced)


def _one_fee(role: str, priced: Sequence[Priced], raw: str, doubts: list[Doubt]) -> Decimal | None:
    fees = _values(priced, role)
    if len(fees) == 1 and not fees[0].bounded and not fees[0].lower:
        return fees[0].value
    if fees:
        doubts.append(Doubt(raw, f"no single {role} fee"))
    return None


def _reduced(priced: Sequence[Priced], beside_full: bool) -> Decimal | None:
    """The reduced price; one for students, pensioners ... counts only beside a full price."""
    reduced = _values(priced, "reduced") or (_values(priced, "group") if beside_full else [])
    return reduced[0].value if len(reduced) == 1 and not reduced[0].bounded and not reduced[0].lower else None


def _is_free(text: str) -> bool:
    """Whether a word says that the course (not parking, not for members, not with a voucher) costs nothing."""
    if _FUNDED.search(text):
        return False
    return any(
        not _FREE_IF.match(text, found.end()) and not _FREE_OTHER.search(text, 0, found.start())
        for found in _FREE.finditer(text)
    )


def _is_on_request(text: str) -> bool:
    return any(not _REQUEST_OTHER.search(text, 0, found.start()) for found in _ON_REQUEST.finditer(text))


def _vat(text: str, chosen: Priced | None, raw: str, doubts: list[Doubt]) -> Vat | None:
    if chosen is not None and chosen.vat is not None:
        return "included" if chosen.vat == "included" else "excluded"
    said = [vat for vat, pattern in _VAT if pattern.search(text)]
    if "exempt" in said and "excluded" in said and "steuer" in text and "ohne" in text:
        said = ["exempt"]
    if len(said) > 1:
        doubts.append(Doubt(raw, "contradictory words on VAT"))
    return said[0] if len(said) == 1 else None


def _bare_after_label(text: str) -> Decimal | None:
    """`Gebühr: 85,00` - a number without currency right after a word for price, at the end."""
    found = _BARE_AFTER_LABEL.search(text)
    return (
        parse_number(found[1])
        if found
        else parse_number(text)
        if re.fullmatch(r"\d[\d.]*,\d{2}|\d{1,3}\.\d{3}", text)
        else None
    )


def _string(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{to_cents(amount)}"
