"""A small home for the stewards' desk: invented offers, deduplicated and indexed as a night does it."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from fastapi import FastAPI

from dedupe.desk.accounts import write_private
from dedupe.desk.actions import Actions, PublishState
from dedupe.desk.app import create_app
from dedupe.desk.config import DeskConfig
from dedupe.desk.index import write_index
from dedupe.golden import Known
from dedupe.pipeline import dedupe
from normalize.model import Offer, Scope
from tests.dedupe.offers import offer

NIGHT = "20261121T003000Z"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PASSWORD = "korrekt-pferd-batterie"
FIRST_SEEN = "20261101T003000Z"


def alike(count: int) -> list[Known]:
    """Twice as many offers (at most 80): pairs of two sources of which nobody can say whether they are one course."""
    found = []
    for number in range(count):
        title = f"{_TRADES[number]} 100"
        start = f"2027-03-{1 + number % 28:02d}"
        found += [
            offer(f"alpha:{number:03d}", f"{title} Kompaktkurs", town="Bottrop", price="480.00", starts=(start,)),
            offer(f"beta:{number:03d}", f"{title} in der Praxis", town="Bottrop", price="520.00", starts=(start,)),
        ]
    return [Known(visible(one), FIRST_SEEN, "active") for one in found]


_TRADES = (
    "Gabelstapler", "Buchhaltung", "Kehlnaht", "Wundpflege", "Kranführung", "Lagerlogistik", "Zerspanung",
    "Arbeitsrecht", "Brandschutz", "Hubarbeitsbühne", "Elektrofachkraft", "Lohnabrechnung", "Projektleitung",
    "Qualitätsprüfung", "Fliesenlegen", "Dachdecken", "Gastronomie", "Hauswirtschaft", "Kältetechnik", "Malerei",
    "Personalwesen", "Rohrleitungsbau", "Sicherheitsdienst", "Tischlerei", "Umweltschutz", "Verkaufstraining",
    "Webentwicklung", "Zollabwicklung", "Altenpflege", "Betonbau", "Datenschutz", "Einkauf", "Friseurhandwerk",
    "Gartenbau", "Hydraulik", "Immobilienverwaltung", "Konstruktion", "Medizinprodukte", "Orthopädietechnik",
    "Pneumatik",
)  # fmt: skip


def visible(one: Offer) -> Offer:
    """The offer as one that belongs on the portal."""
    return one.model_copy(update={"scope": Scope(vocational="yes", regional="in", reason="beruflich, in Bottrop.")})


def write_night(home: Path, known: Iterable[Known], run_id: str = NIGHT) -> Path:
    """A night's snapshot of these offers under the home's journal, switched live; its folder."""
    folder = home / "review" / run_id
    folder.mkdir(parents=True)
    with (folder / "offers.jsonl").open("w", encoding="utf-8") as lines:
        for one in known:
            row = {**one.offer.model_dump(mode="json"), "first_seen": one.first_seen, "status": one.status}
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    dedupe(folder / "offers.jsonl", home / "journal.jsonl", folder)
    (folder / "manifest.json").write_text(json.dumps({"run_id": run_id, "profile": "live", "counts": {}}))
    current = home / "review" / "current"
    write_index(folder, current.resolve() if current.exists() else None)
    beside = current.with_name("current.part")
    beside.symlink_to(run_id)
    beside.replace(current)
    return folder


def no_actions(**own: Any) -> Actions:
    """Actions that do nothing, but for those given."""

    def nothing(*_: str) -> None:
        return None

    names = ("publish", "release", "night", "kept", "record", "published")
    return Actions(**{**dict.fromkeys(names, nothing), "state": PublishState, **own})


@cache
def people() -> str:
    """Two stewards and an administrator, all with the same password, hashed as cheaply as argon2 can."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    roles = {"eva": "steward", "uwe": "steward", "ada": "admin"}
    return json.dumps({name: {"role": role, "hash": cheap} for name, role in roles.items()})


def desk_app(home: Path, actions: Actions | None = None, **config: Any) -> FastAPI:
    """The desk of a home, with its people."""
    settings = DeskConfig(**{"folder": home / "desk", "now": lambda: NOW, **config})
    if not settings.accounts.exists():
        write_private(settings.accounts, people())
    return create_app(home / "review" / "current", home / "journal.jsonl", actions or no_actions(), settings)
