"""A page as a stream of bytes: a file is read piece by piece, gzip undone on the way."""

import gzip
import io
import zlib
from collections.abc import Iterator

from spiders.page import Page, UnreadableError

CHUNK = 1 << 16  # bytes
_GZIP = b"\x1f\x8b"


def chunks(page: Page) -> Iterator[bytes]:
    """The bytes of a page in pieces of at most 64 KiB. Raises UnreadableError for damaged gzip."""
    try:
        if page.content is not None or page.path is None:
            yield from _pieces(io.BytesIO(page.body))
            return
        with page.path.open("rb") as file:
            packed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            if packed:
                with gzip.open(file) as unpacked:
                    yield from _pieces(unpacked)
            else:
                yield from _pieces(file)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableError(f"the gzip file is damaged or cut: {error}") from error


def first_byte(page: Page) -> bytes:
    """The first byte that is neither blank nor part of a byte order mark; empty if there is none."""
    for piece in chunks(page):
        begin = piece.lstrip(b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n")
        if begin:
            return begin[:1]
    return b""


def _pieces(file: io.BufferedIOBase | gzip.GzipFile) -> Iterator[bytes]:
    while piece := file.read(CHUNK):
        yield piece
