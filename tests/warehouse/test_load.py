"""What a night does to the offers: every count, the withdrawal rule, first_seen, and what is refused."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from normalize.model import Instance, Issue, Offer
from warehouse.alive import alive_offers
from warehouse.load import Counts, Gone, LoadError
from warehouse.snapshot import write_offers


def test_each_count_is_exact(nights: Any, offer: Any) -> None:
    same, changing, going = offer("same"), offer("changing"), offer("going")
    assert nights.night(1, same, changing, going) == Counts(new=3)
    assert nights.night(2, same, offer("changing", title="Neu"), offer("late")) == Counts(
        new=1, changed=1, unchanged=1, missed=1
    )
    assert nights.night(3, same, offer("changing", title="Neu"), offer("late")) == Counts(unchanged=3, withdrawn=1)
    assert nights.night(4, same, offer("changing", title="Neu"), offer("late")) == Counts(unchanged=3)
    assert nights.night(5, same, offer("changing"), offer("late"), going) == Counts(
        changed=1, unchanged=2, reappeared=1
    )


def test_history_of_an_offer(nights: Any, offer: Any) -> None:
    history = "SELECT first_seen, last_seen, changed_in, status, missed FROM offers WHERE ref = 'a'"
    one, two, three, four = (nights.run_id(n) for n in (1, 2, 3, 4))
    nights.night(1, offer("a"), offer("b"))
    nights.night(2, offer("a", title="Neu"), offer("b"))
    assert nights.rows(history) == [(one, two, two, "active", 0)]
    nights.night(3, offer("b"))
    assert nights.rows(history) == [(one, two, two, "active", 1)]
    nights.night(4, offer("b"))
    assert nights.rows(history) == [(one, two, two, "withdrawn", 2)]
    nights.night(5, offer("a", title="Neu"), offer("b"))
    assert nights.rows(history) == [(one, nights.run_id(5), two, "active", 0)]
    assert four not in nights.rows("SELECT last_seen FROM offers")
    assert three not in nights.rows("SELECT last_seen FROM offers")


@pytest.mark.parametrize("how", [{"complete": False}, {"withdraw": False}])
def test_absence_from_an_incomplete_harvest_proves_nothing(nights: Any, offer: Any, how: dict[str, bool]) -> None:
    nights.night(1, offer("a"), offer("b"))
    for number in (2, 3, 4):
        assert nights.night(number, offer("b"), **how) == Counts(unchanged=1)
    assert nights.night(5, offer("b")) == Counts(unchanged=1, missed=1)
    assert nights.night(6, offer("b"), **how) == Counts(unchanged=1)
    assert nights.night(7, offer("b")) == Counts(unchanged=1, withdrawn=1)


def test_being_seen_once_resets_the_count_of_absences(nights: Any, offer: Any) -> None:
    nights.night(1, offer("a"), offer("b"))
    assert nights.night(2, offer("b")).missed == 1
    nights.night(3, offer("a"), offer("b"))
    assert nights.night(4, offer("b")) == Counts(unchanged=1, missed=1)


def status(nights: Any) -> dict[str, str]:
    return dict(nights.rows("SELECT ref, status FROM offers"))


def test_what_is_gone_is_withdrawn_at_once(nights: Any, offer: Any) -> None:
    url = "https://hbz.example.org/kurs/c"
    nights.night(1, offer("a"), offer("b"), offer("c", url=url), offer("d"), offer("e"))
    gone = (Gone(ref="b"), Gone(url=url), Gone("https://hbz.example.org/kurs/e", "e"), Gone(ref="never-seen"))
    # e is listed all the same, d is only absent
    assert nights.night(2, offer("a"), offer("e"), gone=gone) == Counts(unchanged=2, missed=1, withdrawn=2)
    assert status(nights) == {"a": "active", "b": "withdrawn", "c": "withdrawn", "d": "active", "e": "active"}
    assert nights.night(2, offer("a"), offer("e"), gone=gone) == Counts(unchanged=2, missed=1, withdrawn=2)
    assert nights.night(3, offer("a"), offer("e"), gone=gone) == Counts(unchanged=2, withdrawn=1)


def test_a_source_that_never_lists_all_can_still_say_that_one_is_gone(nights: Any, offer: Any) -> None:
    nights.night(1, offer("a"), offer("b"), offer("c"))
    assert nights.night(2, offer("a"), complete=False, gone=(Gone(ref="b"),)) == Counts(unchanged=1, withdrawn=1)
    assert status(nights) == {"a": "active", "b": "withdrawn", "c": "active"}


def test_what_is_gone_at_one_source_stays_at_the_others(nights: Any, offer: Any) -> None:
    nights.load(1, nights.source(1, [offer("a")]), nights.source(1, [offer("a", source="dekra")], "dekra"))
    nights.load(2, nights.source(2, [], complete=False, gone=(Gone(ref="a"),)))
    assert nights.rows("SELECT source, status FROM offers ORDER BY source") == [
        ("dekra", "active"),
        ("hbz", "withdrawn"),
    ]


def test_an_offer_that_was_gone_comes_back_with_its_id(nights: Any, offer: Any) -> None:
    nights.night(1, offer("a"), offer("b"))
    nights.night(2, offer("b"), gone=(Gone(ref="a"),))
    assert nights.night(3, offer("a"), offer("b")) == Counts(unchanged=1, reappeared=1)
    assert nights.rows("SELECT first_seen, status, missed, missed_in FROM offers WHERE offer_id = 'hbz:a'") == [
        (nights.run_id(1), "active", 0, None)
    ]
    assert nights.night(4, offer("b")) == Counts(unchanged=1, missed=1)


def test_offers_that_are_alive_and_until_when(nights: Any, offer: Any, run: Any) -> None:
    ended, later = run("2026-12-01", end="2026-12-05"), run("2027-01-07")
    nights.night(
        1,
        offer("dated", instances=(later, ended), url="https://hbz.example.org/dated"),
        offer("ended", instances=(ended,)),
        offer("open", instances=(ended, Instance(open_start=True))),
        offer("without"),
        offer("gone"),
    )
    # one of its runs has vanished from the page: the other one counts
    nights.night(2, offer("dated", instances=(ended,)), complete=False, gone=(Gone(ref="gone"),))
    found = {alive.ref: alive for alive in alive_offers(nights.warehouse.con, "hbz")}
    assert {ref: alive.last_day for ref, alive in found.items()} == {
        "dated": "2026-12-05", "ended": "2026-12-05", "open": None, "without": None,
    }  # fmt: skip
    assert (found["dated"].offer_id, found["dated"].url, found["dated"].last_seen) == (
        "hbz:dated",
        None,
        nights.run_id(2),
    )
    assert found["without"].last_seen == nights.run_id(1)
    assert found["ended"].is_over(date(2026, 12, 6))
    assert not found["ended"].is_over(date(2026, 12, 5))
    assert not found["open"].is_over(date(2030, 1, 1))
    assert alive_offers(nights.warehouse.con, "dekra") == ()


def test_a_held_source_loads_and_loses_nothing(nights: Any, offer: Any) -> None:
    other = offer("x", source="dekra")
    nights.load(1, nights.source(1, [offer("a")]), nights.source(1, [other], "dekra"))
    for number in (2, 3, 4):
        counts = nights.load(number, nights.source(number, [other], "dekra"))
        assert counts == {"dekra": Counts(unchanged=1)}
    assert nights.rows("SELECT status, missed, last_seen FROM offers WHERE source = 'hbz'") == [
        ("active", 0, nights.run_id(1))
    ]
    assert nights.load(5) == {}


def test_an_empty_complete_file_misses_everything(nights: Any, offer: Any) -> None:
    nights.night(1, offer("a"), offer("b"))
    assert nights.night(2) == Counts(missed=2)


def test_first_seen_of_a_new_offer_comes_from_the_identity_file_if_it_knows_it(nights: Any, offer: Any) -> None:
    nights.first_seen = {"hbz:a": "20250101T013000Z", "hbz:gone": "20240101T013000Z"}
    nights.night(1, offer("a"), offer("b"))
    nights.first_seen = {"hbz:a": "20200101T013000Z"}
    nights.night(2, offer("a"), offer("b"))
    assert nights.rows("SELECT first_seen FROM offers ORDER BY ref") == ["20250101T013000Z", nights.run_id(1)]


def test_loading_the_same_run_twice_changes_nothing_more(nights: Any, offer: Any) -> None:
    nights.night(1, offer("a"), offer("b"))
    first = nights.night(2, offer("b"))
    before = nights.rows("SELECT * FROM offers ORDER BY offer_id")
    assert nights.night(2, offer("b")) == first == Counts(unchanged=1, missed=1)
    assert nights.rows("SELECT * FROM offers ORDER BY offer_id") == before


def test_history_only_runs_forward(nights: Any, offer: Any) -> None:
    nights.night(5, offer("a"))
    with pytest.raises(LoadError, match="older than 20261105T013000Z"):
        nights.night(4, offer("a"))


def test_broken_files_are_refused_by_name_and_leave_the_warehouse_as_it_was(nights: Any, offer: Any) -> None:
    nights.night(1, offer("a"))
    before = nights.rows("SELECT * FROM offers")

    cut = nights.source(2, [offer("a", title="Neu"), offer("b")])
    cut.offers.write_bytes(cut.offers.read_bytes()[:-20])
    with pytest.raises(LoadError, match=r"2-hbz\.offers\.jsonl cannot be loaded"):
        nights.load(2, cut)

    with pytest.raises(LoadError, match=r"not of source hbz: .*dekra:a"):
        nights.load(2, nights.source(2, [offer("a"), offer("a", source="dekra")]))
    with pytest.raises(LoadError, match="more than once: hbz:a"):
        nights.night(2, offer("a"), offer("a", title="Neu"))
    missing = nights.source(2, [])
    missing.offers.unlink()
    with pytest.raises(LoadError, match=r"2-hbz\.offers\.jsonl"):
        nights.load(2, missing)
    assert nights.rows("SELECT * FROM offers") == before
    assert nights.night(2, offer("a")) == Counts(unchanged=1)


def test_raw_listings_keep_the_last_one_and_survive_a_line_that_is_no_json(nights: Any, offer: Any) -> None:
    nights.night(1, offer("a"), offer("b"))
    load = nights.source(2, [offer("a")])
    load.listings.write_text(load.listings.read_text() + '{"ref": "\\ud83d"}\n{"ref": ')
    nights.load(2, load)
    raw = nights.rows("SELECT offer_id, run_id, listing ->> 'title' FROM raw_listings ORDER BY offer_id")
    assert raw == [("hbz:a", nights.run_id(2), "roh 2"), ("hbz:b", nights.run_id(1), "roh 1")]


def test_issues_are_those_of_the_offer_as_last_seen(nights: Any, offer: Any) -> None:
    doubt = Issue(field="duration", raw="ca. \u2028 lang", reason="no number")
    nights.night(1, offer("a", issues=(doubt, doubt)), offer("b", issues=(doubt,)))
    nights.night(2, offer("a"), offer("b", issues=(doubt,)))
    assert nights.rows("SELECT offer_id, field, raw, reason FROM issues") == [
        ("hbz:b", "duration", "ca. \u2028 lang", "no number")
    ]


def test_the_snapshot_gives_back_every_offer_and_its_history(nights: Any, offer: Any, run: Any, tmp_path: Path) -> None:
    hostile = offer(
        "b'\"; DROP TABLE offers; --",
        title='Ünïcode \U0001f600 \u2028 "q" \'',
        instances=(run("2027-01-01"),),
        parts=(1, 4),
    )
    nights.night(1, hostile, offer("a"))
    nights.night(2, hostile)
    nights.night(3, hostile)
    file = tmp_path / "review" / "offers.jsonl"
    with nights.warehouse.transaction() as con:
        assert write_offers(con, file) == 2
    lines = [json.loads(line) for line in file.read_bytes().split(b"\n") if line]
    assert [(line["offer_id"], line["status"]) for line in lines] == [
        ("hbz:a", "withdrawn"),
        (hostile.offer_id, "active"),
    ]
    history = {"first_seen", "last_seen", "status", "changed_in"}
    read = [Offer.model_validate({k: v for k, v in line.items() if k not in history}) for line in lines]
    without_ids = read[1].instances[0].model_copy(update={"instance_id": None})
    assert read[1].model_copy(update={"instances": (without_ids,)}) == hostile
    assert list(lines[0])[: len(Offer.model_fields)] == list(Offer.model_fields)
    assert not list(file.parent.glob("*.part"))


def test_what_a_writer_left_out_gets_the_default_of_the_model(
    nights: Any, offer: Any, run: Any, tmp_path: Path
) -> None:
    load = nights.source(1, [])
    sparse = offer("a", instances=(run("2027-01-01"),))
    load.offers.write_text(sparse.model_dump_json(exclude_defaults=True) + "\n")
    nights.load(1, load)
    with nights.warehouse.transaction() as con:
        write_offers(con, tmp_path / "offers.jsonl")
    line = json.loads((tmp_path / "offers.jsonl").read_text())
    read = Offer.model_validate({name: line[name] for name in Offer.model_fields})
    assert read.instances[0].model_copy(update={"instance_id": None}) == sparse.instances[0]
    assert read.model_copy(update={"instances": sparse.instances}) == sparse
