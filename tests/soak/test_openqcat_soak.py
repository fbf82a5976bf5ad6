"""A catalogue of 300 MB, offers and their runs far apart, in under 200 MB of memory."""

from pathlib import Path

import pytest
from measured import HARVEST, PARSE, peak_megabytes, write_source
from openqcat_catalogue import write_catalogue

MOST = 200  # MB


def lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)


@pytest.mark.soak
def test_three_hundred_megabytes(tmp_path: Path) -> None:
    file = tmp_path / "katalog.xml"
    offers = write_catalogue(file, 300)
    assert file.stat().st_size > 300_000_000 * 0.98
    parsed, source = tmp_path / "parsed.jsonl", write_source(tmp_path, file.name)
    assert peak_megabytes([*PARSE, "--platform", "openqcat", str(file)], parsed, 600) < MOST
    assert lines(parsed) == offers
    parsed.unlink()
    harvest = ["--source", str(source), "--out", str(tmp_path), "--http", str(tmp_path), "--root", str(tmp_path)]
    assert peak_megabytes([*HARVEST, *harvest], tmp_path / "log", 600) < MOST
    assert lines(tmp_path / "grosskatalog.jsonl") == offers
