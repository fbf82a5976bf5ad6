"""Harvest one source in this process: `python -m spiders.run --source FILE.toml --out DIR --http DIR ...`.

Exit status 0: the crawl came to its end with a catalogue; 1: it failed or was refused, and the statistics say why; 2:
wrong usage. The statistics file exists from the first moment, so that a killed process does not leave none.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spiders.output import Output, write_statistics
from spiders.settings import TIMEOUT, all_loopback, settings_for
from spiders.source import Source, SourceError, load_source
from spiders.statistics import Statistics, now

if TYPE_CHECKING:
    from scrapy.crawler import CrawlerProcess

NOBODY = "no contact stated"
GRACE = 2.0  # seconds for answers under way when the harvest is asked to end


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, harvest, and return the exit status."""
    args = _parser().parse_args(arguments)
    if args.proxy:
        os.environ.update(http_proxy=args.proxy, https_proxy=args.proxy, no_proxy="", NO_PROXY="")
    try:
        source = _placed(load_source(args.source), args.base_url, args.root)
    except SourceError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return harvest(source, out=args.out, http=args.http, contact=args.contact, timeout=args.timeout)


def harvest(source: Source, *, out: Path, http: Path, contact: str | None, timeout: float = TIMEOUT) -> int:
    """Harvest a source into `out`, keeping responses below `http`; 0 if it came to its end, else 1."""
    statistics = Statistics(source.key, started_at=now())
    output = Output(out, source.key)
    unfinished = ("killed", "Der Prozess wurde beendet, bevor er seine Statistik schreiben konnte.")
    write_statistics(output.statistics, statistics.report("killed", unfinished))
    refusal = refused(source, contact)
    finish_reason = "refused" if refusal else _crawl(source, statistics, output, http, contact or NOBODY, timeout)
    failure = refusal or statistics.failure(finish_reason)
    output.close(failed=failure is not None, statistics=statistics)
    write_statistics(output.statistics, statistics.report(finish_reason, failure))
    return 1 if failure else 0


def refused(source: Source, contact: str | None) -> tuple[str, str] | None:
    """Why this source may not be harvested at all: a real site needs a permission, and us to say who we are."""
    if source.is_file or all_loopback(source.hosts):
        return None
    if source.permission.crawl != "granted":
        return "permission", "Für diese Quelle liegt keine Erlaubnis zum Abruf vor."
    if not contact:
        return "contact", "Ohne Kontaktadresse im User-Agent wird keine fremde Seite abgerufen."
    return None


def _crawl(source: Source, statistics: Statistics, output: Output, http: Path, contact: str, timeout: float) -> str:
    """Run Scrapy to the end and return its finish reason."""
    from scrapy.crawler import CrawlerProcess  # here, so that a refusal needs no reactor

    from spiders.crawl import SourceSpider

    process = CrawlerProcess(settings_for(source, http=http / source.key, contact=contact, timeout=timeout))
    crawler = process.create_crawler(SourceSpider)
    process.crawl(crawler, source=source, statistics=statistics, output=output)
    asked = _stop_when_asked(process)
    process.start(install_signal_handlers=False)
    reason = crawler.stats.get_value("finish_reason") if crawler.stats else None
    return "shutdown" if asked else str(reason or "crashed")


def _stop_when_asked(process: "CrawlerProcess") -> list[int]:
    """On SIGTERM or SIGINT end the crawl, waiting for no slow answer longer than the grace; lists the signals seen.

    Scrapy's own handlers would wait for every answer under way, which may take as long as the time-out.
    """
    reactor = _reactor()
    asked: list[int] = []

    def stop() -> None:
        process.stop()
        reactor.callLater(GRACE, lambda: reactor.running and reactor.stop())

    def handler(number: int, _: object) -> None:
        if not asked:
            reactor.callFromThread(stop)
        asked.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)
    return asked


def _reactor() -> Any:
    """Twisted's event loop, whose type depends on which one Scrapy installed."""
    from twisted.internet import reactor

    return reactor


def _placed(source: Source, base_url: str | None, root: Path | None) -> Source:
    """The source where this run finds it: on another server, or its files below a folder."""
    if source.is_file:
        if root is None:
            raise SourceError(f"{source.key}: a file source needs --root")
        return source.below(root)
    return source.at(base_url) if base_url else source


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m spiders.run", description="Harvest one source.")
    parser.add_argument("--source", type=Path, required=True, help="its TOML file")
    parser.add_argument("--out", type=Path, required=True, help="folder for listings and statistics")
    parser.add_argument("--http", type=Path, required=True, help="folder for kept responses")
    parser.add_argument("--base-url", help="scheme and host of a stand-in, instead of the source's own")
    parser.add_argument("--proxy", help="forward proxy for all requests, e.g. http://127.0.0.1:8080")
    parser.add_argument("--root", type=Path, help="folder of a file source")
    parser.add_argument("--contact", help="e-mail or page that the User-Agent names; a real site needs it")
    parser.add_argument("--timeout", type=float, default=TIMEOUT, help="seconds for one response")
    parser.add_argument("--run-id", help="the night this belongs to; only shown in process lists")
    return parser


if __name__ == "__main__":
    sys.exit(main())
