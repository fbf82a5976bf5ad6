"""Processor time and memory of a harvest, beside a bare Scrapy spider that fetches the same pages in the same run.

    python tests/bench/bench_harvest.py [--courses 600] [--sources hbz,bz] [--memory --pages 50000]

Every source of the stand-in is harvested once to collect its pages, which are then lengthened to 20 kB and served from
memory. Measured are whole processes from their first response to their end: ours (`spiders.run`, every body kept anew),
and a bare spider that asks for the same addresses and takes the title of each. Its median over the sources made of HTML
pages is the yardstick. A feed is one answer of many 20 kB, so its processor time is told per 20 kB. What is too small
to judge has `met: null`.

`--memory` compares the peak memory of a harvest of `--pages` pages with that of a tenth of them.

Prints one line of JSON per measurement; the exit status is 1 if a target is missed.
"""

import argparse
import asyncio
import json
import math
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from spiders.harvest import harvest
from spiders.kept import Bodies
from spiders.source import load_source, source_files
from spiders.standin import StandIn
from spiders.standin.publish import SOURCES as KEYS
from spiders.tape import read_lines

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "spiders" / "sources"
SEASON = date(2026, 9, 1)
SIZE = 20_000  # bytes of a page
TARGET, LABELLED_TARGET, MEMORY_TARGET = 3.0, 8.0, 1.2
LEAST_UNITS = 15  # of 20 kB; below, what a process does once outweighs what it does with a page
LIST_LENGTH = 50  # links on a list page of the memory test

Pages = Mapping[str, tuple[str, bytes]]  # address -> content type and body


@dataclass(frozen=True)
class Cost:
    """What a process took: processor seconds since its first response, and peak memory in MB."""

    seconds: float
    peak: float


# --- pages ----------------------------------------------------------------------------------------------------------


def collected(key: str, courses: int, folder: Path) -> dict[str, tuple[str, bytes]]:
    """What the stand-in of a source answers, lengthened."""
    with StandIn(season=SEASON, courses=courses) as site:
        result = harvest(
            file_of(key), out=folder / "out", http=folder / "http", seconds=300,
            base_url=site.base_url(key), proxy=site.proxy_url,
        )  # fmt: skip
    if not result.ok:
        raise RuntimeError(result.reason)
    bodies, pages = Bodies(folder / "http" / key), {}
    for _, record in list(read_lines(folder / "out" / f"{key}.tape.jsonl"))[1:]:
        if record["body"] and not record["robots"]:
            content_type = record["headers"].get("Content-Type", "text/html")
            pages[record["url"]] = (content_type, lengthened(bodies.read(record["body"])))
    return pages


def lengthened(body: bytes) -> bytes:
    """An HTML page with a footer of the kind that sites have, up to 20 kB; anything else as it is."""
    end = body.rfind(b"</body>")
    if end < 0:
        return body
    column = (
        b'<div class="spalte breit"><h4 class="kopf">Service</h4><ul class="liste"><li><a href="#" title="Seite">'
        b"Wissenswertes rund um unser Haus</a></li><li><span>Wir sind gern da.</span></li></ul></div>\n"
    )
    columns = max(0, SIZE - len(body)) // len(column)
    return body[:end] + b"<footer>" + column * columns + b"</footer>" + body[end:]


def file_of(key: str) -> Path:
    """The TOML file of a source that the stand-in plays."""
    return source_files(SOURCES, "standin")[key]


