"""What a night is asked to do: plain values that a command line gives and a Prefect deployment can store."""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from flows.home import Home, Profile, home_for_night
from flows.settings import Settings

DEFAULT_COURSES = 400  # of the stand-in


def new_run_id(now: datetime | None = None) -> str:
    """A run id names its moment in UTC and sorts by it: "20261122T013000Z"."""
    return (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")


class NightRequest(BaseModel):
    """One night. `night`, `courses` and `faults` ("key=kind") are for the stand-in, `captures` for real samples.

    With `replay_of`, a run id, nothing is fetched: the tapes of that night are read again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: Profile
    home: Path | None = None
    run_id: str | None = None  # None: the moment the night starts
    only: tuple[str, ...] | None = None  # source keys; None: all of the profile
    captures: Path | None = None
    night: int = Field(default=1, ge=1)
    courses: int = Field(default=DEFAULT_COURSES, ge=1)
    faults: tuple[str, ...] = ()
    replay_of: str | None = None

    def place(self, settings: Settings) -> Home:
        """The home this night works on."""
        return home_for_night(self.profile, self.home or settings.home, settings.var)
