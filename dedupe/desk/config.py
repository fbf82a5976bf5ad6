"""How one desk is set up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


def utc_now() -> datetime:
    """The time of now."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class DeskConfig:
    """`folder` holds the accounts and the secret that signs sessions; `root_path` is where a proxy shows the app;
    `model` is the model file the night used, None for the shipped one; `profile` is shown unless it is live."""

    folder: Path
    root_path: str = ""
    model: Path | None = None
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
