"""Old nights make room."""

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
    response = home.http / "hbz" / "source" / "ab" / "abcd" / "meta"
    response.parent.mkdir(parents=True)
    response.write_text("{}")
    tidy(home, keep_nights=2)
    kept = ["20261104T003000Z", "20261105T003000Z"]
    assert sorted(path.name for path in (tmp_path / "harvest").iterdir()) == kept
    assert sorted(path.name for path in home.review.iterdir()) == [*kept, "current"]
    assert response.exists()
    tidy(home, keep_nights=2, now=response.stat().st_mtime + 31 * DAY)
    assert not response.parent.exists()
