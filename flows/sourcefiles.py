"""Which source file is meant: by profile, or by key. Nothing here is slow to load."""

from pathlib import Path

from flows.home import Profile, Refused, WrongUsage
from spiders.source import Source, SourceError, load_source, source_files


def files_of(profile: Profile, folder: Path) -> dict[str, Path]:
    """The source files of a profile by key; the stand-in plays real sources and some that exist there alone."""
    match profile:
        case "captures":
            return source_files(folder / "captures")
        case "standin":
            return source_files(folder, "standin")
    return source_files(folder)


def find_source(folder: Path, key: str, *below: str) -> Source:
    """The source of that key, also of the subfolders `below`.

    Raises WrongUsage if there is none, Refused if its file is broken.
    """
    known = source_files(folder, *below)
    if key not in known:
        raise WrongUsage(f"unknown source {key!r}; known are {', '.join(sorted(known))}")
    try:
        return load_source(known[key])
    except SourceError as error:
        raise Refused(str(error)) from error
