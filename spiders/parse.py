"""Saved pages and payloads to listings, without a network: the same platforms, and no Scrapy in sight."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from normalize.model import Listing
from spiders.listing import ListingDict
from spiders.merge import merged_by_ref
from spiders.page import Follow, Note, Page, Total, UnreadableError
from spiders.platforms import platform
from spiders.source import Source, bare_source

__all__ = ["UnreadableError", "bare_source", "parse_files", "parse_pages"]


def parse_files(source: Source, files: Iterable[Path], url: str | None = None) -> Iterator[Listing]:
    """The listings of saved files, as if fetched from `url`. Raises UnreadableError naming the file, or OSError.

    What a list says of courses whose own page is not among the files is kept. `fetched_at` is the file's last change.
    """
    pages = [Page(url or path.resolve().as_uri(), path=path) for path in files]
    for record in parse_pages(source, pages):
        yield Listing.model_validate(record)


def parse_pages(source: Source, pages: Iterable[Page]) -> Iterator[ListingDict]:
    """The listings of pages, merged by ref; rows without a ref are left out, as a harvest would drop them."""
    rows: list[ListingDict] = []
    only_listed: list[ListingDict] = []
    for page in pages:
        written = _written(page.path)
        try:
            for found in platform(source.platform).read(page, source):
                if isinstance(found, Follow):
                    only_listed += [_identified(found.fallback, source, written)] if found.fallback else []
                elif not isinstance(found, Note | Total):
                    rows.append(_identified(found, source, written))
        except UnreadableError as error:
            raise UnreadableError(f"{page.path or page.url}: {error}") from error
    known = {row["ref"] for row in rows}
    rows += [row for row in only_listed if row["ref"] not in known]
    for record, _ in merged_by_ref(row for row in rows if row["ref"] is not None):
        yield record


def _identified(record: ListingDict, source: Source, fetched_at: str | None) -> ListingDict:
    provider = record.get("provider") or source.provider
    return {"source": source.key, **record, "fetched_at": fetched_at, "provider": provider}


def _written(path: Path | None) -> str | None:
    if path is None:
        return None
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
