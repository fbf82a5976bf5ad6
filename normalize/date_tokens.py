"""Tokens of German dates and times: what a provider's string is made of, each with the span it was read from.

`numbers` of a token, by kind (0 stands for what the text leaves out):

    date day month year | day day | month month year | months first-month first-year last-month last-year | year year
    week week year | instant year month day minute (-1: midnight, no time of day) | clock minute sure | dotted a b
    number n | weekday index adverb | count n unit | every weeks | join code | status cancels | start plural
    skip holidays vacations | open says-start | others: none
"""

import html
import re
from dataclasses import dataclass

from normalize.date_values import READERS
from normalize.date_words import FILLER, MONTHS, PHRASES, SMALL_NUMBERS, WEEKDAY_STEMS

LIMIT = 4000  # characters that are read; what stands beyond is prose and becomes a doubt


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text with its meaning; `depth` counts the brackets around it."""

    kind: str
    start: int
    end: int
    numbers: tuple[int, ...] = ()
    depth: int = 0


_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:19|20)\d\d"
_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_WEEKDAYS = "|".join(WEEKDAY_STEMS)
_SMALL = "|".join(SMALL_NUMBERS)
_TO = r"(?:-|–|bis|/|und)"
_DAYTIME = r"abend|vormittag|nachmittag|morgen|mittag"

_RULES: tuple[tuple[str, str], ...] = (
    ("space", r"[^\S\n]+"),
    ("tag", r"<[^<>]{0,300}>|\n"),
    # --- machine values ---
    (
        "instant",
        rf"(?P<i_y>{_YEAR})[-/](?P<i_m>\d\d)[-/](?P<i_d>\d\d)"
        r"(?:[T ](?P<i_H>\d\d):(?P<i_M>\d\d)(?::\d\d(?:[.,]\d+)?)?)?"
        r"(?P<i_z>\s?Z(?!\w)|[+-](?:0\d|1[0-4]):?\d\d(?![\d-]))?(?!\d)",
    ),
    ("epoch", r"\d{12,13}(?![\d.,]*\d)"),
    ("compact", r"(?P<k_d>20\d{6})(?:T(?P<k_t>\d{4})(?:\d\d)?(?P<k_z>Z)?)?(?![\w])"),
    ("weeks", rf"(?:KW|Kalenderwochen?)\s*\.?\s*(?P<W_a>\d{{1,2}})\s*{_TO}\s*(?:KW\s*)?(?P<W_b>\d{{1,2}})"
     rf"\s*[./]?\s*(?P<W_y>{_YEAR})(?!\d)"
     rf"|(?P<W_a2>\d{{1,2}})\.\s*{_TO}\s*(?P<W_b2>\d{{1,2}})\.\s?(?:KW|Kalenderwoche)"
     rf"\s*[./]?\s*(?P<W_y2>{_YEAR})(?!\d)"),
    ("week", rf"(?P<w_Y>20\d\d)-?W(?P<w_W>\d\d)(?!\d)"
     rf"|(?:KW|Kalenderwoche)\s*\.?\s*(?P<w_w>\d{{1,2}})(?:\s*[./]\s*|\s+)?(?P<w_y>{_YEAR})?(?!\d)"
     rf"|(?P<w_w2>\d{{1,2}})\.\s?(?:KW|Kalenderwoche)(?:\s*[./]?\s*(?P<w_y2>{_YEAR}))?(?!\w)"),
    # --- days ---
    ("date", rf"(?P<d_d>{_DAY})\.\s?(?P<d_m>{_MONTH})\.(?:\s?'?(?P<d_y>{_YEAR})|'?(?P<d_y2>\d\d))?(?!\d|[:.]\d)"),
    ("named", rf"(?P<n_d>{_DAY})\.?\s*(?P<n_m>{_NAME})(?![^\W\d_])\.?"
     rf"(?:\s*'?(?P<n_y>{_YEAR})|\s*'(?P<n_y2>\d\d)|\s*(?P<n_y3>\d\d)(?=\s*(?:$|[,;)]|bis\b)))?(?!\d)"),
    ("slashed", rf"(?P<s_d>{_DAY})(?P<s_s>[/-])(?P<s_m>{_MONTH})(?P=s_s)(?P<s_y>{_YEAR})(?!\d)"),
    ("bad", r"\d{1,2}\.\d{1,2}\.\d{2,4}(?!\d)"),
    # --- months and longer ---
    ("months", r"(?P<p_n>[1-4]|I{1,3}V?|IV)\.?\s*(?P<p_u>Quartal|Halbjahr|Hj\.?)(?:\s+|/)(?P<p_y>20\d\d)(?!\d)"
     r"|(?P<p_u2>Quartal|Halbjahr|Q)\s?(?P<p_n2>[1-4])[\s/]*(?P<p_y2>20\d\d)(?!\d)"
     r"|(?P<p_s>Frühjahr|Frühling|Sommer|Herbst|Winter)\s+(?P<p_y3>20\d\d)(?:\s?/\s?(?P<p_y4>(?:20)?\d\d))?(?!\d)"),
    ("month", rf"(?:(?:Anfang|Mitte|Ende)\s+)?(?P<m_m>{_NAME})(?![^\W\d_])\.?(?:\s*/?\s*'?(?P<m_y>{_YEAR}))?(?!\d)"
     rf"|(?P<m_m2>{_MONTH})[./](?P<m_y2>20\d\d)(?![\d.])|(?P<m_m3>0[1-9]|1[0-2])-(?P<m_y3>20\d\d)(?![\d-])"
     r"|(?P<m_y4>20\d\d)-(?P<m_m4>0[1-9]|1[0-2])(?![\d-])"),
    ("school_year", r"20\d\d\s?/\s?(?:20)?\d\d(?!\d)"),
    ("year", r"(?:(?:Anfang|Mitte|Ende)\s+)?(?P<y_y>20\d\d)(?!\d|[.,:/-]\d)"),
    # --- phrases of the trade, longest meaning first ---
    *PHRASES,
    ("count", rf"(?P<x_n>\d{{1,3}}|(?:{_SMALL})(?=\s))\s*(?P<x_u>x(?!\w)|×|-?\s?mal(?!\w)|Mal(?!\w)"
     r"|(?:Kurs|Präsenz|Unterrichts|Seminar|Einzel|Abend|Online-?)?Termine?n?(?:\(e?n?\))?(?!\w)"
     r"|(?:Kurs|Unterrichts)?(?:Abend|Vormittag|Nachmittag)e?n?(?!\w)|Treffen(?!\w)|Sitzung(?:en)?(?!\w)"
     r"|(?:Kurs|Unterrichts|Seminar|Präsenz)?Tage?n?(?:\(e\))?(?!\w)|-?\s?tägig\w*"
     rf"|(?:(?P<x_w>{_WEEKDAYS})e?n?)(?!\w)|Wochenenden?(?!\w)|Blöcke?n?(?!\w)|Modulen?(?!\w))"
     r"|(?P<x_1>einmalig|eintägig)\w*|(?P<x_2>zweitägig|dreitägig)\w*"),
    ("duration", r"\d+(?:[.,]\d+)?\s*(?:UE|U\.?-?\s?Std|UStd|Unterrichts\w+|Lern\w*einheiten|Std|Stunden?|Zeitstunden?"
     r"|Wochen?|Monate?n?|Jahre?n?|Min|Minuten|Lehrgangs\w+)(?!\w)\.?"
     r"(?:\s*(?:/|pro|je)\s*\w+)?|\d+(?:[.,]\d+)?\s*h\s*(?:/|pro|je)\s*\w+"),
    # --- times of day ---
    ("clock", r"(?P<c_h>[01]?\d|2[0-4])(?:(?::(?P<c_m>[0-5]\d)(?::[0-5]\d)?|[.,](?P<c_m2>[0-5]\d)(?=\s*(?:Uhr|h)(?!\w))"
     r"|(?=\s*Uhr(?!\w))|(?=\s?h[0-5]\d(?!\d)))"
     r"(?:\s*(?:Uhr|h)(?!\w|\s*/)|h(?P<c_m4>[0-5]\d))?(?:(?<=Uhr)\s(?P<c_m3>[0-5]\d)(?=\s*(?:$|[,;)–-])))?)(?!\d)"),
    ("hour", r"(?P<h_h>[01]?\d|2[0-4])\s*h(?!\w)"),
    ("clock4", r"(?P<f_h>[01]\d|2[0-4])(?P<f_m>[0-5]\d)\s*Uhr(?!\w)"),
    ("dotted", r"(?P<t_h>\d{1,2})\.(?P<t_m>\d\d)(?!\d|\.\d)"),
    ("day", rf"(?P<e_d>{_DAY})\.(?!\d)"),
    ("number", r"\d+(?:[.,:]\d+)*"),
    # --- words ---
    ("weekday", rf"(?P<a_w>{_WEEKDAYS})(?P<a_s>s)?(?P<a_t>(?:{_DAYTIME})s?)?(?!\w)"),
    (
        "weekday2",
        r"(?P<b_w>(?-i:Mo|Di|Mi|Do|Fr|Sa|MO|DI|MI|DO|FR|SA|SO)(?:(?=\.|\s*[-–—/,;:+&|•()]|\s+\d|\d|\s*$)"
        r"|(?=\s+(?:und|bis|u\.|den|ab|von|um|jeweils|je|x)\b))"
        r"|(?-i:So)(?=\.?,?\s*(?:den\s+)?\d|\.?\s*[-–—/:+&]|\.|\s+bis\b|\s*$|\s*\))"
        r"|(?-i:mo|di|mi|do|fr|sa|so)(?=\.?\s?[-–—/]\s?(?-i:[a-z]{2})\b|\.?\s?\d|\.?:|\.?$))\.?",
    ),
    ("to", r"--?|[–—−‐‑―→]"
     r"|bis(?:\s+(?:zum|zur|einschl\w*\.?|inkl\w*\.?|spätestens|ca\.?|etwa|voraussichtlich))*(?!\w)"),
    ("join_and", r"(?:und|u\.|sowie)(?!\w)|[&+]"),
    ("join_or", r"(?:oder|bzw\.?|beziehungsweise|alternativ|wahlweise)(?!\w)"),
    ("join", r"[,•·]"),
    ("break", r"[;|]"),
    ("slash", r"/"),
    ("open_bracket", r"[(\[]"),
    ("close_bracket", r"[)\]]"),
    ("word", r"[^\W\d_](?:[\w*]|-(?=[^\W\d_])|:(?=in)|\((?:en?|n|s|r)\))*\.?"),
    ("other", r"."),
)  # fmt: skip


_LETTERED = frozenset({"weekday", "weekday2", "to", "join_and", "join_or", "join", "break", "slash", "open_bracket",
                       "close_bracket", "word", "tag", "space"})  # fmt: skip
_DIGITAL = frozenset({"instant", "epoch", "compact", "date", "named", "slashed", "bad", "school_year", "clock", "hour",
                      "clock4", "dotted", "day", "number", "duration"})  # fmt: skip


def _compiled(without: frozenset[str]) -> tuple[re.Pattern[str], list[str]]:
    """One alternation of all rules but some, and the kind of token by the number of its group."""
    rules = [rule for rule in _RULES if rule[0] not in without]
    pattern = re.compile(
        "|".join(f"(?P<_{at}>{rule})" for at, (_, rule) in enumerate(rules)), re.IGNORECASE | re.DOTALL
    )
    kinds = [""] * (pattern.groups + 1)
    for at, (kind, _) in enumerate(rules):
        kinds[pattern.groupindex[f"_{at}"]] = kind
    return pattern, kinds


# What begins with a digit and what does not are told apart first: most rules can begin with only one of the two.
_FROM_DIGIT, _FROM_OTHER = _compiled(_LETTERED), _compiled(_DIGITAL)
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))


def prepared(text: str) -> str:
    """The text as the lexer reads it: entities decoded, invisible characters out, cut at the limit."""
    if "&" in text:
        text = html.unescape(text)
    return text[:LIMIT].translate(_INVISIBLE)


def tokens(text: str) -> list[Token]:
    """All tokens of a prepared text, in order, without spaces and punctuation that means nothing."""
    found: list[Token] = []
    depth = 0
    here = 0
    while here < len(text):
        if text[here] == " ":
            here += 1
            continue
        pattern, kinds = _FROM_DIGIT if text[here].isdecimal() else _FROM_OTHER
        match = pattern.match(text, here)
        if match is None:
            break  # impossible: the last rule takes any character
        kind = kinds[match.lastindex or 0]
        here = match.end()
        if kind in ("space", "other"):
            continue
        if kind == "open_bracket":
            depth += 1
            continue
        if kind == "close_bracket":
            depth = max(0, depth - 1)
            continue
        read = READERS.get(kind)
        named, numbers = read(match) if read else (kind, ())
        if named == "word" and match.group().casefold().rstrip(".") in FILLER:
            named = "filler"
        found.append(Token(named, match.start(), match.end(), numbers, depth))
    return found
