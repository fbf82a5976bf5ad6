"""Children of a night: their limit, their end, and that none outlives the night."""

import os
import sys
import time
from pathlib import Path
from threading import Thread

from flows.processes import Children

ENVIRONMENT = {"PATH": os.environ["PATH"]}


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_child_ends_by_itself_and_its_output_is_kept(tmp_path: Path) -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    log = tmp_path / "new" / "x.log"
    assert Children().run(python(code), seconds=20, environment=ENVIRONMENT, log=log) == 3
    assert sorted(log.read_text().split()) == ["err", "out"]


def test_at_its_limit_a_child_is_asked_to_end(tmp_path: Path) -> None:
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('saved', flush=True), sys.exit(0)))\n"
        "print('up', flush=True); time.sleep(60)"
    )
    assert Children().run(python(code), seconds=1.5, environment=ENVIRONMENT, log=tmp_path / "log") is None
    assert (tmp_path / "log").read_text().split() == ["up", "saved"]


def test_stop_ends_children_with_their_own_children_and_starts_no_more(tmp_path: Path) -> None:
    children = Children()
    code = (
        "import os, subprocess, sys, time\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(os.getpid(), inner.pid, flush=True); time.sleep(60)"
    )
    log = tmp_path / "log"
    thread = Thread(
        target=children.run, args=(python(code),), kwargs={"seconds": 60, "environment": ENVIRONMENT, "log": log}
    )
    thread.start()
    while not (log.exists() and log.read_text().endswith("\n")):
        time.sleep(0.05)
    children.stop()
    thread.join(10)
    assert not thread.is_alive()
    for pid in map(int, log.read_text().split()):
        assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]
    assert children.run(python("open('made', 'w')"), seconds=5, environment=ENVIRONMENT, log=log) is None
