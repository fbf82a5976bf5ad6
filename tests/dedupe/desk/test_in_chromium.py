"""Stewards at work in a real browser: keys, buttons, two at once, a night in between, without JavaScript."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
from playwright.sync_api import Browser, Page, expect

from dedupe import journal
from dedupe.journal import Event
from tests.support.desk_browser import barriers, chromium_browser, served, sign_in
from tests.support.desk_home import alike, desk_app, write_night

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with chromium_browser(chromium) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with forty pairs to decide."""
    write_night(tmp_path, alike(40))
    return tmp_path


@pytest.fixture
def site(home: Path) -> Iterator[str]:
    with served(desk_app(home)) as address:
        yield address


def shown(page: Page) -> tuple[str, str]:
    """The pair on the screen."""
    names = ("left", "right")
    values = [page.locator(f'#pair > input[name="{name}"]').get_attribute("value") or "" for name in names]
    return values[0], values[1]


def events(home: Path) -> list[Event]:
    return journal.read(home / "journal.jsonl")


def press(page: Page, key: str) -> None:
    """Press a key and wait until another pair is on the screen."""
    before = shown(page)
    page.keyboard.press(key)
    # not wait_for_function: the page's policy forbids it as soon as it has to wait
    page.locator(f'#pair > input[name="left"][value="{before[0]}"]').wait_for(state="detached")


def test_thirty_pairs_by_keys_then_undo(home: Path, site: str, browser: Browser) -> None:
    page = sign_in(browser.new_context(), site)
    page.click("text=Prüfen beginnen")
    wanted, times = [], []
    for number in range(30):
        key, verdict = (("g", "same"), ("v", "different"), ("3", "unsure"))[number % 3]
        wanted.append((*shown(page), verdict))
        start = perf_counter()
        press(page, key)
        times.append(perf_counter() - start)
    assert [(event["left"], event["right"], event["verdict"]) for event in events(home)] == wanted
    expect(page.locator("#said")).to_contain_text("10 offen, 30 heute von mir")
    assert median(times) < 0.5  # `tests/bench/bench_desk.py` measures it on a quiet machine
    here = shown(page)
    press(page, "n")
    assert shown(page) != here
    press(page, "z")
    assert shown(page) == wanted[-1][:2]
    expect(page.locator("#said")).to_contain_text("Zurückgenommen")
    assert len(journal.decide(events(home)).verdicts) == 29


def test_a_note_goes_with_the_key_and_typing_decides_nothing(home: Path, site: str, browser: Browser) -> None:
    page = sign_in(browser.new_context(), site)
    page.goto(f"{site}/pair")
    page.keyboard.press("m")
    page.keyboard.type("ganz gleich, vgl. 3z")
    page.keyboard.press("Escape")
    press(page, "g")
    assert [(event["kind"], event["note"]) for event in events(home)] == [("judge", "ganz gleich, vgl. 3z")]
    expect(page.locator("#note")).to_have_value("")
    page.click("#keys")  # keys can be switched off
    page.keyboard.press("v")
    page.wait_for_timeout(200)
    assert len(events(home)) == 1


