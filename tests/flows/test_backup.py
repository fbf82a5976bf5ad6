"""The archive of what cannot be recomputed: it is whole, private, checked, and a home grows from it again."""

import json
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dedupe import journal
from flows.backup import MANIFEST, back_up, check_backup
from flows.home import Home, Refused, night_lock
from warehouse.connection import locked

NOW = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / "home", "standin")
    place.own()
    event = {"kind": "judge", "at": "2026-11-30", "user": "eva", "left": "a:1", "right": "b:1", "verdict": "same"}
    journal.append(place.journal, event)
    version = place.exports / "20261129T003000Z"
    (version / "courses").mkdir(parents=True)
    (version / "index.json").write_text("{}")
    (version / "courses" / "c1.json").write_text('{"course_id": "c1"}')
    (place.exports / "current").symlink_to(version.name)
    (place.exports / "20261128T003000Z").mkdir()
    (place.exports / "20261128T003000Z" / "index.json").write_text("{}")
    (place.root / "desk").mkdir()
    (place.root / "desk" / "accounts.json").write_text("{}")
    for left_out in ("harvest/r/a.jsonl", "http/a/b.gz", "review/r/offers.jsonl"):
        (place.root / left_out).parent.mkdir(parents=True)
        (place.root / left_out).write_text("x")
    place.warehouse.write_bytes(b"duck" * 1000)
    return place


def test_an_archive_has_what_people_decided_and_what_was_published_and_nothing_that_a_night_makes_anew(
    home: Home, tmp_path: Path
) -> None:
    archive = back_up(home, tmp_path / "out", NOW)
    assert archive.name == "bildungsraum-standin-20261130T093000Z.tar.gz"
    assert archive.stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / "out").iterdir()) == [archive]
    with tarfile.open(archive) as tar:
        names = set(tar.getnames())
    assert names == {
        "profile", "journal.jsonl", "desk/accounts.json", "warehouse.duckdb", "exports/current", MANIFEST,
        "exports/20261129T003000Z/index.json", "exports/20261129T003000Z/courses/c1.json",
    }  # fmt: skip
    assert check_backup(archive) == []


def test_a_home_grows_again_from_its_archive(home: Home, tmp_path: Path) -> None:
    archive = back_up(home)
    assert archive.parent == home.root / "backups"
    again = Home(tmp_path / "again", "standin")
    again.root.mkdir()
    subprocess.run(["tar", "-xzf", archive, "-C", again.root], check=True)
    again.own()
    assert again.journal.read_bytes() == home.journal.read_bytes()
    assert again.warehouse.read_bytes() == home.warehouse.read_bytes()
    assert json.loads((again.exports / "current" / "courses" / "c1.json").read_text()) == {"course_id": "c1"}


def test_a_damaged_archive_is_told_wherever_the_damage_is(home: Home) -> None:
    archive = back_up(home)
    data = archive.read_bytes()
    for place in range(10, len(data), 40):  # behind gzip's head, of which the time is nobody's
        broken = bytes(byte ^ 255 for byte in data[place : place + 20])
        archive.write_bytes(data[:place] + broken + data[place + 20 :])
        assert check_backup(archive), f"damage at {place} of {len(data)}"
    for rest in (0, 10, len(data) // 2):
        archive.write_bytes(data[:rest])
        assert check_backup(archive)


def test_a_file_that_is_not_what_was_saved_is_named(home: Home, tmp_path: Path) -> None:
    archive, other = back_up(home), tmp_path / "other.tar.gz"
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "x", filter="data")
    (tmp_path / "x" / "journal.jsonl").write_text("")
    (tmp_path / "x" / "profile").unlink()
    with tarfile.open(other, "w:gz") as tar:
        for name in ("journal.jsonl", "desk/accounts.json", "warehouse.duckdb", "exports", MANIFEST):
            tar.add(tmp_path / "x" / name, name)
    assert check_backup(other) == ["journal.jsonl: ist nicht, was gesichert wurde", "profile: fehlt"]


def test_while_a_night_runs_or_the_warehouse_is_open_nothing_is_saved(home: Home) -> None:
    with night_lock(home), pytest.raises(Refused, match="läuft schon eine Nacht"):
        back_up(home)
    with locked(home.warehouse), pytest.raises(Refused, match="warehouse"):
        back_up(home)
    assert not list(home.root.glob("backups/*"))
