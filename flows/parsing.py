"""Saved pages to listings, for the command `parse`: no network, and nothing that is slow to load."""

import sys
from collections.abc import Sequence
from pathlib import Path

from flows.home import WrongUsage
from flows.sourcefiles import find_source
from spiders.parse import UnreadableError, parse_files
from spiders.source import PLATFORMS, Source, bare_source


def print_listings(files: Sequence[Path], *, source: str | None, platform: str | None, url: str | None) -> bool:
    """Print the listings that saved pages give; a file that cannot be read is named on stderr, the result is False."""
    refused: list[UnreadableError | OSError] = []
    for listing in parse_files(_origin(source, platform), files, url, refused.append):
        sys.stdout.write(listing.model_dump_json() + "\n")
    for error in refused:
        sys.stderr.write(f"{error}\n")
    return not refused


def _origin(source: str | None, platform: str | None) -> Source:
    """The source of saved pages. Raises WrongUsage for an unknown name, Refused for a broken source file."""
    from flows.settings import Settings

    if source is None:
        if platform not in PLATFORMS:
            raise WrongUsage(f"unknown platform {platform!r}; known are {', '.join(PLATFORMS)}")
        return bare_source(platform)
    return find_source(Settings().sources, source, "standin", "captures")
