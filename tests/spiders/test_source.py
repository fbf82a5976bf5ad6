"""Source files: what they say, and that a broken one names file, key and reason."""

from pathlib import Path

import pytest

from spiders.source import Source, SourceError, load_source, load_sources

SOURCES = Path(__file__).parents[2] / "spiders" / "sources"
GOOD = """
key = "probe"
name = "Probe"
kind = "provider"
platform = "hbz"
homepage = "https://probe.example.org"
start = ["/kurse"]
ref = "number"
"""


def written(folder: Path, content: str, name: str = "probe") -> Path:
    file = folder / f"{name}.toml"
    file.write_text(content, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (GOOD.replace('"hbz"', '"wordpress"'), "platform"),
        (GOOD.replace('name = "Probe"', ""), "name"),
        (GOOD + "colour = 1", "colour"),
        (GOOD.replace("https://", "ftp://"), "homepage"),
        (GOOD + "[politeness]\ndelay = 0", "politeness.delay"),
        (GOOD + "[politeness]\nconcurrency = 3", "politeness.concurrency"),
        (GOOD + '[permission]\ncrawl = "granted"', "permission"),
        (GOOD + "[expect]\nfill = { title = 95 }", "expect.fill.title"),
        (GOOD.replace('"number"', '"{a}-{b}"'), "ref_stability"),
        (GOOD.replace("start = [", "start = "), "line"),
        (GOOD.replace('"/kurse"', ""), "start"),
    ],
)
def test_a_broken_file_names_file_and_key(tmp_path: Path, content: str, key: str) -> None:
    with pytest.raises(SourceError) as caught:
        load_source(written(tmp_path, content))
    assert "probe.toml" in str(caught.value)
    assert key in str(caught.value)


def test_the_key_is_the_name_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="key"):
        load_source(written(tmp_path, GOOD, name="other"))


def test_a_missing_file_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.toml"):
        load_source(tmp_path / "none.toml")


def test_all_sources_of_the_repository_load_and_state_nothing_nobody_saw() -> None:
    sources = {
        **load_sources(SOURCES),
        **{f"captures/{key}": s for key, s in load_sources(SOURCES / "captures").items()},
    }
    assert len(sources) == 9
    for key, source in sources.items():
        assert source.permission.crawl == "none", key
        assert source.verified.date is None, key
        assert source.is_file == key.startswith("captures/")


def test_a_source_moves_to_another_server_with_all_its_addresses() -> None:
    moved = load_source(SOURCES / "mein-now.toml").at("http://mein-now.localhost")
    assert moved.urls == ("http://mein-now.localhost/now-prod/suche/pc/v1/bildungsangebot",)
    assert moved.public("/weiterbildungssuche/suche/1") == "http://mein-now.localhost/weiterbildungssuche/suche/1"
    assert moved.hosts == ("mein-now.localhost",)


def test_the_hosts_of_a_source_are_its_homepage_and_its_starts() -> None:
    assert load_source(SOURCES / "mein-now.toml").hosts == ("mein-now.de", "rest.mein-now.de")


def test_a_file_source_reads_only_below_its_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.csv").write_text("x", encoding="utf-8")
    base = {"key": "t", "name": "T", "kind": "upload", "platform": "table", "ref": "nr"}
    for start, reason in (("../secret.csv", "leads out"), ("none.csv", "no file")):
        with pytest.raises(SourceError, match=reason):
            Source.model_validate({**base, "start": [start]}).below(tmp_path / "in")


def test_mapping_tables_may_be_nested() -> None:
    source = load_source(SOURCES / "captures" / "hwk-kurse.toml")
    assert source.columns["instances.city"] == "city"
    assert source.values["instances.availability"]["full"] == "ausgebucht"
