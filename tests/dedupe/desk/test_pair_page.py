"""Deciding on pairs: what is written, what comes next, and what happens when two decide at once."""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from dedupe import journal
from dedupe.golden import Known
from dedupe.journal import Event
from dedupe.pipeline import dedupe
from tests.dedupe.desk.conftest import signed_in
from tests.dedupe.offers import offer
from tests.support.desk_home import FIRST_SEEN, alike, desk_app, visible, write_night


def form_of(page: Response, action: str = "/pair") -> dict[str, str]:
    """The hidden fields of the form that decides, or of the first one that leads to `action`."""
    if action == "/pair":
        fields = re.findall(r'<input type="hidden" form="decide" name="(\w+)" value="([^"]*)">', page.text)
        form = re.search(r'<form id="decide".*?</form>', page.text, re.DOTALL)
    else:
        form = re.search(rf'<form method="post" action="{action}".*?</form>', page.text, re.DOTALL)
        fields = []
    assert form, page.text
    fields += re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[0])
    return {name: html.unescape(value) for name, value in fields}


def decide(browser: TestClient, page: Response, verdict: str, **more: str) -> Response:
    """Send the form of a page without the script, and follow it."""
    return browser.post("/pair", data=form_of(page) | {"verdict": verdict} | more, follow_redirects=True)


def events(home: Path) -> list[Event]:
    return journal.read(home / "journal.jsonl")


def pair_of(page: Response) -> tuple[str, str]:
    form = form_of(page)
    return form["left"], form["right"]


def test_a_verdict_is_written_with_both_hashes_and_the_next_pair_is_there(home: Path, eva: TestClient) -> None:
    first = eva.get("/pair")
    second = decide(eva, first, "same", note=" gleiche Seite ")
    (event,) = events(home)
    form = form_of(first)
    assert (event["kind"], event["user"], event["verdict"], event["note"]) == ("judge", "eva", "same", "gleiche Seite")
    assert [event[name] for name in ("left", "right", "left_hash", "right_hash")] == [
        form[name] for name in ("left", "right", "left_hash", "right_hash")
    ]
    assert second.status_code == 200
    assert "Gespeichert: „gleich“." in second.text
    assert pair_of(second) != pair_of(first)


def test_every_pair_comes_once_and_then_nothing_is_left(home: Path, eva: TestClient) -> None:
    page, seen = eva.get("/pair"), []
    for verdict in ("same", "different", "unsure", "same", "different", "unsure"):
        seen.append(pair_of(page))
        page = decide(eva, page, verdict)
    assert len(set(seen)) == 6
    assert "Alles entschieden." in page.text
    assert "Alles entschieden." in eva.get("/pair").text


def test_nothing_decided_is_asked_again_after_a_night_unless_a_side_changed(home: Path, eva: TestClient) -> None:
    page = eva.get("/pair")
    decided = pair_of(page)
    decide(eva, page, "different")
    write_night(home, alike(6), "20261123T003000Z")
    assert eva.get("/queue").text.count('class="facts"') == 5
    changed = [
        Known(known.offer.model_copy(update={"match_hash": "anders"}), FIRST_SEEN, "active")
        if known.offer.offer_id == decided[0]
        else known
        for known in alike(6)
    ]
    write_night(home, changed, "20261124T003000Z")
    assert pair_of(eva.get("/pair")) == decided
    assert "seit dem Urteil geändert" in eva.get("/pair").text


def test_skipping_goes_round_the_queue_without_a_trace(home: Path, eva: TestClient) -> None:
    page, seen = eva.get("/pair"), []
    for _ in range(7):
        seen.append(pair_of(page))
        page = decide(eva, page, "skip")
    assert len(set(seen[:6])) == 6
    assert seen[6] == seen[0]
    assert events(home) == []


def test_undo_takes_the_last_decision_back_and_shows_its_pair(home: Path, eva: TestClient) -> None:
    first = eva.get("/pair")
    second = decide(eva, first, "same")
    back = eva.post("/undo", data=form_of(second), follow_redirects=True)
    assert pair_of(back) == pair_of(first)
    assert "Zurückgenommen" in back.text
    assert [event["kind"] for event in events(home)] == ["judge", "undo"]
    assert journal.live(events(home)) == [events(home)[1]]
    assert "nichts zurückzunehmen" in eva.post(
        "/undo", data=form_of(second), headers={"HX-Request": "true"}
    ).text  # fmt: skip


def test_of_two_who_decide_at_once_the_second_learns_of_the_first(
    home: Path, sign_in: Callable[..., TestClient]
) -> None:
    eva, uwe = sign_in("eva"), sign_in("uwe")
    page_of_eva, page_of_uwe = eva.get("/pair"), uwe.get("/pair")
    decide(uwe, page_of_uwe, "different", note="andere Stufe")
    answer = decide(eva, page_of_eva, "same")
    assert answer.status_code == 409
    assert re.search(r"uwe hat dieses Paar am 22\.11\.2026, 10:30 Uhr als „verschieden“ beurteilt", answer.text)
    assert "andere Stufe" in answer.text
    assert len(events(home)) == 1
    decide(eva, answer, "same")  # having read it
    assert [(event["user"], event["verdict"]) for event in events(home)] == [("uwe", "different"), ("eva", "same")]


