"""The deployment: Prefect starts a live night at 01:30 in Berlin, one at a time.

01:30 exists exactly once in every night of the year; 02:30 is skipped in March and comes twice in October.
"""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.home import Refused
from flows.settings import prefect_api_url, server_environment, use_prefect_server
from spiders.harvest import end_group

CRON, TIMEZONE, NAME = "30 1 * * *", "Europe/Berlin", "live"
START_LIMIT = 180.0  # seconds that a Prefect server may take to answer


def serve_nightly(home: Path) -> None:
    """Register the deployment and run what it schedules, until ended.

    Uses the server that PREFECT_API_URL names, else starts one of its own: the ephemeral server of a single night
    has no scheduler.
    """
    if prefect_api_url() is not None:
        _serve(home)
        return
    with prefect_server(free_port(), home / "prefect-server.log") as url:
        use_prefect_server(url)
        _serve(home)


def _serve(home: Path) -> None:
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import EntrypointType  # type: ignore[attr-defined]
    from prefect.schedules import Cron

    from flows.nightly import nightly

    nightly.serve(
        name=NAME,
        paused=False,
        schedule=Cron(CRON, timezone=TIMEZONE),
        parameters={"request": {"profile": "live", "home": str(home)}},
        global_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        limit=1,
        entrypoint_type=EntrypointType.MODULE_PATH,
        print_starting_message=False,
    )


@contextmanager
def prefect_server(port: int, log: Path) -> Iterator[str]:
    """A Prefect server on this machine; gives the address of its API. Raises Refused if it does not come up."""
    url = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("ab") as output:
        server = subprocess.Popen(  # noqa: S603 - the command is our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=server_environment(url),
            start_new_session=True,
        )
    try:
        _wait_for(f"{url}/health", server, log)
        yield url
    finally:
        end_group(server, 10.0)


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise Refused(f"the Prefect server ended with exit status {server.returncode}; see {log}")
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - an address on this machine
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Refused(f"the Prefect server did not answer within {START_LIMIT:.0f} seconds; see {log}")


def free_port() -> int:
    """A port on this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
