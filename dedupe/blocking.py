"""Which pairs are worth comparing: several complementary keys, joined in DuckDB.

Every rule proposes (block, row) entries; rows that share a block are paired. Rows are numbered by seniority, and in a
block that is too large each row meets only its most senior members and its neighbours: so a pair of older rows never
falls out because something new arrived. What the cap lost is counted.

Pairs are made by partitions of their junior rows, so that every pair is made in exactly one partition, no partition
depends on another, and a million offers never lie in memory as pairs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from dedupe.columns import Rows, distinct, paired, unpaired
from dedupe.table import BLOCKED, Table

Mask = npt.NDArray[np.bool_]

CAP = 12  # of the most senior members, and of the members just before it, that a row meets in a large block
HOUSE_CAP = 20  # the same within a house of few offers, where every pair is worth a look
WIDE_CAP = 4  # the same for rules that bring together what is hardly ever one course
PARTITION = 2_000_000  # pairs of a partition before those that several rules propose are counted once


@dataclass(frozen=True)
class Blocks:
    """Entries of all rules: the row, and of the entry's block the place where it begins; by block, then row.

    `cap`: that of each entry's rule; `loose`: whether its rule leaves the provider open, so that `sounds` (bits, per
    row of the keys) must have one in common. Per rule `proposed` pairs come from its blocks, its cap lost `lost`.
    """

    row: Rows
    first: Rows
    cap: npt.NDArray[np.int8]
    loose: Mask
    sounds: npt.NDArray[np.uint64]
    proposed: Mapping[str, int] = field(default_factory=dict)
    lost: Mapping[str, int] = field(default_factory=dict)

    def partitions(self, size: int = PARTITION) -> Iterator[tuple[Rows, Rows]]:
        """The distinct pairs (left < right, ordered by right, then left), by ranges of their junior rows."""
        order = np.argsort(self.row, kind="stable").astype(np.int32)
        place = np.arange(len(self.row), dtype=np.int32) - self.first
        cost = np.cumsum(np.minimum(place, 2 * self.cap)[order], dtype=np.int64)
        rows = self.row[order]
        start = 0
        while start < len(order):
            end = int(np.searchsorted(cost, (cost[start - 1] if start else 0) + size, "right"))
            end = int(np.searchsorted(rows, rows[max(start, end - 1)], "right"))  # a row is never divided
            yield self._pairs(order[start:end])
            start = end

    def _pairs(self, entries: Rows) -> tuple[Rows, Rows]:
        """The pairs whose junior sides are these entries."""
        first, junior = self.first[entries], self.row[entries]
        place, cap, loose = entries - first, self.cap[entries], self.loose[entries]
        found = [np.zeros(0, np.int64)]
        for step in range(int(cap.max(initial=0))):
            for met, seniors in (
                ((place > step) & (cap > step), entries - step - 1),
                ((place > cap + step) & (cap > step), first + step),
            ):
                left, right = self.row[seniors[met]], junior[met]
                alike = ~loose[met] | (self.sounds[left] & self.sounds[right] != 0)
                found.append(paired(right[alike], left[alike]))
        right, left = unpaired(distinct(np.concatenate(found)))
        return left, right


@dataclass(frozen=True, slots=True)
class Rule:
    """A query of (block, row) entries, the block as a hash, and its cap: in a block that is larger than twice the cap
    every row meets this many of its most senior members and as many just before it.

    `loose`: the block says nothing of the provider, so its pairs are taken only where the names sound alike or one is
    missing: others would need a shared run or number, for which there are rules of their own.
    """

    query: str
    cap: int = CAP
    loose: bool = False


# What the rules ask: item(row, night, and the columns of the table under the names of ITEM), and the parts of its sets:
# handle(house, handle), town(towns, town) and so on, see `dedupe.table.BLOCKED`; word(title, night, word, df, place),
# where `place` orders the words of a title by rarity; and crowd(handle, night, offers), how many a house had by then.
ITEM = ("title", "words", "house", "number", "digits", "towns", "starts", "prices", "lengths")
RULES: dict[str, Rule] = {
    "provider and number": Rule("""
        select hash(handle, number) as block, row from item join handle using (house) where number is not null"""),
    "number alone": Rule("select hash(number) as block, row from item where digits >= 6"),
    "same words": Rule("select hash(title) as block, row from item where words > 0", loose=True),
    "same words and town": Rule("""
        select hash(title, town) as block, row from item join town using (towns) where words > 0""", loose=True),
    "provider and word": Rule("""
        select hash(handle, word) as block, row from item join handle using (house) join word using (title, night)
        where place <= 3"""),
    "provider's sound and two words": Rule("""
        select hash(sound, a.word, b.word) as block, row from item join sound using (house)
        join word a using (title, night) join word b using (title, night)
        where a.place <= 4 and b.place <= 4 and a.word < b.word""", WIDE_CAP),
    "provider's sound, word and town": Rule("""
        select hash(sound, word, town) as block, row from item join sound using (house) join town using (towns)
        join word using (title, night) where place <= 2""", WIDE_CAP),
    "rare word": Rule(
        "select hash(word) as block, row from item join word using (title, night) where df <= 25", loose=True
    ),
    "house of few offers": Rule("""
        select hash(handle) as block, row from item join handle using (house) join crowd using (handle, night)
        where offers <= 40""", HOUSE_CAP),
    "provider, price, length": Rule("""
        select hash(handle, price, length) as block, row
        from item join handle using (house) join price using (prices) join length using (lengths)"""),
}  # fmt: skip

# Rules over runs: for every offer by itself, since exact repeats differ in their dates. These and a shared number
# alone bring together providers whose names have nothing in common.
RUN_RULES: dict[str, Rule] = {
    "provider and start": Rule("""
        select hash(handle, start) as block, row from item join handle using (house) join start using (starts)"""),
    "start, town, price": Rule("""
        select hash(start, town, price) as block, row
        from item join start using (starts) join town using (towns) join price using (prices)"""),
    "start and word": Rule("""
        select hash(start, word) as block, row from item join start using (starts) join word using (title, night)
        where place <= 3 and df <= 250"""),
}  # fmt: skip


def all_pairs(found: Blocks) -> tuple[Rows, Rows]:
    """The pairs of all partitions."""
    parts = [(np.zeros(0, np.int32), np.zeros(0, np.int32)), *found.partitions()]
    left, right = (np.concatenate(side) for side in zip(*parts, strict=True))
    return left, right


def blocks(table: Table, nights: Rows, rules: Mapping[str, Rule], rows: Rows | None = None) -> Blocks:
    """The entries of all rules for these rows of a table (all rows if None), which is in order of seniority; `nights`
    numbers for each row the night it was first seen."""
    given = np.arange(len(table), dtype=np.int32) if rows is None else rows
    proposed: dict[str, int] = {}
    lost: dict[str, int] = {}
    entries = [(*_shared(np.zeros(0, np.uint64), given[:0]), np.zeros(0, np.int8), np.zeros(0, np.bool_))]
    count = 0
    with duckdb.connect(":memory:") as con:
        con.execute("set threads to 2")
        _load(con, table, nights, given)
        for name, rule in rules.items():
            found = con.execute(f"select block, row from ({rule.query}) order by block, row").fetchnumpy()  # noqa: S608
            row, first = _shared(found["block"], found["row"])
            place = np.arange(len(first), dtype=np.int64) - first
            proposed[name] = int(np.minimum(place, 2 * rule.cap).sum())
            lost[name] = int(place.sum()) - proposed[name]
            entries.append(
                (row, first + np.int32(count), np.full(len(row), rule.cap, np.int8), np.full(len(row), rule.loose))
            )
            count += len(row)
    row, first, cap, loose = (np.concatenate(column) for column in zip(*entries, strict=True))
    return Blocks(row, first, cap, loose, table.lines["sounds"], proposed, lost)


def _shared(block: npt.NDArray[np.uint64], row: npt.NDArray[Any]) -> tuple[Rows, Rows]:
    """The rows of blocks of more than one, and where their blocks begin."""
    if not len(block):
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    opens = np.flatnonzero(np.diff(block, prepend=block[0] + np.uint64(1)))
    sizes = np.diff(opens, append=len(block))
    kept = sizes[sizes > 1]
    first = np.repeat(np.cumsum(kept) - kept, kept).astype(np.int32)
    return np.asarray(row)[np.repeat(sizes > 1, sizes)].astype(np.int32), first


def _load(con: duckdb.DuckDBPyConnection, table: Table, nights: Rows, rows: Rows) -> None:
    """The tables that the rules ask."""
    item = {name: table.lines[name][rows] for name in ITEM} | {"row": rows, "night": nights[rows]}
    con.register("items", item)
    con.execute("create table item as select * replace (if(digits = 0, null, number) as number) from items")
    for name, sets in BLOCKED.items():
        owners, values = table.parts[name]
        con.register(f"{name}_parts", {sets: owners, name: values})
        con.execute(f"create table {name} as select * from {name}_parts")  # noqa: S608
    # How many offers a house had on the night a row was first seen.
    con.execute("""
        create table crowd as
        with nightly as (select handle, night, count(*) as offers from item join handle using (house) group by all)
        select handle, night, sum(offers) over (partition by handle order by night) as offers from nightly
        """)
    # Rarity as of the night a row was first seen: what arrives later never changes which words of it are rare.
    con.execute("""
        create table word as
        with titled as (select title, night, count(*) as offers from item group by all),
        used as (select title, night, said as word, offers from titled join said using (title)),
        nightly as (select word, night, sum(offers) as offers from used group by all),
        rarity as (select word, night, sum(offers) over (partition by word order by night) as df from nightly)
        select title, night, word, df, row_number() over (partition by title, night order by df, word) as place
        from used join rarity using (word, night)
        """)
