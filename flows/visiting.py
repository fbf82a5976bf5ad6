"""A short, polite visit to one site, without Scrapy: robots.txt first, one request after the other, a few in all.

For `probe` and `sources check`, which look at a page or five. The rules are those of a harvest (spiders/gatekeeper.py,
spiders/settings.py): who we are is in every request, nothing is fetched that robots.txt forbids, from another host, or
from an address that is not public (this machine's own names excepted). Reasons are German sentences for people.
"""

import socket
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx
from protego import Protego
from w3lib.url import safe_url_string

from spiders.gatekeeper import is_public
from spiders.page import UnreadableError, gunzip
from spiders.settings import LEAST_DELAY, NAME, all_loopback, is_loopback, user_agent

SECONDS = 60.0  # for one answer
LONGEST_DELAY = 60.0  # seconds; a robots.txt that wants more between two requests is asked for a person's visit
REDIRECTS = 3
_ROBOTS_SIZE = 500_000  # bytes of rules, as RFC 9309 wants at least


class NotVisited(Exception):  # noqa: N818 - reads as what happened
    """A page that could not or must not be fetched; the message says why."""


@dataclass(frozen=True)
class Answer:
    """A fetched page: the address it came from in the end, its bytes and what the server calls them."""

    url: str
    body: bytes
    content_type: str | None


class Visitor:
    """Fetches from the given hosts, at most `most` requests (robots.txt and redirects included).

    `contact` None is allowed only where all hosts are this machine.
    """

    def __init__(self, hosts: Collection[str], *, contact: str | None, most: int, delay: float, max_size: int) -> None:
        if contact is None and not all_loopback(hosts):
            raise NotVisited("Ohne Kontaktadresse (BILDUNGSRAUM_CONTACT) wird keine fremde Seite abgerufen.")
        self.left = most
        self._hosts = frozenset(hosts)
        self._delay = 0.0 if all_loopback(hosts) else max(delay, LEAST_DELAY)
        self._max_size = max_size
        self._robots: dict[str, Protego] = {}
        self._last: float | None = None
        headers = {"User-Agent": user_agent(contact or "no contact stated"), "Accept-Encoding": "gzip"}
        self._client = httpx.Client(headers=headers, timeout=SECONDS / 2, trust_env=False)

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Fetch a page, after the rules of its host. Raises NotVisited."""
        url = safe_url_string(url)
        for _ in range(REDIRECTS + 1):
            self._check(url)
            rules = self._rules(url)
            if not rules.can_fetch(url, NAME):
                raise NotVisited(f"Die robots.txt verbietet den Abruf von {url}.")
            status, target, answer = self._ask(url, self._max_size, headers or {})
            if target is None:
                if status != 200:
                    raise NotVisited(f"{url} antwortet mit HTTP {status}.")
                return answer
            url = target
        raise NotVisited(f"Zu viele Weiterleitungen: {url}")

    def _rules(self, url: str) -> Protego:
        """The rules of a host: 4xx means that there are none, anything else but 200 that nothing may be fetched."""
        parts = urlsplit(url)
        if parts.netloc in self._robots:
            return self._robots[parts.netloc]
        address: str | None = f"{parts.scheme}://{parts.netloc}/robots.txt"
        for _ in range(REDIRECTS + 1):
            self._check(address or "")
            status, target, answer = self._ask(address or "", _ROBOTS_SIZE, {})
            address = target
            if target is None:
                break
        if target is not None or (status != 200 and not 400 <= status < 500):
            raise NotVisited(f"Die robots.txt von {parts.netloc} war nicht zu haben (HTTP {status}): kein Abruf.")
        rules = Protego.parse(answer.body.decode("utf-8", "replace") if status == 200 else "")
        wanted = rules.crawl_delay(NAME) or 0.0
        if wanted > LONGEST_DELAY:
            raise NotVisited(f"Die robots.txt verlangt {wanted:.0f} Sekunden zwischen zwei Abrufen.")
        self._delay = max(self._delay, wanted)
        self._robots[parts.netloc] = rules
        return rules

    def _check(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise NotVisited(f"{url!r} ist keine Adresse: {error}") from error
        if parts.scheme not in ("http", "https") or not host or parts.username is not None:
            raise NotVisited(f"{url!r} ist keine Adresse einer Seite.")
        if host not in self._hosts:
            raise NotVisited(f"Die Seite leitet auf einen anderen Rechner weiter: {url}")

    def _ask(self, url: str, max_size: int, headers: Mapping[str, str]) -> tuple[int, str | None, Answer]:
        """One request: status, where it redirects to, and the answer."""
        if self.left < 1:
            raise NotVisited("Mehr Abrufe sind bei diesem Besuch nicht erlaubt.")
        self._wait()
        self.left -= 1
        parts = urlsplit(url)
        host = parts.hostname or ""
        there = httpx.URL(url).copy_with(host=_address(host, parts.port or (443 if parts.scheme == "https" else 80)))
        # the connection is made to the very address that was checked; the name goes into header and certificate check
        own = {"Host": parts.netloc, **headers}
        try:
            with self._client.stream("GET", there, headers=own, extensions={"sni_hostname": host}) as response:
                target = response.headers.get("Location") if response.is_redirect else None
                body = b"" if target else _body(response, max_size)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            raise NotVisited(f"{url} war nicht zu erreichen: {type(error).__name__}: {error}") from error
        finally:
            self._last = time.monotonic()
        answer = Answer(url, body, response.headers.get("Content-Type"))
        return response.status_code, urljoin(url, safe_url_string(target)) if target else None, answer

    def _wait(self) -> None:
        if self._last is not None:
            time.sleep(max(0.0, self._last + self._delay - time.monotonic()))


def _address(host: str, port: int) -> str:
    """The address behind a name: this machine for its own names, else a public one. Raises NotVisited."""
    if is_loopback(host):
        return host if host[:1].isdigit() or ":" in host else "127.0.0.1"
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise NotVisited(f"{host} ist im Netz nicht bekannt: {error}") from error
    if hidden := [address for address in found if not is_public(address)]:
        raise NotVisited(f"{host} führt zu einer Adresse, die nicht öffentlich ist: {hidden[0]}")
    return found[0]


def _body(response: httpx.Response, max_size: int) -> bytes:
    """The unpacked bytes of an answer, within size and time. Raises NotVisited."""
    packed, began = bytearray(), time.monotonic()
    for chunk in response.iter_raw():
        packed += chunk
        if len(packed) > max_size:
            raise NotVisited(f"Die Antwort ist größer als {max_size} Bytes.")
        if time.monotonic() - began > SECONDS:
            raise NotVisited(f"Die Antwort war nach {SECONDS:.0f} Sekunden noch nicht da.")
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    try:
        if encoding in ("gzip", "x-gzip"):
            return gunzip(bytes(packed), max_size)
    except UnreadableError as error:
        raise NotVisited(f"Die Antwort ist nicht zu entpacken: {error}") from error
    if encoding != "identity":
        raise NotVisited(f"Die Antwort ist auf unbekannte Weise gepackt: {encoding!r}.")
    return bytes(packed)
