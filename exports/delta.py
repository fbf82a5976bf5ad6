"""What leads from one version to the next: one line per course id that changed.

`added` and `split` bring a new record, `changed` replaces one (`fields` names what differs), `withdrawn` and `merged`
take one away (`into` is where a merged id leads; `from` is the course a split one was part of). When a source was
fetched is not content: such a difference alone is no change. Neither is `changed_at`, which tells of the last one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from exports.files import Record

CHANGES = ("added", "changed", "withdrawn", "merged", "split")


def paired(old: Iterable[Record], new: Iterable[Record]) -> Iterator[tuple[Record | None, Record | None]]:
    """Both sides of each course id, in order of the ids; both inputs must be sorted by course_id."""
    left, right = iter(old), iter(new)
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one["course_id"] < other["course_id"]):
            yield one, None
            one = next(left, None)
        elif one is None or other["course_id"] < one["course_id"]:
            yield None, other
            other = next(right, None)
        else:
            yield one, other
            one, other = next(left, None), next(right, None)


def changed_fields(old: Record, new: Record) -> list[str]:
    """The names of the fields whose content differs, sorted."""
    return sorted(
        name
        for name in old.keys() | new.keys()
        if name not in old or name not in new or _content(name, old[name]) != _content(name, new[name])
    )


def _content(name: str, value: object) -> object:
    """A field without the times of fetching."""
    match name, value:
        case "provenance", dict():
            return {key: _timeless(origin) for key, origin in value.items()}
        case "sources", list():
            return [_timeless(source) for source in value]
        case "changed_at", _:
            return None
    return value


def _timeless(record: Record) -> Record:
    return {key: value for key, value in record.items() if key != "fetched_at"}


@dataclass
class Delta:
    """Collects what happens to each id while two versions are compared."""

    arrived: dict[str, list[str]] = field(default_factory=dict)  # course id -> its offers
    gone: dict[str, Record] = field(default_factory=dict)  # course id -> {title, offers}
    changed: dict[str, list[str]] = field(default_factory=dict)
    courses: set[str] = field(default_factory=set)  # all ids of the new version
    _former: dict[str, str] = field(default_factory=dict)  # offer -> its course in the old version

    def note(self, old: Record | None, new: Record | None) -> bool:
        """Take in one pair of `paired`; True if both are there and the content is the same."""
        if old is not None:
            offers = offers_of(old)
            self._former.update((offer, old["course_id"]) for offer in offers)
            if new is None:
                self.gone[old["course_id"]] = {"title": old.get("title"), "offers": offers}
        if new is not None:
            self.courses.add(new["course_id"])
            if old is None:
                self.arrived[new["course_id"]] = offers_of(new)
            elif fields := changed_fields(old, new):
                self.changed[new["course_id"]] = fields
            else:
                return True
        return False

    def lines(self, redirects: Mapping[str, str]) -> Iterator[Record]:
        """The lines of the delta, sorted by course id; `redirects` are those of the new version."""
        for course_id in sorted(self.arrived.keys() | self.gone.keys() | self.changed.keys()):
            if course_id in self.changed:
                yield {"change": "changed", "course_id": course_id, "fields": self.changed[course_id]}
            elif course_id in self.arrived:
                yield self._arrival(course_id)
            elif course_id in redirects:
                yield {"change": "merged", "course_id": course_id, "into": redirects[course_id]}
            else:
                yield {"change": "withdrawn", "course_id": course_id}

    def _arrival(self, course_id: str) -> Record:
        """New, or part of a course that is still there."""
        origins = sorted({self._former[offer] for offer in self.arrived[course_id] if offer in self._former})
        for origin in origins:
            if origin in self.courses:
                return {"change": "split", "course_id": course_id, "from": origin}
        return {"change": "added", "course_id": course_id}


def offers_of(course: Record) -> list[str]:
    """The ids of a course's members."""
    return [member["offer_id"] for member in course["members"]]


def counts(lines: Iterable[Record]) -> dict[str, int]:
    """How many lines of each change, zeros included."""
    found = Counter(line["change"] for line in lines)
    return {change: found[change] for change in CHANGES}
