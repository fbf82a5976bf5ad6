"""Serves the stand-in sites from one local port: as a forward proxy for `<source>.localhost`, and to browsers."""

import sys
import threading
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, unquote, urlsplit

from spiders.standin.catalogue import build_catalogue
from spiders.standin.faults import PATIENCE, Fault, FaultKind, is_later_page, shown, spoil
from spiders.standin.publish import Publication, publish, truth
from spiders.standin.sites.registry import SITES
from spiders.standin.sites.web import ROBOTS, ROBOTS_CLOSED, Reply, Request, Site, page

COOKIE = "kwsession"
HANG_SECONDS = 600  # how long a slow source keeps a connection


@dataclass(frozen=True, slots=True)
class Visit:
    """One request and the status it got (0: no answer), for tests of politeness."""

    host: str
    path: str
    status: int
    user_agent: str


class StandIn:
    """All stand-in sites of one night behind one port of 127.0.0.1; a context manager.

    A client that sends requests for `http://<source>.localhost/` through `proxy_url` sees the same addresses every
    night, whatever the port. A browser may open `url` instead. `set_fault` and `set_night` work while it runs.
    """

    def __init__(
        self,
        *,
        season: date,
        night: int = 1,
        seed: int = 1,
        courses: int = 400,
        faults: Mapping[str, Fault | FaultKind] | None = None,
        port: int = 0,
    ) -> None:
        self.catalogue = build_catalogue(seed, courses, season=season)
        self.visits: deque[Visit] = deque(maxlen=100_000)
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._faults: dict[str, Fault] = {}
        self._answered: Counter[str] = Counter()
        self._sites: dict[tuple[str, Fault | None], Site] = {}
        self.set_night(night)
        for source, fault in (faults or {}).items():
            self.set_fault(source, fault)
        self._server = _Server(("127.0.0.1", port), self)
        self._thread: threading.Thread | None = None

    # --- what it shows ---

    def set_night(self, night: int) -> None:
        """Show another night; sessions are forgotten."""
        published = publish(self.catalogue, night)
        with self._lock:
            self.night, self._published = night, published
            self._sites.clear()

    def set_fault(self, source: str, fault: Fault | FaultKind | None) -> None:
        """Break a source, or mend it with None; answers are counted from now on. KeyError for an unknown source."""
        if source not in self._published:
            raise KeyError(f"the stand-in has no source {source!r}; it has {', '.join(self._published)}")
        with self._lock:
            self._answered[source] = 0
            self._faults.pop(source, None)
            if fault is not None:
                self._faults[source] = fault if isinstance(fault, Fault) else Fault(fault)

    def truth(self) -> list[tuple[str, str]]:
        """Offer id and course key of every listing of the night (faults not counted)."""
        return truth(self.catalogue, self.night)

    def listings(self, source: str) -> tuple[Publication, ...]:
        """What a source publishes in this night when it is well."""
        return self._published[source]

    # --- where it is ---

    @property
    def url(self) -> str:
        """The index page for people; also the proxy's address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def proxy_url(self) -> str:
        """The address to send proxied requests to."""
        return self.url

    def base_url(self, source: str) -> str:
        """The homepage address of a source, the same every night."""
        if source not in self._published:
            raise KeyError(source)
        return f"http://{source}.localhost"

    def start(self) -> "StandIn":
        """Serve in a background thread."""
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def serve_forever(self) -> None:
        """Serve in this thread until interrupted."""
        self._server.serve_forever()

    def close(self) -> None:
        """Stop serving and let hanging answers go."""
        self.closing.set()
        if self._thread:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> "StandIn":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- answering ---

    def respond(self, request: Request) -> tuple[Reply, Fault | None]:
        """The answer to a request before its fault is applied, and the fault."""
        source = request.host.removesuffix(".localhost")
        if source not in self._published:
            return self._index(request), None
        with self._lock:
            fault = self._faults.get(source)
            if request.path == "/robots.txt":
                closed = fault is not None and fault.kind == "robots"
                return Reply((ROBOTS_CLOSED if closed else ROBOTS).encode(), "text/plain; charset=utf-8"), None
            number = self._answered[source] - (fault.after if fault else 0)
            self._answered[source] += 1
            if fault and (number < 0 or (fault.kind == "429" and number >= PATIENCE)):
                fault = None
            site = self._site(source, _catalogue_fault(fault, request))
        reply = site.answer(request) or Reply(b"<html><body><h1>Seite nicht gefunden</h1></body></html>", status=404)
        return reply, fault

    def _site(self, source: str, fault: Fault | None) -> Site:
        if (source, fault) not in self._sites:
            publications = shown(self._published[source], fault)
            self._sites[source, fault] = SITES[source](f"{source}.localhost", publications)
        return self._sites[source, fault]

    def _index(self, request: Request) -> Reply:
        if request.host not in ("127.0.0.1", "localhost"):
            return Reply(f"{request.host} is no stand-in site".encode(), "text/plain; charset=utf-8", 502)
        if request.path != "/":
            return Reply(b"not found", "text/plain; charset=utf-8", 404)
        port = self._server.server_port
        rows = []
        for source, publications in self._published.items():
            fault = self._faults.get(source)
            rows.append((source, f"http://{source}.localhost:{port}/", len(publications), fault and fault.kind))
        return page("index.html", night=self.night, courses=self.catalogue.courses, sites=rows)


def _catalogue_fault(fault: Fault | None, request: Request) -> Fault | None:
    """What of a fault concerns the catalogue and not the answer: half or all of it is gone."""
    if fault and fault.kind == "empty_page" and is_later_page(request.address):
        return Fault("empty")
    return fault if fault and fault.kind in ("half", "empty") else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], stand_in: StandIn) -> None:
        super().__init__(address, _Handler)
        self.stand_in = stand_in

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up, as one does on fifty megabytes, is no error of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Bildungsraum-StandIn"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # headers and body leave in one packet
    timeout = 60
    server: _Server

    def do_GET(self) -> None:
        """Answer as a proxy (`GET http://host/path`) or as an origin (`GET /path` and a Host header)."""
        stand_in = self.server.stand_in
        address = urlsplit(self.path if "://" in self.path else f"//{self.headers.get('Host', '')}{self.path}")
        request = Request(
            host=address.hostname or "",
            path=unquote(address.path) or "/",
            query=dict(parse_qsl(address.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            session=self._session(),
        )
        reply, fault = stand_in.respond(request)
        if fault and fault.kind == "slow":
            self._note(request, 0)
            stand_in.closing.wait(HANG_SECONDS)
            self.close_connection = True
            return
        wire = spoil(reply, fault, request.address)
        tag = f'"{blake2b(wire.reply.body, digest_size=12).hexdigest()}"'
        if wire.reply.status == 200 and request.headers.get("if-none-match") == tag:
            self._note(request, 304)
            self.send_response(304)
            self.send_header("ETag", tag)
            self.end_headers()
            return
        self._note(request, wire.reply.status)
        self.send_response(wire.reply.status)
        self.send_header("Content-Type", wire.reply.content_type)
        self.send_header("Content-Length", str(wire.promised))
        if wire.reply.status == 200:
            self.send_header("ETag", tag)
        for name, value in wire.reply.headers.items():
            self.send_header(name, value)
        if wire.reply.session and wire.reply.session != request.session:
            self.send_header("Set-Cookie", f"{COOKIE}={wire.reply.session}; Path=/; HttpOnly")
        self.close_connection = self.close_connection or wire.promised != len(wire.reply.body)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(wire.reply.body)

    do_HEAD = do_GET  # noqa: N815

    def _note(self, request: Request, status: int) -> None:
        agent = request.headers.get("user-agent", "")
        self.server.stand_in.visits.append(Visit(request.host, request.path, status, agent))

    def _session(self) -> str:
        try:
            cookie = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return ""
        return cookie.value if cookie else ""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the console quiet."""
