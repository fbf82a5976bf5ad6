"""Signing in, and what is kept from those who are not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.dedupe.desk.conftest import token_of
from tests.support.desk_home import PASSWORD, desk_app


@pytest.fixture
def stranger(home: Path) -> TestClient:
    """A browser in which nobody is signed in."""
    return TestClient(desk_app(home), base_url="http://localhost", follow_redirects=False)


def test_a_stranger_is_led_to_the_sign_in_and_back(stranger: TestClient) -> None:
    answer = stranger.get("/pair?left=a%3A1&right=b%3A2")
    assert (answer.status_code, answer.text) == (303, "")
    form = stranger.get(answer.headers["location"])
    wanted = {"name": "eva", "password": PASSWORD, "csrf": token_of(form), "next": "/pair?left=a%3A1&right=b%3A2"}
    assert stranger.post("/login", data=wanted).headers["location"] == wanted["next"]


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_site(stranger: TestClient, target: str) -> None:
    token = token_of(stranger.get("/login"))
    answer = stranger.post("/login", data={"name": "eva", "password": PASSWORD, "csrf": token, "next": target})
    assert answer.headers["location"] == "/queue"


def test_a_wrong_password_lets_nobody_in_and_after_five_one_waits(stranger: TestClient) -> None:
    form = {"name": "eva", "password": "falsch", "csrf": token_of(stranger.get("/login"))}
    assert [stranger.post("/login", data=form).status_code for _ in range(6)] == [403] * 5 + [429]
    right = stranger.post("/login", data={**form, "password": PASSWORD})
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 600


def test_a_form_without_the_token_changes_nothing(eva: TestClient) -> None:
    assert eva.post("/logout").status_code == 403
    assert eva.get("/queue").status_code == 200


def test_a_form_sent_by_another_site_changes_nothing(eva: TestClient) -> None:
    token = token_of(eva.get("/queue"))
    assert eva.post("/logout", data={"csrf": token}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert eva.post("/logout", data={"csrf": token}).status_code == 303
    assert eva.get("/queue").status_code == 303


def test_a_session_survives_a_restart_and_ends_with_the_account(home: Path, eva: TestClient) -> None:
    again = TestClient(desk_app(home), base_url="http://localhost", cookies=eva.cookies, follow_redirects=False)
    assert again.get("/queue").status_code == 200
    again.app.state.desk.accounts.change("eva", "ein anderes Passwort")  # type: ignore[attr-defined]
    assert again.get("/queue").status_code == 303


def test_every_answer_forbids_foreign_scripts_frames_and_caches(stranger: TestClient) -> None:
    for path in ("/login", "/queue", "/nothing", "/static/desk.css"):
        headers = stranger.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    assert stranger.get("/login").headers["cache-control"] == "no-store"
    assert "immutable" in stranger.get("/static/desk.css").headers["cache-control"]


def test_the_cookie_is_kept_from_scripts_and_behind_https_from_http(home: Path) -> None:
    plain = TestClient(desk_app(home), base_url="http://localhost").get("/login").headers["set-cookie"]
    assert "HttpOnly" in plain
    assert "SameSite=lax" in plain
    assert "Secure" not in plain
    assert "Secure" in TestClient(desk_app(home), base_url="https://localhost").get("/login").headers["set-cookie"]


def test_secret_and_accounts_are_private_files(home: Path) -> None:
    desk_app(home)
    assert {path.name: path.stat().st_mode & 0o777 for path in (home / "desk").iterdir()} == {
        "accounts.json": 0o600,
        "secret": 0o600,
    }
    assert PASSWORD not in (home / "desk" / "accounts.json").read_text()


@pytest.mark.parametrize("path", ["/queue", "/desk/queue"], ids=["prefix taken away", "prefix kept"])
def test_the_desk_works_below_a_path_of_a_proxy(home: Path, path: str) -> None:
    client = TestClient(desk_app(home, root_path="/desk"), base_url="http://localhost", follow_redirects=False)
    assert client.get(path).headers["location"] == "/desk/login?next=%2Fdesk%2Fqueue"
    page = client.get(path.replace("queue", "login"))
    assert 'action="/desk/login"' in page.text
    assert 'href="/desk/static/desk.css?' in page.text
    assert "Path=/desk" in page.headers["set-cookie"]


def test_two_stewards_at_two_browsers_are_two_sessions(sign_in: Callable[..., TestClient]) -> None:
    eva, uwe = sign_in("eva"), sign_in("uwe")
    assert "<span>eva</span>" in eva.get("/queue").text
    assert "<span>uwe</span>" in uwe.get("/queue").text
