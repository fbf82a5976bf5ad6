"""From pairs to courses: which offers belong together, under which id.

A pure function of the journal's decisions, the machine's scores and first_seen, independent of the order of its input
(contract 4.4). Links are taken oldest first, so what was merged stays merged when something new arrives; a union that
would break a rule is refused and reported. A new offer alone never changes an existing course id: everything decided
among older offers is decided before the newer one is looked at, and afterwards two older clusters never fuse.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dedupe.journal import Decisions, Pair

Conflict = Callable[[Hashable, Hashable], tuple[str, ...]]
RefusalKind = Literal["judged_different", "typed_conflict", "misfit", "fusion"]


@dataclass(frozen=True, slots=True)
class Link:
    """A pair that the machine would merge. `exact`: the same source publishes the same course once more."""

    left: str
    right: str
    score: float  # nats
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A union that was asked for and not made (or, `made`, made against a typed conflict because a person said so)."""

    left: str
    right: str
    kind: RefusalKind
    reason: str  # German, for the steward
    by: str  # human | machine
    made: bool = False


@dataclass(frozen=True)
class Fit:
    """When two clusters fit as wholes: no cross pair below `lowest`, and their mean at least `mean` (nats)."""

    lowest: float = -4.0
    mean: float = 0.0


@dataclass(frozen=True)
class Resolution:
    """The courses: offer id -> course id, the id each offer would have alone, and what was refused."""

    course_ids: Mapping[str, str]
    own_ids: Mapping[str, str]
    refusals: tuple[Refusal, ...]


