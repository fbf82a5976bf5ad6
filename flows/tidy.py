"""Make room: what older nights left and nobody needs any more. Reports, the journal and the identity file stay."""

import shutil
import time
from pathlib import Path

from flows.home import Home

DAY = 86_400  # seconds


def tidy(home: Home, keep_nights: int, keep_days: int, now: float | None = None) -> None:
    """Keep the newest harvests and review snapshots, and the responses that some harvest of the last days used.

    A response's last change is its last use. `now` is seconds since 1970.
    """
    for folder in (home.root / "harvest", home.review):
        for old in _nights(folder)[:-keep_nights]:
            shutil.rmtree(old)
    oldest = (now or time.time()) - keep_days * DAY
    for kept in home.http.rglob("*"):
        if kept.is_file() and kept.stat().st_mtime < oldest:
            kept.unlink()


def _nights(folder: Path) -> list[Path]:
    """The folders of nights, oldest first; a half-written one of a killed night is sorted by its night too."""
    found = [path for path in folder.glob("*") if path.is_dir() and not path.is_symlink()]
    return sorted(found, key=lambda path: path.name.lstrip("."))
