"""From the merged courses of dedupe to the records of a version: scope, status, freshness."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

import orjson
from pydantic import ValidationError

from exports.files import Record, read_lines, read_records
from exports.lifecycle import is_withdrawn
from exports.model import AuditFailed
from exports.privacy import impersonal
from exports.record import published
from exports.rights import HIDDEN, Rights
from exports.scope import Outline, left_out, regional_provider
from normalize.model import Course

Line = TypeVar("Line", Course, Outline)


@dataclass
class Courses:
    """The courses of a run, read as often as asked; `absent` tells afterwards who was left out and why."""

    path: Path
    today: date
    fresh_sources: Collection[str]
    apply_scope: bool
    online_providers: Collection[str]
    rights: Rights
    absent: dict[str, str] = field(default_factory=dict)

    def records(self) -> Iterator[Record]:
        """The records to publish, in the order of the file."""
        providers = self._regional_providers() | set(self.online_providers) if self.apply_scope else set()
        for course in self._read(Course):
            reason = "withdrawn" if is_withdrawn(course.members) else HIDDEN if course.status == HIDDEN else None
            if reason is None and self.apply_scope:
                reason = left_out(course, providers)
            if reason is not None:
                self.absent[course.course_id] = reason
                continue
            self.absent.pop(course.course_id, None)
            yield impersonal(published(course, self.today, self.fresh_sources, self.rights))

    def reasons(self) -> dict[str, int]:
        """How many courses were left out, by reason."""
        return dict(sorted(Counter(self.absent.values()).items()))

    def _regional_providers(self) -> set[str]:
        return {key for course in self._read(Outline) if (key := regional_provider(course))}

    def _read(self, model: type[Line]) -> Iterator[Line]:
        last = ""
        for number, line in enumerate(read_lines(self.path), start=1):
            try:
                course = model.model_validate(orjson.loads(line))
            except orjson.JSONDecodeError as error:
                raise AuditFailed([f"{self.path.name}, Zeile {number} ist kein JSON ({error})"]) from error
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"])
                raise AuditFailed([f"{self.path.name}, Zeile {number}: {where}: {first['msg']}"]) from error
            if course.course_id <= last:
                raise AuditFailed([f"{self.path.name}, Zeile {number}: {course.course_id} ist doppelt oder unsortiert"])
            last = course.course_id
            yield course


def courses_of(clusters: Path, ids: Collection[str]) -> dict[str, str]:
    """Where those of the ids lead that an offer would have alone, by the clusters of dedupe."""
    return {line["own_id"]: line["course_id"] for line in read_records(clusters) if line["own_id"] in ids}
