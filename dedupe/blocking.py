"""Which pairs are worth comparing: several complementary keys, joined in DuckDB.

Every rule proposes (block, row) entries; rows that share a block are paired. Rows are numbered by seniority, and in a
block that is too large each row meets only its most senior members and its neighbours: so a pair of older rows never
falls out because something new arrived. What the cap lost is counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np
import numpy.typing as npt

from dedupe.keys import Key

Rows = npt.NDArray[np.int64]

SENIORS = 12  # in a large block every row meets this many of its most senior members ...
NEIGHBOURS = 12  # ... and this many just before it


@dataclass(frozen=True)
class Blocks:
    """Candidate pairs of row numbers (left < right) and, per rule, how many pairs it gave and how many its cap lost."""

    left: Rows
    right: Rows
    proposed: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)


# Each rule: rows (block, row). Tables: item(row, night, number, skeleton), handle(row, handle), word(row, word, df),
# town(row, town), start(row, start), price(row, price), length(row, length).
RULES: dict[str, str] = {
    "provider and number": """
        select handle || '|' || number as block, row from item join handle using (row) where number is not null""",
    "number alone": "select number as block, row from item where length(number) >= 6",
    "same words": "select skeleton as block, row from item",
    "same words and town": "select skeleton || '|' || town as block, row from item join town using (row)",
    "provider and word": """
        select handle || '|' || word as block, row from handle join word using (row)
        qualify row_number() over (partition by row, handle order by df, word) <= 3""",
    "two words": """
        with rare as (select * from word qualify row_number() over (partition by row order by df, word) <= 4)
        select a.word || '|' || b.word as block, a.row from rare a join rare b on a.row = b.row and a.word < b.word""",
    "rare word": "select word as block, row from word where df <= 25",
    "word and town": """
        select town || '|' || word as block, row from town join word using (row)
        qualify row_number() over (partition by row, town order by df, word) <= 2""",
    "provider, price, length": """
        select handle || '|' || price || '|' || length as block, row
        from handle join price using (row) join length using (row)""",
}  # fmt: skip

# Rules over runs: for every offer by itself, since exact repeats differ in their dates.
RUN_RULES: dict[str, str] = {
    "provider and start": "select handle || '|' || start as block, row from handle join start using (row)",
    "start, town, price": """
        select start || '|' || town || '|' || price as block, row
        from start join town using (row) join price using (row)""",
}  # fmt: skip


def candidate_pairs(keys: Sequence[Key], rules: dict[str, str]) -> Blocks:
    """Pairs of rows of `keys` (in order of seniority) that share a block of any rule."""
    proposed: dict[str, int] = {}
    lost: dict[str, int] = {}
    with duckdb.connect(":memory:") as con:
        con.execute("set threads to 2")
        _load(con, keys)
        con.execute("create table pair (a bigint, b bigint)")
        for name, rule in rules.items():
            con.execute(f"create or replace temp table entry as select distinct block, row from ({rule})")  # noqa: S608
            con.execute(
                "create or replace temp table placed as "
                "select block, row, row_number() over (partition by block order by row) as place from entry"
            )
            before = _count(con, "select count(*) from pair")
            con.execute(
                "insert into pair select a.row, b.row from placed a join placed b on a.block = b.block "
                "and a.place < b.place and (a.place <= ? or b.place - a.place <= ?)",
                [SENIORS, NEIGHBOURS],
            )
            proposed[name] = _count(con, "select count(*) from pair") - before
            possible = _count(
                con, "select coalesce(sum(n * (n - 1) // 2), 0) from (select count(*) as n from entry group by block)"
            )
            lost[name] = possible - proposed[name]
        found = con.execute("select distinct a, b from pair order by a, b").fetchnumpy()
    return Blocks(np.asarray(found["a"], np.int64), np.asarray(found["b"], np.int64), proposed, lost)


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(con.execute(query).fetchall()[0][0])


def _load(con: duckdb.DuckDBPyConnection, keys: Sequence[Key]) -> None:
    """The keys as tables, one row per (row, value)."""
    con.register(
        "items",
        {
            "row": np.arange(len(keys)),
            "night": np.array([key.first_seen for key in keys], dtype=object),
            "number": np.array([key.number or "" for key in keys], dtype=object),
            "skeleton": np.array([" ".join(sorted(key.title)) for key in keys], dtype=object),
        },
    )
    con.execute(
        "create table item as "
        "select row, night, nullif(number, '') as number, nullif(skeleton, '') as skeleton from items"
    )
    _load_values(con, "handle", [_handles(key) for key in keys])
    _load_values(con, "word", [key.title for key in keys])
    _load_values(con, "town", [key.towns for key in keys])
    _load_values(con, "start", [key.starts for key in keys])
    _load_values(con, "price", [{f"{price:.0f}" for price in key.prices} for key in keys])
    _load_values(con, "length", [{f"{number:g}" for _, number in key.lengths} for key in keys])
    # Rarity as of the night a row was first seen: what arrives later never changes which words of it are rare.
    con.execute(
        "create or replace table word as select row, word, count(*) over (partition by word order by night) as df "
        "from word join item using (row)"
    )


def _load_values(con: duckdb.DuckDBPyConnection, name: str, values: Sequence[Iterable[str]]) -> None:
    """A table (row, <name>) with a line for every value of a row."""
    flat = [(row, value) for row, found in enumerate(values) for value in sorted(found)]
    columns = {
        "row": np.array([row for row, _ in flat], dtype=np.int64),
        name: np.array([value for _, value in flat], dtype=object),
    }
    con.register(f"{name}_values", columns)
    con.execute(f"create table {name} as select row, {name}::varchar as {name} from {name}_values")  # noqa: S608


def _handles(key: Key) -> frozenset[str]:
    """Under what names the provider is found again; an offer without provider has none."""
    if key.kind.provider is None:
        return frozenset()
    return key.kind.provider.handles | {key.kind.provider_key or ""}
