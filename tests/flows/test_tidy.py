"""Old nights make room."""

import os
from pathlib import Path

from flows.home import Home
from flows.tidy import DAY, tidy


def test_old_nights_and_responses_make_room(tmp_path: Path) -> None:
    home = Home(tmp_path, "standin")
    for day in range(1, 6):
        home.harvest(f"2026110{day}T003000Z").mkdir(parents=True)
        (home.review / f"2026110{day}T003000Z").mkdir(parents=True)
    (home.review / ".20261101T013000Z.part").mkdir()
    (home.review / "current").symlink_to("20261105T003000Z")
    response, index = home.http / "hbz" / "ab" / "abcd.gz", home.http / "hbz" / "index.sqlite"
    response.parent.mkdir(parents=True)
    for path in (response, index):
        path.write_bytes(b"")
    os.utime(response, (DAY, DAY))
    os.utime(index, (DAY * 15, DAY * 15))
    tidy(home, keep_nights=2, keep_days=30, now=DAY * 31)
    kept = ["20261104T003000Z", "20261105T003000Z"]
    assert sorted(path.name for path in (tmp_path / "harvest").iterdir()) == kept
    assert sorted(path.name for path in home.review.iterdir()) == [*kept, "current"]
    assert response.exists()
    tidy(home, keep_nights=2, keep_days=30, now=DAY * 31 + 1)
    assert not response.exists()
    assert index.exists()
