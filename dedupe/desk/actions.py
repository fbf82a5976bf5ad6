"""What the desk can trigger outside of itself; `flows` hands it in, so that the app never opens the warehouse."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dedupe.journal import Event


@dataclass(frozen=True, slots=True)
class PublishState:
    """How far a publication is that a steward asked for; `text_de` is the sentence for the page."""

    phase: Literal["idle", "waiting", "running", "done", "refused"] = "idle"
    text_de: str = ""
    version: str | None = None  # what it made


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source fared in the last night; `reasons` are German sentences, `last_good` is a run id."""

    source: str
    name: str
    state: Literal["fresh", "held", "skipped"]
    reasons: tuple[str, ...]
    listings: int
    last_good: str | None


@dataclass(frozen=True, slots=True)
class LastNight:
    """The last night that came to its end, by its run id, and its sources."""

    run_id: str
    sources: tuple[SourceState, ...]


class ActionError(Exception):
    """It could not be done; the message is German."""


@dataclass(frozen=True)
class Actions:
    """`publish(user)` asks for a publication, `state()` tells how it stands, `published()` when the live one was made
    (ISO 8601; None before the first). `night()` is how the sources fared; `release(source, reason, user)` lets a held
    one go and raises ActionError. `kept(source, body)` is a kept response, `record(run, offer_id)` the listing that an
    offer was read from, as JSON text; None if it is there no more.
    """

    publish: Callable[[str], None]
    state: Callable[[], PublishState]
    release: Callable[[str, str, str], Event]
    night: Callable[[], LastNight | None]
    kept: Callable[[str, str], bytes | None]
    record: Callable[[str, str], str | None]
    published: Callable[[], str | None]
