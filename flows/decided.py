"""What people decided that a night obeys, read from the journal of a home; takedowns stand in `terms`."""

from collections.abc import Iterator

from dedupe import journal
from dedupe.journal import Event
from flows.home import Home
from normalize.assigned import Assigned, read_assignments


def releases(home: Home) -> dict[str, str]:
    """Per source the newest run that a steward released."""
    found: dict[str, str] = {}
    for event in _live(home, "release"):
        found[event["source"]] = max(event["run"], found.get(event["source"], ""))
    return found


def assigned(home: Home) -> Assigned:
    """Which providers and towns the stewards say that unknown names mean."""
    return read_assignments(_live(home, "assign"))


def _live(home: Home, kind: str) -> Iterator[Event]:
    """The events of a kind that are in force, oldest first."""
    return (event for event in journal.live(journal.read(home.journal)) if event["kind"] == kind)
