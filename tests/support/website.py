"""A small web server for tests of the harvest: routes that a test sets, and a record of what was asked."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


@dataclass
class Reply:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None  # length the header states, if not the true one; below 0: it states none
    hang: float = 0.0  # seconds before answering


@dataclass
class Visit:
    host: str
    path: str
    at: float
    headers: dict[str, str]


Route = Reply | bytes | Callable[[int], Reply]  # a function gets the number of the visit, from 0


@dataclass
class Site:
    """Answers as a forward proxy, so that any `*.localhost` name leads here."""

    url: str
    routes: dict[str, Route] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [visit.path for visit in self.visits if visit.path != "/robots.txt"]

    def answer(self, path: str) -> Reply:
        route = self.routes.get(path, Reply(b"nothing here", 404))
        if callable(route):
            return route(sum(visit.path == path for visit in self.visits) - 1)
        return Reply(route) if isinstance(route, bytes) else route


@contextmanager
def serving() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            path = unquote(parts.path) + (f"?{parts.query}" if parts.query else "")
            site.visits.append(Visit(parts.netloc, path, time.monotonic(), dict(self.headers)))
            reply = site.answer(path)
            closing.wait(reply.hang)
            tag = f'"{sha1(reply.body).hexdigest()}"'
            if reply.status == 200 and self.headers.get("If-None-Match") == tag:
                reply = Reply(status=304)
            self.send_response(reply.status)
            headers = {
                "Content-Type": "application/json"
                if reply.body.startswith((b"{", b"["))
                else "text/html; charset=utf-8"
            }
            for name, value in {**headers, "ETag": tag, **reply.headers}.items():
                self.send_header(name, value)
            length = len(reply.body) if reply.promised is None else reply.promised
            if length >= 0:
                self.send_header("Content-Length", str(length))
            with suppress(BrokenPipeError, ConnectionResetError):  # nobody waits for it any more
                self.end_headers()
                if reply.status != 304:
                    self.wfile.write(reply.body)
            if reply.promised is not None:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    closing = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        closing.set()
        server.shutdown()
        server.server_close()