def test_a_key_before_the_answer_never_decides_the_pair_that_comes(home: Path, site: str, browser: Browser) -> None:
    page = sign_in(browser.new_context(), site)
    page.goto(f"{site}/pair")
    first = shown(page)
    page.route("**/pair", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.keyboard.press("g")
    page.keyboard.press("g")
    page.keyboard.press("v")
    expect(page.locator("#said")).to_contain_text("Nicht gespeichert")
    assert [(event["left"], event["right"], event["verdict"]) for event in events(home)] == [(*first, "same")]
    assert shown(page) == first
    expect(page.locator("#meanwhile")).to_contain_text("eva hat dieses Paar")


def test_a_lost_connection_is_said_and_the_pair_stays(home: Path, site: str, browser: Browser) -> None:
    page = sign_in(browser.new_context(), site)
    page.goto(f"{site}/pair")
    first = shown(page)
    page.route("**/pair", lambda route: route.abort())
    page.keyboard.press("g")
    expect(page.locator("#said")).to_contain_text("keine Verbindung")
    assert shown(page) == first
    page.unroute("**/pair")
    press(page, "g")
    assert [event["verdict"] for event in events(home)] == ["same"]


def test_two_browsers_at_once(home: Path, site: str, browser: Browser) -> None:
    eva, uwe = (sign_in(browser.new_context(), site, name) for name in ("eva", "uwe"))
    for page in (eva, uwe):
        page.goto(f"{site}/pair")
    first = shown(eva)
    press(uwe, "v")
    eva.keyboard.press("g")
    expect(eva.locator("#meanwhile")).to_contain_text("uwe hat dieses Paar")
    assert shown(eva) == first
    press(eva, "n")  # leaves it as uwe said
    press(eva, "g")
    assert [event["user"] for event in events(home)] == ["uwe", "eva"]
    assert shown(eva) not in {(event["left"], event["right"]) for event in events(home)}


def test_a_night_in_between_keeps_the_place(home: Path, site: str, browser: Browser) -> None:
    page = sign_in(browser.new_context(), site)
    page.goto(f"{site}/pair")
    press(page, "g")
    here = shown(page)
    write_night(home, alike(40), "20261123T003000Z")
    page.reload()
    assert shown(page) == here
    press(page, "v")
    gone = shown(page)
    write_night(home, [one for one in alike(40) if one.offer.offer_id != gone[0]], "20261124T003000Z")
    page.keyboard.press("g")
    expect(page.locator("#pair")).to_contain_text("nach der letzten Nacht nicht mehr")
    page.click("text=Weiter mit dem nächsten Paar")
    assert shown(page) != gone
    assert len(events(home)) == 2


def test_an_ended_session_leads_to_the_sign_in(home: Path, site: str, browser: Browser) -> None:
    context = browser.new_context()
    page = sign_in(context, site)
    page.goto(f"{site}/pair")
    context.clear_cookies()
    page.keyboard.press("g")
    page.wait_for_url(f"{site}/login")
    assert events(home) == []


def test_everything_works_without_javascript(home: Path, site: str, browser: Browser) -> None:
    page = sign_in(browser.new_context(java_script_enabled=False), site)
    page.click("text=Prüfen beginnen")
    first = shown(page)
    page.fill("#note", "ohne Skript")
    page.click("button:has-text('Verschieden')")
    expect(page.locator("#said")).to_contain_text("Gespeichert: „verschieden“.")
    assert shown(page) != first
    page.click("button:has-text('Überspringen')")
    page.click("button:has-text('Rückgängig')")
    assert shown(page) == first
    page.click("button:has-text('Angebote sind ein Kurs')")
    expect(page.locator("#said")).to_contain_text("Gespeichert: „gleich“")
    page.goto(f"{site}/queue?source=alpha")
    page.select_option("select[name=place]", "Bottrop")
    page.click("button:has-text('Filtern')")
    assert page.locator(".pairs li").count() == 39
    assert [event["kind"] for event in events(home)] == ["judge", "undo", "judge"]


def test_no_page_keeps_anybody_out(home: Path, site: str, browser: Browser) -> None:
    """axe on every page of the navigation, on what is decided here also dark and narrow."""
    with browser.new_context() as context:
        page = sign_in(context, site)
        page.goto(f"{site}/pair")
        press(page, "g")
        every = [link.get_attribute("href") or "" for link in page.locator(".top nav a").all()]
    left, right = events(home)[-1]["left"], events(home)[-1]["right"]
    own = ["/queue", "/pair", f"/pair?left={left}&right={right}", "/history", "/figures"]
    odd = ["/login", "/nothing", "/pair?left=a&right=b"]
    found: list[str] = []
    for scheme, width, paths in (("light", 1280, [*every, *own, *odd]), ("dark", 1280, own), ("light", 360, own[1:4])):
        with browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}) as context:  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(f"{site}/login")
            found += barriers(page)
            page = sign_in(context, site)
            for path in dict.fromkeys(paths):
                page.goto(site + path)
                for fold in page.locator("summary").all():
                    fold.click()
                found += barriers(page)
    assert found == []


@pytest.mark.parametrize("width", [360, 640], ids=["a telephone", "200 % on a laptop"])
def test_nothing_runs_out_of_a_narrow_window(site: str, browser: Browser, width: int) -> None:
    page = sign_in(browser.new_context(viewport={"width": width, "height": 800}), site)
    every = [link.get_attribute("href") or "" for link in page.locator(".top nav a").all()]
    wide = []
    for path in (*every, "/figures", "/pair"):
        page.goto(site + path)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wide.append(path)
    assert wide == []


def test_the_keyboard_alone_reaches_everything_and_shows_where_it_is(site: str, browser: Browser) -> None:
    page = sign_in(browser.new_context(), site)
    page.goto(f"{site}/pair")
    page.keyboard.press("Tab")
    expect(page.locator(".jump")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen = page.evaluate("""() => {
            const on = document.activeElement, box = on.getBoundingClientRect(), style = getComputedStyle(on);
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return [on.textContent.trim(), style.outlineStyle !== "none", on === top || on.contains(top)];
        }""")
        reached.add(seen[0])
        assert seen[1:] == [True, True], f"the focus on {seen[0]!r} cannot be seen"
        if seen[0].startswith("Rückgängig"):
            break
    assert {word.split()[0] for word in reached if word} >= {
        "Gleich",
        "Verschieden",
        "Unsicher",
        "Überspringen",
        "Rückgängig",
    }
