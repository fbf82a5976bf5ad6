"""What leads from one version to the next: one line per course id that changed.

`added` and `split` bring a new record, `changed` replaces one (`fields` names what differs), `withdrawn` and `merged`
take one away (`into` is where a merged id leads; `from` is the course a split one was part of). When a source was
fetched is not content: such a difference alone is no change. Neither is `changed_at`, which tells of the last one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO

import orjson

from exports.files import Record, canonical

CHANGES = ("added", "changed", "withdrawn", "merged", "split")
IN_MEMORY = 1 << 20  # bytes of lines; more of them go to a file


def paired(
    old: Iterable[Record], new: Iterable[Record], key: str = "course_id"
) -> Iterator[tuple[Record | None, Record | None]]:
    """Both sides of each id, in order of the ids; both inputs must be sorted by that key."""
    left, right = iter(old), iter(new)
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[key] < other[key]):
            yield one, None
            one = next(left, None)
        elif one is None or other[key] < one[key]:
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
        if name not in old
        or name not in new
        or (old[name] != new[name] and _content(name, old[name]) != _content(name, new[name]))
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


def _spool() -> IO[bytes]:
    return SpooledTemporaryFile(IN_MEMORY)


@dataclass
class Delta:
    """Collects what happens to each id while two versions are compared. It remembers what moved, never what stayed, and
    of a first version, where everything comes, nothing."""

    first: bool = False  # there is no version before
    arrived: dict[str, str] = field(default_factory=dict)  # offer -> the new course that it came to
    gone: dict[str, Record] = field(default_factory=dict)  # course id -> {title, offers}
    _left: dict[str, str] = field(default_factory=dict)  # offer -> the course, still there, that it left
    _noted: IO[bytes] = field(default_factory=_spool)

    def note(self, old: Record | None, new: Record | None) -> bool:
        """Take in one pair of `paired`; True if both are there and the content is the same."""
        course_id: str = (new or old or {})["course_id"]
        if old is not None and new is not None:
            fields = changed_fields(old, new)
            if not fields:
                return True
            self._write("changed", course_id, fields=fields)
            if "members" in fields:
                self._left.update((offer, course_id) for offer in {*offers_of(old)} - {*offers_of(new)})
        elif new is not None:
            offers = [] if self.first else offers_of(new)
            self.arrived.update((offer, course_id) for offer in offers)
            self._write("added", course_id, offers=offers)
        elif old is not None:
            self.gone[course_id] = {"title": old.get("title"), "offers": offers_of(old)}
            self._write("withdrawn", course_id)
        return False

    def lines(self, redirects: Mapping[str, str]) -> Iterator[Record]:
        """The lines of the delta, sorted by course id; `redirects` are those of the new version."""
        self._noted.seek(0)
        for line in map(orjson.loads, self._noted):
            match line:
                case {"change": "added", "course_id": course_id, "offers": offers}:
                    origin = min((self._left[offer] for offer in offers if offer in self._left), default=None)
                    split = {"change": "split", "course_id": course_id, "from": origin}
                    yield split if origin else {"change": "added", "course_id": course_id}
                case {"change": "withdrawn", "course_id": course_id} if course_id in redirects:
                    yield {"change": "merged", "course_id": course_id, "into": redirects[course_id]}
                case _:
                    yield line

    def _write(self, change: str, course_id: str, **more: list[str]) -> None:
        self._noted.write(canonical({"change": change, "course_id": course_id, **more}))


def offers_of(course: Record) -> list[str]:
    """The ids of a course's members."""
    return [member["offer_id"] for member in course["members"]]


def counts(lines: Iterable[Record]) -> dict[str, int]:
    """How many lines of each change, zeros included."""
    found = Counter(line["change"] for line in lines)
    return {change: found[change] for change in CHANGES}
