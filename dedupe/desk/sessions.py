"""Who is signed in: a signed cookie that ends after a working day, or when the account's password changes."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from dedupe.desk.accounts import Account, Accounts, Role

COOKIE = "bildungsraum_desk"


@dataclass(frozen=True, slots=True)
class Session:
    """A browser: `user` is None until it signs in. `token` must come back with everything it sends."""

    token: str
    user: str | None = None
    role: Role | None = None


class Sessions:
    """Issues and reads the cookie."""

    def __init__(self, key: str, accounts: Accounts, lifetime: timedelta, now: Callable[[], datetime]) -> None:
        self._signer = URLSafeSerializer(key, salt="desk session")
        self._accounts = accounts
        self._lifetime = lifetime
        self._now = now

    def issue(self, account: Account | None = None) -> str:
        """The cookie of a new session, with a new token."""
        return self._signer.dumps(
            {
                "token": secrets.token_urlsafe(24),
                "until": (self._now() + self._lifetime).timestamp(),
                "user": account.name if account else None,
                "account": _state(account),
            }
        )

    def read(self, cookie: str | None) -> Session | None:
        """The session of a cookie, None if it is not ours, too old, or its account is no longer what it was."""
        try:
            told = self._signer.loads(cookie or "")
        except BadSignature:
            return None
        if told["until"] < self._now().timestamp():
            return None
        if told["user"] is None:
            return Session(told["token"])
        account = self._accounts.all().get(told["user"])
        if account is None or told["account"] != _state(account):
            return None
        return Session(told["token"], account.name, account.role)


def _state(account: Account | None) -> str | None:
    """Changes with the password and the role."""
    return hashlib.sha256(f"{account.role} {account.hash}".encode()).hexdigest()[:24] if account else None
