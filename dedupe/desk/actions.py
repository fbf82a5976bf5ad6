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


@dataclass(frozen=True)
class Actions:
    """`publish(user)` asks for a publication, `state()` tells how it stands, `release(source, reason, user)` lets a
    held source go."""

    publish: Callable[[str], None]
    state: Callable[[], PublishState]
    release: Callable[[str, str, str], Event]
