"""A consumer of the published data set that learns of changes from the deltas alone."""

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Consumer:
    """Follows `previous` and applies deltas; of a new version it fetches only the records that the delta names."""

    root: Path
    held: dict[str, bytes] = field(default_factory=dict)
    version: str | None = None

    def follow(self) -> None:
        """Catch up with the live version, delta by delta; after a longer absence start anew."""
        ahead: list[Path] = []
        path = (self.root / "current").resolve()
        while path.name != self.version:
            ahead.append(path)
            previous = json.loads((path / "index.json").read_bytes())["previous"]
            if previous is not None and previous == self.version:  # also where its folder was taken away
                break
            if previous is None or not (self.root / previous).exists():
                oldest = ahead.pop()
                self.held = {json.loads(line)["course_id"]: line for line in (oldest / "courses.jsonl").open("rb")}
                self.version = oldest.name
                if previous is None:
                    changes = [json.loads(line)["change"] for line in (oldest / "delta.jsonl").open("rb")]
                    assert changes == ["added"] * len(self.held)
                break
            path = self.root / previous
        for path in reversed(ahead):
            self._apply(path)

    def _apply(self, path: Path) -> None:
        fetched = {json.loads(line)["course_id"]: line for line in (path / "courses.jsonl").open("rb")}
        for line in (path / "delta.jsonl").open("rb"):
            match json.loads(line):
                case {"change": "added" | "split", "course_id": course_id}:
                    assert course_id not in self.held
                    self.held[course_id] = fetched[course_id]
                case {"change": "changed", "course_id": course_id, "fields": fields}:
                    before, after = json.loads(self.held[course_id]), json.loads(fetched[course_id])
                    untouched = before.keys() - set(fields) - {"provenance", "sources", "changed_at"}
                    assert {name: before[name] for name in untouched} == {name: after[name] for name in untouched}
                    self.held[course_id] = fetched[course_id]
                case {"change": "withdrawn" | "merged", "course_id": course_id}:
                    del self.held[course_id]
        self.version = path.name

    def holds_the_published_version(self) -> bool:
        """Byte for byte."""
        published = (self.root / "current" / "courses.jsonl").read_bytes()
        return b"".join(line for _, line in sorted(self.held.items())) == published
