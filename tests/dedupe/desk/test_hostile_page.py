"""What a foreign page may contain is shown harmlessly: scripts, signs that turn text around, endless titles, links."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Request

from dedupe.golden import Known
from tests.dedupe.desk.conftest import signed_in
from tests.dedupe.desk.test_pair_page import decide
from tests.dedupe.offers import offer
from tests.support.desk_browser import barriers, chromium_browser, served, sign_in
from tests.support.desk_home import FIRST_SEEN, desk_app, visible, write_night

SCRIPT = '</bdi></h2><script>window.hit=1</script><img src="https://evil.example/x" onerror="window.hit=1">'
TURNED = "Excel \u202etxet\u202c \u2066verkehrt\u2069 Kurs\u0000\u0007"
LONG = "Sehr " * 2_000 + "langer Kurs"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two offers of the same invented course in which everything is hostile."""
    told = {
        "description": f"<p>Inhalt</p>{SCRIPT}", "subtitle": TURNED, "certificate": LONG, "course_number": SCRIPT,
        "provider": f"Verein {SCRIPT} e. V.", "town": SCRIPT, "starts": ("2027-03-01",), "match_hash": "hash",
    }  # fmt: skip
    hostile = [
        offer('evil:"><script>hit()</script>', f"{SCRIPT} {TURNED}", url="javascript:window.hit=1", **told),
        offer("late:2", LONG, url="data:text/html,<script>window.hit=1</script>", **told),
        offer("late:3", LONG, url="https://ok.example/a b?\"'><script>", **told),
    ]
    write_night(tmp_path, [Known(visible(one), FIRST_SEEN, "active") for one in hostile])
    return tmp_path


PAIRS = [('evil:"><script>hit()</script>', "late:2"), ('evil:"><script>hit()</script>', "late:3"), ("late:2", "late:3")]


@pytest.fixture
def eva(home: Path) -> TestClient:
    return signed_in(desk_app(home), "eva")


@pytest.mark.parametrize("pair", PAIRS)
def test_no_text_becomes_markup_and_no_link_a_script(eva: TestClient, pair: tuple[str, str]) -> None:
    page = eva.get("/pair", params=dict(zip(("left", "right"), pair, strict=True)))
    assert page.status_code == 200
    for trick in ("<script>", "<img", 'href="javascript', 'href="data', "\u202e", "\u2066", "\x00", "\x07"):
        assert trick not in page.text.replace("<script src", ""), trick
    assert len(page.text) < 400_000


def test_a_note_of_a_colleague_is_as_foreign_as_a_page(eva: TestClient) -> None:
    page = eva.get("/pair", params={"left": PAIRS[0][0], "right": PAIRS[0][1]})
    decide(eva, page, "unsure", note=f"{SCRIPT}{TURNED}")
    for path in ("/history", "/queue", "/figures"):
        text = eva.get(path).text
        assert "<script>" not in text
        assert "<img" not in text
        assert "\u202e" not in text
    assert "window.hit" in eva.get("/history").text


@pytest.mark.chromium
@pytest.mark.slow
def test_a_browser_runs_nothing_and_asks_nobody_else(home: Path, chromium: str) -> None:
    asked: list[str] = []
    said: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    with chromium_browser(chromium) as browser, served(desk_app(home)) as site:
        page = sign_in(browser.new_context(viewport={"width": 360, "height": 800}), site)
        page.on("request", note)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        found = []
        for left, right in PAIRS:
            page.goto(f"{site}/queue")
            query = page.evaluate("pair => new URLSearchParams(pair).toString()", {"left": left, "right": right})
            page.goto(f"{site}/pair?{query}")
            for fold in page.locator("summary").all():
                fold.click()
            assert page.evaluate("window.hit") is None
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            found += barriers(page)
        page.keyboard.press("u")
        page.locator("#said", has_text="Gespeichert").wait_for()  # the page's policy forbids to wait for a script
        assert page.evaluate("window.hit") is None
        assert found == []
        assert said == []
        assert {url for url in asked if not url.startswith(site)} == set()
