"""From a steward's browser to the portal: what is decided at the desk, through the real pipeline, and back."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dedupe.desk.accounts import write_private
from dedupe.desk.app import create_app
from flows.desk_actions import desk_actions
from flows.home import Home, night_lock
from flows.publisher import Publisher
from flows.review import desk_config
from tests.flows.season import Season
from tests.support.desk_browser import barriers, chromium_browser, served, sign_in
from tests.support.desk_home import people

pytestmark = [pytest.mark.slow, pytest.mark.chromium]

PUBLISHED = 120_000  # milliseconds that a publication may take on a busy machine


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Season:
    """A home after one night in which one source was held."""
    place = Home(tmp_path_factory.mktemp("effect"), "standin")
    season = Season(place, courses=40, sources=("slv", "digitalpfad", "bz"))
    season.night(1, ("bz=empty",))
    return season


@pytest.fixture(scope="module")
def site(season: Season) -> Iterator[str]:
    home, publisher = season.home, Publisher(season.home, poll=0.2)
    config = desk_config(home)
    write_private(config.accounts, people())
    with served(create_app(home.review / "current", home.journal, desk_actions(home, publisher), config)) as address:
        yield address
    publisher.stop()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with chromium_browser(chromium) as running:
        yield running


def records(season: Season, name: str = "courses.jsonl") -> dict[str, dict[str, Any]]:
    lines = (season.current / name).read_text(encoding="utf-8").splitlines()
    return {row["course_id"]: row for row in map(json.loads, lines)}


def open_course(page: Page, site: str, title: str) -> None:
    """Find a course as a steward does."""
    page.goto(f"{site}/search")
    page.fill("#q", " ".join(reversed(title.split())))
    page.click("form.search button")
    page.click(f".lines a:has-text({json.dumps(title, ensure_ascii=False)}) >> nth=0")


def correct(page: Page, link: str, **fields: str) -> None:
    page.click(f"a.fix:has-text('{link}') >> nth=0")
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    page.fill("#reason", "So steht es im Programmheft")
    page.click("form button.primary")


def publish(page: Page, site: str) -> None:
    page.goto(f"{site}/publishing")
    page.wait_for_timeout(1_000)  # a version's time has no fractions: what was decided in its second counts as unknown
    page.click("text=Jetzt veröffentlichen")
    expect(page.locator("#publishing")).to_contain_text("Fertig.", timeout=PUBLISHED)


def test_no_page_of_the_further_desks_keeps_anybody_out(season: Season, site: str, browser: Browser) -> None:
    """axe on the pages that the navigation does not lead to, light and dark, wide and narrow, every fold open."""
    some = next(iter(records(season)))
    run = records(season)[some]["instances"][0]["instance_id"].replace("#", "%23")
    paths = [
        f"/correct?course={some}&field={field}" for field in ("title", "topics", "level", "hidden", f"place:{run}")
    ]
    paths += [f"/course?id={some}", "/search?q=online", "/unread", "/completeness", "/assign?what=place", "/figures"]
    found: list[str] = []
    for scheme, width in (("light", 1280), ("dark", 360)):
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})  # type: ignore[arg-type]
        page = sign_in(context, site)
        page.goto(f"{site}/unread")
        page.locator("summary").first.click()
        kept = page.locator("a:has-text('gespeicherte Seite')").first.get_attribute("href")
        page.goto(f"{site}/assign")
        one = page.locator(".lines a").first.get_attribute("href")
        for path in (*paths, kept, one):
            page.goto(f"{site}{path}")
            for fold in page.locator("summary").all()[:5]:
                fold.click()
            found += barriers(page)
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found.append(f"{path}: wider than {width} px")
        context.close()
    assert "\n".join(found) == ""


def test_a_steward_corrects_a_field_and_sees_it_published(season: Season, site: str, browser: Browser) -> None:
    page = sign_in(browser.new_context(), site)
    before = records(season)
    shown, hidden = [one for one in before.values() if one["instances"] and one["provider"]["key"] == "slv-rhein-ruhr"][
        :2
    ]

    open_course(page, site, shown["title"])
    correct(page, "korrigieren: Titel", value="Schweißen wie im Programmheft")
    expect(page.locator("h1")).to_have_text("Schweißen wie im Programmheft")
    correct(page, "Ort korrigieren", venue="Bürgerhaus", street="", postcode="45699", city="Herten")
    open_course(page, site, hidden["title"])
    page.click("text=Vom Portal nehmen")
    page.fill("#reason", "Findet nicht statt")
    page.click("form button.primary")
    expect(page.locator(".heading")).to_contain_text("ausgeblendet")

    page.goto(f"{site}/publishing")
    expect(page.locator("#publishing")).to_contain_text("Korrekturen: 3")
    publish(page, site)
    expect(page.locator("#publishing")).to_contain_text("Nichts, was das Portal nicht schon zeigt.")
    now = records(season)
    course = now[shown["course_id"]]
    assert (course["title"], course["provenance"]["title"]["rule"]) == ("Schweißen wie im Programmheft", "override")
    assert "Herten" in {run["place"]["city"] for run in course["instances"]}
    assert records(season, "tombstones.jsonl")[hidden["course_id"]]["reason"] == "hidden"
    assert now.keys() == before.keys() - {hidden["course_id"]}
    season.check()

    # an unknown provider and a held source are for the next night, which the corrections survive
    page.goto(f"{site}/assign")
    page.click("a:has-text('Zuordnen (DigitalPfad Online-Akademie GmbH)')")
    page.select_option("#choice", "own")
    page.fill("#name", "DigitalPfad")
    page.click("form button.primary")
    page.goto(f"{site}/sources")
    page.fill("#reason-bz", "Der Katalog wurde geleert")
    page.click("button:has-text('Freigeben')")
    expect(page.locator("main")).to_contain_text("Freigegeben von eva")
    season.night(2)
    after = records(season)
    assert after[shown["course_id"]]["title"] == "Schweißen wie im Programmheft"
    assert hidden["course_id"] not in after
    offers = (season.home.review / "current" / "offers.jsonl").read_text(encoding="utf-8").splitlines()
    assert "DigitalPfad" in {(json.loads(line)["provider"] or {}).get("name") for line in offers}
    page.goto(f"{site}/assign")
    expect(page.locator("main")).to_contain_text("Alle Anbieter sind bekannt.")
    expect(page.locator("main")).to_contain_text("DigitalPfad Online-Akademie GmbH → DigitalPfad")


def test_while_a_night_runs_a_publication_waits_and_says_so(season: Season, site: str, browser: Browser) -> None:
    page = sign_in(browser.new_context(), site)
    page.goto(f"{site}/publishing")
    version = season.current.resolve()
    with night_lock(season.home):
        page.click("text=Jetzt veröffentlichen")
        expect(page.locator("#publishing")).to_contain_text("Wartet auf die Nacht.", timeout=10_000)
        assert season.current.resolve() == version
    expect(page.locator("#publishing")).to_contain_text("Fertig.", timeout=PUBLISHED)
    assert season.current.resolve() != version


def test_a_steward_needs_no_script(season: Season, site: str, browser: Browser) -> None:
    page = sign_in(browser.new_context(java_script_enabled=False), site)
    some = next(iter(records(season).values()))
    open_course(page, site, some["title"])
    correct(page, "korrigieren: Untertitel", value="ohne Skript")
    expect(page.locator("main")).to_contain_text("ohne Skript")
    page.goto(f"{site}/corrections")
    page.click("button:has-text('Aufheben: Untertitel')")
    expect(page.locator("main")).not_to_contain_text("ohne Skript")
