"""The command line at its edges: exit status, what goes to which stream, and what a quick command must not import."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flows.opening import load_chosen
from flows.request import NightRequest

LISTING = {
    "source": "hbz",
    "ref": "4711",
    "fetched_at": "2026-11-22T01:00:00Z",
    "title": "Meisterschule Elektrotechniker Teil I und II",
    "price": "9.140,00 €",
}

HEAVY = {"prefect", "scrapy", "duckdb", "twisted", "rich", "jinja2"}


def bildungsraum(*arguments: str, stdin: str = "", home: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from flows.cli import main; main()", *arguments]
    environment = {"PATH": "/usr/bin:/bin"} | ({"BILDUNGSRAUM_HOME": str(home)} if home else {})
    return subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=Path(__file__).parents[2],
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nightly"], "exactly one of"),
        (["nightly", "--standin", "--live"], "exactly one of"),
        (["nightly", "--live", "--night", "2"], "--standin"),
        (["nightly", "--captures", "no-such-folder"], "no-such-folder"),
        (["serve"], "--live"),
        (["parse", "x.html"], "x.html"),
        (["judge", "a:1", "b:2", "perhaps", "--user", "u"], "perhaps"),
        (["normalize", "no-such-file"], "no-such-file"),
        (["status"], "no home"),
        (["nonsense"], "nonsense"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_why(arguments: list[str], words: str, tmp_path: Path) -> None:
    done = bildungsraum(*arguments, home=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stdout == ""


def test_parse_needs_one_of_source_and_platform(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html></html>")
    assert bildungsraum("parse", str(page)).returncode == 2
    assert bildungsraum("parse", "--source", "hbz", "--platform", "hbz", str(page)).returncode == 2
    unknown = bildungsraum("parse", "--source", "nobody", str(page))
    assert unknown.returncode == 2
    assert "nobody" in unknown.stderr
    unknown = bildungsraum("parse", "--platform", "geocities", str(page))
    assert unknown.returncode == 2
    assert "geocities" in unknown.stderr


def test_normalize_gives_one_offer_a_line_and_goes_on_after_a_bad_one() -> None:
    lines = [json.dumps(LISTING), "{broken", "", json.dumps({"source": "dekra"}), json.dumps(LISTING | {"ref": "4712"})]
    done = bildungsraum("normalize", "--today", "2026-11-22", stdin="\n".join(lines))
    offers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [offer["offer_id"] for offer in offers] == ["hbz:4711", "hbz:4712"]
    assert "Zeile 2" in done.stderr
    assert "Zeile 4" in done.stderr
    assert done.returncode == 1


def test_normalize_exits_with_0_also_when_offers_carry_issues(tmp_path: Path) -> None:
    file = tmp_path / "listings.jsonl"
    file.write_text(json.dumps(LISTING | {"price": "zwölf Taler", "surprise": "x"}) + "\n")
    done = bildungsraum("normalize", str(file))
    assert done.returncode == 0, done.stderr
    assert {issue["field"] for issue in json.loads(done.stdout)["issues"]} >= {"price", "surprise"}


@pytest.mark.parametrize(
    ("source", "kind"),
    [("hbz", "provider"), ("mein-now", "aggregator"), ("ba", "aggregator"), ("openqcat", "aggregator"),
     ("table", "upload"), ("../../etc/passwd", "provider"), ("unheard-of", "provider")],
)  # fmt: skip
def test_the_kind_of_a_source_is_looked_up(source: str, kind: str) -> None:
    done = bildungsraum("normalize", stdin=json.dumps(LISTING | {"source": source}))
    assert json.loads(done.stdout)["source_kind"] == kind


def test_evaluate_prints_one_object_and_refuses_what_it_cannot_measure(tmp_path: Path) -> None:
    file = tmp_path / "labelled.jsonl"
    rows = [
        LISTING | {"label": "x"},
        LISTING | {"source": "mein-now", "label": "x"},
        LISTING | {"ref": "1", "title": "Yoga"},
    ]
    rows[2]["label"] = "y"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    clusters = tmp_path / "clusters.jsonl"
    done = bildungsraum("evaluate", str(file), "--clusters", str(clusters))
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["offers"] == 3
    assert figures["true_pairs"] == 1
    rows = [json.loads(line) for line in clusters.read_text().splitlines()]
    assert {row["offer_id"] for row in rows} == {"hbz:4711", "mein-now:4711", "hbz:1"}

    file.write_text((json.dumps(LISTING | {"label": "x"}) + "\n") * 2)
    assert bildungsraum("evaluate", str(file)).returncode == 2
    file.write_text(json.dumps(LISTING) + "\n")
    missing = bildungsraum("evaluate", str(file))
    assert missing.returncode == 2
    assert "label" in missing.stderr


@pytest.mark.parametrize(
    "command",
    [
        "from flows.cli import app",
        "import io, sys; from flows.cli import app; sys.stdin = io.TextIOWrapper(io.BytesIO(b'')); "
        "app(['normalize'], standalone_mode=False)",
        "import sys; from flows.cli import app; "
        "app(['parse', '--platform', 'hbz', sys.argv[1]], standalone_mode=False)",
    ],
)
def test_parse_and_normalize_never_load_the_heavy_ones(command: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html><body><h1>Kurs</h1></body></html>")
    code = (
        f"import sys, contextlib\nwith contextlib.suppress(BaseException):\n    {command}\n"
        f"sys.stderr.write('HEAVY:' + ','.join(sorted({HEAVY!r} & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(page)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stderr.endswith("HEAVY:"), done.stderr


GOOD_TOML = """
key = "good"
name = "Gute Quelle"
kind = "provider"
platform = "hbz"
homepage = "https://good.example"
start = ["/"]
ref = "id"
scope = { region = "Probe", counts = "alles" }
"""


def sources_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "good.toml").write_text(GOOD_TOML, encoding="utf-8")
    (folder / "bad.toml").write_text(GOOD_TOML.replace('"good"', '"bad"') + "colour = 1\n", encoding="utf-8")
    return folder


def test_sources_lists_them_and_names_what_is_wrong(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", "sources"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
        env={"PATH": "/usr/bin:/bin", "BILDUNGSRAUM_SOURCES": str(sources_folder(tmp_path))},
    )  # fmt: skip
    assert done.returncode == 1
    assert "Gute Quelle" in done.stderr
    assert "bad.toml" in done.stderr
    assert "colour" in done.stderr


def test_a_broken_source_file_is_held_and_the_others_go_on(tmp_path: Path) -> None:
    files = sorted(sources_folder(tmp_path).glob("*.toml"))
    sources, absent = load_chosen(files, NightRequest(profile="standin"))
    assert [source.key for source in sources] == ["good"]
    assert sources[0].homepage == "http://good.localhost"
    (page,) = absent
    assert (page.source, page.state) == ("bad", "held")
    assert "bad.toml" in page.reasons[0]
    assert "colour" in page.reasons[0]


def test_a_live_night_skips_what_it_has_no_permission_for(tmp_path: Path) -> None:
    folder = sources_folder(tmp_path)
    sources, (page,) = load_chosen([folder / "good.toml"], NightRequest(profile="live"))
    assert sources == ()
    assert page.state == "skipped"
    assert "Erlaubnis" in page.reasons[0]
    with (folder / "good.toml").open("a", encoding="utf-8") as file:
        file.write('[permission]\ncrawl = "granted"\nbasis = "letter"\nby = "Eva Beispiel"\ndate = 2026-01-01\n')
    sources, absent = load_chosen([folder / "good.toml"], NightRequest(profile="live"))
    assert [source.homepage for source in sources] == ["https://good.example"]
    assert absent == ()


def test_a_page_that_is_none_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    record = {"id": 10300000001, "titel": "Schweißen", "termine": [], "bildungsanbieter": {"id": 1, "name": "SLV"}}
    listed = {"_embedded": {"bildungsangebotDTOList": [record]}, "page": {"totalElements": 1, "number": 0}}
    good.write_text(json.dumps(listed), encoding="utf-8")
    bad.write_text(json.dumps(listed)[:-9], encoding="utf-8")
    done = bildungsraum("parse", "--platform", "mein_now", str(bad), str(good))
    assert done.returncode == 1
    assert "bad.json" in done.stderr
    assert [json.loads(line)["ref"] for line in done.stdout.splitlines()] == ["10300000001"]
