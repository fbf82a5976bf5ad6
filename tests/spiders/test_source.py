"""Source files: what they say, and that a broken one names file, key and reason."""

import tomllib
from pathlib import Path

import pytest

from normalize.providers import identify
from spiders.source import Source, SourceError, load_source, load_sources
from spiders.source import written as as_toml

SOURCES = Path(__file__).parents[2] / "spiders" / "sources"
REGISTER = SOURCES.parents[1] / "normalize" / "data" / "providers.toml"
PROVIDERS = {each["key"] for each in tomllib.loads(REGISTER.read_text(encoding="utf-8"))["provider"]}
GOOD = """
key = "probe"
name = "Probe"
kind = "provider"
platform = "hbz"
homepage = "https://probe.example.org"
start = ["/kurse"]
ref = "number"
scope = { region = "Emscher-Lippe", counts = "alles" }
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
        (GOOD.replace("scope =", "ref_stability = 'weak' #"), "scope"),
        (GOOD.replace(', counts = "alles"', ""), "scope.counts"),
        (GOOD.replace('"Emscher-Lippe"', '""'), "scope.region"),
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


PARTNERS = {"dekra", "slv", "bz", "hbz"}
FOUNDERS = {"ihk-nord-westfalen", "kh-emscher-lippe-west", "gafoeg"}
TOWNS = {
    "bottrop", "gelsenkirchen", "recklinghausen", "castrop-rauxel", "datteln", "dorsten", "gladbeck", "haltern",
    "herten", "marl", "oer-erkenschwick", "waltrop",
}  # fmt: skip
PUBLIC = {"mein-now", "openq-cat", "open-vhs", "tabellen"}
SHIPPED = {
    f"{place}{key}": source
    for place in ("", "captures/", "standin/")
    for key, source in load_sources(SOURCES / place).items()
}


def test_partners_founders_the_schools_of_all_towns_and_the_public_sources_have_a_file() -> None:
    keys = {key for key in SHIPPED if "/" not in key}
    assert keys >= PARTNERS | FOUNDERS | {f"vhs-{town}" for town in TOWNS} | PUBLIC


@pytest.mark.parametrize("key", SHIPPED)
def test_a_shipped_source_says_what_of_it_counts_and_states_nothing_nobody_saw(key: str) -> None:
    source = SHIPPED[key]
    assert source.scope is not None
    assert source.expect.min_listings >= 1
    if key.startswith("standin/"):
        assert source.hosts == (f"{source.key}.localhost",)
        return
    if key.startswith("captures/"):
        assert source.is_file
        assert source.permission.crawl == "none"
        return
    assert source.is_file == (source.kind == "upload")
    assert source.verified.how.startswith("unverified") == (source.verified.date is None)
    if any(host.endswith(".invalid") for host in source.hosts):
        assert source.permission.crawl == "none"
        assert source.verified.date is None


@pytest.mark.parametrize("key", sorted(key for key, source in SHIPPED.items() if "/" not in key and source.provider))
def test_the_provider_of_a_shipped_source_is_one_we_know(key: str) -> None:
    found = identify(SHIPPED[key].provider)
    assert found.value is not None
    assert found.value.key in PROVIDERS
    assert not found.doubts


@pytest.mark.parametrize("key", SHIPPED)
def test_a_written_source_reads_back_as_the_same(key: str, tmp_path: Path) -> None:
    source = SHIPPED[key]
    assert load_source(written_out(tmp_path, source)) == source


def test_what_no_file_can_hold_is_replaced_when_a_source_is_written(tmp_path: Path) -> None:
    source = SHIPPED["hbz"].model_copy(update={"name": 'a"b\\c\ud800\x7f\n\t\x01ä'})
    assert load_source(written_out(tmp_path, source)).name == 'a"b\\c\ufffd\ufffd\n\t\x01ä'


def written_out(folder: Path, source: Source) -> Path:
    return written(folder, as_toml(source), source.key)


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


def test_names_with_a_star_are_all_files_that_match_in_their_order(tmp_path: Path) -> None:
    folder = tmp_path / "drops" / "tabellen"
    folder.mkdir(parents=True)
    for name in ("b.csv", "a.csv", ".hidden.csv", "~lock.csv", "c.txt"):
        (folder / name).write_text("x", encoding="utf-8")
    source = SHIPPED["tabellen"].below(tmp_path / "drops")
    assert [Path(name).name for name in source.start] == ["a.csv", "b.csv"]
    assert SHIPPED["tabellen"].missing(tmp_path / "drops") == ()


def test_without_any_matching_file_all_patterns_are_missing(tmp_path: Path) -> None:
    source = SHIPPED["tabellen"]
    assert source.missing(tmp_path) == ("tabellen/*.csv", "tabellen/*.xlsx")
    with pytest.raises(SourceError, match=r"tabellen/\*\.xlsx"):
        source.below(tmp_path)


def test_a_named_file_is_missed_beside_patterns_that_match(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x", encoding="utf-8")
    source = SHIPPED["tabellen"].model_copy(update={"start": ("*.csv", "*.xlsx", "preise.csv")})
    assert source.missing(tmp_path) == ("preise.csv",)
    with pytest.raises(SourceError, match="preise"):
        source.below(tmp_path)


def test_mapping_tables_may_be_nested() -> None:
    source = load_source(SOURCES / "captures" / "hwk-kurse.toml")
    assert source.columns["instances.city"] == "city"
    assert source.values["instances.availability"]["full"] == "ausgebucht"
