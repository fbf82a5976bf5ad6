"""Speed and memory of normalisation, beside the least that reading the same listings costs.

    python tests/bench/bench_normalise.py [--listings 2000] [--captures DIR]

Reads every source of the stand-in (offline, in this process) and the real samples where they are at hand, lengthens the
descriptions to 2 kB, and measures on one core: the floor (JSON decoding and html-to-text), listings to offers, and the
share of the grammars in it. A process of its own passes the listings through again and again under new titles, to show
that memory does not grow with their number. Prints one line of JSON per measurement; times are processor time.
"""

import argparse
import gc
import itertools
import json
import resource
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import normalize.offer
from normalize.model import Listing
from normalize.offer import to_offer
from normalize.text import html_to_text
from spiders.merge import merged_by_ref
from spiders.page import Follow, Page
from spiders.parse import parse_files
from spiders.platforms import platform
from spiders.source import Source, load_source, source_files
from spiders.standin import StandIn
from spiders.standin.publish import SOURCES as PLAYED
from spiders.standin.sites.web import Request

DESCRIPTION = 2_000  # characters
FETCHED = "2026-11-22T01:30:00Z"
SEASON = date(2026, 9, 1)
COURSES = 500  # of one stand-in; another seed gives other ones
ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "spiders" / "sources"
CAPTURES = ROOT.parent / "shared" / "captures"


def standin_listings(count: int) -> Iterator[dict[str, Any]]:
    """At least `count` listings of the stand-in: what its sites publish in one night, under one seed after another."""
    found = 0
    for seed in itertools.count(1):
        for row in night(seed):
            found += 1
            yield row
        if found >= count:
            return


def night(seed: int) -> Iterator[dict[str, Any]]:
    """What the stand-in sites of one seed publish, read by the platforms."""
    sites = StandIn(season=SEASON, seed=seed, courses=COURSES)
    try:
        files = source_files(SOURCES, "standin")
        for key in PLAYED:
            source = load_source(files[key])
            here = source.at(sites.base_url(source.key))
            rows = [row for row in crawled(here, sites) if row["ref"] is not None]
            for row, _ in merged_by_ref(rows):
                yield {
                    "source": source.key,
                    **row,
                    "fetched_at": FETCHED,
                    "provider": row.get("provider") or source.provider,
                }
    finally:
        sites.close()


def crawled(source: Source, sites: StandIn) -> Iterator[dict[str, Any]]:
    """Every record of a source, by asking the stand-in without a network."""
    reader = platform(source.platform)
    queue = deque(reader.start(source))
    asked: set[str] = set()
    sessions: dict[str, str] = {}
    while queue:
        follow = queue.popleft()
        name = follow.url if follow.ref is None else f"ref {follow.ref}"
        if name in asked and not follow.repeat:
            continue
        asked.add(name)
        address = urlsplit(follow.url)
        jar = follow.cookiejar or ""
        request = Request(
            host=address.hostname or "",
            path=unquote(address.path),
            query=dict(parse_qsl(address.query)),
            headers={key.lower(): value for key, value in follow.headers.items()},
            session=sessions.get(jar, ""),
        )
        reply, _ = sites.respond(request)
        sessions[jar] = reply.session or request.session
        page = Page(follow.url, reply.body, kind=follow.kind, context=follow.context, content_type=reply.content_type)
        for found in reader.read(page, source):
            if isinstance(found, Follow):
                (queue.appendleft if found.repeat else queue.append)(found)
            elif isinstance(found, dict):
                yield found


def captured_listings(folder: Path) -> Iterator[dict[str, Any]]:
    """The real samples, as their sources are described."""
    for path in sorted((SOURCES / "captures").glob("*.toml")):
        source = load_source(path)
        for listing in parse_files(source, [folder / name for name in source.start]):
            yield listing.model_dump(mode="json")


