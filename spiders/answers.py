"""Between the spider and the wire: conditional requests, and every answer kept before anybody reads it."""

from dataclasses import dataclass, replace

from scrapy.http import Request, Response
from scrapy.responsetypes import responsetypes

from spiders.kept import KeptError, Known
from spiders.middlewares import Middleware
from spiders.statistics import now

ANSWER = "answer"  # where a request's meta holds what came of it
_KNOWN = "known_answer"


@dataclass(frozen=True)
class Answer:
    """What came over the wire for a request: when, with which status, and the name of the kept body."""

    at: str
    status: int
    body: str | None = None


class KeepAnswers(Middleware):
    """Keeps the body of every good answer, and asks a site that gave validators only whether the page has changed.

    A kept body serves if the site itself says so tonight (304), never while it looks fresh and never because the site
    fails: a night that repeats old data would call them new. It stands inside of retries and outside of decompression,
    so bodies are kept as they are read.
    """

    def process_request(self, request: Request) -> None:
        """Add the validators of the newest answer, unless its body is lost or the page is bound to a session."""
        request.meta.pop(_KNOWN, None)
        if not _is_shared(request):
            return
        known = self.spider.index.get(request.url)
        if known is None or not self.spider.bodies.touch(known.body):
            return
        request.meta[_KNOWN] = known
        if known.etag:
            request.headers["If-None-Match"] = known.etag
        if known.modified:
            request.headers["If-Modified-Since"] = known.modified

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Keep what came; for a 304 put the kept body in its place."""
        known: Known | None = request.meta.pop(_KNOWN, None)
        answer = Answer(now(), response.status)
        if response.status == 304 and known is not None:
            try:
                response = self._unchanged(response, known)
            except KeptError:
                self.spider.bodies.drop(known.body)
                self.spider.index.forget(request.url)
                return _unconditional(request)
            answer = replace(answer, body=known.body)
        elif response.status == 200 and not request.url.startswith("file:"):
            answer = replace(answer, body=self.spider.bodies.keep(response.body))
            self._remember(request, response, answer)
        request.meta[ANSWER] = answer
        return response

    def _unchanged(self, response: Response, known: Known) -> Response:
        body = self.spider.bodies.read(known.body)
        if known.content_type is not None:
            response.headers["Content-Type"] = known.content_type
        made = responsetypes.from_args(headers=response.headers, url=response.url, body=body)
        return made(response.url, 200, response.headers, body, ip_address=response.ip_address)

    def _remember(self, request: Request, response: Response, answer: Answer) -> None:
        etag, modified = header(response, "ETag"), header(response, "Last-Modified")
        if answer.body and (etag or modified) and _is_shared(request):
            known = Known(answer.body, etag, modified, header(response, "Content-Type"))
            self.spider.index.put(request.url, known)


def header(response: Response, name: str) -> str | None:
    """A header of a response as text."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _is_shared(request: Request) -> bool:
    """Whether the address alone says what it shows; in a session of its own the same address shows something else."""
    return request.meta.get("cookiejar") is None and request.url.startswith(("http://", "https://"))


def _unconditional(request: Request) -> Request:
    again = request.replace(dont_filter=True)
    for name in ("If-None-Match", "If-Modified-Since"):
        again.headers.pop(name, None)
    return again