def course_id(name: str) -> str:
    """`c` and 12 lower-case base32 characters of the SHA-256 of an offer's first name."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return "c" + "".join([_LETTERS[number >> place & 1023] for place in range(54, 0, -10)])


# Two characters for each ten bits: every offer needs an id every night, and base64.b32encode takes five times as long.
_LETTERS = [one + other for one in "abcdefghijklmnopqrstuvwxyz234567" for other in "abcdefghijklmnopqrstuvwxyz234567"]


@dataclass
class _Cluster:
    members: list[str]
    kinds: set[Hashable]
    voices: set[str]  # members whose scores speak for their exact repeats
    born: str  # earliest first_seen


@dataclass
class _State:
    alone: Callable[[str], _Cluster]  # of an offer that nothing has touched yet
    different: Mapping[str, set[str]]
    refusals: list[Refusal] = field(default_factory=list)
    clusters: dict[str, _Cluster] = field(default_factory=dict)  # offer id -> its cluster

    def cluster(self, offer: str) -> _Cluster:
        """The cluster of an offer."""
        if offer not in self.clusters:
            self.clusters[offer] = self.alone(offer)
        return self.clusters[offer]

    def judged_different(self, a: _Cluster, b: _Cluster) -> Pair | None:
        """A pair across the clusters that a person called different."""
        if not self.different:
            return None
        small, large = sorted((a, b), key=lambda cluster: (len(cluster.members), min(cluster.members)))
        crossing = (
            (min(member, other), max(member, other))
            for member in small.members
            for other in self.different.get(member, ())
            if self.clusters.get(other) is large
        )
        return min(crossing, default=None)

    def unite(self, a: _Cluster, b: _Cluster) -> None:
        if len(a.members) < len(b.members):
            a, b = b, a
        a.members.extend(b.members)
        a.kinds |= b.kinds
        a.voices |= b.voices
        a.born = min(a.born, b.born)
        for member in b.members:
            self.clusters[member] = a


def resolve(
    first_seen: Mapping[str, str],
    decisions: Decisions,
    links: Iterable[Link],
    *,
    evidence: Mapping[Pair, float] | None = None,
    kinds: Mapping[str, Hashable] | None = None,
    conflict: Conflict = lambda _a, _b: (),
    voices: Mapping[str, str] | None = None,
    fit: Fit | None = None,
) -> Resolution:
    """Cluster the offers of `first_seen` (offer id -> run id).

    `evidence`: scores in nats of further pairs (left < right), asked when two clusters must fit; links count as
    evidence too. `kinds`: each offer's typed features, of which `conflict` names the contradictions of two.
    `voices`: the offer whose scores speak for this one (exact repeats are compared once).
    """
    given = list(links)
    orders = [_order(link, first_seen) for link in given]
    ordered = [given[place] for place in sorted(range(len(given)), key=orders.__getitem__)]
    known = {**(evidence or {}), **{_pair(link.left, link.right): link.score for link in ordered if not link.exact}}
    verdicts = _present(decisions, first_seen)

    def alone(offer: str) -> _Cluster:
        return _Cluster([offer], {(kinds or {}).get(offer)}, {(voices or {}).get(offer, offer)}, first_seen[offer])

    state = _State(alone, _partners(pair for pair, verdict in verdicts.items() if verdict == "different"))
    for left, right in _human_links(decisions, first_seen, verdicts):
        _join_by_hand(state, left, right, conflict)
    barred = {pair for pair, verdict in verdicts.items() if verdict != "same"}
    for link in ordered:
        if _pair(link.left, link.right) not in barred:
            _join_by_machine(state, link, first_seen, known, conflict, fit or Fit())
    return _named(state, first_seen, decisions)


def _join_by_hand(state: _State, left: str, right: str, conflict: Conflict) -> None:
    """A person's `same`: beats a typed conflict, never a person's `different`."""
    a, b = state.cluster(left), state.cluster(right)
    if a is b:
        return
    barrier = state.judged_different(a, b)
    if barrier:
        reason = f"„gleich“ widerspricht dem Urteil „verschieden“ zu {barrier[0]} / {barrier[1]}"
        state.refusals.append(Refusal(left, right, "judged_different", reason, "human"))
        return
    contradictions = _contradictions(a, b, conflict)
    if contradictions:
        reason = "Von Hand vereint trotz: " + ", ".join(contradictions)
        state.refusals.append(Refusal(left, right, "typed_conflict", reason, "human", made=True))
    state.unite(a, b)


def _join_by_machine(
    state: _State,
    link: Link,
    first_seen: Mapping[str, str],
    known: Mapping[Pair, float],
    conflict: Conflict,
    fit: Fit,
) -> None:
    a, b = state.cluster(link.left), state.cluster(link.right)
    if a is b:
        return
    refused: tuple[RefusalKind, str] | None = None
    born = max(first_seen[link.left], first_seen[link.right])
    barrier = state.judged_different(a, b)
    if barrier:
        refused = "judged_different", f"Urteil „verschieden“ zu {barrier[0]} / {barrier[1]}"
    elif contradictions := _contradictions(a, b, conflict):
        refused = "typed_conflict", ", ".join(contradictions)
    elif a.born < born and b.born < born:
        refused = "fusion", "Das neue Angebot würde zwei bestehende Kurse verbinden"
    elif misfit := _misfit(a, b, known, fit):
        refused = "misfit", misfit
    if refused:
        state.refusals.append(Refusal(link.left, link.right, *refused, by="machine"))
    else:
        state.unite(a, b)


def _contradictions(a: _Cluster, b: _Cluster, conflict: Conflict) -> tuple[str, ...]:
    """The typed conflicts of any two members across two clusters, each named once."""
    found = {text for one in a.kinds for other in b.kinds if one != other for text in conflict(one, other)}
    return tuple(sorted(found))


def _misfit(a: _Cluster, b: _Cluster, known: Mapping[Pair, float], fit: Fit) -> str | None:
    """Why two clusters do not fit as wholes, or None. Pairs never compared say nothing."""
    cross = [score for one in a.voices for other in b.voices if (score := known.get(_pair(one, other))) is not None]
    if not cross:
        return None
    if min(cross) < fit.lowest:
        return "Ein Angebot der einen Gruppe passt nicht zu einem der anderen"
    if sum(sorted(cross)) / len(cross) < fit.mean:
        return "Die beiden Gruppen passen im Ganzen nicht zusammen"
    return None


def _named(state: _State, first_seen: Mapping[str, str], decisions: Decisions) -> Resolution:
    """Give every cluster the id of its senior; two seniors of one rename chain that people parted keep apart."""
    names = {offer: decisions.first_name(offer) for offer in first_seen}
    own = {offer: course_id(name) for offer, name in names.items()}
    shared = {one for offer, name in names.items() if name != offer for one in (offer, name) if one in first_seen}
    taken: dict[str, _Cluster] = {}
    course_ids: dict[str, str] = {}
    for offer in sorted(shared.union(state.clusters), key=lambda offer: (first_seen[offer], offer)):
        cluster = state.cluster(offer)
        if offer in course_ids:
            continue
        name = own[offer]
        if taken.setdefault(name, cluster) is not cluster:
            name = course_id(offer)
        course_ids.update(dict.fromkeys(cluster.members, name))
    course_ids = own | course_ids
    refusals = tuple(sorted(state.refusals, key=lambda refusal: (refusal.left, refusal.right, refusal.by)))
    return Resolution(course_ids, own, refusals)


def _order(link: Link, first_seen: Mapping[str, str]) -> tuple[str, bool, float, Pair]:
    later = max(first_seen[link.left], first_seen[link.right])
    return later, not link.exact, -link.score, _pair(link.left, link.right)


def _human_links(decisions: Decisions, first_seen: Mapping[str, str], verdicts: Mapping[Pair, str]) -> list[Pair]:
    """Pairs that people joined, oldest decision first: renamed offers with their former selves, then `same`."""
    renamed = [
        _pair(old, new)
        for old, new in sorted(decisions.renames.items())
        if old in first_seen and new in first_seen and old != new
    ]
    judged = sorted(
        (verdict.at, verdict.event_id, pair)
        for (left, right), verdict in decisions.verdicts.items()
        if verdict.verdict == "same" and (pair := _known_pair(decisions, first_seen, left, right))
    )
    return renamed + [pair for _, _, pair in judged if verdicts[pair] == "same"]


def _present(decisions: Decisions, first_seen: Mapping[str, str]) -> dict[Pair, str]:
    """Verdicts under the names offers have now; where a rename brings two together, the newest wins."""
    found: dict[Pair, str] = {}
    for (left, right), verdict in sorted(decisions.verdicts.items(), key=lambda item: (item[1].at, item[1].event_id)):
        pair = _known_pair(decisions, first_seen, left, right)
        if pair:
            found[pair] = verdict.verdict
    return found


def _known_pair(decisions: Decisions, first_seen: Mapping[str, str], left: str, right: str) -> Pair | None:
    one, other = decisions.present_name(left, first_seen), decisions.present_name(right, first_seen)
    return _pair(one, other) if one and other and one != other else None


def _partners(pairs: Iterable[Pair]) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for left, right in pairs:
        found[left].add(right)
        found[right].add(left)
    return found


def _pair(left: str, right: str) -> Pair:
    return (left, right) if left < right else (right, left)
