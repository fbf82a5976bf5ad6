"""Publish by day what stewards decided: asked for from the desk, queued while a night runs, carried out in a process
of its own, so that neither the desk's memory nor its answers suffer."""

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dedupe.desk.actions import PublishState
from flows.home import Home, night_runs, write_atomically

POLL = 2.0  # seconds between looks at whether the night has ended
COMMAND = (sys.executable, "-c", "from flows.cli import main; main()")


class Publisher:
    """Carries out one publication at a time.

    What was asked for is kept in a file of the home until it is done, so a desk that was stopped takes it up again.
    """

    def __init__(self, home: Home, command: Sequence[str] = COMMAND, poll: float = POLL) -> None:
        self._home = home
        self._command = (*command, "publish", "--home", str(home.root))
        self._poll = poll
        self._lock = threading.Lock()
        self._state = PublishState()
        self._worker: threading.Thread | None = None
        self._stopped = threading.Event()

    @property
    def _asked(self) -> Path:
        return self._home.root / "desk" / "publish.json"

    def state(self) -> PublishState:
        """How far the newest publication is that was asked for here."""
        with self._lock:
            return self._state

    def ask(self, user: str) -> None:
        """Publish as soon as no night runs; to ask again while one is waiting changes nothing."""
        self._asked.parent.mkdir(parents=True, exist_ok=True)
        told = {"user": user, "at": datetime.now(UTC).isoformat(timespec="milliseconds")}
        write_atomically(self._asked, json.dumps(told) + "\n")
        self.resume()

    def resume(self) -> None:
        """Take up what was asked for, also by a desk that is gone."""
        with self._lock:
            if not self._asked.exists() or (self._worker is not None and self._worker.is_alive()):
                return
            self._state = PublishState("running", "Die Veröffentlichung beginnt.")
            self._worker = threading.Thread(target=self._work, name="publisher", daemon=True)
            self._worker.start()

    def stop(self) -> None:
        """Let a waiting publication wait for the next start of the desk."""
        self._stopped.set()
        if self._worker is not None:
            self._worker.join(self._poll + 1)

    def _work(self) -> None:
        while not self._stopped.is_set():
            with self._lock:
                asked = _read(self._asked)
                if asked is None:
                    self._worker = None  # under the lock: who asks now starts another
                    return
            if night_runs(self._home):
                self._tell("waiting", "Eine Nacht läuft. Danach wird veröffentlicht.")
                self._stopped.wait(self._poll)
                continue
            self._tell("running", "Die Veröffentlichung läuft.")
            if self._publish() and _read(self._asked) == asked:
                self._asked.unlink(missing_ok=True)

    def _publish(self) -> bool:
        """Run the command; False if a night came first."""
        done = subprocess.run(self._command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603
        told = _last_object(done.stdout)
        if done.returncode == 0 and told:
            self._tell("done", f"Version {told['version']} ist veröffentlicht.", str(told["version"]))
            return True
        if night_runs(self._home):
            return False
        reason = str(told.get("note") or "") if told else done.stderr.strip()
        self._tell("refused", reason or "Die Veröffentlichung ist ohne Angabe eines Grundes abgebrochen.")
        return True

    def _tell(self, phase: Any, text: str, version: str | None = None) -> None:
        with self._lock:
            self._state = PublishState(phase, text, version)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found if isinstance(found, dict) else None


def _last_object(text: str) -> dict[str, Any]:
    """What a command said to programs on its last line."""
    try:
        found = json.loads(text.strip().rpartition("\n")[2])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
