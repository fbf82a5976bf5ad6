"""What a harvest noticed, by kind: read from its statistics, and told in German; the wordings are `notes.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flows.outcome import SourceNote
from flows.reasons import german

EXAMPLE = 300  # characters of a message that are kept


def notes_of(statistics: Mapping[str, Any]) -> tuple[SourceNote, ...]:
    """The notes of a harvest's statistics, most frequent first, each kind with its first message.

    Rows that were dropped, pages that robots.txt forbids and pages that are gone are notes as well. `errors` counts all
    messages, so what has a kind of its own is taken off.
    """
    messages = [(str(error.get("url") or ""), str(error["message"])) for error in statistics.get("errors") or ()]
    issues, dropped = dict(statistics.get("issues") or {}), dict(statistics.get("dropped") or {})
    errors = issues.pop("errors", 0) - sum(dropped.values()) - issues.get("conflict", 0)
    gone = statistics.get("gone") or ()
    kinds = {**issues, **dropped, "robots": statistics.get("robots_forbidden") or 0, "gone": len(gone)}
    kinds["errors"] = errors - kinds["robots"]
    examples = {kind: next((text for _, text in messages if text.startswith(f"{kind}: ")), "") for kind in kinds}
    examples["gone"] = str(gone[0].get("url") or "") if gone else ""
    forbidden = ((url, text) for url, text in messages if "robots.txt" in text)
    examples["robots"] = next((url for url, _ in forbidden), "")
    plain = ((url, text) for url, text in messages if not any(text.startswith(f"{kind}: ") for kind in kinds))
    examples["errors"] = next((f"{german(text)} ({url})" for url, text in plain if "robots.txt" not in text), "")
    return tuple(
        SourceNote(kind=kind, count=count, example=examples[kind].removeprefix(f"{kind}: ")[:EXAMPLE])
        for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
        if count > 0
    )


def dominant(charsets: Mapping[str, int]) -> str | None:
    """The encoding of most pages; of two with equally many the first by name."""
    return min(charsets, key=lambda name: (-charsets[name], name), default=None)


def german_note(kind: str) -> str:
    """The German wording of a kind of note; a kind without one is returned unchanged."""
    return _wordings().get(kind, kind)


@cache
def _wordings() -> dict[str, str]:
    data = tomllib.loads(Path(__file__).with_name("notes.toml").read_text(encoding="utf-8"))
    return dict(data["notes"])
