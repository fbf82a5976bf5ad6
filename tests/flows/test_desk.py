"""Decisions from the command line: who made them, and whose online courses belong on the portal."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import ValidationError

from flows import operate
from flows.home import Home, WrongUsage
from flows.outcome import NightReport, SourceNight
from flows.partners import PARTNERS
from flows.refresh import export_config
from flows.report import write_report
from flows.settings import Settings


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose last night held DEKRA."""
    place = Home(tmp_path, "standin")
    place.own()
    held = SourceNight(source="dekra", name="DEKRA Akademie", state="held", reasons=("Der Katalog war leer.",))
    moment = "2026-11-22T00:30:00Z"
    night = NightReport(
        run_id="20261122T003000Z", profile="standin", started_at=moment, finished_at=moment, seconds=1.0, good=False,
        headline="Die Nacht war nicht gut.", sources=(held,),
    )  # fmt: skip
    write_report(night, place.reports)
    return place


def test_a_release_is_signed_by_who_is_logged_in(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOGNAME", "eva")
    operate.release("dekra", "geprüft", home=home.root)
    operate.release("dekra", "geprüft", "maria", home=home.root)
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["user"], first["run"], second["user"]) == ("eva", "20261122T003000Z", "maria")


def test_a_nameless_user_must_say_who_decides(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nobody)
    with pytest.raises(WrongUsage, match="--user"):
        operate.release("dekra", "geprüft", home=home.root)
    assert not home.journal.exists()


def test_the_partners_are_known_providers_with_every_adult_education_centre_of_the_region(tmp_path: Path) -> None:
    rows = tomllib.loads((files("normalize") / "data" / "providers.toml").read_text(encoding="utf-8"))["provider"]
    assert {row["key"] for row in rows} >= PARTNERS
    assert {row["key"] for row in rows if "home" in row} == {key for key in PARTNERS if key.startswith("vhs-")}
    assert export_config(Home(tmp_path, "live"), 30).online_providers == PARTNERS


@pytest.mark.parametrize("url", ["qualiguide.de", "https://qualiguide.de/", "javascript:x"])
def test_where_the_portal_is_is_told_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("BILDUNGSRAUM_PORTAL", "https://weiterbildung.example.org/kurse")
    assert export_config(Home(tmp_path, "live"), 30).base_url == "https://weiterbildung.example.org/kurse"
    monkeypatch.setenv("BILDUNGSRAUM_PORTAL", url)
    with pytest.raises(ValidationError, match="portal"):
        Settings()
