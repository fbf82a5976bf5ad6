"""A tiny home and a browser without a window for the tests of the desk."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.support.desk_home import PASSWORD, alike, desk_app, write_night


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with six pairs to decide."""
    write_night(tmp_path, alike(6))
    return tmp_path


@pytest.fixture
def sign_in(home: Path) -> Callable[..., TestClient]:
    """Opens a browser in which somebody is signed in; all see the same desk."""
    app = desk_app(home)

    return lambda name="eva": signed_in(app, name)


def signed_in(app: FastAPI, name: str) -> TestClient:
    """A browser in which somebody is signed in."""
    client = TestClient(app, base_url="http://localhost", follow_redirects=False)
    token = token_of(client.get("/login"))
    answer = client.post("/login", data={"name": name, "password": PASSWORD, "csrf": token})
    assert answer.status_code == 303
    return client


@pytest.fixture
def eva(sign_in: Callable[..., TestClient]) -> TestClient:
    """A steward's browser."""
    return sign_in("eva")


def token_of(answer: Response) -> str:
    """The token in the forms of a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', answer.text)
    assert found, answer.text
    return found[1]
