"""What an amount in a price string is for: the course, the exam, members only, a month, a grant ...

Each amount is judged by the words of its own clause. The clause is written as a frame with `#` for the amount
(`zzgl. ca. # für unterrichtsmaterial`), and the first row of `ROLES` whose pattern fits the frame names its role.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from normalize.money import Amount

_VAT_WORD = r"(?:\d{1,2}\s?%\s*)?(?:ges\w*\.?\s*)?(?:der\s+)?(?:mwst|ust\b|mehrwertst|umsatzst|steuer)"
_VAT_NOUN = (
    r"(?:\d{1,2}\s?%\s*)?(?:ges\w*\.?\s*)?(?:mwst|ust\b|mehrwertsteuer|"
    r"umsatzsteuer)(?!\.?-?\s?(?:be)?frei|\.? (?:ent|inkl))\.?"
)
_FUNDING = (
    r"\w*(?:förder|zuschuss|zuschüss|bafög|bildungsscheck|gutschein|prämie|stipendi|bonus|"
    r"eigenanteil|zuzahlung|darlehen|erstatt)\w*"
)
_UNIT = (
    r"(?:stunde|std|ue\b|u-std|unterrichts\w+|tag|kurstag|termin|abend|woche|monat|mon\b|quartal|"
    r"semester|halbjahr|jahr|modul|"
    r"teil\b|teile?n?\b|einheit|lektion|block|treffen|kurseinheit|veranstaltung|doppelstunde|"
    r"familie|paar|gruppe|rate)"
)

# (role, pattern of the frame). The order decides: what speaks of a grant is never a fee, a counted rate is not a rate.
ROLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        ("funding", rf"^(?!.*(?:ohne|nicht|vor|keine)\s+\w*förder)(?!.*(?:ungeförder|förderfähig)).*{_FUNDING}[^#]*#"),
        (
            "funding",
            rf"#\s*(?:(?:mit|nach|bei|als|aus|über|durch)\s+)?(?!\w*förder(?:fähig|"
            rf"bar))(?!förderung (?:\w+ )*möglich)-?{_FUNDING}",
        ),
        (
            "other",
            r"(?:gehalt|verdien|umsatz|versicherung|einkommen|stundenlohn|streitwert|budget|anzahlung|"
            r"kaution|spende|storno|rücktritt|pfand|mahn)\w*[^#]*#|#\s*(?:anzahlung|kaution|storno)",
        ),
        (
            "saving",
            r"(?:rabatt|nachlass|spar\w*|ersparnis|abzüglich|abzgl|minus|skonto|ermäßigung)\b[^#]*#|"
            r"#\s*(?:rabatt|nachlass|ermäßigung|ersparnis|günstiger|gespart|weniger)\b(?!\s*(?:möglich|"
            r"auf|nur|für|nach|gem|siehe|s\.))",
        ),
        ("crossed", r"\b(?:statt|uvp|bisher|früher)\b[^#]*#"),
        ("tax", rf"#\s*{_VAT_NOUN}|^(?:(?:zzgl|zuzüglich|plus)\.?\s*)?{_VAT_NOUN}\s*:?\s*#"),
        ("included", r"\b(?:davon|darin|darunter|enthält)\b[^#]*#|#.*\b(?:enthalten|inbegriffen)"),
        (
            "instalment",
            r"\d{1,2}\s*(?:[x×]\s*)?(?:\w+\s+)?(?:\w*raten?|teilzahlung\w*|teilbetr\w+|monatsbeitr\w+|"
            r"monate?n?)\b[^#\d:]*#|\d{1,2}\s*[x×]\s*#\s*(?:\w*raten?|pro monat|monatlich)",
        ),
        ("instalment", r"\brate\b[^#]*#|\braten\s*(?:à|a|zu|von|je)?[^#]*#|#\s*(?:pro|je) rate"),
        (
            "per_month",
            r"\bmonatlich|\bmtl\b|\bmonats(?:beitrag|gebühr|preis)|#\s*(?:pro|je|im|per)\s*(?:monat|"
            r"mon\b)|\b(?:pro|je) monat\b[^#]*#",
        ),
        (
            "per_unit",
            rf"#\s*(?:pro|je|per)\s+(?:{_UNIT}|\d)|\b(?:pro|"
            rf"je)\s+(?:\d+\s*)?{_UNIT}\w*\s*[:=]?\s*(?:ca\.\s*)?#|\b(?:je|jeweils|à|á|a)\s*#|\d\s*[x×]\s*#",
        ),
        (
            "per_unit",
            r"(?:stundensatz|tagessatz|semestergebühr|semesterbeitrag|jahresbeitrag|jahresgebühr|jährlich|"
            r"vierteljähr|wöchentlich)",
        ),
        (
            "public",
            r"\bnicht-?\s?(?:\w+-?)?mitglied|\b(?:kein|ohne)\w* (?:\w+-?)?mitglied|\bexterne?n?\b|\bgäste|"
            r"\bregulär|normal(?:er|e|preis|gebühr|tarif)|vollzahler|selbstzahl|privatzahl|\bprivat(?:e|"
            r"person\w*)?\b|standardpreis|vollpreis|voller preis|alle anderen",
        ),
        ("member", r"mitglied|innungsbetrieb|\binterne?\b"),
        (
            "reduced",
            r"(?<!nicht )\berm(?:\.|\b|äßigt|aessigt|äss?igt)\w*|reduziert(?:er|e|en) |sozialtarif|"
            r"vergünstigt|(?:mit|bei) ermäßigung",
        ),
        ("early", r"frühbuch|early.?bird|bei (?:anmeldung|buchung) bis"),
        (
            "dated",
            r"(?<![\d.] )\bbis (?:zum )?\d{1,2}\.\s?(?:\d|[jfmasond])|"
            r"^(?!.*(?:beginn|start|termin)).*\bab (?:dem )?"
            r"(?:\d{1,2}\.\s?(?:\d|[jfmasond])|(?:[a-zä]+ )?20\d\d)[^#]*#",
        ),
        (
            "group",
            r"schüler|studierend|student|azubi|auszubildend|arbeitslos|arbeitsuchend|rentner|senior|"
            r"schwerbehind|ehrenamt|\bkinder\b|jugendlich|bürgergeld|berufsanfänger",
        ),
        ("company", r"\bfirmen|\bunternehmen|\bbetriebe|inhouse|gewerb|arbeitgeber|geschäftskund"),
        (
            "total",
            r"(?:kurs|lehrgang|seminar|schulung|unterricht|teilnahme)\w*-?\s*(?:und|u\.|&|\+|"
            r"inkl\w*\.?)\s*prüfung[^#]*#",
        ),
        ("exam", r"prüfung(?!s?(?:vorbereit|teil))|zertifi\w*(?:gebühr|kosten)|\bexamen|klausur"),
        (
            "materials",
            r"material|lehrmittel|lernmittel|lehrb[uü]ch|fachb[uü]ch|\bb[uü]ch|\bskript|unterlagen|"
            r"literatur|arbeitsmittel|werkzeug|lebensmittel|zutaten|kopi(?:en|er)|umlage|verbrauchs",
        ),
        (
            "extra",
            r"(?:anmelde|einschreib|aufnahme|bearbeitungs|verwaltungs|registrierungs|zulassungs)\w*|"
            r"verpflegung|übernachtung|unterkunft|internat|fahrtkosten|zuschlag|mittagessen|park(?:en|gebühr)",
        ),
        ("extra", r"^\W*(?:zzgl|zuzüglich|zuzügl|plus)\b"),
        ("bundle", r"paket|bundle|kombi(?:preis|kurs)|bei buchung (?:beider|aller)"),
        ("grand", r"gesamt|insgesamt|\bsumme|\btotal\b|zusammen"),
    )
)

_BOUND = re.compile(r"(?:\bbis(?:\s+zu)?|\bmax(?:\.|imal)?|\bhöchstens|\bunter)\s*(?:ca\.?\s*|zirka\s*)?#")
_FROM = re.compile(r"\bab\s*(?:ca\.?\s*|nur\s*|zirka\s*)?#|\bmindestens\s*#|\bmind\.\s*#")
_COUNT = re.compile(r"(\d{1,2})\s*(?:[x×]|\w*\s*\w*(?:rate|teilzahl|teilbetr|monat)[^#:]*#)")
_NET = re.compile(rf"\bnetto|\b(?:zzgl|zuzüglich|zuzügl|plus|exkl|excl|ohne)\w*\.?\s*{_VAT_WORD}")
_GROSS = re.compile(rf"\bbrutto|\b(?:inkl|incl|einschl|inklusive|einschließlich|mit)\w*\.?\s*{_VAT_WORD}")
_TAX = re.compile(_VAT_WORD)
_CONJUNCTION = re.compile(r"\b(?:und|sowie|oder|u\.|bzw\.?)\s*(?:ca\.?|zirka)?\s*$")
_INCLUDING = re.compile(r"^\W*(?:(?:inkl|incl|einschl|exkl|excl)\w*|ohne)\b")
_EXCLUDING = re.compile(r"^\W*(?:(?:exkl|excl)\w*|ohne)\b")
_LOWERED_TO = re.compile(r"\s*(?:reduziert |gesenkt )?auf\s*")
_INCLUDED = re.compile(r"^\W*(?:inkl|incl|einschl|inklusive|einschließlich)\w*\b")
_TWO_EXAMS = re.compile(r"prüfung.*prüfung")
_EXAM_AND_MATERIALS = re.compile(r"prüfung.*(?:material|lernmittel|unterlagen)|(?:material|lernmittel).*prüfung")

_STARTERS = (
    r"(?:zzgl|zuzügl|zuzüglich|plus|inkl|incl|einschl|inklusive|einschließlich|exkl|excl|ohne|davon|darin|statt)\b"
)
_SEPARATOR = re.compile(
    rf"[,;|()\[\]•·]|\s[-–—+=]\s|\s/|/\s|^/|/$|"
    rf"\b(?<!nr)(?<!ca)(?<!\bu)(?<!erm)(?<!gl)(?<!kl)(?<!st)\.\s(?=[^\d\s])|\s(?={_STARTERS})|"
    rf"^(?={_STARTERS})"
)
_HARD_SEPARATOR = re.compile(r"[,;|()\[\]•·]|\s[-–—+]\s")
_GROUP_AT_START = re.compile(r"^\s*\(([^()]*)\)")
_CLOSED_GROUP = re.compile(r"\(([^(),;]*)\)")
_FILLER = re.compile(r"(?:\b(?:ca|zirka|circa|etwa|rund|nur|von|derzeit|zur zeit|zzt|aktuell|z|zt)\b|[\s:.=])*")
_MOST_WORDS_OF_A_LABEL = 3
_NO_LABEL = re.compile(r"^(?:zzgl|zuzüg|plus|inkl|incl|einschl|exkl|excl|ohne|keine?|nicht|mwst|ust)")
_SLASH_UNIT = re.compile(rf"\s*/\s*(?={_UNIT})")
_PER_HEAD = re.compile(r"\b(?:pro|je)\s+(?:person|kopf|teilnehm\S*|tn\b)|/\s?(?:person|teilnehm\S*|tn\b)|\bp\.\s?p\.")
_COUNT_WORDS = {"zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "acht": 8, "zehn": 10, "zwölf": 12}
_COUNT_WORD = re.compile(rf"\b({'|'.join(_COUNT_WORDS)})(?=\s+(?:\w+\s+)?\w*(?:raten?|monaten?|teilzahlung\w*)\b)")


@dataclass(frozen=True, slots=True)
class Priced:
    """An amount with its role; `count` multiplies an instalment, `bounded` and `lower` say "bis zu" and "ab"."""

    value: Decimal
    role: str
    currency: str = "EUR"
    count: int | None = None
    bounded: bool = False
    lower: bool = False
    vat: str | None = None


def tidy(text: str) -> str:
    """Lower-case text in which a rate per unit reads `pro monat`; `pro Person` goes, since that is what a price is."""
    text = _SLASH_UNIT.sub(" pro ", _PER_HEAD.sub(" ", text.lower()))
    return _COUNT_WORD.sub(lambda found: str(_COUNT_WORDS[found[1]]), text)


def assign_roles(text: str, amounts: tuple[Amount, ...]) -> tuple[Priced, ...]:
    """The role of each readable amount in tidy text; `amounts` as found in it."""
    ends = [0, *(amount.end for amount in amounts)]
    starts = [*(amount.start for amount in amounts), len(text)]
    gaps = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    # "100 € Mitglieder 150 € Nichtmitglieder": labels follow their amounts if none stands before the first.
    postfix = not re.search(r"[a-zäöü]{3}", gaps[0]) and bool(re.match(r"\s*\(?[a-zäöü]{3}", gaps[-1]))
    split = [_split(gap, postfix, n == len(amounts)) for n, gap in enumerate(gaps)]
    priced: list[Priced] = []
    for n, amount in enumerate(amounts):
        if amount.value is None:
            continue
        before = split[n][1] if n else _last_chunk(gaps[0])
        one = _price(amount.value, amount.currency, before, split[n + 1][0], gaps[n], gaps[n + 1], n == 0)
        if amount.is_range or (n and re.fullmatch(r"\s*(?:[-–—]|bis)\s*", gaps[n])):
            one = replace(one, bounded=True)
        if one.role == "total" and not before.strip() and priced and priced[-1].role == "instalment":
            one = replace(one, role="instalment", count=None)  # "3 Raten: 500 €, 400 €, 400 €"
        if one.role == "unclear" and priced:
            one = replace(one, role=priced[-1].role)  # "Prüfungsgebühr 250 € bzw. 300 €": two of the same
        priced.append(one)
    return tuple(priced)


def _price(
    value: Decimal, currency: str, before: str, after: str, gap_before: str, gap_after: str, first: bool
) -> Priced:
    group = _GROUP_AT_START.match(gap_after)
    remark = group[1].strip() if group else ""
    label = remark if len(remark.split()) <= _MOST_WORDS_OF_A_LABEL and not _NO_LABEL.match(remark) else ""
    label_before = "" if first and (_INCLUDING.match(before) or _NET.search(before)) else before.strip()
    frame = f"{label_before} # {after.strip()} {label}".strip()
    role = "crossed" if _LOWERED_TO.fullmatch(gap_after) else _role(frame, label_before, after, gap_before, first)
    tail = _HARD_SEPARATOR.split(gap_after, maxsplit=1)[0]
    tax = f"{before} # {tail} {remark}"
    count = _COUNT.search(frame) if role == "instalment" else None
    return Priced(
        value,
        role,
        currency,
        count=int(count[1]) if count else None,
        bounded=bool(_BOUND.search(frame)),
        lower=bool(_FROM.search(frame)),
        vat="excluded" if _NET.search(tax) else "included" if _GROSS.search(tax) else None,
    )


def _role(frame: str, before: str, after: str, gap_before: str, first: bool) -> str:
    if not first and _INCLUDED.match(before):
        return "included"
    if not first and _EXCLUDING.match(before):
        return "total"  # "inkl. Prüfung 500 €, ohne Prüfung 400 €" are two prices of the course
    if _CONJUNCTION.search(before):
        # The words before "und" name something else; only what follows the amount can name it.
        frame = f"# {after.strip()}"
        named = next((role for role, pattern in ROLES if pattern.search(frame)), None)
        return named or "unclear"
    for role, pattern in ROLES:
        if pattern.search(frame):
            # "Prüfung Teil III - Prüfung Teil IV 340 Euro", "Prüfung und Material: 500 €"
            several = role == "exam" and (_TWO_EXAMS.search(gap_before) or _EXAM_AND_MATERIALS.search(before))
            return "unclear" if several else role
    return "total"


def _chunks(words: str) -> list[str]:
    """The clauses of the words between amounts; a remark in brackets belongs to the clause it stands in."""
    return [chunk or "" for chunk in _SEPARATOR.split(_CLOSED_GROUP.sub(r" \1 ", words))]


def _says_something(chunk: str) -> bool:
    return not _FILLER.fullmatch(chunk) and not _TAX.search(chunk)


def _last_chunk(gap: str) -> str:
    return next((chunk for chunk in reversed(_chunks(gap)) if not _FILLER.fullmatch(chunk)), "")


def _split(gap: str, postfix: bool, last: bool) -> tuple[str, str]:
    """What of the words between two amounts belongs to the one before, and what to the one after."""
    if group := _GROUP_AT_START.match(gap):
        gap = " |" + gap[group.end() :]  # "(Mitglieder)" right behind an amount is that amount's
    chunks = _chunks(gap)
    if len(chunks) == 1:
        return (gap, "") if last or (postfix and not gap.rstrip().endswith(":")) else ("", gap)
    after, *middle, before = chunks
    if _FILLER.fullmatch(before) and not last:
        before = next((chunk for chunk in reversed(middle) if _says_something(chunk)), "") + before
    return after, before
