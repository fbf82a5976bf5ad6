"""A Prefect server of our own for the tests that run whole nights: started once, a night then needs no cold start."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.deployment import free_port, prefect_server
from flows.settings import prefect_environment

ROOT = Path(__file__).parents[2]
Command = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running Prefect server."""
    folder = tmp_path_factory.mktemp("prefect")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in prefect_environment(folder).items():
            patch.setenv(name, value)
        with prefect_server(free_port(), folder / "server.log") as url:
            yield url


@pytest.fixture
def start(prefect_api: str) -> Iterator[Command]:
    """Start `bildungsraum` with these arguments; what is still running at the end is killed."""
    running: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", "from flows.cli import main; main()", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PREFECT_API_URL": prefect_api},
        )
        running.append(process)
        return process

    yield run
    for process in running:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.fixture
def finish(start: Command) -> Callable[..., tuple[int, str, str]]:
    """Run `bildungsraum` to its end: exit status, stdout, stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        process = start(*arguments)
        out, err = process.communicate(timeout=180)
        return process.returncode, out, err

    return run