def test_a_key_pressed_twice_is_one_decision_and_decides_no_other_pair(home: Path, eva: TestClient) -> None:
    page = eva.get("/pair")
    first, second = decide(eva, page, "same"), decide(eva, page, "same")
    assert pair_of(first) == pair_of(second)
    assert len(events(home)) == 1
    assert decide(eva, page, "different").status_code == 409


def test_a_side_that_changed_while_one_was_looking_is_shown_anew(home: Path, eva: TestClient) -> None:
    page = eva.get("/pair")
    left = pair_of(page)[0]
    changed = [
        Known(one.offer.model_copy(update={"match_hash": "neu"}), FIRST_SEEN, "active")
        if one.offer.offer_id == left
        else one
        for one in alike(6)
    ]
    write_night(home, changed, "20261123T003000Z")
    answer = decide(eva, page, "same")
    assert answer.status_code == 409
    assert pair_of(answer) == pair_of(page)
    assert "seither geändert" in answer.text
    assert events(home) == []
    assert decide(eva, answer, "same").status_code == 200


def test_a_pair_that_a_night_took_away_says_so(home: Path, eva: TestClient) -> None:
    page = eva.get("/pair")
    gone = pair_of(page)[0]
    write_night(home, [one for one in alike(6) if one.offer.offer_id != gone], "20261123T003000Z")
    answer = eva.get("/pair", params=dict(zip(("left", "right"), pair_of(page), strict=True)))
    assert "nach der letzten Nacht nicht mehr" in answer.text
    assert decide(eva, page, "same").status_code == 409
    assert events(home) == []


@pytest.fixture
def same_course(tmp_path: Path) -> tuple[Path, list[Known]]:
    """Four offers that the machine merges, and a fifth by itself."""
    known = [visible_known(f"alpha:{number}", "Gabelstapler Grundkurs") for number in range(4)]
    return tmp_path, [*known, visible_known("beta:9", "Kalligrafie für Anfänger")]


def visible_known(offer_id: str, title: str) -> Known:
    return Known(visible(offer(offer_id, title, town="Bottrop", starts=("2027-03-01",))), FIRST_SEEN, "active")


def courses(home: Path) -> set[frozenset[str]]:
    """The courses of the newest snapshot's offers under today's journal."""
    out = home / "again"
    dedupe(home / "review" / "current" / "offers.jsonl", home / "journal.jsonl", out)
    found: dict[str, set[str]] = {}
    for line in (out / "clusters.jsonl").read_text().splitlines():
        row = json.loads(line)
        found.setdefault(row["course_id"], set()).add(row["offer_id"])
    return {frozenset(members) for members in found.values()}


@pytest.mark.parametrize("odd", ["alpha:0", "alpha:2"], ids=["the senior", "a junior"])
def test_who_does_not_belong_is_exactly_who_leaves_the_course(same_course: tuple[Path, list[Known]], odd: str) -> None:
    home, known = same_course
    write_night(home, known)
    together = frozenset(one.offer.offer_id for one in known[:4])
    assert courses(home) == {together, frozenset(["beta:9"])}
    eva = browser(home)
    page = eva.get("/pair", params={"left": "alpha:0", "right": "alpha:1"})
    form = form_of(page, "/group/out") | {"offer_id": odd}
    answer = eva.post("/group/out", data=form, follow_redirects=True)
    assert "(5 Urteile auf einmal)" in answer.text
    assert courses(home) == {together - {odd}, frozenset([odd]), frozenset(["beta:9"])}
    eva.post("/undo", data=form, follow_redirects=True)
    assert courses(home) == {together, frozenset(["beta:9"])}


def test_all_of_these_are_one_course_even_against_an_earlier_different(
    same_course: tuple[Path, list[Known]],
) -> None:
    home, known = same_course
    write_night(home, known)
    eva = browser(home)
    page = eva.get("/pair", params={"left": "alpha:2", "right": "beta:9"})
    decide(eva, page, "different")
    page = eva.get("/pair", params={"left": "alpha:2", "right": "beta:9"})
    answer = eva.post("/group/join", data=form_of(page, "/group/join"), follow_redirects=True)
    assert answer.status_code == 200
    assert courses(home) == {frozenset(one.offer.offer_id for one in known)}


def test_a_group_that_changed_meanwhile_is_shown_anew(same_course: tuple[Path, list[Known]]) -> None:
    home, known = same_course
    write_night(home, known)
    eva, uwe = browser(home), browser(home, "uwe")
    page = eva.get("/pair", params={"left": "alpha:2", "right": "beta:9"})
    decide(uwe, uwe.get("/pair", params={"left": "alpha:2", "right": "beta:9"}), "different")
    answer = eva.post("/group/join", data=form_of(page, "/group/join"))
    assert answer.status_code == 409
    assert "Die Gruppe hat sich seither geändert" in answer.text
    assert len(events(home)) == 1


def test_what_two_judgements_imply_is_not_asked(tmp_path: Path) -> None:
    write_night(tmp_path, alike(6))
    eva = browser(tmp_path)
    page = eva.get("/pair")
    left, right = pair_of(page)
    eva.post("/group/join", data=form_of(page, "/group/join"))
    assert (left, right) not in {pair_of(eva.get("/pair"))}
    assert eva.get("/queue").text.count('class="facts"') == 5


def browser(home: Path, name: str = "eva") -> TestClient:
    return signed_in(desk_app(home), name)
