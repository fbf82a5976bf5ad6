"""A title from which rules cut out what they have read, and the numerals of German course titles."""

import re
from collections.abc import Callable

from normalize.text import fold

ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}

NUMERAL = r"(?:(?i:VIII|VII|VI|IV|V|III|II|I)|\d{1,2})(?![\w]|[.,]\d)"
JOIN = r"(?:\s*(?:-und-|-bis-|\+|&|/|,|-|–|\bund\b|\bu\.|\boder\b|\bbis\b)\s*(?:und\s+)?)"

_TOKEN = re.compile(rf"\b{NUMERAL}|bis|-|–", re.IGNORECASE)


class TitleText:
    """What is left of a title while its features are read; `context` is the folded title with what stands around it."""

    def __init__(self, title: str, context: str) -> None:
        self.title = title
        self.rest = title
        self.context = fold(f"{title} {context}")

    def take(
        self, pattern: re.Pattern[str], accept: Callable[[re.Match[str]], bool] | None = None
    ) -> list[re.Match[str]]:
        """All matches that `accept` agrees to; each is cut out of the rest, and a bar marks the place."""
        found = [match for match in pattern.finditer(self.rest) if accept is None or accept(match)]
        for match in reversed(found):
            self.rest = f"{self.rest[: match.start()]} | {self.rest[match.end() :]}"
        return found

    def left(self) -> str:
        """The rest without the bars."""
        return " ".join(self.rest.replace("|", " ").split())


def numeral(text: str) -> int:
    """A single Roman (to VIII) or Arabic numeral."""
    return ROMAN.get(text.casefold()) or int(text)


def numerals(listed: str) -> list[int]:
    """All numerals of a list: "I - IV" and "1 bis 3" are ranges; "I und II", "III/IV" and "IV-III" are not."""
    values: list[int] = []
    is_range = False
    for token in _TOKEN.findall(listed):
        if token.casefold() in ("bis", "-", "–"):
            is_range = True
            continue
        value = numeral(token)
        if is_range and values and values[-1] < value <= values[-1] + 12:
            values.extend(range(values[-1] + 1, value))
        values.append(value)
        is_range = False
    return values
