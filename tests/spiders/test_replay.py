"""Every fixture is replayed through its platform: one test for all sources, present and future."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from normalize.model import Listing
from spiders.page import Page
from spiders.parse import parse_pages
from spiders.source import Source, bare_source, load_source, load_sources

FIXTURES = Path(__file__).parents[1] / "fixtures"
SOURCES = Path(__file__).parents[2] / "spiders" / "sources"
CASES = sorted(meta.parent for meta in FIXTURES.glob("*/*/meta.toml"))


def source_of(meta: dict[str, Any]) -> Source:
    if "inline" in meta:
        return Source.model_validate(meta["inline"])
    return load_source(SOURCES / f"{meta['source']}.toml") if "source" in meta else bare_source(meta["platform"])


def replay(case: Path) -> list[dict[str, Any]]:
    meta = tomllib.loads((case / "meta.toml").read_text(encoding="utf-8"))
    files = sorted(path for path in case.iterdir() if path.name not in ("meta.toml", "expected.jsonl"))
    pages = [Page(meta.get("url") or file.as_uri(), path=file) for file in files]
    return [shown(record) for record in parse_pages(source_of(meta), pages)]


def shown(record: dict[str, Any]) -> dict[str, Any]:
    """What is published: without the untouched payload, the time of fetching, and what is absent."""
    listing = Listing.model_validate(record)
    return listing.model_dump(mode="json", exclude={"raw", "fetched_at"}, exclude_defaults=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_saved_page_gives_the_expected_listings(case: Path) -> None:
    lines = (case / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    assert replay(case) == [json.loads(line) for line in lines]


def test_every_software_in_use_has_fixtures_and_a_source_somebody_verified_has_its_own() -> None:
    shipped = load_sources(SOURCES)
    of_platforms = {
        source_of(tomllib.loads((case / "meta.toml").read_text(encoding="utf-8"))).platform for case in CASES
    }
    assert {source.platform for source in shipped.values()} <= of_platforms
    verified = {key for key, source in shipped.items() if source.verified.date is not None}
    assert verified <= {case.parent.name for case in CASES}
