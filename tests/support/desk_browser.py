"""The stewards' desk in a real browser: a server on this machine, and pages signed in at it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from flows.review import listening
from tests.support.desk_home import PASSWORD

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# WCAG 2.2 A and AA, and what axe calls good practice
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@contextmanager
def chromium_browser(path: str) -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of the app on this machine."""
    with listening("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


def sign_in(context: BrowserContext, site: str, name: str = "eva") -> Page:
    """A page on which somebody is signed in, at the queue."""
    page = context.new_page()
    page.goto(f"{site}/login")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{site}/queue")
    return page


def barriers(page: Page) -> list[str]:
    """What axe finds on a page that keeps people out, each with the places; empty if nothing does."""
    found = Axe().run(page, options=RULES | {"resultTypes": ["violations"]})
    return [
        f"{page.url}: {rule['id']} at {[node['target'] for node in rule['nodes'][:3]]}: {rule['help']}"
        for rule in found.response["violations"]
    ]
