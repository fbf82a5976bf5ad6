"""Clusters and their ids: what people said holds, what is published stays, and the order of input does not matter."""

import hashlib
from base64 import b32encode
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.journal import Decisions, Pair, Verdict, decide
from dedupe.resolver import Fit, Link, Resolution, course_id, resolve

MERGE = 5.0  # nats of a link in these tests


def verdict(word: str, at: str = "2026-01-01", number: int = 0) -> Verdict:
    return Verdict(word, None, None, at, f"e{number}")


def decided(**pairs: str) -> Decisions:
    """`a_b="same"`: a verdict on the offers a and b."""
    return Decisions({(name[0], name[2]): verdict(word) for name, word in pairs.items()})


def run(offers: str, links: str = "", decisions: Decisions | None = None, **more: Any) -> Resolution:
    """Offers as letters, all of the first night but those behind a bar; links as "ab bc"."""
    nights = {letter: f"n{night}" for night, group in enumerate(offers.split("|")) for letter in group}
    return resolve(nights, decisions or Decisions(), [Link(one[0], one[1], MERGE) for one in links.split()], **more)


def groups(found: Resolution) -> set[str]:
    courses: dict[str, str] = {}
    for offer, course in sorted(found.course_ids.items()):
        courses[course] = courses.get(course, "") + offer
    return set(courses.values())


def test_a_course_id_is_c_and_twelve_base32_letters_of_the_first_name() -> None:
    digest = b32encode(hashlib.sha256(b"hbz:91019").digest()).decode().lower()
    assert course_id("hbz:91019") == "c" + digest[:12]


def test_links_make_courses_under_the_senior_id() -> None:
    found = run("b|a", "ab")
    assert groups(found) == {"ab"}
    assert found.course_ids["a"] == course_id("b")  # b is older
    assert found.own_ids["a"] == course_id("a")


def test_a_human_different_holds_even_through_others() -> None:
    found = run("abc", "ab bc", decided(a_c="different"))
    assert groups(found) in ({"ab", "c"}, {"a", "bc"})
    assert [refusal.kind for refusal in found.refusals] == ["judged_different"]


def test_a_human_same_needs_no_score_and_beats_a_typed_conflict_which_is_reported() -> None:
    found = run(
        "ab", "", decided(a_b="same"), kinds={"a": 1, "b": 2}, conflict=lambda one, other: ("andere Stufe: A1 / A2",)
    )
    assert groups(found) == {"ab"}
    (refusal,) = found.refusals
    assert refusal.made
    assert "A1 / A2" in refusal.reason


def test_a_typed_conflict_is_never_merged_by_the_machine_not_even_through_a_third() -> None:
    def conflict(one: object, other: object) -> tuple[str, ...]:
        return ("anderer Teil",) if {one, other} == {"Teil 1", "Teil 2"} else ()

    found = run("abc", "ab bc", kinds={"a": "Teil 1", "b": "", "c": "Teil 2"}, conflict=conflict)
    assert len(groups(found)) == 2
    assert [refusal.kind for refusal in found.refusals] == ["typed_conflict"]


def test_unsure_bars_the_direct_merge_alone() -> None:
    assert groups(run("ab", "ab", decided(a_b="unsure"))) == {"a", "b"}
    assert groups(run("abc", "ab ac bc", decided(a_b="unsure"))) == {"abc"}


def test_an_older_human_same_stands_against_a_later_contradiction() -> None:
    decisions = Decisions(
        {
            ("a", "b"): verdict("same", "2026-01-01", 1),
            ("b", "c"): verdict("same", "2026-01-02", 2),
            ("a", "c"): verdict("different", "2026-01-03", 3),
        }
    )
    found = run("abc", "", decisions)
    assert groups(found) == {"ab", "c"}
    assert found.refusals[0].by == "human"


def test_a_new_offer_never_fuses_two_older_courses() -> None:
    found = run("ab|n", "an bn")
    assert found.course_ids["a"] == course_id("a")
    assert found.course_ids["b"] == course_id("b")
    assert [refusal.kind for refusal in found.refusals] == ["fusion"]


def test_new_offers_among_themselves_do_merge() -> None:
    assert groups(run("a|mn", "mn an")) == {"amn"}


def test_a_chain_of_near_pairs_does_not_glue_what_is_apart_as_a_whole() -> None:
    found = run("abc", "ab bc", evidence={("a", "c"): -6.0}, fit=Fit(lowest=-4.0, mean=0.0))
    assert len(groups(found)) == 2
    assert [refusal.kind for refusal in found.refusals] == ["misfit"]


def test_exact_repeats_speak_through_their_voice() -> None:
    links = [Link("a", "r", 0.0, exact=True), Link("a", "b", MERGE), Link("b", "c", MERGE)]
    nights = dict.fromkeys("arbc", "n0")
    found = resolve(nights, Decisions(), links, evidence={("a", "c"): -9.0}, voices={"r": "a"})
    assert groups(found) == {"abr", "c"}


