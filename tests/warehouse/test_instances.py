"""Instance ids: the source's, found again by date and place, moved, or minted; never one id for two runs."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normalize.model import Place


def ids(nights: Any) -> list[tuple[str, str]]:
    """(start, instance_id) of what the offer lists now, in its order, as the snapshot gives it."""
    rows = nights.rows("SELECT instances FROM offers WHERE ref = 'a'")
    return [(item["start"], item["instance_id"]) for item in json.loads(rows[0])]


def test_a_ref_of_the_source_makes_the_id(nights: Any, offer: Any, run: Any) -> None:
    nights.night(1, offer("a", instances=(run("2027-01-01", ref="77"), run("2027-01-01", ref="78"))))
    assert ids(nights) == [("2027-01-01", "hbz:a#77"), ("2027-01-01", "hbz:a#78")]
    nights.night(2, offer("a", instances=(run("2027-05-05", city="Bottrop", ref="77"),)))
    assert ids(nights) == [("2027-05-05", "hbz:a#77")]
    assert nights.rows("SELECT status, last_seen FROM instances ORDER BY instance_id") == [
        ("active", nights.run_id(2)),
        ("withdrawn", nights.run_id(1)),
    ]


def test_without_a_ref_a_run_is_found_again_by_date_and_place(nights: Any, offer: Any, run: Any) -> None:
    first, second = run("2027-01-01"), run("2027-02-01")
    elsewhere = run("2027-01-01", city="Bottrop")
    nights.night(1, offer("a", instances=(first, second, elsewhere)))
    minted = ids(nights)
    assert len({instance_id for _, instance_id in minted}) == 3
    assert all(instance_id.startswith("hbz:a#") for _, instance_id in minted)
    nights.night(2, offer("a", instances=(elsewhere, run("2027-02-01", end="2027-03-01"), first)))
    assert ids(nights) == [minted[2], minted[1], minted[0]]


def test_one_vanished_and_one_new_is_a_move(nights: Any, offer: Any, run: Any) -> None:
    nights.night(1, offer("a", instances=(run("2027-01-01"), run("2027-02-01"))))
    (_, kept), (_, moved) = ids(nights)
    nights.night(2, offer("a", instances=(run("2027-01-01"), run("2027-02-15"))))
    assert ids(nights) == [("2027-01-01", kept), ("2027-02-15", moved)]
    first_seen = nights.rows("SELECT first_seen FROM instances WHERE instance_id = ?", moved)
    assert first_seen == [nights.run_id(1)]


def test_two_vanished_and_two_new_are_four_runs(nights: Any, offer: Any, run: Any) -> None:
    nights.night(1, offer("a", instances=(run("2027-01-01"), run("2027-02-01"))))
    before = {instance_id for _, instance_id in ids(nights)}
    nights.night(2, offer("a", instances=(run("2027-01-08"), run("2027-02-08"))))
    assert not before & {instance_id for _, instance_id in ids(nights)}
    assert len(nights.rows("SELECT instance_id FROM instances")) == 4


def test_a_run_that_comes_back_has_its_id_again_and_a_date_taken_by_a_moved_one_gets_a_new_id(
    nights: Any, offer: Any, run: Any
) -> None:
    nights.night(1, offer("a", instances=(run("2027-01-01"),)))
    ((_, moved),) = ids(nights)
    nights.night(2, offer("a", instances=(run("2027-03-01"),)))
    assert ids(nights) == [("2027-03-01", moved)]
    nights.night(3, offer("a", instances=(run("2027-03-01"), run("2027-01-01"))))
    (_, first), (_, second) = ids(nights)
    assert first == moved != second
    nights.night(4, offer("a", instances=(run("2027-03-01"),)))
    nights.night(5, offer("a", instances=(run("2027-01-01"), run("2027-03-01"))))
    assert ids(nights) == [("2027-01-01", second), ("2027-03-01", first)]


def test_parallel_runs_of_one_day_and_place_are_told_apart_by_their_times(nights: Any, offer: Any, run: Any) -> None:
    morning, evening = run("2027-01-01", start_time="09:00"), run("2027-01-01", start_time="18:00")
    nights.night(1, offer("a", instances=(morning, evening)))
    (_, early), (_, late) = ids(nights)
    assert early != late
    nights.night(2, offer("a", instances=(evening,)))
    assert ids(nights) == [("2027-01-01", late)]
    nights.night(3, offer("a", instances=(evening, morning)))
    assert ids(nights) == [("2027-01-01", late), ("2027-01-01", early)]


def test_a_ref_that_repeats_is_an_issue_and_both_runs_stay(nights: Any, offer: Any, run: Any) -> None:
    nights.night(1, offer("a", instances=(run("2027-01-01", ref="7"), run("2027-02-01", ref="7"))))
    (_, first), (_, second) = ids(nights)
    assert first == "hbz:a#7" != second
    assert nights.rows("SELECT field, raw, reason FROM issues") == [
        ("instances[1].ref", "7", "the ref repeats within the offer")
    ]
    assert json.loads(nights.rows("SELECT issues FROM offers")[0])[0]["raw"] == "7"


def test_refs_that_spell_the_id_of_another_offer_do_not_collide(nights: Any, offer: Any, run: Any) -> None:
    # "hbz:a" with ref "1#2" and "hbz:a#1" with ref "2" both spell "hbz:a#1#2".
    one = offer("a", instances=(run("2027-01-01", ref="1#2"),))
    other = offer("a#1", instances=(run("2027-01-01", ref="2"),))
    nights.night(1, one, other)
    before = nights.rows("SELECT instance_id FROM instances ORDER BY 1")
    assert len(set(before)) == 2
    nights.night(2, other, one)
    assert nights.rows("SELECT instance_id FROM instances ORDER BY 1") == before


def test_a_ref_that_imitates_a_minted_id_cannot_stop_the_night(nights: Any, offer: Any, run: Any) -> None:
    nights.night(1, offer("a", instances=(run("2027-01-01"),)))
    ((_, minted),) = ids(nights)
    imitation = run("2027-06-01", ref=minted.split("#")[1])
    nights.night(
        2, offer("a", instances=(run("2027-01-01"), imitation)), offer("b", instances=(run("2027-01-01"), imitation))
    )
    assert (
        len(set(nights.rows("SELECT instance_id FROM instances"))) == len(nights.rows("SELECT 1 FROM instances")) == 4
    )


def test_open_starts_are_told_apart_by_place(nights: Any, offer: Any, run: Any) -> None:
    both = tuple(
        run("2027-01-01").model_copy(update={"start": None, "open_start": True, "place": Place(city=city)})
        for city in ("Marl", "Herten")
    )
    nights.night(1, offer("a", instances=both))
    before = [instance_id for _, instance_id in ids(nights)]
    nights.night(2, offer("a", instances=both[::-1]))
    assert [instance_id for _, instance_id in ids(nights)] == before[::-1]


DAYS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(["Marl", "Herten"]), st.sampled_from([None, "r", "s"])), max_size=4
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(DAYS, min_size=1, max_size=4))
def test_ids_are_unique_and_an_unchanged_night_changes_none(nights: Any, offer: Any, run: Any, history: Any) -> None:
    nights.warehouse.con.execute("DELETE FROM offers; DELETE FROM instances;")
    for number, days in enumerate(history, start=1):
        instances = tuple(run(f"2027-01-0{day}", city=city, ref=ref) for day, city, ref in days)
        nights.night(2 * number - 1, offer("a", instances=instances))
        before = ids(nights)
        assert [start for start, _ in before] == [instance.start for instance in instances]
        assert len({instance_id for _, instance_id in before}) == len(instances)
        nights.night(2 * number, offer("a", instances=instances))
        assert ids(nights) == before
