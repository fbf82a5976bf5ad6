"""The merged course: whose value wins, why, and which runs it has."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.golden import Known, build_course, slug
from normalize.model import Availability, Duration, Instance, Place
from tests.dedupe.offers import offer

NIGHT = "20261101T000000Z"


def known(offer_id: str, *args: Any, first_seen: str = NIGHT, status: str = "active", **more: Any) -> Known:
    return Known(offer(offer_id, *args, **more), first_seen, status)


def run(ref: str, start: str | None = "2027-01-04", **more: Any) -> Instance:
    precision = "day" if start else "unknown"
    return Instance(instance_id=ref, start=start, precision=precision, **more)  # type: ignore[arg-type]


def test_the_house_wins_over_the_upload_over_the_federal_search() -> None:
    course = build_course(
        "c1",
        [
            known("agency:1", "EXCEL!", kind="aggregator", fetched_at="2026-11-22T01:00:00Z", subtitle="nur hier"),
            known("table:1", "Excel (Tabelle)", kind="upload", fetched_at="2026-11-22T01:00:00Z"),
            known("house:1", "Excel", kind="provider", fetched_at="2026-11-01T01:00:00Z"),
        ],
    )
    assert course.title == "Excel"
    assert course.provenance["title"].model_dump() == {
        "offer_id": "house:1",
        "fetched_at": "2026-11-01T01:00:00Z",
        "rule": "source_kind",
    }
    assert course.subtitle == "nur hier"
    assert course.provenance["subtitle"].rule == "only_value"
    assert course.provenance["provider"].rule == "agreed"
    assert "level" not in course.provenance  # nobody says


def test_of_equal_rank_the_newer_wins_then_the_fuller_then_the_senior() -> None:
    newer = known("b:1", "neu", fetched_at="2026-11-02T00:00:00Z")
    older = known("a:1", "alt und lang", fetched_at="2026-11-01T00:00:00Z")
    assert build_course("c1", [older, newer]).provenance["title"].rule == "newer"
    fuller = build_course("c1", [known("a:1", "kurz"), known("b:1", "etwas länger")])
    assert (fuller.title, fuller.provenance["title"].rule) == ("etwas länger", "fuller")
    senior = build_course("c1", [known("a:1", "eins", first_seen="2"), known("b:1", "zwei", first_seen="1")])
    assert (senior.title, senior.provenance["title"].rule) == ("zwei", "senior")


def test_withdrawn_members_stay_but_give_nothing_while_another_is_active() -> None:
    gone = known("a:1", "alt", status="withdrawn", starts=("2027-01-04",))
    course = build_course("c1", [gone, known("b:1", "neu", starts=("2027-02-01",))])
    assert course.title == "neu"
    assert [(member.offer_id, member.status) for member in course.members] == [("a:1", "withdrawn"), ("b:1", "active")]
    assert [one.start for one in course.instances] == ["2027-02-01"]
    assert [source.source for source in course.sources] == ["b"]
    alone = build_course("c1", [gone])
    assert (alone.title, alone.status) == ("alt", "withdrawn")


def test_the_same_run_listed_twice_is_one_with_the_gaps_filled() -> None:
    senior = known("a:1", instances=(run("a:1#1", place=Place(city="Marl")),))
    other = known(
        "b:1",
        first_seen="20261102T000000Z",
        instances=(
            run("b:1#7", place=Place(city="Marl"), start_time="18:00", availability=Availability(status="full")),
            run("b:1#8", place=Place(city="Herten")),
        ),
    )
    course = build_course("c1", [other, senior])
    # of one day, the run without a known beginning comes first
    assert [(one.instance_id, one.offer_id, one.same_as) for one in course.instances] == [
        ("b:1#8", "b:1", ()),
        ("a:1#1", "a:1", ("b:1#7",)),
    ]
    merged = next(one for one in course.instances if one.instance_id == "a:1#1")
    assert merged.start_time == "18:00"
    assert merged.availability.status == "full"


def test_of_a_run_listed_twice_the_house_tells_more_than_the_federal_search() -> None:
    bound, exact = Duration(text="mehr als 1 Monat"), Duration(teaching_units=267)
    agency = known(
        "agency:1",
        kind="aggregator",
        instances=(run("agency:1#1", duration=bound, url="https://agency.example/1", deadline="2026-12-20"),),
    )
    house = known(
        "house:1",
        kind="provider",
        first_seen="20261102T000000Z",
        duration=exact,
        instances=(run("house:1#1", url="https://house.example/1"),),
    )
    (merged,) = build_course("c1", [house, agency]).instances
    assert (merged.instance_id, merged.same_as) == ("agency:1#1", ("house:1#1",))  # the id stays the senior's
    assert merged.url == "https://house.example/1"
    assert merged.deadline == "2026-12-20"  # told by the federal search alone
    assert merged.duration is None  # as the house says of all runs


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (run("l", start_time="09:00"), run("r", start_time="18:00")),
        (run("l", place=Place(city="Marl")), run("r", place=Place(city="Herten"))),
        (run("l", place=Place(online=True)), run("r", place=Place(city="Marl"))),
        (run("l", None), run("r", None)),  # two open starts may be two
        (run("l"), run("r", "2027-01-05")),
    ],
)
def test_what_may_be_two_runs_stays_two(left: Instance, right: Instance) -> None:
    course = build_course("c1", [known("a:1", instances=(left,)), known("b:1", instances=(right,))])
    assert len(course.instances) == 2


def test_two_parallel_runs_of_one_offer_stay_two() -> None:
    assert len(build_course("c1", [known("a:1", instances=(run("1"), run("2")))]).instances) == 2


def test_a_slug_ends_in_the_id_which_alone_is_resolved() -> None:
    assert slug("Schweißen für Anfänger/innen (MAG)", "cabc") == "schweissen-fuer-anfaenger-innen-mag-cabc"
    assert slug("???", "cabc") == "cabc"


@given(st.permutations(range(4)))
def test_the_course_does_not_depend_on_the_order_of_members(order: list[int]) -> None:
    members = [
        known("a:1", "eins", starts=("2027-01-04", "2027-02-01"), town="Marl"),
        known("b:1", "zwei", starts=("2027-01-04",), town="Marl", kind="aggregator"),
        known("c:1", "drei", price="90.00", fetched_at="2026-11-05T00:00:00Z"),
        known("d:1", "vier", price="95.00", first_seen="20261030T000000Z"),
    ]
    assert build_course("c1", [members[place] for place in order]) == build_course("c1", members)


# --- what was read from another field ---


def test_a_meaning_comes_from_the_member_whose_text_is_shown() -> None:
    house = known("house:1", certificate="Urkunde", target_group="Frauen", audiences=("women",))
    agency = known("agency:1", kind="aggregator", certificate="Zertifikat der Akademie", certificate_kind="provider")
    course = build_course("c1", [house, agency])
    assert (course.certificate, course.certificate_kind) == ("Urkunde", None)
    assert course.audiences == ("women",)
    assert course.provenance["audiences"].offer_id == course.provenance["target_group"].offer_id == "house:1"


def test_a_steward_who_replaces_a_text_replaces_its_meaning() -> None:
    member = known(
        "a:1", certificate="Zertifikat", certificate_kind="provider", target_group="Frauen", audiences=("women",)
    )
    events = {
        name: {"id": name, "at": "2026-11-03", "field": name, "value": value}
        for name, value in (("certificate", "IHK-Prüfung"), ("audiences", ["migrants"]))
    }
    course = build_course("c1", [member], {"a:1": events})
    assert (course.certificate, course.certificate_kind) == ("IHK-Prüfung", None)
    assert (course.target_group, course.audiences) == ("Frauen", ("migrants",))


def test_completeness_is_measured_on_the_merged_course() -> None:
    described = known("a:1", "Excel", description="Tabellen und Formeln", starts=("2027-01-04",), town="Marl")
    priced = known("b:1", "Excel", price="120.00", kind="aggregator")
    assert {"price", "start"} <= set(build_course("c1", [described]).missing) | set(
        build_course("c1", [priced]).missing
    )
    course = build_course("c1", [described, priced])
    assert not {"description", "start", "town", "price"} & set(course.missing)
    assert course.completeness >= 50
    assert "keywords" in course.missing