def test_a_renamed_offer_keeps_its_course_id_with_and_without_its_former_self() -> None:
    decisions = Decisions(renames={"a": "x"})
    assert run("a|x", "", decisions).course_ids["x"] == course_id("a")
    assert run("|x", "", decisions).course_ids["x"] == course_id("a")


def test_a_judgement_on_an_old_name_binds_the_new_one() -> None:
    decisions = Decisions({("a", "b"): verdict("different")}, renames={"a": "x"})
    assert groups(run("xb", "bx", decisions)) == {"b", "x"}


def test_people_may_part_what_was_renamed_and_the_ids_stay_apart() -> None:
    decisions = Decisions({("a", "x"): verdict("different")}, renames={"a": "x"})
    found = run("a|x", "", decisions)
    assert found.course_ids["a"] == course_id("a")
    assert found.course_ids["x"] == course_id("x")


LETTERS = "abcdefgh"
PAIRS = list(combinations(LETTERS, 2))
scores = st.dictionaries(st.sampled_from(PAIRS), st.floats(-8, 8), max_size=14)
verdicts = st.dictionaries(st.sampled_from(PAIRS), st.sampled_from(["same", "different", "unsure"]), max_size=5)
nights = st.lists(st.integers(0, 3), min_size=8, max_size=8)


def solve(
    known: list[int], found: dict[Pair, float], judged: dict[Pair, str], order: Any = None, without: str = ""
) -> Resolution:
    """Resolve under scores; `order` shuffles offers, links and events, `without` leaves one offer out."""
    shuffle = order or (lambda values: values)
    born = {letter: f"n{night}" for letter, night in zip(LETTERS, known, strict=True) if letter != without}
    events = [
        {"id": f"e{number}", "at": f"t{number}", "user": "u", "kind": "judge", "left": a, "right": b, "verdict": word}
        for number, ((a, b), word) in enumerate(sorted(judged.items()))
    ]
    pairs = {pair: score for pair, score in found.items() if without not in pair or not without}
    links = [Link(*pair, score=score) for pair, score in pairs.items() if score >= 3]
    return resolve(
        dict(shuffle(list(born.items()))),
        decide(shuffle(events)),
        shuffle(links),
        evidence=dict(shuffle(list(pairs.items()))),
    )


@settings(max_examples=200)
@given(nights, scores, verdicts, st.randoms(use_true_random=False))
def test_no_order_changes_the_result(known: Any, found: Any, judged: Any, random: Any) -> None:
    def shuffled(values: list[Any]) -> list[Any]:
        return random.sample(values, len(values))

    assert solve(known, found, judged) == solve(known, found, judged, shuffled)


@settings(max_examples=200)
@given(nights, scores, verdicts)
def test_a_different_always_holds(known: Any, found: Any, judged: Any) -> None:
    courses = solve(known, found, judged).course_ids
    assert all(courses[a] != courses[b] for (a, b), word in judged.items() if word == "different")


@settings(max_examples=300)
@given(nights, scores, verdicts)
def test_a_new_offer_alone_changes_no_existing_id(known: Any, found: Any, judged: Any) -> None:
    known = [*known[:-1], 9]  # h comes last
    judged = {pair: word for pair, word in judged.items() if "h" not in pair}
    before = solve(known, found, judged, without="h").course_ids
    after = solve(known, found, judged).course_ids
    assert {offer: after[offer] for offer in before} == before


@settings(max_examples=200)
@given(nights, scores, verdicts, st.sampled_from(PAIRS))
def test_merge_then_split_restores_the_ids(known: Any, found: Any, judged: Any, pair: Pair) -> None:
    links = [Link(*other, score=score) for other, score in found.items() if score >= 3]
    born = {letter: f"n{night}" for letter, night in zip(LETTERS, known, strict=True)}
    judgements = [
        {"id": f"e{number}", "at": f"t{number}", "kind": "judge", "left": a, "right": b, "verdict": word}
        for number, ((a, b), word) in enumerate(sorted(judged.items()))
    ]
    same = {"id": "m", "at": "u1", "kind": "judge", "left": pair[0], "right": pair[1], "verdict": "same"}
    undo = {"id": "u", "at": "u2", "kind": "undo", "event_id": "m"}

    def ids(events: Any) -> Any:
        return resolve(born, decide(events), links, evidence=found)

    merged = ids([*judgements, same])
    assert set(merged.course_ids.values()) <= set(merged.own_ids.values())  # a redirect leads from own to course id
    assert ids([*judgements, same, undo]) == ids(judgements)


@settings(max_examples=200)
@given(nights, scores, verdicts, verdicts)
def test_every_id_once_published_leads_to_a_course(known: Any, found: Any, judged: Any, later: Any) -> None:
    """Whatever people decide afterwards, whatever arrives: a redirect leads from an offer's own id to its course."""
    published = {*solve(known, found, judged, without="h").course_ids.values()}
    after = solve([*known[:-1], 9], found, judged | later)
    leads = {own: after.course_ids[offer] for offer, own in after.own_ids.items()}
    courses = {*after.course_ids.values()}
    assert published <= leads.keys()
    assert {*leads.values()} <= courses
    assert all(leads[course] == course for course in courses)
