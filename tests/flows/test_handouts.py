"""What a night hands to the stewards to work off."""

import json
from pathlib import Path

from flows.handouts import INCOMPLETE, UNKNOWN, write_handouts
from normalize.model import Listing
from normalize.offer import to_offer


def test_unknown_providers_and_what_is_missing(tmp_path: Path) -> None:
    rows = [
        to_offer(
            Listing(source="a", ref=ref, title="Löten", provider=provider, fetched_at="2026-11-22T01:30:00Z"),
            kind="provider",
        ).model_dump(mode="json")
        for ref, provider in (("1", "Werkschule Musterhof"), ("2", "Werkschule Musterhof"), ("3", "DEKRA Akademie"))
    ]
    states = ("active", "active", "active")
    lines = [json.dumps(row | {"first_seen": "1", "status": state}) for row, state in zip(rows, states, strict=True)]
    withdrawn = rows[0] | {"offer_id": "a:9", "ref": "9", "first_seen": "1", "status": "withdrawn"}
    (tmp_path / "offers.jsonl").write_text("\n".join([*lines, json.dumps(withdrawn)]) + "\n", encoding="utf-8")
    write_handouts(tmp_path)
    (stranger,) = read(tmp_path / UNKNOWN)
    assert (stranger["name"], stranger["offers"], stranger["example"]) == ("Werkschule Musterhof", 2, "a:1")
    found = {one["name"]: one for one in read(tmp_path / INCOMPLETE)}
    assert found["Werkschule Musterhof"]["offers"] == 2
    assert "Bitte ergänzen Sie" in found["Werkschule Musterhof"]["letter"]
    assert "DEKRA Akademie" in found


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
