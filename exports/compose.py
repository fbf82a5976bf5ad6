"""From the merged courses of dedupe to the records of a version: scope, status, freshness."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from exports.files import Record, read_lines, read_records
from exports.lifecycle import is_withdrawn
from exports.model import AuditFailed
from exports.privacy import impersonal
from exports.record import published
from exports.rights import HIDDEN, Rights
from exports.scope import left_out, regional_provider
from normalize.model import Course


@dataclass
class Courses:
    """The courses of a run, read as often as asked; `absent` tells afterwards who was left out and why."""

    path: Path
    today: date
    fresh_sources: Collection[str]
    apply_scope: bool
    online_providers: Collection[str]
    absent: dict[str, str] = field(default_factory=dict)
    rights: Rights = field(default_factory=Rights)

    def records(self) -> Iterator[Record]:
        """The records to publish, in the order of the file."""
        providers = self._regional_providers() | set(self.online_providers) if self.apply_scope else set()
        for course in self._read():
            reason = "withdrawn" if is_withdrawn(course) else HIDDEN if course.status == HIDDEN else None
            if reason is None and self.apply_scope:
                reason = left_out(course, providers)
            if reason is not None:
                self.absent[course.course_id] = reason
                continue
            self.absent.pop(course.course_id, None)
            dated = published(self.rights.credited(course), self.today, self.fresh_sources)
            yield impersonal(dated.model_dump(mode="json"))

    def reasons(self) -> dict[str, int]:
        """How many courses were left out, by reason."""
        return dict(sorted(Counter(self.absent.values()).items()))

    def _regional_providers(self) -> set[str]:
        found = {regional_provider(course) for course in self._read() if not is_withdrawn(course)}
        return {key for key in found if key is not None}

    def _read(self) -> Iterator[Course]:
        last = ""
        for number, line in enumerate(read_lines(self.path), start=1):
            try:
                course = Course.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"])
                raise AuditFailed([f"{self.path.name}, Zeile {number}: {where}: {first['msg']}"]) from error
            if course.course_id <= last:
                raise AuditFailed([f"{self.path.name}, Zeile {number}: {course.course_id} ist doppelt oder unsortiert"])
            last = course.course_id
            yield course


def own_courses(clusters: Path) -> Callable[[str], str | None]:
    """Where each id that an offer could have alone leads, by the clusters of dedupe."""
    courses: Mapping[str, str] = {line["own_id"]: line["course_id"] for line in read_records(clusters)}
    return courses.get
