"""Who may sign in: names, roles and argon2 hashes in one file, which only the command line writes."""

import json
import os
import re
import secrets
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

Role = Literal["steward", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
SHORTEST = 10  # characters of a password
LONGEST = 200

_hasher = PasswordHasher()


class AccountError(ValueError):
    """An account cannot be made or changed so; the message is German."""


@dataclass(frozen=True, slots=True)
class Account:
    """One person; `hash` is the argon2 hash of the password."""

    name: str
    role: Role
    hash: str


class Accounts:
    """The accounts of one file, read again when it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._known: dict[str, Account] = {}

    def all(self) -> dict[str, Account]:
        """All accounts by name."""
        with self._lock:
            try:
                stat = self._path.stat()
            except FileNotFoundError:
                return {}
            stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            if stamp != self._stamp:
                rows = json.loads(self._path.read_text(encoding="utf-8"))
                self._known = {name: Account(name, row["role"], row["hash"]) for name, row in rows.items()}
                self._stamp = stamp
            return self._known

    def check(self, name: str, password: str) -> Account | None:
        """The account if the password is right; an unknown name takes as long as a wrong password."""
        account = self.all().get(name)
        known = account.hash if account else _nobody()
        try:
            _hasher.verify(known, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return None
        return account

    def add(self, name: str, role: str, password: str) -> Account:
        """Make an account. Raises AccountError for a name that is taken or unfit, a role or a password that is none."""
        if not NAME.fullmatch(name):
            raise AccountError("Ein Name hat höchstens 40 Zeichen: kleine Buchstaben, Ziffern, Punkt, Strich.")
        if name in self.all():
            raise AccountError(f"{name} gibt es schon.")
        found = next((one for one in ROLES if one == role), None)
        if found is None:
            raise AccountError(f"Eine Rolle ist {' oder '.join(ROLES)}.")
        return self._put(Account(name, found, _hashed(password)))

    def change(self, name: str, password: str) -> Account:
        """Give an account another password; its sessions end. Raises AccountError for an unknown name."""
        account = self._known_one(name)
        return self._put(Account(account.name, account.role, _hashed(password)))

    def remove(self, name: str) -> None:
        """Take an account away; its sessions end, its decisions stay. Raises AccountError for an unknown name."""
        self._known_one(name)
        self._write({other: one for other, one in self.all().items() if other != name})

    def _known_one(self, name: str) -> Account:
        account = self.all().get(name)
        if account is None:
            raise AccountError(f"{name} gibt es nicht.")
        return account

    def _put(self, account: Account) -> Account:
        self._write({**self.all(), account.name: account})
        return account

    def _write(self, accounts: dict[str, Account]) -> None:
        rows = {name: {"role": one.role, "hash": one.hash} for name, one in sorted(accounts.items())}
        write_private(self._path, json.dumps(rows, indent=1) + "\n")


def first_password() -> str:
    """A password to begin with."""
    return secrets.token_urlsafe(12)


def signing_key(path: Path) -> str:
    """The secret that signs sessions; made at the first start, so that sessions survive restarts."""
    if not path.exists():
        write_private(path, secrets.token_hex(32))
    return path.read_text(encoding="utf-8").strip()


def write_private(path: Path, text: str) -> None:
    """Write beside and rename a file that its owner alone may read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _hashed(password: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountError(f"Ein Passwort hat {SHORTEST} bis {LONGEST} Zeichen.")
    return _hasher.hash(password)


@cache
def _nobody() -> str:
    """The hash of a password that nobody has."""
    return _hasher.hash(secrets.token_hex(16))
