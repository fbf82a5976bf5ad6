"""The German wording of the English reasons of issues, as a steward understands them; the data is `reasons.toml`."""

import re
import tomllib
from functools import cache
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

from flows import words

LONGEST = 1_000  # characters of a failure; what follows is a hostile page's
MOST_COLONS = 4  # an address and what stands before it have some, then comes the reason
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_QUOTED = re.compile(r"(['\"])(.*)\1", re.DOTALL)
_FILE_PAGE = re.compile(r"^Eine Seite [^:]+: file://\S*/([^/\s]+): ")
_DECIMAL = re.compile(r"(\d+)\.(\d+)")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def german(reason: str) -> str:
    """The German wording of an issue's reason, with its numbers and names; a reason without one is returned unchanged.

    Numbers, days and quotation marks are written the German way: "2.5" as "2,5", "2026-03-01" as "01.03.2026".
    """
    fixed, patterns = _wordings()
    if reason in fixed:
        return fixed[reason]
    for pattern, wording in patterns:
        if found := pattern.fullmatch(reason):
            return wording.format(**{name: _shown(value) for name, value in found.groupdict().items()})
    return reason


def german_failure(sentence: str) -> str:
    """The sentence that tells why a harvest failed, with the reason at its end and the name of a file in German."""
    sentence = sentence[:LONGEST]
    sentence = _FILE_PAGE.sub(lambda found: f"Die Datei „{unquote(found[1])}“ war nicht zu lesen: ", sentence)
    for colon in islice(re.finditer(": ", sentence), MOST_COLONS):
        head, tail = sentence[: colon.end()], sentence[colon.end() :].removesuffix(".")
        if (wording := german(tail)) != tail:
            return f"{head}{wording}."
    return sentence


def german_field(name: str) -> str:
    """The German name of a field that has an issue; a field without one is returned unchanged."""
    return words.FIELDS.get(name) or _data()["fields"].get(name, name)


def _shown(value: str) -> str:
    value = _data()["words"].get(value, value)
    for written, shown in ((_QUOTED, r"„\2“"), (_DECIMAL, r"\1,\2"), (_DAY, r"\3.\2.\1")):
        if written.fullmatch(value):
            return written.sub(shown, value)
    return value


@cache
def _wordings() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """The reasons without placeholders, which win, and the patterns in the order of the file."""
    wordings = {**_data()["normalize"], **_data()["other_rooms"], **_data()["spiders"]}
    fixed = {english: wording for english, wording in wordings.items() if not _PLACEHOLDER.search(english)}
    patterns = [(_compiled(english), wording) for english, wording in wordings.items() if english not in fixed]
    return fixed, patterns


def _compiled(english: str) -> re.Pattern[str]:
    """The pattern with a named group for each placeholder; `split` yields text and names by turns."""
    pieces = _PLACEHOLDER.split(english)
    parts = [f"(?P<{piece}>.+?)" if turn % 2 else re.escape(piece) for turn, piece in enumerate(pieces)]
    return re.compile("".join(parts), re.DOTALL)


@cache
def _data() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("reasons.toml").read_text(encoding="utf-8"))
