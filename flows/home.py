"""A home: the one folder that holds everything the program writes for one profile."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO, get_args

Profile = Literal["standin", "captures", "live"]
LOCK = "night.lock"
GLANCE, GLANCES = 0.05, 5  # seconds, times: who only looks whether the lock is held holds it for a moment
PROFILES: tuple[Profile, ...] = get_args(Profile)


class WrongUsage(Exception):  # noqa: N818 - reads as what happened
    """The command cannot mean anything here (exit status 2)."""


class Refused(Exception):  # noqa: N818
    """The work is understood but may not be done now (exit status 1)."""


@dataclass(frozen=True)
class Home:
    """The paths of a home. `profile` says where its data come from; data of two profiles never mix."""

    root: Path
    profile: Profile

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.root / "warehouse.duckdb"

    @property
    def journal(self) -> Path:
        """What people decided."""
        return self.root / "journal.jsonl"

    @property
    def identity(self) -> Path:
        """Since when each offer is known."""
        return self.root / "identity.jsonl"

    @property
    def model(self) -> Path | None:
        """A model trained here, or None: then the shipped one serves."""
        path = self.root / "model.json"
        return path if path.exists() else None

    @property
    def exports(self) -> Path:
        """The published versions."""
        return self.root / "exports"

    @property
    def reports(self) -> Path:
        """One report per night as HTML and JSON, and `latest`."""
        return self.root / "reports"

    @property
    def http(self) -> Path:
        """Kept responses."""
        return self.root / "http"

    @property
    def review(self) -> Path:
        """Snapshots for the stewards; `current` names the newest."""
        return self.root / "review"

    @property
    def desk(self) -> Path:
        """What the stewards' desk keeps for itself: accounts, the secret that signs sessions."""
        return self.root / "desk"

    def harvest(self, run_id: str) -> Path:
        """What one night harvested."""
        return self.root / "harvest" / run_id

    def own(self) -> None:
        """Create the home, or check that it belongs to this profile; raises WrongUsage if it is another's."""
        known = stored_profile(self.root)
        if known is not None and known != self.profile:
            raise WrongUsage(f"{self.root} holds the profile {known!r}, not {self.profile!r}; profiles never mix")
        self.root.mkdir(parents=True, exist_ok=True)
        write_atomically(self.root / "profile", f"{self.profile}\n")


def stored_profile(root: Path) -> Profile | None:
    """The profile a folder was made for, None if it is no home yet; raises WrongUsage for an unknown name."""
    path = root / "profile"
    if not path.exists():
        return None
    name = path.read_text(encoding="utf-8").strip()
    for profile in PROFILES:
        if name == profile:
            return profile
    raise WrongUsage(f"{path} names the unknown profile {name!r}; known are {', '.join(PROFILES)}")


def home_for_night(profile: Profile, named: Path | None, var: Path) -> Home:
    """The home a night of this profile works on: the named one, else the profile's own below `var`."""
    return Home(named or var / profile, profile)


def existing_home(named: Path | None, var: Path) -> Home:
    """The home other commands work on: the named one, else the only one below `var`; raises WrongUsage otherwise."""
    if named is not None:
        profile = stored_profile(named)
        if profile is None:
            raise WrongUsage(f"{named} is no home yet: run `bildungsraum nightly` with it first")
        return Home(named, profile)
    present = [Home(var / name, profile) for name in PROFILES if (profile := stored_profile(var / name)) is not None]
    if len(present) == 1:
        return present[0]
    if present:
        names = ", ".join(str(home.root) for home in present)
        raise WrongUsage(f"there are several homes ({names}): name one with --home or BILDUNGSRAUM_HOME")
    raise WrongUsage(f"there is no home below {var}: run `bildungsraum nightly` first or name one with --home")


@contextmanager
def night_lock(home: Home) -> Iterator[None]:
    """Hold the lock that keeps nights apart; raises Refused while another process holds it.

    The kernel drops the lock with its holder, so a killed night never blocks the next one.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    with (home.root / LOCK).open("a+", encoding="utf-8") as lock:
        if not _locked(lock, fcntl.LOCK_EX, GLANCES):
            lock.seek(0)
            holder = lock.read().strip() or "unbekannt"
            raise Refused(
                f"Für {home.root} läuft schon eine Nacht (Prozess {holder}); eine zweite wird nicht begonnen. "
                f"/ A night is already running on {home.root} (process {holder}); a second one is refused."
            )
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def night_runs(home: Home) -> bool:
    """Whether a night, or anything else that must be alone, holds the lock at this moment."""
    try:
        with (home.root / LOCK).open("r") as lock:
            return not _locked(lock, fcntl.LOCK_SH)
    except FileNotFoundError:
        return False


def _locked(lock: TextIO, how: int, tries: int = 1) -> bool:
    for left in reversed(range(tries)):
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError:
            if left:
                time.sleep(GLANCE)
        else:
            return True
    return False


def write_atomically(path: Path, text: str) -> None:
    """Write beside and rename, so that a reader sees the old or the new file, never half of one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def switch(link: Path, target: str) -> None:
    """Let the symbolic link `link` name `target` (a name beside it) in one step."""
    beside = link.with_name(f".{link.name}.{os.getpid()}.part")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
