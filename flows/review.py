"""The stewards' desk of a home, served until somebody stops it."""

import gc
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from dedupe.desk.accounts import Accounts, first_password
from dedupe.desk.app import create_app
from dedupe.desk.config import DeskConfig
from dedupe.desk.snapshot import NoSnapshotError
from flows.desk_actions import desk_actions
from flows.home import Home, Refused, WrongUsage
from flows.publisher import Publisher
from flows.terms import rights_of

DEMO = "demo"


def desk_config(home: Home, root_path: str = "") -> DeskConfig:
    """How the desk of a home is set up."""
    return DeskConfig(
        folder=home.desk,
        root_path=root_path,
        model=home.root / "model.json",
        permitted=rights_of(home).permitted,
        profile=home.profile,
    )


def serve_desk(
    home: Home, *, host: str, port: int, root_path: str, trusted: str | None, demo: bool, say: Callable[[str], None]
) -> None:
    """Serve the desk until Ctrl-C. `trusted`: the address of a proxy whose word on scheme and client counts.

    Raises Refused where nobody could sign in, WrongUsage for a demo of real data.
    """
    config = desk_config(home, root_path)
    accounts = Accounts(config.accounts)
    login = _demo_login(home, accounts) if demo else None
    if not accounts.all():
        raise Refused("Niemand kann sich anmelden. Ein Konto anlegen: bildungsraum user add NAME --role admin")
    publisher = Publisher(home)
    # The queue and the journal stay as long as we do: to look for garbage among them, now and ever again, is in vain.
    gc.disable()
    app = create_app(home.review / "current", home.journal, desk_actions(home, publisher), config)
    with suppress(NoSnapshotError):
        app.state.desk.snapshots.newest()
    gc.freeze()
    gc.enable()
    with listening(host, port) as listener:
        shown = "localhost" if host in LOOPBACK else host
        say(f"Der Prüftisch läuft: http://{shown}:{listener.getsockname()[1]}{root_path}/ (Ende mit Strg+C)")
        if login:
            say(f"Anmelden: {DEMO} / {login}")
        publisher.resume()
        server = uvicorn.Server(
            uvicorn.Config(
                app, log_level="warning", access_log=False, server_header=False,
                proxy_headers=trusted is not None, forwarded_allow_ips=trusted or "",
            )
        )  # fmt: skip
        try:
            with suppress(KeyboardInterrupt):
                server.run(sockets=[listener])
        finally:
            publisher.stop()


def listening(host: str, port: int) -> socket.socket:
    """A socket on this address; port 0 takes a free one. Raises Refused where it is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio turns Nagle's algorithm off only then: it would hold answers back for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise Refused(f"Auf {host}, Port {port} lässt sich nicht lauschen: {error.strerror}. Anders: --port") from error
    return listener


LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _demo_login(home: Home, accounts: Accounts) -> str:
    """The password of the account `demo`, new at each start; only where nothing is real."""
    if home.profile != "standin":
        raise WrongUsage("--demo is for the stand-in data: make a real account with `bildungsraum user add`")
    password = first_password()
    if DEMO in accounts.all():
        accounts.change(DEMO, password)
    else:
        accounts.add(DEMO, "admin", password)
    return password