@contextmanager
def serving(answer: Callable[[str], tuple[str, bytes] | None]) -> Iterator[str]:
    """Answer as a forward proxy from memory."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            found = answer(self.path)
            content_type, body = found or ("text/html", b"")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", f'"{len(body)}"')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


# --- the two spiders ------------------------------------------------------------------------------------------------


def ours(file: Path, key: str, proxy: str, folder: Path) -> tuple[Cost, dict[str, Any]]:
    """Harvest in a process of its own; what it took, and its statistics."""
    cost = measured(
        "-m", "spiders.run", "--source", str(file), "--out", str(folder / "out"), "--http", str(folder / "http"),
        "--base-url", f"http://{key}.localhost", "--proxy", proxy,
    )  # fmt: skip
    statistics: dict[str, Any] = json.loads((folder / "out" / f"{key}.stats.json").read_text(encoding="utf-8"))
    return cost, statistics


def bare(urls: list[str], proxy: str, folder: Path) -> Cost:
    """Fetch the addresses with as little Scrapy as there is."""
    listed = folder / "urls.json"
    listed.write_text(json.dumps(urls), encoding="utf-8")
    return measured(str(Path(__file__)), "--bare", str(listed), "--proxy", proxy)


RUNNER = """
import atexit, resource, runpy, sys, time
from pydispatch import dispatcher
from scrapy.signals import response_received
began = []
def first(**_):
    if not began:
        began.append(time.process_time())
def told():
    took = time.process_time() - began[0] if began else 0.0
    print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.__stdout__, flush=True)
dispatcher.connect(first, signal=response_received, weak=False)
atexit.register(told)
name = sys.argv.pop(1)
if name == "-m":
    runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
else:
    runpy.run_path(name, run_name="__main__")
"""


def measured(*arguments: str) -> Cost:
    """Run Python to its end, and let it tell its processor time since the first response, and its peak memory."""
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, *arguments], capture_output=True, text=True, cwd=ROOT, check=False
    )
    if not done.stdout.strip():
        raise RuntimeError(done.stderr[-2000:])
    seconds, peak = done.stdout.split()[-2:]
    return Cost(float(seconds), int(peak) / 1024)


def crawl_bare(urls: list[str], proxy: str) -> None:
    """The bare spider, in this process."""
    import scrapy
    from scrapy.crawler import CrawlerProcess

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self) -> Any:
            for url in urls:
                yield scrapy.Request(url, meta={"proxy": proxy}, dont_filter=True)
                await asyncio.sleep(0)

        def parse(self, response: Any) -> Any:
            if response.headers.get("Content-Type", b"").startswith(b"text/html"):
                yield {"url": response.url, "title": response.css("h1::text").get()}
            else:
                yield {"url": response.url, "size": len(response.body)}

    process = CrawlerProcess({"LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False, "CONCURRENT_REQUESTS": 8})
    process.crawl(Bare)
    process.start()


# --- measurements ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """One source: ours and the bare spider, in processor milliseconds per page of 20 kB."""

    key: str
    platform: str
    pages: int
    listings: int
    kilobytes: int
    units: float  # of 20 kB
    is_feed: bool  # no HTML: its unit is 20 kB, whatever its answers hold
    ours: float
    bare: float
    peak: float


def measure(key: str, courses: int) -> Measured:
    """Measure one source. Raises RuntimeError if it cannot be harvested."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        pages = collected(key, courses, folder / "collect")
        with serving(pages.get) as proxy:
            cost, statistics = ours(file_of(key), key, proxy, folder / "ours")
            least = bare(list(pages), proxy, folder)
    size = sum(len(body) for _, body in pages.values())
    is_feed = not any(content_type.startswith("text/html") for content_type, _ in pages.values())
    units = size / SIZE if is_feed else len(pages)
    return Measured(
        key, load_source(file_of(key)).platform, statistics["pages"], statistics["listings"], size // 1000, units,
        is_feed, ours=1000 * cost.seconds / units,
        bare=1000 * least.seconds / len(pages),
        peak=cost.peak,
    )  # fmt: skip


def judge(found: Measured, reference: float) -> bool:
    """Tell a measurement and its ratio; False if it misses its target."""
    target = LABELLED_TARGET if found.platform == "labelled" else TARGET
    ratio = found.ours / reference
    met = ratio <= target if found.units >= LEAST_UNITS else None
    say(
        source=found.key, platform=found.platform, pages=found.pages, listings=found.listings,
        kilobytes=found.kilobytes, feed=found.is_feed, ms_per_20kb=round(found.ours, 2), bare_ms=round(reference, 2),
        ratio=round(ratio, 2),
        target=target, met=met, peak_mb=round(found.peak),
    )  # fmt: skip
    return met is not False


