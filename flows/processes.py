"""Children of a night: each in its own process group with a time limit, and none outlives the night."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock

PATIENCE = 10.0  # seconds between asking a child to end and ending it


class Children:
    """The running children of one night; `stop` ends them all and lets no new one start."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = Lock()
        self._stopped = False

    def run(self, command: Sequence[str], *, seconds: float, environment: Mapping[str, str], log: Path) -> int | None:
        """Run a command to its end; its exit code, or None if it was ended at its time limit or with the night.

        Output goes to the file `log`. At the limit the child is asked first, so that it can write what it has.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output, self._lock:
            if self._stopped:
                return None
            child = subprocess.Popen(  # noqa: S603 - the command is our own
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                start_new_session=True,
            )
            self._running.add(child)
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            end(child, PATIENCE)
            return None
        finally:
            self._running.discard(child)

    def stop(self) -> None:
        """End all children now."""
        with self._lock:
            self._stopped = True
            for child in tuple(self._running):
                end(child, 1.0)


def end(child: subprocess.Popen[bytes], patience: float) -> None:
    """Ask a child's process group to end; after `patience` seconds end it."""
    for number, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, None)):
        try:
            os.killpg(child.pid, number)
            child.wait(wait)
        except ProcessLookupError:
            child.wait()
            return
        except subprocess.TimeoutExpired:
            continue
        else:
            return
