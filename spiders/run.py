"""Harvest one source in this process: `python -m spiders.run --source FILE.toml --out DIR --http DIR ...`.

With `--replay TAPE` an earlier harvest is read again instead.

Exit status 0: the crawl came to its end with a catalogue; 1: it failed or was refused, and the statistics say why; 2:
wrong usage. The statistics file exists from the first moment, so that a killed process does not leave none.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spiders.kept import Bodies, Index
from spiders.output import Output, write_statistics
from spiders.reader import Reader
from spiders.replay import replay, replayed
from spiders.settings import TIMEOUT, all_loopback, settings_for
from spiders.source import Source, SourceError, load_source
from spiders.statistics import Statistics, now
from spiders.tape import SUFFIX, Header, Tape, TapeError, TapeWriter

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
        source = load_source(args.source)
        if args.replay:
            return reread(source, args.replay, out=args.out, http=args.http)
        source = _placed(source, args.base_url, args.root)
        header = Header(source.key, args.base_url, source.urls if source.is_file else None)
    except (SourceError, TapeError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return harvest(source, header, out=args.out, http=args.http, contact=args.contact, timeout=args.timeout)


def harvest(
    source: Source, header: Header, *, out: Path, http: Path, contact: str | None, timeout: float = TIMEOUT
) -> int:
    """Harvest a source into `out`, keeping responses below `http`; 0 if it came to its end, else 1."""

    def crawl(reader: Reader) -> tuple[str, tuple[str, str] | None]:
        refusal = refused(source, contact)
        if refusal:
            return "refused", refusal
        bodies, index = Bodies(http / source.key), Index(http / source.key)
        with TapeWriter(out / f"{source.key}{SUFFIX}", header) as tape:
            reason = _crawl(reader, tape, bodies, index, contact or NOBODY, timeout)
        index.prune(bodies)
        index.close()
        return reason, None

    return _into(source, out, crawl)


def reread(source: Source, path: Path, *, out: Path, http: Path) -> int:
    """Read a taped harvest of a source again into `out`, from the responses kept below `http`; 0 if it is good, else 1.

    Nothing leaves this machine, so no permission is asked for. Raises TapeError, or SourceError if the tape was made of
    another kind of source.
    """
    tape = Tape(path)
    source = replayed(source, tape.header)

    def play(reader: Reader) -> tuple[str, None]:
        with TapeWriter(out / f"{source.key}{SUFFIX}", tape.header) as written:
            replay(reader, tape, written, Bodies(http / source.key), out / f"{source.key}.files")
        return "finished", None

    try:
        return _into(source, out, play)
    finally:
        tape.close()


def _into(source: Source, out: Path, read: Callable[[Reader], tuple[str, tuple[str, str] | None]]) -> int:
    """Let `read` fill the files of a harvest; it returns its finish reason, and why it was refused."""
    statistics = Statistics(source.key, started_at=now())
    output = Output(out, source.key)
    unfinished = ("killed", "Der Prozess wurde beendet, bevor er seine Statistik schreiben konnte.")
    write_statistics(output.statistics, statistics.report("killed", unfinished))
    finish_reason, refusal = read(Reader(source, statistics, output))
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


def _crawl(reader: Reader, tape: TapeWriter, bodies: Bodies, index: Index, contact: str, timeout: float) -> str:
    """Run Scrapy to the end and return its finish reason."""
    from scrapy.crawler import CrawlerProcess  # here, so that a refusal and a replay need no reactor

    from spiders.crawl import SourceSpider

    process = CrawlerProcess(settings_for(reader.source, contact=contact, timeout=timeout))
    crawler = process.create_crawler(SourceSpider)
    process.crawl(crawler, reader=reader, tape=tape, bodies=bodies, index=index)
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
    parser.add_argument("--replay", type=Path, help="the tape of an earlier harvest: read it again, without network")
    parser.add_argument("--contact", help="e-mail or page that the User-Agent names; a real site needs it")
    parser.add_argument("--timeout", type=float, default=TIMEOUT, help="seconds for one response")
    parser.add_argument("--run-id", help="the night this belongs to; only shown in process lists")
    return parser


if __name__ == "__main__":
    sys.exit(main())