def lengthened(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same listings with descriptions of 2 kB: each continued with the texts of those that follow."""
    texts = [row["description"] for row in rows if row.get("description")] or ["<p>Ein Kurs mit Übungen.</p>"]
    for number, row in enumerate(rows):
        description = row.get("description") or ""
        step = number
        while len(description) < DESCRIPTION:
            step += 1
            description += texts[step % len(texts)]
        yield row | {"description": description}


def measured(name: str, file: Path) -> dict[str, Any]:
    """Floor and speed over one file of listings."""
    count, floor = timed(file, lambda row: html_to_text(row["description"]))
    _, seconds = timed(file, offer_of)
    return {
        "listings": name,
        "count": count,
        "offers_per_second": round(count / seconds),
        "floor_per_second": round(count / floor),
        "times_the_floor": round(seconds / floor, 1),
        "grammars_ms_per_listing": round(grammars(file) * 1000 / count, 3),
    }


def timed(file: Path, read: Callable[[dict[str, Any]], object]) -> tuple[int, float]:
    """How many listings there are, and the seconds it takes to decode and read them, with empty caches."""
    forget()
    count, started = 0, time.process_time()
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            read(json.loads(line))
            count += 1
    return count, time.process_time() - started


def offer_of(row: dict[str, Any]) -> str:
    """One listing through the whole of normalisation, as the command does it."""
    return to_offer(Listing.model_validate(row), kind="aggregator").model_dump_json()


def forget() -> None:
    """Empty every cache of the room, so that no measurement profits from the one before."""
    gc.collect()
    for name, module in list(sys.modules.items()):
        if name.startswith("normalize."):
            for value in vars(module).values():
                if callable(getattr(value, "cache_clear", None)):
                    value.cache_clear()
    normalize.offer.to_offer(Listing(source="s", ref="1", title="Excel"), kind="upload")  # load the data files again


def grammars(file: Path) -> float:
    """Seconds within the grammars while all listings are read; the clock's own cost counts against them."""
    spent = 0.0
    module = vars(normalize.offer)
    readers = {name: value for name, value in module.items() if name.startswith("read_") or name == "identify"}

    def clocked(reader: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            nonlocal spent
            started = time.process_time()
            try:
                return reader(*args, **named)
            finally:
                spent += time.process_time() - started

        return call

    module.update({name: clocked(reader) for name, reader in readers.items()})
    try:
        timed(file, offer_of)
    finally:
        module.update(readers)
    return spent


def peak(file: Path, passes: int) -> dict[str, Any]:
    """Peak memory of a fresh process that passes the file through so often."""
    answer = subprocess.run(
        [sys.executable, __file__, "--pass", str(file), "--passes", str(passes)],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return dict(json.loads(answer.stdout))


def pass_through(file: Path, passes: int) -> dict[str, Any]:
    """Read every listing `passes` times, each time under a title of its own, and keep nothing."""
    count = 0
    for number in range(passes):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                offer_of(row | {"title": f"{row['title']} Nr. {number}", "ref": f"{row['ref']}-{number}"})
                count += 1
    return {"peak_mb": peak_kb() // 1024, "count": count}


def peak_kb() -> int:
    """Peak memory of this process. Linux counts the parent's in `ru_maxrss` of a child, but not in VmHWM."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Measure the stand-in's listings and the real ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", type=int, default=2_000, help="of the stand-in, at least")
    parser.add_argument("--captures", type=Path, default=CAPTURES, help="folder of the real samples")
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--pass", type=Path, dest="file", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.file:
        print(json.dumps(pass_through(args.file, args.passes)))
        return
    with TemporaryDirectory() as folder:
        file = Path(folder) / "listings.jsonl"
        found = {"captures": captured_listings(args.captures)} if args.captures.is_dir() else {}
        for name, listings in {**found, "stand-in": standin_listings(args.listings)}.items():
            with file.open("w", encoding="utf-8") as out:
                out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in lengthened(list(listings)))
            print(json.dumps(measured(name, file)), flush=True)
        for passes in (1, args.passes):
            print(json.dumps(peak(file, passes)), flush=True)


if __name__ == "__main__":
    main()
