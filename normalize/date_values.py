"""What a token of a date means in numbers: machine values in Berlin time, days, months, counts, times of day.

Each reader gets the match of its rule in `date_tokens` and returns the kind of token with its numbers.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from normalize.date_words import MONTHS, SMALL_NUMBERS, WEEKDAY_STEMS

BERLIN = ZoneInfo("Europe/Berlin")
COMMA, AND, OR, SLASH, BREAK = range(5)  # codes of "join"
MEETINGS, TIMES, DAYS, WEEKDAY_MEETINGS, OTHER_UNIT = range(5)  # units of "count"
_SEASON = {"frühjahr": 3, "frühling": 3, "sommer": 6, "herbst": 9, "winter": 12}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}

Read = tuple[str, tuple[int, ...]]
_BAD: Read = ("bad", ())


def full_year(digits: str | None) -> int:
    """Two digits are 20xx (ruling of the contract); nothing is 0."""
    if not digits:
        return 0
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _instant(match: re.Match[str]) -> Read:
    year, month, day = (int(match[name]) for name in ("i_y", "i_m", "i_d"))
    hour, minute, zone = match["i_H"], match["i_M"], match["i_z"]
    try:
        if hour is None:
            date(year, month, day)  # an offset after a bare date moves no day
            return "instant", (year, month, day, -1)
        moment = datetime(year, month, day, int(hour) % 24, int(minute), tzinfo=_zone(zone))
    except ValueError:
        return _BAD
    return "instant", _in_berlin(moment + timedelta(days=int(hour) // 24))


def _zone(text: str | None) -> timezone | ZoneInfo:
    if not text:
        return BERLIN
    if text.strip().upper() == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _in_berlin(moment: datetime) -> tuple[int, ...]:
    """Midnight in Berlin is a day without a time of day (ruling of the contract)."""
    local = moment.astimezone(BERLIN)
    return local.year, local.month, local.day, (local.hour * 60 + local.minute) or -1


def _epoch(match: re.Match[str]) -> Read:
    return "instant", _in_berlin(datetime.fromtimestamp(int(match.group()) // 1000, UTC))


def _compact(match: re.Match[str]) -> Read:
    try:
        moment = datetime.strptime(match["k_d"] + (match["k_t"] or "0000"), "%Y%m%d%H%M")  # noqa: DTZ007
    except ValueError:
        return "number", (0,)
    return "instant", _in_berlin(moment.replace(tzinfo=UTC if match["k_z"] else BERLIN))


def _week(match: re.Match[str]) -> Read:
    week = int(match["w_W"] or match["w_w"] or match["w_w2"])
    return ("week", (week, full_year(match["w_Y"] or match["w_y"] or match["w_y2"]))) if 1 <= week <= 53 else _BAD


def _weeks(match: re.Match[str]) -> Read:
    first, last = int(match["W_a"] or match["W_a2"]), int(match["W_b"] or match["W_b2"])
    return ("weeks", (first, last, int(match["W_y"] or match["W_y2"]))) if 1 <= first < last <= 53 else _BAD


def _date(match: re.Match[str]) -> Read:
    return "date", (int(match["d_d"]), int(match["d_m"]), full_year(match["d_y"] or match["d_y2"]))


def _named(match: re.Match[str]) -> Read:
    year = full_year(match["n_y"] or match["n_y2"] or match["n_y3"])
    return "date", (int(match["n_d"]), MONTHS[match["n_m"].lower()], year)


def _slashed(match: re.Match[str]) -> Read:
    return "date", (int(match["s_d"]), int(match["s_m"]), int(match["s_y"]))


def _months(match: re.Match[str]) -> Read:
    if season := match["p_s"]:
        first, year = _SEASON[season.lower()], int(match["p_y3"])
        if (first == 12) != bool(match["p_y4"]) or (match["p_y4"] and full_year(match["p_y4"]) != year + 1):
            return _BAD  # "Winter 2026" may be its first or its last months
        return "months", (first, year, (first + 1) % 12 + 1, year + (first == 12))
    roman = (match["p_n"] or match["p_n2"]).lower()
    number = _ROMAN.get(roman, 0) or (int(roman) if roman.isdigit() else 9)
    length = 3 if (match["p_u"] or match["p_u2"]).lower().startswith("q") else 6
    year = int(match["p_y"] or match["p_y2"])
    return ("months", ((number - 1) * length + 1, year, number * length, year)) if number * length <= 12 else _BAD


def _month(match: re.Match[str]) -> Read:
    if name := match["m_m"]:
        year = full_year(match["m_y"])
        if not year and len(name) < 4 and name.lower() != "mai":
            return "short_month", (MONTHS[name.lower()], 0)  # "Jan" alone is a first name as well
        return "month", (MONTHS[name.lower()], year)
    return "month", (
        int(match["m_m2"] or match["m_m3"] or match["m_m4"]),
        int(match["m_y2"] or match["m_y3"] or match["m_y4"]),
    )


def _count(match: re.Match[str]) -> Read:
    if match["x_1"]:
        return "count", (1, DAYS if match["x_1"].lower() == "eintägig" else MEETINGS)
    if match["x_2"]:
        return "count", (2 if match["x_2"].lower()[0] == "z" else 3, DAYS)
    number, unit = match["x_n"].lower(), match["x_u"].lower()
    count = int(number) if number.isdigit() else SMALL_NUMBERS[number]
    if match["x_w"]:
        return "count", (count, WEEKDAY_MEETINGS, WEEKDAY_STEMS[match["x_w"].lower()])
    if ("tag" in unit and "mittag" not in unit) or "tägig" in unit:
        return "count", (count, DAYS)
    if unit.startswith(("woche", "bl", "modul")):
        return "count", (count, OTHER_UNIT)
    return "count", (count, TIMES if unit.startswith(("x", "×")) or unit.endswith("mal") else MEETINGS)


def _number(match: re.Match[str]) -> Read:
    """A whole number; -1 for any other, of which only its place in the text matters."""
    digits = match.group()
    return "number", (int(digits) if digits.isdecimal() and len(digits) < 9 else -1,)


def _clock(match: re.Match[str]) -> Read:
    minute = match["c_m"] or match["c_m2"] or match["c_m3"] or match["c_m4"] or "0"
    value = int(match["c_h"]) * 60 + int(minute)
    return ("clock", (value, 1)) if value <= 1440 else _BAD


def _weekday(match: re.Match[str]) -> Read:
    return "weekday", (WEEKDAY_STEMS[match["a_w"].lower()], int(bool(match["a_s"])))


def _weekday_short(match: re.Match[str]) -> Read:
    return "weekday", (("mo", "di", "mi", "do", "fr", "sa", "so").index(match["b_w"].lower()[:2]), 0)


READERS: dict[str, Callable[[re.Match[str]], Read]] = {
    "tag": lambda _: ("join", (BREAK,)),
    "break": lambda _: ("join", (BREAK,)),
    "join": lambda _: ("join", (COMMA,)),
    "join_and": lambda _: ("join", (AND,)),
    "join_or": lambda _: ("join", (OR,)),
    "slash": lambda _: ("join", (SLASH,)),
    "instant": _instant,
    "epoch": _epoch,
    "compact": _compact,
    "week": _week,
    "weeks": _weeks,
    "date": _date,
    "named": _named,
    "slashed": _slashed,
    "months": _months,
    "month": _month,
    "year": lambda match: ("year", (int(match["y_y"]),)),
    "count": _count,
    "clock": _clock,
    "clock4": lambda match: ("clock", (int(match["f_h"]) * 60 + int(match["f_m"]), 1)),
    "hour": lambda match: ("clock", (int(match["h_h"]) * 60, 0)),
    "dotted": lambda match: ("dotted", (int(match["t_h"]), int(match["t_m"]))),
    "day": lambda match: ("day", (int(match["e_d"]),)),
    "number": _number,
    "weekday": _weekday,
    "weekday2": _weekday_short,
    "starts": lambda _: ("start", (1,)),
    "start": lambda _: ("start", (0,)),
    "cancel": lambda _: ("status", (1,)),
    "status": lambda _: ("status", (0,)),
    "open_start": lambda _: ("open", (1,)),
    "open": lambda _: ("open", (0,)),
    "weekly": lambda _: ("every", (1,)),
    "biweekly": lambda _: ("every", (2,)),
    "monthly": lambda _: ("every", (4,)),
    "daily": lambda _: ("every", (0,)),
    "skip": lambda match: ("skip", _skipped(match.group().lower())),
}  # fmt: skip


def _skipped(text: str) -> tuple[int, ...]:
    """1 where public holidays are left out; 1 where school holidays are (2: only some named ones)."""
    vacations = 0
    if "ferien" in text:
        named = re.search(r"(?:oster|pfingst|sommer|herbst|weihnachts|winter)ferien", text)
        vacations = 2 if named else 1
    return int("feiertag" in text), vacations
