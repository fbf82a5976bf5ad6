"""A season of publications in a process of its own, killed again and again at any moment."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from exports.publish import verify

ROOT = Path(__file__).parents[2]
LONGEST = 2.5  # seconds until a kill: a few publications
SEASON = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from exports.publish import ExportConfig, SourceStatus, publish
root, inbox = Path(sys.argv[1]), Path(sys.argv[2])
print("ready", flush=True)
now = datetime.now(UTC)
for number in range(10_000):
    day = now + timedelta(seconds=number)
    publish(ExportConfig(root, "test", keep=3, max_changed_ids=1.0), run_id=str(number), now=day,
            courses=inbox / f"{number % 2}.courses", clusters=inbox / f"{number % 2}.clusters",
            sources=[SourceStatus("hbz", "HBZ", "fresh")], apply_scope=True)
"""


def check_kills(portal: Any, consumer: Any, course: Any, kills: int) -> None:
    """Kill a season so many times; each time `current` must be whole and every id must lead somewhere."""
    merged = [course(f"c{n:03}", f"hbz:{n:03}", f"hbz:{n + 1:03}") for n in range(0, 400, 2)]
    apart = [course(f"c{n:03}") for n in range(400)]
    for number, courses in enumerate((apart, merged)):
        for kind, path in portal.files(courses).items():
            path.rename(portal.inbox / f"{number}.{kind}")
    portal.night(-1000, *apart)
    moments = random.Random(7)  # any moments will do
    seen = set()
    for _ in range(kills):
        season = subprocess.Popen(
            [sys.executable, "-c", SEASON, str(portal.config.root), str(portal.inbox)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        assert season.stdout is not None
        season.stdout.readline()
        time.sleep(moments.uniform(0.0, LONGEST))
        assert season.poll() is None, "the season came to its end before it was killed"
        os.kill(season.pid, signal.SIGKILL)
        season.communicate()
        assert verify(portal.config) == []
        assert set(portal.ids()) == {f"c{n:03}" for n in range(400)}
        seen.add(portal.read("index.json")["version"])
    assert len(seen) > 1
    portal.night(1000, *apart, max_changed_ids=1.0)
    assert not [path for path in portal.config.root.iterdir() if path.name.endswith((".part", ".old", ".tmp"))]
    consumer.follow()
    assert consumer.holds_the_published_version()
