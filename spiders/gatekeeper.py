"""Where a harvest may go: the hosts of its source, at public addresses, as far as robots.txt allows."""

import ipaddress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.resolver import CachingThreadedResolver
from scrapy.robotstxt import RobotParser
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from spiders.middlewares import Middleware

if TYPE_CHECKING:
    from spiders.crawl import SourceSpider


def is_public(address: str) -> bool:
    """Whether an IP address is of the public internet: not private, loopback, link-local, shared, or reserved."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or found
    return bool(mapped.is_global and not mapped.is_multicast)


class OnSite(Middleware):
    """Refuses every request, redirected ones too, to a host that is not the source's, or to a file it was not given."""

    def process_request(self, request: Request) -> None:
        """Raises IgnoreRequest for a foreign host, another scheme, or a file that is not the source's own."""
        parts = urlsplit(request.url)
        if self.spider.files:
            if request.url not in self.spider.files:
                raise IgnoreRequest(f"is no file of the source: {request.url}")
        elif parts.scheme not in ("http", "https") or parts.hostname not in self.spider.hosts:
            raise IgnoreRequest(f"leads off the site, to {parts.hostname or request.url}")


# Twisted reports every failure to resolve as an unknown name; here stands why.
REFUSED: dict[str, str] = {}


class PublicResolver(CachingThreadedResolver):
    """Resolves only to public addresses.

    The connection is made to the very address that was checked, so a name that changes its address between check and
    connection (DNS rebinding) gains nothing. The operator's own proxy may be anywhere.
    """

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        self._proxies = {urlsplit(url).hostname for url in getproxies().values()}

    def getHostByName(self, name: str, timeout: Any = ()) -> "Deferred[str]":  # noqa: N802 - Twisted's door
        """The address of a host; fails like an unknown name for one that is not public."""
        found = super().getHostByName(name, timeout)
        return found if name in self._proxies else found.addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        if is_public(address):
            return address
        REFUSED[name] = address
        raise DNSLookupError(f"{name} leads to {address}")


class PublicOnly(Middleware):
    """Refuses addresses that are not public: literal ones, those the resolver refused, and as a second line of defence
    whatever a connection was really made to. Sources on this machine itself are free of it."""

    def process_request(self, request: Request) -> None:
        """Raises IgnoreRequest for a literal address that is not public."""
        host = urlsplit(request.url).hostname or ""
        if self._is_guarded and _is_literal(host) and not is_public(host):
            raise _private(host, host)

    def process_response(self, request: Request, response: Response) -> Response:
        """Raises IgnoreRequest if the connection went to an address that is not public."""
        address = response.ip_address
        if self._is_guarded and address is not None and "proxy" not in request.meta and not is_public(str(address)):
            raise _private(urlsplit(request.url).hostname, str(address))
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002 - Scrapy's door
        """Raises IgnoreRequest with the reason, if the resolver refused the host."""
        host = urlsplit(request.url).hostname
        if self._is_guarded and host in REFUSED:
            raise _private(host, REFUSED[host])

    @property
    def _is_guarded(self) -> bool:
        return not self.spider.is_local


class Robots(RobotsTxtMiddleware):
    """Obeys robots.txt as RFC 9309 says: 4xx means that there is none (2.3.1.3), anything else but 200 that nothing may
    be fetched tonight (2.3.1.4). What was found goes to the tape and into the statistics."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._lost: dict[str, str] = {}  # netloc -> why its robots.txt could not be had

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raises IgnoreRequest for what is forbidden, and for everything while robots.txt cannot be had."""
        reason = self._lost.get(urlsplit(request.url).netloc)
        if reason is not None:
            raise IgnoreRequest(f"robots.txt could not be had: {reason}")
        super().process_request_2(rp, request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        status = response.status
        if status != 200 and not 400 <= status < 500:
            self._lost[netloc] = f"HTTP {status}"
        self._spider.answered_robots(_robots_of(netloc), response, self._lost.get(netloc))
        rules = response.body if status == 200 else b""
        await super()._parse_robots(response.replace(body=rules), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._lost[netloc] = self._spider.reason(exc)
        self._spider.lost_robots(_robots_of(netloc), self._lost[netloc])
        super()._robots_error(exc, netloc)

    @property
    def _spider(self) -> "SourceSpider":
        return self.crawler.spider  # type: ignore[return-value]


def _robots_of(netloc: str) -> str:
    """The address of a host's rules; they are the same for http and https here."""
    return f"//{netloc}/robots.txt"


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _private(host: str | None, address: str) -> IgnoreRequest:
    return IgnoreRequest(f"leads to an address that is not public: {host} is {address}")
