"""Reading an earlier night again: which night, whether its tapes and kept responses are still there."""

from collections.abc import Iterable
from pathlib import Path

from flows.chart import moment
from flows.home import Home, WrongUsage
from spiders.kept import Bodies
from spiders.tape import SUFFIX, TapeError, bodies_of


def taped_night(home: Home, run_id: str) -> Path:
    """The folder of a night's tapes; raises WrongUsage for a night that is unknown or left none."""
    folder = home.harvest(run_id)
    if "/" in run_id or not any(folder.glob(f"*{SUFFIX}")):
        known = sorted({path.parent.name for path in home.root.glob(f"harvest/*/*{SUFFIX}")})
        raise WrongUsage(
            f"there is no tape of the night {run_id!r} in {home.root}; there are tapes of {', '.join(known) or 'none'}"
        )
    return folder


def check_replay(home: Home, run_id: str, keys: Iterable[str]) -> None:
    """Raise WrongUsage unless every response that the tapes of these sources name is still kept."""
    folder = taped_night(home, run_id)
    for key in keys:
        path = folder / f"{key}{SUFFIX}"
        bodies = Bodies(home.http / key)
        try:
            lost = sum(not bodies.path(name).is_file() for name in set(bodies_of(path))) if path.exists() else 0
        except TapeError as error:
            raise WrongUsage(f"the night {run_id} cannot be read again: {error}") from error
        if lost:
            raise WrongUsage(f"the night {run_id} cannot be read again: {lost} responses of {key} are no longer kept")


def reason_not_to_replay(folder: Path, key: str) -> str | None:
    """Why a source has no part in a replay, which is no failure; None if there is a tape of it."""
    if (folder / f"{key}{SUFFIX}").is_file():
        return None
    return f"In der Nacht vom {moment(folder.name):%d.%m.%Y, %H:%M Uhr} wurde diese Quelle nicht abgerufen."
