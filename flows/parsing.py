"""Saved pages to listings, for the command `parse`: no network, and nothing that is slow to load."""

import sys
from collections.abc import Sequence
from pathlib import Path

from flows.home import Refused, WrongUsage
from spiders.parse import UnreadableError, parse_files
from spiders.source import PLATFORMS, Source, SourceError, bare_source, load_source


def print_listings(files: Sequence[Path], *, source: str | None, platform: str | None, url: str | None) -> bool:
    """Print the listings that saved pages give; a file that cannot be read is named on stderr, the result is False."""
    origin = _origin(source, platform)
    readable = [file for file in files if _can_read(origin, file, url)]
    for listing in parse_files(origin, readable, url):
        sys.stdout.write(listing.model_dump_json() + "\n")
    return len(readable) == len(files)


def _origin(source: str | None, platform: str | None) -> Source:
    """The source of saved pages. Raises WrongUsage for an unknown name, Refused for a broken source file."""
    from flows.settings import Settings

    if source is None:
        if platform not in PLATFORMS:
            raise WrongUsage(f"unknown platform {platform!r}; known are {', '.join(PLATFORMS)}")
        return bare_source(platform)
    known = {path.stem: path for path in sorted(Settings().sources.glob("**/*.toml"))}
    if source not in known:
        raise WrongUsage(f"unknown source {source!r}; known are {', '.join(known)}")
    try:
        return load_source(known[source])
    except SourceError as error:
        raise Refused(str(error)) from error


def _can_read(origin: Source, file: Path, url: str | None) -> bool:
    """Whether a file is what its platform expects. All are read twice: a listing may be spread over several files."""
    try:
        for _ in parse_files(origin, [file], url):
            pass
    except (UnreadableError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return False
    return True
