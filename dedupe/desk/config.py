"""How one desk is set up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from normalize.model import Offer


def utc_now() -> datetime:
    """The time of now."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class DeskConfig:
    """`folder` holds the accounts and the secret that signs sessions; `root_path` is where a proxy shows the app;
    `model` is the model file the night uses if there is one, else the shipped one; `permitted` says what of an offer
    may be shown on the portal, None if nothing (without a rule that is everything); `profile` is told unless live.
    """

    folder: Path
    root_path: str = ""
    model: Path | None = None
    permitted: Callable[[Offer], Offer | None] | None = None
    profile: str = "live"
    session: timedelta = timedelta(hours=12)
    now: Callable[[], datetime] = utc_now

    @property
    def accounts(self) -> Path:
        """Who may sign in."""
        return self.folder / "accounts.json"

    @property
    def secret(self) -> Path:
        """The key that signs sessions."""
        return self.folder / "secret"
