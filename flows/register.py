"""The register of sources: what their files say, and what came of them in the last night. Reads files only."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.home import Home, Profile, WrongUsage, existing_home
from flows.outcome import STATES, SourceNight
from flows.report import read_report
from spiders.source import Source, SourceError, load_source, source_files


@dataclass(frozen=True)
class Entry:
    """A source and what came of it in the last night of a home, if there is one."""

    source: Source
    last: SourceNight | None = None
    run_id: str | None = None
    profile: Profile | None = None

    @property
    def told(self) -> dict[str, Any]:
        """The same for machines."""
        source = self.source
        return {
            **source.model_dump(
                mode="json", include={"key", "name", "kind", "platform", "homepage", "scope", "verified"}
            ),
            "permission": source.permission.model_dump(mode="json"),
            "last": None
            if self.last is None
            else {"run_id": self.run_id, "profile": self.profile, **_result(self.last)},
        }


def register(folder: Path, home: Home | None) -> tuple[list[Entry], list[str]]:
    """All sources of a folder, and what is wrong with those that cannot be read."""
    report = read_report(home.reports) if home else None
    last = {page.source: page for page in report.sources} if report else {}
    entries, problems = [], []
    for path in source_files(folder).values():
        try:
            source = load_source(path)
        except SourceError as error:
            problems.append(str(error))
        else:
            page = last.get(source.key)
            night = (page, report.run_id, report.profile) if report and page else ()
            entries.append(Entry(source, *night))
    return entries, problems


def home_if_any(named: Path | None, of_settings: Path | None, var: Path) -> Home | None:
    """The home whose last night is shown. One that was named has to be one; else there may be none, or several."""
    if named is not None:
        return existing_home(named, var)
    try:
        return existing_home(of_settings, var)
    except WrongUsage:
        return None


def _result(page: SourceNight) -> dict[str, Any]:
    return page.model_dump(mode="json", include={"state", "reasons", "listings", "offers", "last_good"})


def last_words(entry: Entry) -> str:
    """The last result in German: the state, and how many listings."""
    if entry.last is None:
        return "–"
    return f"{STATES[entry.last.state]}, {entry.last.listings}" if entry.last.listings else STATES[entry.last.state]
