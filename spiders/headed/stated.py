"""What a page states of a course and of each of its runs, collected line by line."""

import re
from dataclasses import dataclass, field

from spiders.headed import runtext
from spiders.headed.headings import labelled_amount
from spiders.headed.lines import Line

_REMARK = re.compile(r"^(.*\S)\s*(\([^()]*(?:voll|teil)zeit[^()]*\))$", re.IGNORECASE)


@dataclass
class Stated:
    """What is stated of one run, or of all: values by contract name, and what is collected of several lines."""

    values: dict[str, str] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    fees: list[tuple[str | None, str]] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)

    @property
    def is_dated(self) -> bool:
        """Whether it says when."""
        return "dates" in self.values or "start" in self.values

    def fields(self) -> dict[str, str]:
        """By the names of a run. A remark on forms beside the hours does not compete with the form that is stated."""
        found = {**runtext.place(self.places), **self.values}
        price, note = runtext.fees(self.fees)
        times = [self._parted(text)[0] for text in self.times]
        for name, value in (
            ("price", price),
            ("price_note", note),
            ("times", "; ".join(dict.fromkeys(times))),
            ("availability", "; ".join(dict.fromkeys(self.status))),
            *runtext.form_fields(" / ".join(dict.fromkeys(self.forms))).items(),
        ):
            if value:
                found.setdefault(name, value)
        start, end = found.pop("start", None), found.pop("end", None)
        if start and "dates" not in found:
            found["dates"] = f"{start} - {end}" if end else start
        return found

    def remarks(self) -> list[str]:
        """What `fields` leaves out of the hours."""
        return [remark for text in self.times if (remark := self._parted(text)[1])]

    def add(self, text: str, *, light: bool = False) -> bool:
        """Sort in a line by its shape; False if it tells nothing of a run."""
        kind = "availability" if light else runtext.kind(text)
        if kind == "availability":
            self.status.append(text)
        elif kind == "price":
            self.fees.append(labelled_amount(text))
        elif kind == "duration":
            self.values.setdefault("duration", text)
        elif kind == "form":
            self.forms.append(text)
        elif kind == "times":
            self.times.append(text)
        elif kind == "dates":
            self._add_dates(text)
        return kind is not None

    def take(self, other: "Stated") -> None:
        """Add what another one states; what is known already counts."""
        self.values = {**other.values, **self.values}
        for mine, others in (
            (self.places, other.places),
            (self.times, other.times),
            (self.status, other.status),
            (self.forms, other.forms),
        ):
            mine.extend(others)
        self.fees.extend(other.fees)

    def _add_dates(self, text: str) -> None:
        found = runtext.dated(text)
        if found and not self.is_dated:
            self.values["dates"] = found.dates
            self.forms += [found.form] if found.form else []
            if found.rest and not self.add(found.rest.strip("()")):
                self.places.append(found.rest)

    def _parted(self, text: str) -> tuple[str, str | None]:
        """A line of hours, and the remark on forms that is parted from it."""
        remark = _REMARK.match(text) if self.forms else None
        return (remark[1], remark[2]) if remark and runtext.kind(remark[1]) == "times" else (text, None)


@dataclass
class CoursePage:
    """What a page says of its course: `runs` are its own, `common` holds for all of them, `siblings` are others'."""

    runs: list[Stated] = field(default_factory=list)
    common: Stated = field(default_factory=Stated)
    fields: dict[str, list[str]] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    prose: list[Line] = field(default_factory=list)
    siblings: list[str] = field(default_factory=list)

    @property
    def is_course(self) -> bool:
        """Whether anything was stated that only a course has."""
        return bool(self.runs or self.fields.keys() - {"description"} or self.common.fields().keys() - {"times"})
