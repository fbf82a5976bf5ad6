"""Whole nights on small stand-in sites: real HTTP, real Scrapy, real Prefect, real files."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.home import Home, night_lock

pytestmark = [pytest.mark.slow, pytest.mark.prefect]

Finish = Callable[..., tuple[int, str, str]]
SOURCES = {"mein-now", "hbz", "vhs-recklinghausen", "dekra", "slv", "bz"}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def report_of(home: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home / "reports" / "latest.json").read_text(encoding="utf-8"))
    return found


def index_of(home: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home / "exports" / "current" / "index.json").read_text(encoding="utf-8"))
    return found


def clusters(home: Path) -> dict[str, str]:
    """Offer id -> course id, as the stewards see it."""
    return {row["offer_id"]: row["course_id"] for row in lines(home / "review" / "current" / "clusters.jsonl")}


def night(finish: Finish, home: Path, *more: str) -> tuple[int, str]:
    chosen = ("--sources", ",".join(sorted(SOURCES)))
    status, out, err = finish("nightly", "--standin", "--courses", "40", "--home", str(home), *chosen, *more)
    assert out == ""  # the table is for people
    return status, err


def test_nights_from_good_to_held_to_good_again(finish: Finish, tmp_path: Path) -> None:
    home = tmp_path / "home"
    status, said = night(finish, home)
    assert status == 0, said
    assert said.startswith("Die Nacht war gut: alle 6 Quellen sind frisch.")
    first = report_of(home)
    assert {page["source"] for page in first["sources"]} == SOURCES
    assert all(page["state"] == "fresh" and page["offers"] > 0 for page in first["sources"])
    assert first["counts"]["offers"] == sum(page["offers"] for page in first["sources"])
    assert first["published"]["counts"]["courses"] > 0
    index = index_of(home)
    assert index["profile"] == "standin"
    assert {source["source"]: source["status"] for source in index["sources"]} == dict.fromkeys(SOURCES, "fresh")
    assert len(lines(home / "identity.jsonl")) == first["counts"]["offers"]
    assert len(lines(home / "review" / "current" / "offers.jsonl")) == first["counts"]["offers"]
    published = lines(home / "exports" / "current" / "courses.jsonl")

    status, said = night(finish, home, "--night", "2", "--fault", "dekra=500")
    assert status == 1
    assert said.startswith("Die Nacht war nicht gut: 1 von 6 Quellen ist zurückgehalten (DEKRA Akademie)")
    second = report_of(home)
    dekra = next(page for page in second["sources"] if page["source"] == "dekra")
    assert dekra["state"] == "held"
    assert dekra["last_good"] == first["run_id"]
    assert "HTTP 500" in dekra["reasons"][0]
    stale = next(source for source in index_of(home)["sources"] if source["source"] == "dekra")
    assert stale["status"] == "stale"
    assert stale["last_good"] == first["run_id"]
    of_dekra = {member["offer_id"] for course in published for member in course["members"]} & {
        row["offer_id"] for row in lines(home / "harvest" / first["run_id"] / "dekra.offers.jsonl")
    }
    kept = {
        m["offer_id"] for course in lines(home / "exports" / "current" / "courses.jsonl") for m in course["members"]
    }
    assert of_dekra
    assert of_dekra <= kept
    page = (home / "reports" / "latest.html").read_text(encoding="utf-8")
    assert page.index("DEKRA Akademie") < page.index("<h2>Quellen</h2>")
    assert [point["held"] for point in second["history"]["dekra"]] == [False, True]

    status, _, said = finish("status", "--home", str(home))
    assert status == 1
    assert "DEKRA Akademie: zurückgehalten" in said
    status, out, _ = finish("release", "dekra", "--reason", "geprüft", "--user", "eva", "--home", str(home))
    assert status == 0
    assert json.loads(out)["run"] == second["run_id"]
    assert finish("release", "slv", "--reason", "x", "--user", "eva", "--home", str(home))[0] == 1

    status, said = night(finish, home, "--night", "3")
    assert status == 0, said
    assert finish("verify", "--home", str(home))[0] == 0


def test_a_steward_decides_publishes_and_takes_back(finish: Finish, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert night(finish, home, "--sources", "slv,mein-now")[0] == 0
    courses = clusters(home)
    left, right = sorted(courses)[0], sorted(courses)[-1]
    assert courses[left] != courses[right]
    first = index_of(home)["version"]

    assert "Niemand kann sich anmelden" in finish("review", "--home", str(home))[2]
    assert finish("judge", left, "slv:none", "same", "--user", "eva", "--home", str(home))[0] == 2
    status, out, said = finish("judge", right, left, "same", "--user", "eva", "--note", "ja", "--home", str(home))
    assert status == 0, said
    assert (json.loads(out)["left"], json.loads(out)["right"]) == (left, right)
    status, out, said = finish("publish", "--home", str(home))
    assert status == 0, said
    second = json.loads(out)["version"]
    merged = clusters(home)
    assert merged[left] == merged[right]

    status, out, said = finish("diff", first, second, "--home", str(home))
    assert status == 0, said
    assert json.loads(out)["counts"]
    assert finish("rollback", "19990101T000000Z", "--home", str(home))[0] == 1
    status, _, said = finish("rollback", first, "--home", str(home))
    assert status == 0, said
    pinned = index_of(home)["version"]
    status, said = night(finish, home, "--sources", "slv,mein-now", "--night", "2")
    assert status == 0, said
    assert "festgehalten" in said.splitlines()[0]
    status, _, said = finish("publish", "--home", str(home))
    assert status == 1
    assert "festgehalten" in said
    assert index_of(home)["version"] == pinned
    assert finish("unpin", "--home", str(home))[0] == 0
    assert finish("publish", "--home", str(home))[0] == 0
    assert index_of(home)["version"] != pinned

    before = clusters(home)
    assert finish("rebuild", "--home", str(home))[0] == 2  # the warehouse is still there
    (home / "warehouse.duckdb").unlink()
    status, _, said = finish("rebuild", "--home", str(home))
    assert status == 0, said
    assert before == {
        row["offer_id"]: row["course_id"] for row in lines(home / "review" / "current" / "clusters.jsonl")
    }


def test_a_night_without_any_good_source_publishes_its_report_alone(finish: Finish, tmp_path: Path) -> None:
    home = tmp_path / "home"
    status, said = night(finish, home, "--sources", "slv", "--fault", "slv=empty")
    assert status == 1
    assert "Keine einzige Quelle" in said.splitlines()[0]
    assert report_of(home)["sources"][0]["reasons"]
    assert not (home / "exports" / "current").exists()
    assert report_of(home)["published"] is None
    assert (home / "reports" / "latest.html").exists()


def test_a_second_night_is_refused_at_once(finish: Finish, tmp_path: Path) -> None:
    with night_lock(Home(tmp_path, "standin")):
        began = time.monotonic()
        status, said = night(finish, tmp_path)
    assert status == 1
    assert "läuft schon eine Nacht" in said
    assert "already running" in said
    assert time.monotonic() - began < 10  # before Prefect was started


def test_profiles_and_names_are_checked_before_anything_starts(finish: Finish, tmp_path: Path) -> None:
    Home(tmp_path, "live").own()
    status, said = night(finish, tmp_path)
    assert status == 2
    assert "profiles never mix" in said
    other = tmp_path / "other"
    assert night(finish, other, "--sources", "slv,nobody")[0] == 2
    assert night(finish, other, "--fault", "slv=earthquake")[0] == 2


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_killed_night_leaves_what_was_published(
    start: Any, finish: Finish, tmp_path: Path, how: signal.Signals
) -> None:
    home = tmp_path / "home"
    arguments = ("nightly", "--standin", "--courses", "40", "--home", str(home), "--sources", "slv,bz")
    assert night(finish, home, "--sources", "slv,bz")[0] == 0
    version, identity = index_of(home)["version"], (home / "identity.jsonl").read_bytes()

    killed = start(*arguments, "--night", "2", "--fault", "slv=slow")
    harvests = home / "harvest"
    wait_for(lambda: len(list(harvests.glob("*/slv.jsonl.part"))) == 1 and len(list(harvests.glob("*/bz.jsonl"))) == 2)
    killed.send_signal(how)
    _, said = killed.communicate(timeout=60)
    assert killed.returncode != 0, said
    run_id = max(path.name for path in harvests.iterdir())
    if how is not signal.SIGKILL:
        wait_for(lambda: not processes_of(run_id))
    assert index_of(home)["version"] == version
    assert (home / "identity.jsonl").read_bytes() == identity
    assert not list((home / "review").glob(".*"))

    status, said = night(finish, home, "--sources", "slv,bz", "--night", "2")
    assert status == 0, said


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def processes_of(run_id: str) -> list[str]:
    """The harvests of a night that are still running."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if run_id in words:
            found.append(" ".join(words))
    return found
