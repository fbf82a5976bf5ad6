"""JSON lines that we wrote ourselves."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file, one after the other."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