MEMORY_TOML = """
key = "bench"
name = "Many pages"
kind = "provider"
platform = "hbz"
homepage = "http://bench.localhost"
start = {start}
provider = "Bildungshaus am Kanal"
ref = "number in the address"

[scope]
region = "Emscher-Lippe"
counts = "all"

[politeness]
max_pages = 1000000
"""


def many(path: str) -> tuple[str, bytes]:
    """List pages of fifty links, and course pages of 20 kB."""
    kind, _, number = path.rpartition("-")
    if kind.endswith("/liste"):
        first = int(number) * LIST_LENGTH
        links = "".join(f"<a href='/de/weiterbildung/kurs-{n}'>Kurs</a>" for n in range(first, first + LIST_LENGTH))
        return "text/html; charset=utf-8", f"<!DOCTYPE html><html><body>{links}</body></html>".encode()
    course = (
        f"<!DOCTYPE html><html><body><h1>Kurs {number}</h1><ul class='course-detail__fee-list'>"
        "<li class='course-detail__fee-list-item'><span class='course-detail__fee-label'>Kursgebühr</span>"
        "<span class='course-detail__fee-value'>100,00 €</span></li></ul></body></html>"
    )
    return "text/html; charset=utf-8", lengthened(course.encode())


def memory(pages: int) -> bool:
    """Compare the peaks of a harvest and of one of a tenth of its pages."""
    peaks: dict[int, float] = {}
    for count in (pages // 10, pages):
        with TemporaryDirectory() as name, serving(many_pages) as proxy:
            folder = Path(name)
            lists = [f"/de/weiterbildung/liste-{n}" for n in range(count // (LIST_LENGTH + 1))]
            file = folder / "bench.toml"
            file.write_text(MEMORY_TOML.format(start=json.dumps(lists)), encoding="utf-8")
            cost, statistics = ours(file, "bench", proxy, folder)
        peaks[count] = cost.peak
        say(
            memory="hbz", pages=statistics["pages"], listings=statistics["listings"], peak_mb=round(cost.peak, 1),
            seconds=round(cost.seconds, 1), ms_per_page=round(1000 * cost.seconds / max(1, statistics["pages"]), 2),
        )  # fmt: skip
    ratio = peaks[pages] / peaks[pages // 10]
    say(memory="ratio", ratio=round(ratio, 3), target=MEMORY_TARGET, met=ratio <= MEMORY_TARGET)
    return ratio <= MEMORY_TARGET


def many_pages(url: str) -> tuple[str, bytes] | None:
    """The same, without a robots.txt."""
    return None if url.endswith("/robots.txt") else many(url)


def say(**record: Any) -> None:
    """One line for machines, and readable enough for people."""
    print(json.dumps(record, ensure_ascii=False), flush=True)


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--courses", type=int, default=600, help="of the stand-in")
    parser.add_argument("--sources", help="only these keys, separated by commas")
    parser.add_argument("--memory", action="store_true", help="measure memory instead")
    parser.add_argument("--pages", type=int, default=50_000, help="of the memory measurement")
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--proxy", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.bare:
        crawl_bare(json.loads(args.bare.read_text(encoding="utf-8")), args.proxy)
        return 0
    if args.memory:
        return 0 if memory(args.pages) else 1
    done: list[Measured] = []
    met = True
    for key in args.sources.split(",") if args.sources else KEYS:
        try:
            done.append(measure(key, args.courses))
        except RuntimeError as error:
            say(source=key, skipped=str(error)[:300])
            met = False
    reference = median([found.bare for found in done if not found.is_feed] or [math.nan])
    told = [judge(found, reference) for found in done]
    return 0 if all(told) and met else 1


if __name__ == "__main__":
    sys.exit(main())
