"""One archive of what of a home cannot be recomputed: what people decided, who they are, and every id ever published.

Harvests, kept responses and review snapshots are left out: the next night makes them anew. An archive holds password
hashes and the key of the sessions, so only its owner may read it.
"""

import fcntl
import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from flows.home import Home, Refused, night_lock
from flows.request import new_run_id
from warehouse.connection import WarehouseError, locked

MANIFEST = "backup.json"  # the last member: what the others must be
FOLDER = "backups"  # in the home, unless another place is named
FILES = (
    "profile", "journal.jsonl", "identity.jsonl", "model.json", "terms.json", "desk/accounts.json", "desk/secret",
    "reports/latest.json", "exports/versions.json", "exports/unpinned", "warehouse.duckdb", "warehouse.duckdb.wal",
)  # fmt: skip
BLOCK = 1 << 20


def back_up(home: Home, folder: Path | None = None, now: datetime | None = None) -> Path:
    """Write the archive of a home and return its path. Raises Refused while a night runs or the warehouse is open."""
    made = now or datetime.now(UTC)
    target = (folder or home.root / FOLDER) / f"bildungsraum-{home.profile}-{new_run_id(made)}.tar.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with night_lock(home), locked(home.warehouse):
            _write(home, target, made)
    except WarehouseError as error:
        raise Refused(str(error)) from error
    return target


def check_backup(archive: Path) -> list[str]:
    """What is wrong with an archive, as German sentences; an empty list for a sound one."""
    found: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    try:
        with gzip.open(archive) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isfile() else None
                if file is None:
                    continue
                if member.name == MANIFEST:
                    manifest = json.loads(file.read())
                else:
                    found[member.name] = _digest(file)
            while packed.read(BLOCK):
                pass  # to the end, where gzip holds its own sum against everything
    except (OSError, tarfile.TarError, EOFError, ValueError, zlib.error) as error:
        return [f"{archive.name} lässt sich nicht lesen: {error}"]
    if manifest is None:
        return [f"{archive.name} ist nicht vollständig: {MANIFEST} fehlt."]
    told: dict[str, str] = manifest["files"]
    return [
        f"{name}: {'fehlt' if name not in found else 'ist nicht, was gesichert wurde'}"
        for name in sorted(told)
        if found.get(name) != told[name]
    ] + [f"{name}: gehört nicht dazu" for name in sorted(found.keys() - told.keys())]


def _write(home: Home, target: Path, made: datetime) -> None:
    descriptor, part = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # readable by its owner alone
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
                files = {name: _add(tar, home.root / name, name) for name in _names(home)}
                _add_link(tar, home)
                manifest = {"made_at": made.isoformat(), "profile": home.profile, "files": files}
                text = (json.dumps(manifest, indent=1) + "\n").encode()
                tar.addfile(_entry(MANIFEST, len(text), made.timestamp()), io.BytesIO(text))
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(target)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _names(home: Home) -> Iterator[str]:
    """The files of the archive by their places in the home: FILES, and the live version, on which the next is built."""
    yield from (name for name in FILES if (home.root / name).is_file())
    live = home.exports / "current"
    if live.is_symlink():
        version = live.resolve()
        yield from sorted(str(path.relative_to(home.root.resolve())) for path in version.rglob("*") if path.is_file())


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    """Add a file as long as it is now: a journal may grow meanwhile. Returns the SHA-256 of what was added."""
    with path.open("rb") as file:
        if name == "journal.jsonl":
            fcntl.flock(file, fcntl.LOCK_SH)  # no line is half written
        state = os.fstat(file.fileno())
        fcntl.flock(file, fcntl.LOCK_UN)
        reader = _Digesting(file)
        tar.addfile(_entry(name, state.st_size, state.st_mtime, state.st_mode), reader)
    return reader.digest.hexdigest()


def _add_link(tar: tarfile.TarFile, home: Home) -> None:
    live = home.exports / "current"
    if live.is_symlink():
        entry = tarfile.TarInfo("exports/current")
        entry.type, entry.linkname = tarfile.SYMTYPE, os.readlink(live)
        tar.addfile(entry)


def _entry(name: str, size: int, changed: float, mode: int = 0o600) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = size, int(changed), mode & 0o777
    return entry


class _Digesting(io.RawIOBase):
    """Passes a file on and digests what was read of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()
