"""A client that speaks to the stand-in as the spiders do: through the proxy."""

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin, urlsplit

from parsel import Selector

from spiders.standin import StandIn

SEASON = date(2026, 7, 1)
API = "http://mein-now.localhost/now-prod/suche/pc/v1/bildungsangebot?page={page}&size=20"


@dataclass(frozen=True)
class Answer:
    url: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(self.headers["content-type"].partition("charset=")[2])

    @property
    def page(self) -> Selector:
        return Selector(self.text)

    def address(self, href: str) -> str:
        return urljoin(self.url, href)


Get = Callable[..., Answer]


def client(site: StandIn) -> Get:
    proxy = urlsplit(site.proxy_url)

    def get(url: str, timeout: float = 10, **headers: str) -> Answer:
        connection = http.client.HTTPConnection(proxy.hostname or "", proxy.port, timeout=timeout)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", url.replace(" ", "%20"), headers={"Host": urlsplit(url).netloc, **sent})
            reply = connection.getresponse()
            body = reply.read()
            return Answer(url, reply.status, {name.lower(): value for name, value in reply.getheaders()}, body)
        finally:
            connection.close()

    return get
