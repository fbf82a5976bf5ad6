"""The desk as a command: it prints address and login, and what it confirmed survives its death."""

import io
import json
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx2 as httpx
import pytest

from dedupe import journal
from dedupe.desk.accounts import Accounts
from flows import operate, people
from flows.home import Refused, WrongUsage
from tests.support.desk_home import alike, write_night

COMMAND = [sys.executable, "-c", "from flows.cli import main; main()"]


@contextmanager
def desk(home: Path, *more: str) -> Iterator[tuple["subprocess.Popen[str]", str, str]]:
    """A running desk: the process, its address, and the password of the first login."""
    process = subprocess.Popen(
        [*COMMAND, "review", "--home", str(home), "--port", "0", "--demo", *more], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    try:
        told = process.stderr.readline() + process.stderr.readline()
        found = re.search(r"(http://\S+?)/ .*?demo / (\S+)", told, re.DOTALL)
        assert found, told + process.stderr.read()
        yield process, found[1], found[2]
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def standin(tmp_path: Path) -> Path:
    """A home with stand-in data and many pairs to decide."""
    (tmp_path / "profile").write_text("standin\n")
    write_night(tmp_path, alike(40))
    return tmp_path


def sign_in(browser: httpx.Client, password: str) -> None:
    form = {"name": "demo", "password": password, "csrf": field(browser.get("/login").text, "csrf")}
    assert browser.post("/login", data=form).status_code == 303


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found[1]


@pytest.mark.slow
def test_what_was_confirmed_survives_a_kill_at_any_moment(standin: Path) -> None:
    confirmed: list[str] = []
    for seed in (1, 2):
        with desk(standin) as (process, address, password), httpx.Client(base_url=address) as browser:
            sign_in(browser, password)
            end = time.monotonic() + random.Random(seed).uniform(0.2, 0.9)
            killer = subprocess.Popen(["sh", "-c", f"sleep {end - time.monotonic():.3f}; kill -9 {process.pid}"])
            try:
                for number in count():
                    pair = {"left": f"alpha:{number % 40:03d}", "right": f"beta:{number % 40:03d}"}
                    page = browser.get("/pair", params=pair).text
                    names = ("csrf", "left", "right", "left_hash", "right_hash", "seen", "night")
                    form = {name: field(page, name) for name in names} | {
                        "verdict": ("different", "same", "unsure")[number % 3],
                        "note": "x" * 900,
                    }
                    answer = browser.post("/pair", data=form)
                    confirmed.append(answer.headers["location"].rpartition("said=")[2])
            except httpx.TransportError:
                assert process.wait(10) == -signal.SIGKILL
            finally:
                killer.wait()
    written = {event["id"] for event in journal.read(standin / "journal.jsonl")}
    assert len(confirmed) > 5
    assert written.issuperset(confirmed)
    assert len(written) - len(confirmed) <= 2  # at each death one may be written and not yet said
    lines = (standin / "journal.jsonl").read_bytes().splitlines()
    assert all(json.loads(line) for line in lines[:-1])


def test_a_desk_nobody_can_sign_in_to_and_a_demo_of_real_data_are_refused(standin: Path) -> None:
    with pytest.raises(Refused, match="Niemand kann sich anmelden"):
        operate.review(standin)
    (standin / "profile").write_text("live\n")
    with pytest.raises(WrongUsage, match="stand-in"):
        operate.review(standin, demo=True)


def test_accounts_are_made_listed_changed_and_taken_away(
    standin: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("zu kurz\nlang genug, ja\nlang genug, ja\n"))
    with pytest.raises(WrongUsage, match="10 bis 200 Zeichen"):
        people.add("eva", home=standin)
    people.add("eva", home=standin)
    with pytest.raises(WrongUsage, match="eva gibt es schon"):
        people.add("eva", generate=True, home=standin)
    with pytest.raises(WrongUsage, match="steward oder admin"):
        people.add("uwe", role="boss", home=standin)
    capsys.readouterr()
    people.password("eva", generate=True, home=standin)
    made = capsys.readouterr().out.strip()
    account = Accounts(standin / "desk" / "accounts.json")
    assert account.check("eva", made)
    assert not account.check("eva", "lang genug, ja")
    people.list_users(standin)
    assert capsys.readouterr().out == "eva\tsteward\n"
    people.remove("eva", standin)
    people.list_users(standin)
    assert capsys.readouterr().out == ""
    with pytest.raises(WrongUsage, match="eva gibt es nicht"):
        people.remove("eva", standin)
