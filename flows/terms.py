"""On which terms each source lets its offers be shown, and what people had taken down: what a publication must obey.

A live night obeys the source files to the letter. The stand-in's pages are our own, so they are shown whole. The
captures are real pages that nobody outside sees: of them facts are shown, as of any source that permits no more.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from inspect import getsource
from typing import Any

import exports.rights
from dedupe import identity, journal
from dedupe.courses import Permission
from dedupe.journal import Event
from dedupe.resolver import course_id
from exports.rights import Republish, Rights, Terms
from flows.home import Home, Profile, write_atomically
from flows.settings import Settings
from flows.sourcefiles import files_of
from spiders.source import SourceError, load_source

OF_PROFILE: Mapping[Profile, Republish] = {"standin": "full", "captures": "facts_only"}
REMEMBERED = "terms.json"  # in the home: what the source files said when they could last be read


@dataclass(frozen=True)
class TakenDown:
    """The takedowns in force: whole sources, and single offers under all their names."""

    sources: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.sources or self.offers)

    def covers(self, offer_id: str) -> bool:
        """Whether an offer may be kept and shown no more."""
        return offer_id in self.offers or source_of(offer_id) in self.sources

    def of(self, source: str) -> "TakenDown":
        """The part that concerns one source."""
        offers = frozenset(offer_id for offer_id in self.offers if source_of(offer_id) == source)
        return TakenDown(self.sources & {source}, offers)

    def touches(self, source: str) -> bool:
        """Whether anything of a source is taken down."""
        return bool(self.of(source))


def source_of(offer_id: str) -> str:
    """The source of an offer, which stands before the first colon."""
    return offer_id.partition(":")[0]


def taken_down(home: Home) -> TakenDown:
    """What the journal says; a takedown that was taken back counts no more."""
    events: list[Event] = journal.read(home.journal)
    told = [event for event in journal.live(events) if event["kind"] == "takedown"]
    sources = frozenset(event["source"] for event in told if event.get("source"))
    offers = {event["offer_id"] for event in told if event.get("offer_id")}
    return TakenDown(sources, frozenset(_all_names(offers, sources, journal.decide(events).renames)))


def _all_names(offers: set[str], sources: frozenset[str], renames: Mapping[str, str]) -> set[str]:
    """The offers under every name they had or got, and those that left one of the sources under a new name."""
    found: set[str] = set()
    names = {name for pair in renames.items() if source_of(pair[0]) in sources for name in pair} | offers
    while names - found:
        found |= names
        names = {name for pair in renames.items() if found & set(pair) for name in pair}
    return found


def rights_of(home: Home) -> Rights:
    """What the publication must obey today.

    A source file that is gone or cannot be read leaves the terms that it stated last; one never read permits nothing.
    """
    said = {key: Terms(**told) for key, told in _remembered(home).items()} | _stated(home.profile)
    _remember(home, said)
    wanted = OF_PROFILE.get(home.profile)
    terms = {key: replace(one, republish=wanted or one.republish) for key, one in said.items()}
    return Rights(terms, _own_courses(home, taken_down(home)))


def permission_of(home: Home) -> Permission:
    """What dedupe may show of an offer in a course, after these rights."""
    rights = rights_of(home)
    rules = sorted((key, terms.republish) for key, terms in rights.terms.items())
    return Permission(rights.permitted, sha256(f"{rules}{getsource(exports.rights)}".encode()).hexdigest())


def _own_courses(home: Home, banned: TakenDown) -> frozenset[str]:
    """The ids of the courses that the taken down offers are or were by themselves."""
    if not banned:
        return frozenset()
    first_name = journal.decide(journal.read(home.journal)).first_name
    known = {*identity.read(home.identity), *banned.offers}
    return frozenset(course_id(first_name(offer_id)) for offer_id in known if banned.covers(offer_id))


def _stated(profile: Profile) -> dict[str, Terms]:
    """What the source files say, those that can be read."""
    found: dict[str, Terms] = {}
    for path in files_of(profile, Settings().sources).values():
        try:
            source = load_source(path)
        except SourceError:
            continue  # the night holds it and says why
        permission = source.permission
        found[source.key] = Terms(source.name, permission.republish, permission.licence, source.homepage)
    return found


def _remembered(home: Home) -> dict[str, dict[str, Any]]:
    path = home.root / REMEMBERED
    found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _remember(home: Home, terms: Mapping[str, Terms]) -> None:
    told = {key: asdict(one) for key, one in sorted(terms.items())}
    if told != _remembered(home):
        home.root.mkdir(parents=True, exist_ok=True)
        write_atomically(home.root / REMEMBERED, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
