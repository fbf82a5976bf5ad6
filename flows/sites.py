"""The stand-in sites, as a night or a person needs them. The stand-in itself is only imported when it is asked for."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.chart import BERLIN
from flows.home import Refused, WrongUsage
from flows.request import NightRequest

if TYPE_CHECKING:
    from spiders.standin import StandIn
    from spiders.standin.faults import Fault


def standin_keys() -> frozenset[str]:
    """The sources that the stand-in plays."""
    from spiders.standin.publish import SOURCES

    return frozenset(SOURCES)


@contextmanager
def standin_proxy(request: NightRequest) -> Iterator[str]:
    """Serve the night that is asked for; gives the address of the proxy that answers for `<source>.localhost`."""
    with stand_in(request.night, request.courses, request.faults) as site:
        yield site.proxy_url


def serve_for_a_person(*, night: int, courses: int, port: int, faults: Iterable[str]) -> None:
    """Serve the sites for a browser until interrupted."""
    site = stand_in(night, courses, faults, port)
    sys.stderr.write(f"Nachgestellte Quellen: {site.url} (Ende mit Strg-C)\n")
    try:
        site.serve_forever()
    finally:
        site.close()


def stand_in(night: int, courses: int, faults: Iterable[str], port: int = 0) -> "StandIn":
    """The stand-in, not serving yet. Raises WrongUsage for an unknown fault, Refused for a port that is taken."""
    from spiders.standin import StandIn, season_of

    today = datetime.now(UTC).astimezone(BERLIN).date()
    try:
        return StandIn(season=season_of(today), night=night, courses=courses, faults=read_faults(faults), port=port)
    except OSError as error:
        raise Refused(f"port {port} cannot be used: {error.strerror}") from error


def read_faults(faults: Iterable[str]) -> dict[str, "Fault"]:
    """Faults by source key. Raises WrongUsage for a kind or source that does not exist."""
    from spiders.standin.faults import parse_fault

    try:
        found = dict(parse_fault(text) for text in faults)
    except ValueError as error:
        raise WrongUsage(str(error)) from error
    if unknown := found.keys() - standin_keys():
        raise WrongUsage(f"no stand-in source {', '.join(sorted(unknown))}; known: {', '.join(sorted(standin_keys()))}")
    return found
