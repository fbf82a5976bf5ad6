"""Erase what was taken down from the files of a home, so that neither a replay nor a rebuild can bring it back.

Of a single offer go its lines in the harvests, every kept response that mentions it, and the answers on the tapes that
these were; of a whole source everything but the empty files that a rebuild expects. Rather too much goes than too
little: what is gone too much is fetched again.
"""

import html
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows.home import Home, write_atomically
from flows.quarantine import UNREAD
from flows.report import read_report, render
from flows.terms import TakenDown, source_of
from spiders.kept import INDEX, Bodies, Index, KeptError
from spiders.tape import SUFFIX, TapeError, read_lines

LISTINGS = (".jsonl", ".partial.jsonl")  # of a harvest, beside its offers
OFFERS = ".offers.jsonl"
SHORTEST = 5  # characters; what is shorter is found everywhere
ERASED = "(gelöscht)"
_PACKED = (b"PK", b"\x1f\x8b")  # a workbook or archive that nobody can look into


def erase(home: Home, banned: TakenDown, nights: Iterable[Path] | None = None) -> int:
    """Erase from these nights' folders (default: all) and from the kept responses; returns the listings erased."""
    folders = sorted((home.root / "harvest").glob("*/")) if nights is None else list(nights)
    for source in banned.sources:
        shutil.rmtree(home.http / source, ignore_errors=True)
    erased = sum(_empty(folder, source) for folder in folders for source in banned.sources)
    for source in {source_of(offer_id) for offer_id in banned.offers} - banned.sources:
        found = [listing for folder in folders for listing in _cut(folder, source, banned.covers)]
        if found:
            erased += len(found)
            _drop_responses(home, source, folders, list(found))
    return erased


def erase_from_reports(home: Home, banned: TakenDown) -> None:
    """Take the examples of what could not be read out of the reports; a report nobody can read goes as a whole."""
    for path in sorted(home.reports.glob("*.json")):
        try:
            report = read_report(home.reports, path.stem)
        except ValueError:
            path.unlink()
            path.with_suffix(".html").unlink(missing_ok=True)
            continue
        if report is None:
            continue
        issues = tuple(
            issue.model_copy(update={"example": ERASED}) if _tells_of(banned, issue.offer_id) else issue
            for issue in report.issues
        )
        pages = tuple(
            page.model_copy(update={"notes": tuple(note.model_copy(update={"example": ERASED}) for note in page.notes)})
            if banned.touches(page.source)
            else page
            for page in report.sources
        )
        clean = report.model_copy(update={"issues": issues, "sources": pages})
        if clean != report:
            write_atomically(path.with_suffix(".html"), render(clean))
            write_atomically(path, clean.model_dump_json(indent=1) + "\n")


def _tells_of(banned: TakenDown, named: str) -> bool:
    """An issue names an offer, or a line of a source ("slv, Zeile 3") that became none."""
    return banned.covers(named) or banned.touches(named.partition(",")[0])


def _empty(folder: Path, source: str) -> int:
    """Leave empty files of a source in one night; returns how many listings there were."""
    count = 0
    for path in folder.glob(f"{source}.*"):
        if path.name == f"{source}.jsonl":
            count = path.read_bytes().count(b"\n")
        if path.name in (f"{source}.jsonl", f"{source}{OFFERS}"):
            path.write_bytes(b"")
        else:
            path.unlink()
    return count


def _cut(folder: Path, source: str, covered: Callable[[str], bool]) -> Iterator[dict[str, Any]]:
    """Cut the lines of taken down offers out of the files of a source in one night; yields the listings among them."""
    found: list[dict[str, Any]] = []
    for suffix in LISTINGS:
        found += _without(folder / f"{source}{suffix}", lambda line: covered(f"{source}:{line.get('ref')}"))
    offers = _without(folder / f"{source}{OFFERS}", lambda line: covered(str(line.get("offer_id"))))
    if found or offers:
        for suffix in (".log", UNREAD):
            (folder / f"{source}{suffix}").unlink(missing_ok=True)
        _silence(folder / f"{source}.stats.json")
    yield from found


def _without(path: Path, doomed: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Write a file of JSON lines again without some; a line that is no object stays. Returns the lines cut."""
    if not path.exists():
        return []
    cut: list[dict[str, Any]] = []
    beside = path.with_name(f".{path.name}.part")
    with path.open("rb") as lines, beside.open("wb") as kept:
        for line in lines:
            record = _record(line)
            if record is not None and doomed(record):
                cut.append(record)
            else:
                kept.write(line)
    if cut:
        beside.replace(path)
    else:
        beside.unlink()
    return cut


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _silence(statistics: Path) -> None:
    """Errors of a harvest may quote what it read."""
    if statistics.exists() and (told := _record(statistics.read_bytes())) is not None:
        write_atomically(statistics, json.dumps(told | {"errors": []}, ensure_ascii=False, indent=2) + "\n")


def _drop_responses(home: Home, source: str, folders: Iterable[Path], listings: list[dict[str, Any]]) -> None:
    """Drop the kept responses that mention one of the listings, and their places in the tapes and in the index."""
    tapes = [tape for folder in folders if (tape := folder / f"{source}{SUFFIX}").exists()]
    bodies = Bodies(home.http / source)
    pages = {listing["url"] for listing in listings if listing.get("url")}
    doomed = {name for tape in tapes for name in _answers(tape, pages)}
    words = {word for listing in listings for word in _words(listing)}
    for path in bodies.folder.glob("??/*.gz"):
        name = path.name.removesuffix(".gz")
        if name in doomed or _mentions(bodies, name, words):
            doomed.add(name)
            bodies.drop(name)
    for tape in tapes:
        _without(tape, lambda entry: entry.get("body") in doomed or bool(pages & {entry.get("url")}))
    if (bodies.folder / INDEX).exists():
        index = Index(bodies.folder)
        index.prune(bodies)
        index.close()


def _answers(tape: Path, pages: set[str]) -> Iterator[str]:
    """The bodies that these addresses answered with."""
    try:
        for _, entry in read_lines(tape):
            if entry.get("body") and pages & {entry.get("url"), entry.get("final_url")}:
                yield entry["body"]
    except TapeError:
        tape.unlink()  # nobody can read it again, nor tell what is in it


def _words(listing: dict[str, Any]) -> Iterator[str]:
    """By what a response is known to speak of a listing: its title, ref, address, the begin of its text."""
    address = urlsplit(listing.get("url") or "")
    place = f"{address.path}?{address.query}" if address.query else address.path
    said = (listing.get("title"), listing.get("ref"), place, (listing.get("description") or "")[:60])
    for text in said:
        if text and len(text.strip()) >= SHORTEST:
            yield _plain(text)


def _mentions(bodies: Bodies, name: str, words: set[str]) -> bool:
    try:
        body = bodies.read(name)
    except KeptError:
        return True  # damaged: it serves nobody
    if body.startswith(_PACKED):
        return True
    texts = [_plain(body.decode(charset, "replace")) for charset in ("utf-8", "latin-1")]
    texts.append(_plain(_unescaped(body.decode("utf-8", "replace"))))
    return any(word in text for text in texts for word in words)


def _unescaped(text: str) -> str:
    """The text of a JSON body whose writer escaped more than it had to."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    return text.replace("\\/", "/").replace('\\"', '"')


def _plain(text: str) -> str:
    """Without markup and entities, and with single spaces, so that a text is found however it was written."""
    return " ".join(re.sub(r"<[^<>]*>", " ", html.unescape(text)).split())
