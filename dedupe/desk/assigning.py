"""Unknown names to assign: what is on the lists of the night, what was said of it, and what may be said."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dedupe.desk.correcting import LONGEST_TITLE, UnfitError
from dedupe.desk.handouts import PLACES, PROVIDERS, Row, rows
from dedupe.desk.ledger import Ledger
from dedupe.desk.snapshot import Snapshot
from dedupe.journal import Event
from normalize.assigned import ELSEWHERE, What
from normalize.providers import bare_name, provider_key, provider_names
from normalize.text import fold, plain
from normalize.towns import all_towns

WHATS_DE: dict[What, str] = {"provider": "Anbieter", "place": "Orte"}
_LISTS: dict[What, str] = {"provider": PROVIDERS, "place": PLACES}
OWN = "own"  # the choice that a name is a provider of its own


@dataclass(frozen=True, slots=True)
class Stranger:
    """A name that nobody knew in the night, and what a steward said of it since."""

    row: Row
    said: Event | None


def strangers(snapshot: Snapshot, ledger: Ledger, what: What) -> list[Stranger]:
    """The list of the night, what is still open first."""
    said = {_form(what, str(event["raw"])): event for event in assignments(ledger, what)}
    found = [Stranger(row, said.get(form)) for form, row in _listed(snapshot, what)]
    return sorted(found, key=lambda one: one.said is not None)


@lru_cache(maxsize=4)
def _listed(snapshot: Snapshot, what: What) -> list[tuple[str, Row]]:
    """The lines of the night, each with the form in which its name is compared."""
    return [(_form(what, row["name"]), row) for row in rows(snapshot, _LISTS[what])]


def assignments(ledger: Ledger, what: What) -> list[Event]:
    """What is in force, oldest first."""
    return sorted((one for one in ledger.in_force("assign") if one["what"] == what), key=lambda one: str(one["at"]))


def choices(snapshot: Snapshot, what: What, raw: str) -> list[tuple[str, str]]:
    """What a name may be assigned to: keys and German names, in alphabetical order but for the region's towns."""
    if what == "place":
        towns = [(town.name, f"{town.name} (Region)" if town.in_region else town.name) for town in all_towns()]
        return [*towns, (ELSEWHERE, "liegt anderswo, außerhalb der Region")]
    known = provider_names() | {row["key"]: row["name"] for row in rows(snapshot, PROVIDERS)}
    own = provider_key(raw)
    return sorted(((key, name) for key, name in known.items() if key != own), key=lambda one: fold(one[1]))


def assignment(snapshot: Snapshot, what: What, raw: str, choice: str, name: str) -> Event:
    """The event that says what a name means. Raises UnfitError for a choice that is none."""
    told = {"kind": "assign", "what": what, "raw": raw}
    if what == "provider" and choice == OWN:
        shown = plain(name) or raw
        if len(shown) > LONGEST_TITLE:
            raise UnfitError(f"Höchstens {LONGEST_TITLE} Zeichen.")
        return {**told, "key": provider_key(raw), "name": shown}
    names = dict(choices(snapshot, what, raw))
    if choice not in names:
        raise UnfitError("Bitte etwas aus der Liste wählen.")
    if what == "provider" and choice not in provider_names():
        return {**told, "key": choice, "name": names[choice]}
    return {**told, "key": choice}


def meaning(event: Event) -> str:
    """What an assignment says, for a German reader."""
    key = str(event["key"])
    if event["what"] == "place":
        return "anderswo, außerhalb der Region" if key == ELSEWHERE else key
    return provider_names().get(key) or str(event.get("name") or key)


def named(found: Sequence[Stranger], key: str) -> Stranger | None:
    """The name with this key on the list."""
    return next((one for one in found if one.row["key"] == key), None)


def _form(what: What, raw: str) -> str:
    return bare_name(raw) if what == "provider" else fold(raw)
