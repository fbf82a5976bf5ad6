"""What a harvest says about itself: counted while it runs, written beside its listings whatever its end is."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from spiders.listing import ListingDict
from spiders.marks import Marks
from spiders.page import Follow, Note, Page, Total

KEPT_ERRORS = 200  # messages; all are counted
MOST_FAILED = 0.10  # share of all pages; beyond it the harvest has failed, not only some courses
KEPT_PER_KIND = 20  # messages of one kind of note

_COURSE_FIELDS = (
    "url", "provider", "provider_ref", "course_number", "title", "subtitle", "description", "categories", "keywords",
    "duration", "price", "price_note", "format", "schedule", "requirements", "target_group", "certificate", "funding",
    "language", "contact", "instances",
)  # fmt: skip
_RUN_FIELDS = ("ref", "dates", "times", "venue", "postcode", "city", "price", "availability", "deadline", "sessions")


@dataclass
class Statistics:
    """The counters of one harvest.

    What the file says besides plain counts:
    - `fill`: the share (0 to 1) of listings in which a field is published; `instances.<field>` is the share of listings
      with at least one run that has the field.
    - `issues`: notes of the platform by kind; their first messages are among `errors`, as "kind: message".
    - `robots`: host -> the first 16 digits of the SHA-256 of its robots.txt, null where the host has none.
    - `charsets`: encoding -> pages that were decoded by it.
    - `marks`: names (CSS classes, JSON keys, XML elements) that nearly all course pages share; see `marks`.
    - `gone`: course pages that answered 404 or 410, as {url, ref}. They are no failed pages and give no listing, and
      the harvest may be complete without them.
    """

    source: str
    started_at: str
    pages: int = 0
    bytes: int = 0
    listings: int = 0
    duplicates: int = 0
    robots_forbidden: int = 0
    failed_pages: int = 0
    failed_list: str | None = None  # the first list page that failed for good, and why
    spoilt: bool = False
    http_codes: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    issues: Counter[str] = field(default_factory=Counter)
    errors: list[dict[str, str | None]] = field(default_factory=list)
    filled: Counter[str] = field(default_factory=Counter)
    stated: dict[str, int] = field(default_factory=dict)
    shown: dict[str, set[int]] = field(default_factory=dict)  # hashes of the refs
    robots: dict[str, str | None] = field(default_factory=dict)
    robots_lost: str | None = None  # why a robots.txt could not be had
    charsets: Counter[str] = field(default_factory=Counter)
    marks: Marks = field(default_factory=Marks)
    gone: list[dict[str, str | None]] = field(default_factory=list)

    def error(self, url: str | None, message: str) -> None:
        """Record a message for the operator; beyond the limit it is only counted."""
        self.issues["errors"] += 1
        if len(self.errors) < KEPT_ERRORS:
            self.errors.append({"url": url, "message": message})

    def note(self, note: Note, url: str | None) -> None:
        """Record what a platform noticed."""
        self.issues[note.kind] += 1
        self.spoilt = self.spoilt or note.spoils
        if self.issues[note.kind] <= KEPT_PER_KIND and len(self.errors) < KEPT_ERRORS:
            self.errors.append({"url": url, "message": f"{note.kind}: {note.message}"})

    def total(self, total: Total) -> None:
        """Record what the source says it has, and what it showed; the newest statement of a query counts."""
        self.stated[total.of] = total.stated
        self.shown.setdefault(total.of, set()).update(map(hash, total.refs))

    def observe(self, page: Page) -> None:
        """Note the encoding and the template of a page that was read."""
        if page.charset is not None:
            self.charsets[page.charset] += 1
        self.marks.observe(page)

    def page_gone(self, follow: Follow) -> None:
        """Record a course page that is no more."""
        self.gone.append({"url": follow.url, "ref": follow.ref})

    def page_failed(self, follow: Follow, reason: str) -> None:
        """Record a page that could not be had or read for good."""
        self.failed_pages += 1
        self.robots_forbidden += "robots.txt" in reason
        self.error(follow.url, reason)
        if follow.kind == "list" and self.failed_list is None:
            self.failed_list = f"{follow.url}: {reason}"

    def measure(self, record: ListingDict) -> None:
        """Count a listing and its published fields."""
        self.listings += 1
        self.filled.update(name for name in _COURSE_FIELDS if record.get(name))
        runs = record.get("instances") or []
        self.filled.update(f"instances.{name}" for name in _RUN_FIELDS if any(run.get(name) for run in runs))

    def measure_again(self) -> None:
        """Forget the measures, because rows are about to be merged."""
        self.listings = 0
        self.filled.clear()

    @property
    def declared_total(self) -> int | None:
        """The sum of what the queries state; None if the source states nothing."""
        return sum(self.stated.values()) if self.stated else None

    @property
    def unmet(self) -> int:
        """How many different records the queries state beyond those that they showed."""
        return sum(max(stated - len(self.shown[query]), 0) for query, stated in self.stated.items())

    def failure(self, finish_reason: str) -> tuple[str, str] | None:
        """Why the harvest failed, as a code and a German sentence; None if it came to its end with a catalogue."""
        if self.robots_forbidden and self.pages == 0:
            if self.robots_lost is not None:
                return "robots", (
                    f"Die robots.txt der Quelle war nicht zu haben ({self.robots_lost}); "
                    "bis sie wieder antwortet, gilt der Abruf als verboten."
                )
            return "robots", "Die robots.txt der Quelle verbietet den Abruf."
        if finish_reason in _STOPPED:
            return "stopped", f"Der Abruf kam nicht bis zum Ende: {_STOPPED[finish_reason]}."
        if finish_reason != "finished":
            return "stopped", f"Der Abruf kam nicht bis zum Ende: {finish_reason}."
        if self.failed_list is not None:
            code = "unreadable" if self.pages else "unreachable"
            return code, f"Eine Seite des Katalogs war nicht zu haben oder nicht zu lesen: {self.failed_list}"
        if self.failed_pages > MOST_FAILED * max(self.pages, self.failed_pages):
            return "errors", f"{self.failed_pages} Seiten ließen sich nicht abrufen oder lesen; {self._first_error()}"
        if self.listings == 0:
            return "empty", "Der Katalog war leer: kein einziger Eintrag wurde gefunden."
        return None

    def _first_error(self) -> str:
        return f"als Erstes {self.errors[0]['url']}: {self.errors[0]['message']}" if self.errors else ""

    def report(self, finish_reason: str, failure: tuple[str, str] | None) -> dict[str, Any]:
        """The statistics file. `complete`: nothing failed for good, and the source's own totals are met."""
        good = failure is None and not self.failed_pages and not self.spoilt and not self.unmet
        finished_at = now()
        seconds = (datetime.fromisoformat(finished_at) - datetime.fromisoformat(self.started_at)).total_seconds()
        listings = max(self.listings, 1)
        return {
            "source": self.source,
            "finish_reason": finish_reason,
            "failure": failure[0] if failure else None,
            "exit_reason": failure[1] if failure else "finished",
            "complete": good,
            "pages": self.pages,
            "failed_pages": self.failed_pages,
            "listings": self.listings,
            "duplicates": self.duplicates,
            "dropped": dict(sorted(self.dropped.items())),
            "declared_total": self.declared_total,
            "unmet": self.unmet,
            "bytes": self.bytes,
            "seconds": round(seconds, 3),
            "started_at": self.started_at,
            "finished_at": finished_at,
            "http_codes": dict(sorted(self.http_codes.items())),
            "robots_forbidden": self.robots_forbidden,
            "issues": dict(sorted(self.issues.items())),
            "errors": self.errors,
            "robots": dict(sorted(self.robots.items())),
            "charsets": dict(sorted(self.charsets.items())),
            "marks": self.marks.common(),
            "gone": self.gone,
            "fill": {name: round(self.filled[name] / listings, 4) for name in _all_fields()},
        }


def now() -> str:
    """The time in UTC, ISO 8601 with Z, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _all_fields() -> list[str]:
    return [*_COURSE_FIELDS, *(f"instances.{name}" for name in _RUN_FIELDS)]


_STOPPED = {
    "closespider_timeout": "die erlaubte Zeit war um",
    "closespider_pagecount": "die erlaubte Zahl von Seiten war erreicht",
    "shutdown": "er wurde von außen beendet",
    "killed": "der Prozess wurde hart beendet",
}
