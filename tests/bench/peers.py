"""General tools on the rows that bench_dedupe.py measures, with the same truth: Splink and a plain rapidfuzz threshold.

    PYTHON tests/bench/peers.py ROWS.jsonl

PYTHON is any interpreter that has `splink`, `rapidfuzz` and `duckdb`; this repository needs none of them for it (but
rapidfuzz and duckdb). A row has id, title, provider, town, start, price, hours, form and course (the truth). Both tools
compare the pairs of the same four blocking rules. Prints a line of JSON for each tool that can be imported: seconds of
wall and processor time after loading, pairs, pair completeness, and the F1 over all pairs of one course at the usual
threshold and at the best one, the latter chosen by the truth and the better of plain pairs and of their transitive
closure. (Splink's settings: seven comparisons, u by sampling, EM on two rules that hold the date fixed, because a
series has one title and many dates.)
"""

import importlib.util
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Scored = list[tuple[float, int, int]]  # from sure to unsure

BLOCKING = ("title_town", "provider_start", "title_provider", "start_town_price")
THRESHOLDS = 60  # best thresholds are looked for at so many places of the ranking
LOAD = """
    create table offer as
    with read as (from read_json(?, format = 'newline_delimited', columns = {
        id: 'varchar', title: 'varchar', provider: 'varchar', town: 'varchar', start: 'varchar', price: 'double',
        hours: 'double', form: 'varchar', course: 'varchar'}))
    select row_number() over (order by id) - 1 as unique_id, id, plain(title) as title, plain(provider) as provider,
        plain(town) as town, start, price, hours, form, course,
        plain(title) || '|' || plain(town) as title_town, plain(provider) || '|' || start as provider_start,
        plain(title) || '|' || plain(provider) as title_provider,
        start || '|' || plain(town) || '|' || price as start_town_price
    from read"""
PLAIN = """
    create macro plain(s) as trim(regexp_replace(replace(replace(replace(replace(lower(s),
        'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss'), '[^a-z0-9]+', ' ', 'g'))"""


def main() -> None:
    """Measure every tool that is there."""
    import duckdb

    con = duckdb.connect()
    con.execute(PLAIN)
    con.execute(LOAD, [sys.argv[1]])
    truth = [course for (course,) in con.execute("select course from offer order by unique_id").fetchall()]
    tools: dict[str, Callable[[Any], Scored]] = {"splink": by_splink, "rapidfuzz": by_rapidfuzz}
    usual = {"splink": 0.5, "rapidfuzz": 85.0}
    for name, tool in tools.items():
        if importlib.util.find_spec(name) is None:
            continue
        wall, cpu = time.perf_counter(), time.process_time()
        found = tool(con)
        seconds = {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
        print(json.dumps({"tool": name, **seconds, **quality(found, truth, usual[name])}), flush=True)


def by_splink(con: Any) -> Scored:
    """All pairs of the blocking rules with their match probabilities."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("title", [0.95, 0.88, 0.8]),
            cl.JaroWinklerAtThresholds("provider", [0.92, 0.8]),
            cl.JaroWinklerAtThresholds("town", [0.9]),
            cl.AbsoluteDateDifferenceAtThresholds("start", input_is_string=True, metrics=["day"], thresholds=[2]),
            cl.ExactMatch("price"),
            cl.ExactMatch("hours"),
            cl.ExactMatch("form"),
        ],
        blocking_rules_to_generate_predictions=[block_on(rule) for rule in BLOCKING],
        retain_matching_columns=False,
    )
    linker = Linker(DuckDBAPI(con).register("offer"), settings, log_level=40)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (("start", "town"), ("start", "provider")):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    found = linker.inference.predict().physical_name
    return list(
        con.execute(f"select match_probability, unique_id_l, unique_id_r from {found} order by all desc").fetchall()
    )


def by_rapidfuzz(con: Any) -> Scored:
    """The same pairs, scored by hand: words of title and provider, a bit less for another date or price."""
    from rapidfuzz.fuzz import token_set_ratio, token_sort_ratio
    from rapidfuzz.process import cpdist

    pairs = " union ".join(
        f"select l.unique_id as a, r.unique_id as b from offer l join offer r using ({rule}) where a < b"
        for rule in BLOCKING
    )
    rows = con.execute(
        "select a, b, l.title, r.title, l.provider, r.provider, l.start is distinct from r.start, "
        f"l.price is distinct from r.price from ({pairs}) "
        "join offer l on l.unique_id = a join offer r on r.unique_id = b"
    ).fetchall()
    if not rows:
        return []
    left, right, ones, others, houses, rivals, dates, prices = zip(*rows, strict=True)
    words = 0.35 * cpdist(ones, others, scorer=token_set_ratio) + 0.35 * cpdist(ones, others, scorer=token_sort_ratio)
    total = words + 0.3 * cpdist(houses, rivals, scorer=token_set_ratio)
    scores = (float(value) - 6 * date - 6 * price for value, date, price in zip(total, dates, prices, strict=True))
    return sorted(zip(scores, left, right, strict=True), reverse=True)


def quality(found: Scored, truth: Sequence[str], usual: float) -> dict[str, Any]:
    """Pair completeness, and F1 over all pairs of one course at the usual and at the best threshold."""
    everything = sum(count * (count - 1) // 2 for count in Counter(truth).values())
    right = 0
    pairs: list[float] = []
    at_usual = 0.0
    for count, (score, a, b) in enumerate(found, start=1):
        right += truth[a] == truth[b]
        pairs.append(2 * right / (count + everything))
        at_usual = pairs[-1] if score >= usual else at_usual
    closures = list(closed(found, truth, everything))
    return {
        "pairs": len(found),
        "pair_completeness": round(completeness(found, truth, everything), 4),
        "f1_usual": round(at_usual, 4),
        "f1_best": round(max([0.0, *pairs, *closures]), 4),
    }


def closed(found: Scored, truth: Sequence[str], everything: int) -> Iterator[float]:
    """F1 of the transitive closure after ever more of the ranking."""
    groups = Groups(len(truth))
    step = max(1, len(found) // THRESHOLDS)
    for count, (_, a, b) in enumerate(found, start=1):
        groups.join(a, b)
        if count % step == 0:
            sizes = Counter(map(groups.root, range(len(truth))))
            together = Counter((groups.root(row), course) for row, course in enumerate(truth))
            merged, right = (sum(n * (n - 1) // 2 for n in counts.values()) for counts in (sizes, together))
            yield 2 * right / (merged + everything)


def completeness(found: Scored, truth: Sequence[str], everything: int) -> float:
    """The share of true pairs that are connected through compared pairs that are true."""
    groups = Groups(len(truth))
    for _, a, b in found:
        if truth[a] == truth[b]:
            groups.join(a, b)
    counts = Counter(map(groups.root, range(len(truth))))
    return sum(n * (n - 1) // 2 for n in counts.values()) / everything if everything else 1.0


class Groups:
    """Rows that are joined step by step."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def root(self, row: int) -> int:
        """The row that stands for the group."""
        parent = self._parent
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    def join(self, a: int, b: int) -> None:
        """Make two groups one."""
        self._parent[self.root(a)] = self.root(b)


if __name__ == "__main__":
    main()
