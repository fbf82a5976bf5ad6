"""The report in a real browser: readable on a telephone, complete in itself, and deaf to hostile text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from flows.outcome import IssueKind, NightReport, PastNight, Published, SourceNight, headline
from flows.report import write_report

pytestmark = [pytest.mark.slow, pytest.mark.chromium]

EVIL = "<script>document.title = 'taken over'</script><img src='http://evil.example/x.png' onerror='alert(1)'>"
LONG = "http://dekra.localhost/" + "kurs" * 60  # nowhere to break a line
GOOD = SourceNight(
    source="hbz", name="HWK Bildungszentrum Münster (HBZ)", state="fresh", pages=1200, listings=1234, offers=1234,
    issues=56, new=3, changed=7, unchanged=1224, withdrawn=2, seconds=312.4, last_good="20261122T003000Z",
)  # fmt: skip
HELD = SourceNight(
    source="dekra", name="DEKRA Akademie", state="held", pages=4, listings=40, seconds=3.0,
    reasons=(f"Eine Seite war nicht zu lesen: {LONG}: {EVIL}",), last_good="20261121T003000Z",
)  # fmt: skip


@dataclass
class Opened:
    """A page and what it did."""

    page: Page
    said: list[str] = field(default_factory=list)  # errors and warnings of the console
    asked: list[str] = field(default_factory=list)  # every address it tried to load


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield running
        running.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A night with one good and one held source."""
    published = Published(version="20261122T003000Z", path="var/live/exports/20261122T003000Z", delta={"added": 3})
    days = [f"202611{day:02}T003000Z" for day in range(9, 23)]
    history = {
        "hbz": tuple(PastNight(run_id=day, listings=1200 + n, new=n, changed=3, gone=1) for n, day in enumerate(days)),
        "dekra": tuple(PastNight(run_id=day, listings=40, held=day == days[-1]) for day in days),
    }
    issue = IssueKind(field="price", reason="no price found", count=3, example=EVIL, offer_id="hbz:" + "9" * 60)
    night = NightReport(
        run_id=days[-1],
        profile="live",
        started_at="2026-11-22T00:30:00+00:00",
        finished_at="2026-11-22T00:36:00+00:00",
        seconds=360.0,
        good=False,
        headline=headline((GOOD, HELD), published, None),
        published=published,
        counts={"offers": 1274, "instances": 3900, "courses": 1100, "published": 900, "candidates": 12, "issues": 56},
        surviving=0.998,
        sources=(GOOD, HELD),
        issues=(issue,),
        history=history,
    )
    return write_report(night, tmp_path_factory.mktemp("report"))


@pytest.fixture(params=[360, 1200])
def opened(browser: Browser, report: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    page = browser.new_page(viewport={"width": request.param, "height": 760}, locale="de-DE")
    found = Opened(page)
    page.on("console", lambda message: found.said.append(message.text))
    page.on("pageerror", lambda error: found.said.append(str(error)))
    page.on("request", lambda request: found.asked.append(request.url))
    page.goto(report.as_uri(), wait_until="load")
    yield found
    page.close()


def test_the_page_tells_at_once_whether_the_night_was_good(opened: Opened, report: Path) -> None:
    page = opened.page
    first = page.locator("body").inner_text().strip().splitlines()[0]
    assert first.removeprefix("✗").startswith("Die Nacht war nicht gut: 1 von 2 Quellen ist zurückgehalten")
    assert page.locator("h1").inner_text().startswith(first)
    assert page.locator("h1").count() == 1
    box = page.locator("h1").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 400  # in sight before anybody scrolls
    assert "zurückgehalten" in page.locator("tr", has_text="DEKRA Akademie").inner_text()


def test_the_page_fits_without_scrolling_sideways(opened: Opened) -> None:
    inner, outer = opened.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert inner <= outer


def test_nothing_is_loaded_from_elsewhere_and_nothing_goes_wrong(opened: Opened, report: Path) -> None:
    assert opened.asked == [report.as_uri()]
    assert opened.said == []


def test_hostile_text_is_only_text(opened: Opened) -> None:
    page = opened.page
    assert EVIL in page.locator(".reasons li").inner_text()
    assert page.locator("script, img, iframe, object, link").count() == 0
    assert page.title() == "Nachtbericht 22.11.2026, 01:30 Uhr"


def test_every_night_has_its_bar(opened: Opened) -> None:
    pictures = opened.page.locator("figure")
    assert pictures.count() == 2
    for number in range(2):
        bar = pictures.nth(number).locator("rect").first.bounding_box()
        assert bar is not None
        assert bar["height"] > 1
    assert pictures.nth(1).locator(".held-bar").count() == 1
