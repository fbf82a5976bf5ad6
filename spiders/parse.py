"""Saved pages and payloads to listings, without a network: the same platforms, and no Scrapy in sight."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from normalize.model import Listing
from spiders.listing import ListingDict
from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.platforms import platform
from spiders.source import Source, bare_source
from spiders.spool import Spool

__all__ = ["UnreadableError", "bare_source", "parse_files", "parse_pages"]


Refuse = Callable[[UnreadableError | OSError], None]


def parse_files(
    source: Source, files: Iterable[Path], url: str | None = None, refuse: Refuse | None = None
) -> Iterator[Listing]:
    """The listings of saved files, as if fetched from `url`; see `parse_pages`. `fetched_at` is a file's last change.

    What a list says of courses whose own page is not among the files is kept.
    """
    pages = [Page(url or path.resolve().as_uri(), path=path) for path in files]
    for record in parse_pages(source, pages, refuse):
        yield Listing.model_validate(record)


def parse_pages(source: Source, pages: Iterable[Page], refuse: Refuse | None = None) -> Iterator[ListingDict]:
    """The listings of pages, merged by ref; rows without a ref are left out, as a harvest would drop them.

    Rows wait on the disk until all pages are read, so that a catalogue of any size fits into memory. A page that is
    not what its platform expects raises UnreadableError naming it, or OSError; with `refuse` it is handed there, none
    of its rows counts, and the others are read.
    """
    with TemporaryDirectory(prefix="bildungsraum-") as folder:
        rows, listed = Spool(Path(folder) / "rows"), Spool(Path(folder) / "listed")
        for page in pages:
            ends = rows.end, listed.end
            try:
                _read(page, source, rows, listed)
            except (UnreadableError, OSError) as error:
                if refuse is None:
                    raise
                refuse(error)
                rows.cut(ends[0])
                listed.cut(ends[1])
        yield from (record for record, _ in rows.merged())
        yield from (record for record, _ in listed.merged() if record["ref"] not in rows)


def _read(page: Page, source: Source, rows: Spool, listed: Spool) -> None:
    """What one page says of its own courses and of those it only lists."""
    written = _written(page.path)
    try:
        for found in platform(source.platform).read(page, source):
            if isinstance(found, Follow):
                if found.fallback:
                    _keep(listed, _identified(found.fallback, source, written))
            elif not isinstance(found, Note | Total):
                _keep(rows, _identified(found, source, written))
    except UnreadableError as error:
        raise UnreadableError(f"{page.path or page.url}: {error}") from error


def _keep(spool: Spool, record: ListingDict) -> None:
    if record["ref"] is not None:
        spool.add(record)


def _identified(record: ListingDict, source: Source, fetched_at: str | None) -> ListingDict:
    provider = record.get("provider") or source.provider
    return {"source": source.key, **record, "fetched_at": fetched_at, "provider": provider}


def _written(path: Path | None) -> str | None:
    if path is None:
        return None
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
