"""Start the harvest of one source as a process of its own, bound its time, and say what came of it. Pure stdlib."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

PATIENCE = 15.0  # seconds between asking a harvest to end and ending it
HASTE = 1.0  # the same for a cancelled night: somebody waits for it to be gone
_TICK = 0.1  # seconds
_CANCELLED = "Der Abruf wurde mit der Nacht abgebrochen."
_LAST_WORDS = 300  # characters


@dataclass(frozen=True)
class HarvestResult:
    """What came of one harvest.

    `ok`: exit status 0, finish reason "finished", statistics and listings are there. `listings` is the file of a good
    harvest, or what a failed one had until then, or None. `reason` is a German sentence if not ok. `exit_code` is None
    if we had to kill it or never started it.
    """

    source: str
    ok: bool
    reason: str | None
    exit_code: int | None
    finish_reason: str | None
    complete: bool
    listings: Path | None
    statistics: dict[str, Any] = field(default_factory=dict)
    timed_out: bool = False


def harvest(
    source_file: Path,
    *,
    out: Path,
    http: Path,
    seconds: float,
    base_url: str | None = None,
    proxy: str | None = None,
    root: Path | None = None,
    contact: str | None = None,
    run_id: str | None = None,
    timeout: float | None = None,
    replay: Path | None = None,
    cancelled: Event | None = None,
) -> HarvestResult:
    """Harvest one source, or read the tape `replay` again.

    Ends its process group after `seconds`, on cancel, or if this process is interrupted.

    When this returns, nothing of the harvest runs any more. One that is `cancelled` beforehand is not started.
    """
    key = source_file.stem
    if _is_set(cancelled):
        return HarvestResult(key, False, _CANCELLED, None, None, complete=False, listings=None)
    out.mkdir(parents=True, exist_ok=True)
    options = {
        "--source": source_file, "--out": out, "--http": http, "--base-url": base_url, "--proxy": proxy, "--root": root,
        "--contact": contact, "--run-id": run_id, "--timeout": timeout, "--replay": replay,
    }  # fmt: skip
    given = [(name, str(value)) for name, value in options.items() if value is not None]
    command = [sys.executable, "-m", "spiders.run", *(part for option in given for part in option)]
    log = out / f"{key}.log"
    for stale in (f"{key}.jsonl", f"{key}.partial.jsonl", f"{key}.stats.json"):
        (out / stale).unlink(missing_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603 - the command is our own
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            stopped = _wait(child, seconds, cancelled)
        finally:
            end_group(child, HASTE if _is_set(cancelled) else PATIENCE)
    return judge(key, out, child.returncode, stopped)


def judge(key: str, out: Path, exit_code: int, stopped: str | None = None) -> HarvestResult:
    """Read exit status, statistics and listings together: only if all three agree was the harvest good."""
    statistics = _read(out / f"{key}.stats.json")
    good, partial, part = (out / f"{key}{suffix}" for suffix in (".jsonl", ".partial.jsonl", ".jsonl.part"))
    if part.exists():  # killed before it could rename
        part.replace(partial)
    finish_reason = statistics.get("finish_reason")
    reason = stopped
    if reason is None and exit_code != 0:
        reason = _failed(statistics, exit_code, out / f"{key}.log")
    elif reason is None and finish_reason != "finished":
        reason = f"Der Abruf meldet Erfolg, aber nicht sein Ende (finish_reason {finish_reason!r})."
    elif reason is None and not good.exists():
        reason = "Der Abruf meldet Erfolg, hinterließ aber keine Einträge."
    return HarvestResult(
        source=key,
        ok=reason is None,
        reason=reason,
        exit_code=exit_code if exit_code >= 0 else None,
        finish_reason=finish_reason,
        complete=reason is None and statistics.get("complete") is True,
        listings=next((path for path in (good, partial) if path.exists()), None),
        statistics=statistics,
        timed_out=stopped is not None,
    )


def _wait(child: "subprocess.Popen[bytes]", seconds: float, cancelled: Event | None) -> str | None:
    """Wait for the end; the German reason if the time was up or the night was cancelled."""
    deadline = time.monotonic() + seconds
    while child.poll() is None:
        if _is_set(cancelled):
            return _CANCELLED
        if time.monotonic() > deadline:
            return f"Der Abruf wurde nach Ablauf seiner Zeit von {seconds:.0f} Sekunden beendet."
        time.sleep(_TICK)
    return None


def end_group(child: "subprocess.Popen[bytes]", patience: float) -> None:
    """End a process and its group: ask first, so that it can write what it has; after `patience` seconds end it."""
    if child.poll() is None:
        _signal(child, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    _signal(child, signal.SIGKILL)  # whoever of the group is left
    child.wait()


def _is_set(cancelled: Event | None) -> bool:
    return cancelled is not None and cancelled.is_set()


def _signal(child: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _failed(statistics: dict[str, Any], exit_code: int, log: Path) -> str:
    if statistics.get("failure"):
        return str(statistics["exit_reason"])
    last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:] if log.exists() else []
    return f"Der Abruf brach ab (Exit-Status {exit_code}). {' '.join(last)[:_LAST_WORDS]}".strip()


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}
