"""Homes: which one a command works on, that profiles never mix, and the lock of the night."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.home import Home, Refused, WrongUsage, existing_home, home_for_night, night_lock, switch, write_atomically
from flows.settings import Settings, prefect_environment


def test_a_night_works_below_var_unless_a_home_is_named(tmp_path: Path) -> None:
    assert home_for_night("standin", None, tmp_path).root == tmp_path / "standin"
    assert home_for_night("live", tmp_path / "x", tmp_path).root == tmp_path / "x"


def test_a_home_keeps_its_profile(tmp_path: Path) -> None:
    Home(tmp_path, "standin").own()
    Home(tmp_path, "standin").own()
    with pytest.raises(WrongUsage, match="profiles never mix"):
        Home(tmp_path, "live").own()


def test_other_commands_take_the_only_profile_present(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="no home below"):
        existing_home(None, tmp_path)
    Home(tmp_path / "captures", "captures").own()
    assert existing_home(None, tmp_path) == Home(tmp_path / "captures", "captures")
    Home(tmp_path / "live", "live").own()
    with pytest.raises(WrongUsage, match="several homes"):
        existing_home(None, tmp_path)
    assert existing_home(tmp_path / "live", tmp_path).profile == "live"


def test_a_named_folder_must_be_a_home(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="no home yet"):
        existing_home(tmp_path, tmp_path)
    (tmp_path / "profile").write_text("moon\n")
    with pytest.raises(WrongUsage, match="moon"):
        existing_home(tmp_path, tmp_path)


def test_a_second_night_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    home = Home(tmp_path, "standin")
    with night_lock(home):
        with pytest.raises(Refused, match=f"läuft schon eine Nacht.*{os.getpid()}"), night_lock(home):
            pass
        with pytest.raises(Refused), night_lock(home):
            pass
    with night_lock(home):
        pass


def test_the_lock_dies_with_its_holder(tmp_path: Path) -> None:
    holder = (
        "import os, signal, sys; from pathlib import Path; from flows.home import Home, night_lock\n"
        "with night_lock(Home(Path(sys.argv[1]), 'standin')): os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", holder, str(tmp_path)], check=False).returncode == -9
    with night_lock(Home(tmp_path, "standin")):
        pass


def test_a_file_is_replaced_whole_and_a_link_switched(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.json", "1")
    write_atomically(tmp_path / "a.json", "2")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        switch(tmp_path / "current", name)
        assert (tmp_path / "current").readlink() == Path(name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "current", "one", "two"]


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("BILDUNGSRAUM_HOME", raising=False)
    assert Settings().home is None
    monkeypatch.setenv("BILDUNGSRAUM_HOME", str(tmp_path))
    assert Settings().home == tmp_path


def test_prefect_writes_into_the_home_and_sends_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "true")
    monkeypatch.delenv("PREFECT_HOME", raising=False)
    environment = prefect_environment(tmp_path)
    assert environment["PREFECT_HOME"] == str(tmp_path.resolve() / "prefect")
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert environment["DO_NOT_TRACK"] == "1"
