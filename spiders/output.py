"""The files of a harvest: listings go to `.part`, which is completed and renamed at the end, whatever the end is."""

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spiders.listing import ListingDict
from spiders.spool import Spool, line
from spiders.statistics import Statistics


class Output:
    """Where one harvest writes. Rows of one ref may come far apart; they are merged when the file is completed."""

    def __init__(self, folder: Path, source: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.part = folder / f"{source}.jsonl.part"
        self.good = folder / f"{source}.jsonl"
        self.partial = folder / f"{source}.partial.jsonl"
        self.statistics = folder / f"{source}.stats.json"
        for left_over in (self.good, self.partial):
            left_over.unlink(missing_ok=True)
        self._rows = Spool(self.part)
        self._sightings: dict[str, list[tuple[str, list[str]]]] = defaultdict(
            list
        )  # ref -> other addresses, categories

    def write(self, record: ListingDict) -> bool:
        """Add a row; False if its ref was written before."""
        return self._rows.add(record)

    def sighted(self, ref: str, url: str, categories: list[str]) -> None:
        """A listing was found a second time, at this address under these categories."""
        self._sightings[ref].append((url, categories))

    def close(self, *, failed: bool, statistics: Statistics) -> Path:
        """Complete the listings (measured again if rows were merged) and rename the file; its final path."""
        self._rows.close()
        target = self.partial if failed else self.good
        if not self._rows.has_repeated and not self._sightings:
            self.part.replace(target)
            return target
        statistics.measure_again()
        merged = target.with_suffix(".merging")
        with merged.open("wb") as lines:
            for record, conflicts in self._merged():
                for conflict in conflicts:
                    statistics.issues["conflict"] += 1
                    statistics.error(record.get("url"), f"conflict: {record['ref']}: {conflict}")
                statistics.measure(record)
                lines.write(line(record))
            lines.flush()
            os.fsync(lines.fileno())
        merged.replace(target)
        self.part.unlink()
        return target

    def _merged(self) -> Iterator[tuple[ListingDict, list[str]]]:
        """The listings in order. What was sighted several times must not depend on which page came first."""
        for record, conflicts in self._rows.merged():
            if more := self._sightings.get(record["ref"]):
                record["url"] = min(filter(None, (record.get("url"), *(url for url, _ in more))))
                categories = {*(record.get("categories") or []), *(name for _, names in more for name in names)}
                record["categories"] = sorted(categories)
            yield record, conflicts


def write_statistics(path: Path, report: dict[str, Any]) -> None:
    """Write the statistics beside their place and rename them there."""
    beside = path.with_name(f"{path.name}.part")
    beside.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    beside.replace(path)
