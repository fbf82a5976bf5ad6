"""A harvest within its night: what the gates are told, who takes turns, and that a cancelled night leaves none."""

import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock, Thread

from flows.gates import Expectation, Harvest, reasons_to_hold
from flows.home import Home
from flows.opening import Night, doors
from flows.settings import Settings
from flows.stages import told
from spiders.harvest import HarvestResult
from spiders.source import Source
from spiders.statistics import Statistics


def source(key: str, homepage: str | None) -> Source:
    fields = {"key": key, "name": key, "kind": "provider", "platform": "hbz", "start": ["x"], "ref": "id"}
    return Source.model_validate(fields | ({"homepage": homepage} if homepage else {"platform": "table"}))


def night_of(tmp_path: Path, *sources: Source) -> Night:
    return Night(
        run_id="20261122T003000Z",
        started=datetime(2026, 11, 22, 0, 30, tzinfo=UTC),
        home=Home(tmp_path, "standin"),
        settings=Settings(),
        sources=sources,
        files={},
        absent=(),
        known={},
        released={},
        hosts={door: Lock() for each in sources for door in doors(each)},
    )


def result(statistics: dict[str, object], reason: str | None = None) -> HarvestResult:
    return HarvestResult("hbz", reason is None, reason, 0, "finished", reason is None, None, statistics)


def test_the_gates_are_told_what_the_harvest_counted() -> None:
    statistics = Statistics("hbz", started_at="2026-11-22T00:30:00.000Z", pages=3, duplicates=1)
    statistics.measure({"source": "hbz", "ref": "1", "title": "Kurs"})
    statistics.error("http://hbz.localhost/1", "HTTP 500")
    harvest = told(result(statistics.report("finished", None)))
    assert (harvest.listings, harvest.pages, harvest.duplicates, harvest.complete) == (1, 3, 1, True)
    assert harvest.errors == ("HTTP 500 (http://hbz.localhost/1)",)
    assert harvest.fill["title"] == 1.0
    assert reasons_to_hold(harvest, Expectation(), ()) == ()


def test_a_harvest_without_statistics_is_held_by_its_reason() -> None:
    assert told(result({}, "Der Abruf brach ab.")) == Harvest(0, failure="Der Abruf brach ab.")
    assert reasons_to_hold(told(result({}, "Der Abruf brach ab.")), Expectation(), ()) == ("Der Abruf brach ab.",)


def test_cancel_returns_when_the_harvests_under_way_are_gone(tmp_path: Path) -> None:
    table, site, neighbour = (
        source("table", None), source("site", "http://one.localhost"), source("neighbour", "http://one.localhost"),
    )  # fmt: skip
    night = night_of(tmp_path, table, site, neighbour)
    ended, started_late, under_way = [], [], (Event(), Event())

    def first(each: Source, up: Event) -> None:
        with night.turn(each):
            up.set()
            night.cancelled.wait(10)
            time.sleep(0.2)
            ended.append(each.key)

    def second() -> None:
        under_way[1].wait(10)
        with night.turn(neighbour):
            started_late.append(night.cancelled.is_set())

    threads = [
        Thread(target=first, args=(table, under_way[0])),
        Thread(target=first, args=(site, under_way[1])),
        Thread(target=second),
    ]
    for thread in threads:
        thread.start()
    assert all(up.wait(10) for up in under_way)
    night.cancel()
    assert sorted(ended) == ["site", "table"]
    for thread in threads:
        thread.join(10)
    assert started_late == [True]
