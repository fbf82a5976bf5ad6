"""File sources of a live night: what small providers hand in lies in one folder; without a file they are skipped."""

from pathlib import Path

import pytest

from flows.home import Home
from flows.opening import load_chosen, opened
from flows.request import NightRequest

TOML = """
key = "krueger"
name = "Logistikschule Krüger"
kind = "upload"
platform = "table"
start = ["krueger/kurse.csv"]
ref = "Nr"
[scope]
region = "Emscher-Lippe"
counts = "das ganze Programm"
"""
GRANTED = """
[permission]
crawl = "granted"
basis = "letter"
by = "Eva Beispiel"
date = 2026-01-01
"""
LIVE = NightRequest(profile="live")


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "sources" / "krueger.toml"
    path.parent.mkdir()
    path.write_text(TOML + GRANTED, encoding="utf-8")
    return path


def hand_in(drops: Path) -> Path:
    file = drops / "krueger" / "kurse.csv"
    file.parent.mkdir(parents=True)
    file.write_text("Nr;Titel\n1;Staplerschein\n", encoding="utf-8")
    return file


def test_a_file_that_was_handed_in_is_read(toml: Path, tmp_path: Path) -> None:
    file = hand_in(tmp_path / "drops")
    (source,), absent = load_chosen([toml], LIVE, tmp_path / "drops")
    assert source.start == (file.as_uri(),)
    assert absent == ()


def test_without_a_file_the_source_is_skipped_which_is_no_failure(toml: Path, tmp_path: Path) -> None:
    sources, (page,) = load_chosen([toml], LIVE, tmp_path / "drops")
    assert sources == ()
    assert (page.state, page.name) == ("skipped", "Logistikschule Krüger")
    assert page.reasons == ("Es liegt keine Datei vor: krueger/kurse.csv.",)


def test_a_file_needs_a_permission_like_a_site(toml: Path, tmp_path: Path) -> None:
    hand_in(tmp_path / "drops")
    toml.write_text(TOML, encoding="utf-8")
    sources, (page,) = load_chosen([toml], LIVE, tmp_path / "drops")
    assert sources == ()
    assert (page.state, page.reasons) == ("skipped", ("Für den Abruf liegt keine Erlaubnis vor.",))


def test_no_description_leads_out_of_the_folder(toml: Path, tmp_path: Path) -> None:
    hand_in(tmp_path / "outside")
    (tmp_path / "drops").mkdir()
    toml.write_text((TOML + GRANTED).replace("krueger/kurse", "../outside/krueger/kurse"), encoding="utf-8")
    sources, (page,) = load_chosen([toml], LIVE, tmp_path / "drops")
    assert sources == ()
    assert page.state == "held"
    assert "leads out of the folder" in page.reasons[0]


@pytest.mark.parametrize("named", [True, False])
def test_the_folder_is_the_named_one_or_lies_in_the_home(
    toml: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    home = Home(tmp_path / "home", "live")
    drops = tmp_path / "elsewhere" if named else home.root / "drops"
    if named:
        monkeypatch.setenv("BILDUNGSRAUM_DROPS", str(drops))
    monkeypatch.setenv("BILDUNGSRAUM_SOURCES", str(toml.parent))
    file = hand_in(drops)
    with opened(LIVE.model_copy(update={"home": home.root})) as night:
        assert [source.start for source in night.sources] == [(file.as_uri(),)]
        assert night.captures == drops  # where the harvest looks for it
