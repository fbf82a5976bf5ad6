"""The rooms import each other only in the directions the design allows."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED: dict[str, set[str]] = {
    "normalize": set(),
    "spiders": {"normalize"},
    "dedupe": {"normalize"},
    "warehouse": {"normalize"},
    "exports": {"normalize", "warehouse"},
    "flows": {"normalize", "spiders", "dedupe", "warehouse", "exports"},
}


def imported_rooms(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.split(".")[0] for name in names} & ALLOWED.keys()


@pytest.mark.parametrize("room", ALLOWED)
def test_room_imports_only_what_the_design_allows(room: str) -> None:
    modules = list((ROOT / room).rglob("*.py"))
    assert modules
    for module in modules:
        foreign = imported_rooms(module) - {room} - ALLOWED[room]
        assert not foreign, f"{module.relative_to(ROOT)} imports {sorted(foreign)}"


def test_a_spider_uses_only_the_listing_model() -> None:
    for module in (ROOT / "spiders").rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("normalize"):
                names = {alias.name for alias in node.names}
                allowed = node.module == "normalize.model" and all(name.startswith("Listing") for name in names)
                vocabulary = node.module == "normalize.vocabulary" and names == {"SourceKind"}
                assert allowed or vocabulary, f"{module.relative_to(ROOT)} interprets values: {node.module} {names}"
