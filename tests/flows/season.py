"""A season in one process: nights on the stand-in with faults, and between them what people do. No Prefect here.

`Season.play` does one night and its day, drawn from a seeded generator; after each publication `check` proves that a
consumer which only ever applied deltas holds what is published, and that every id ever published leads somewhere.
"""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from consumer import Consumer

from dedupe import journal
from exports.publish import rollback, unpin, verify
from flows import stages
from flows.again import publish_again
from flows.book import Book
from flows.desk import judge_pair, release_source
from flows.home import Home, Refused
from flows.opening import opened
from flows.outcome import NightReport
from flows.refresh import export_config
from flows.request import NightRequest
from flows.takedown import take_down

SOURCES = ("slv", "dekra", "bz", "mein-now")
FAULTS = ("500", "half", "empty", "not_html", "template", "cut")
KEPT = 30
# What a version must hold of the one before, unless a person took something down or went back.
MIN_SHARE, MAX_WITHDRAWN, FEW = 0.5, 0.30, 10


@dataclass
class Season:
    """One home, and all that was ever seen of it."""

    home: Home
    seed: int = 1
    courses: int = 40
    sources: tuple[str, ...] = SOURCES
    ever: set[str] = field(default_factory=set)  # every course id ever published
    gone: set[str] = field(default_factory=set)  # what was taken down: offers and sources
    told: list[str] = field(default_factory=list)  # what happened, for the reader of a failure
    excused: bool = False  # a person took something down since the last check

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.consumer = Consumer(self.home.exports)

    @property
    def current(self) -> Path:
        """The live version."""
        return self.home.exports / "current"

    def night(self, number: int, faults: tuple[str, ...] = (), replay_of: str | None = None) -> NightReport:
        """One night, its stages in their order and one after the other."""
        time.sleep(1.0 - time.time() % 1.0)  # a run id names its second
        request = NightRequest(
            profile=self.home.profile,
            home=self.home.root,
            only=self.sources,
            night=number,
            courses=self.courses,
            faults=faults,
            replay_of=replay_of,
        )
        with opened(request) as night:
            book = Book(night.absent)
            for source in night.sources:
                harvested = stages.harvest(night, source)
                book.harvested(source, harvested, night.known[source.key], night.released.get(source.key))
                if book.is_fresh(source.key):
                    book.normalised(source, stages.normalise(night, source))
            loaded = stages.load_and_deduplicate(night, book)
            if loaded is None:
                report = stages.report(night, book, {}, None)
            else:
                book.loaded(loaded.moved, night.run_id)
                report = stages.report(night, book, loaded.totals, stages.publish(night, book, loaded))
        self.told.append(f"night {number} {faults}: {report.headline}")
        return report

    def play(self, number: int) -> None:
        """A night with drawn faults, then some of what people do by day; checked after each publication."""
        faults: tuple[str, ...] = ()
        if number > 2:
            broken = self.dice.sample(self.sources, self.dice.choice((0, 1, 1, 2)))
            faults = tuple(f"{source}={self.dice.choice(FAULTS)}" for source in broken)
        self.night(number, faults)
        self.check()
        if unpin(export_config(self.home, KEPT)):  # a rollback lasts for one night at most
            self.told.append("unpin")
        deeds: list[Callable[[], None]] = [self.judge, self.override, self.roll_back, self.release, self.publish]
        for deed in self.dice.sample(deeds, self.dice.choice((1, 2, 3))):
            deed()
            self.check()

    def publish(self) -> None:
        """What `bildungsraum publish` does."""
        time.sleep(1.0)
        published = publish_again(self.home)
        self.told.append(f"publish: {published.note or published.version}")

    def judge(self) -> None:
        """A steward decides on a pair that is asked, or on any two offers."""
        asked = self.lines("candidates.jsonl")
        offers = sorted(row["offer_id"] for row in self.lines("clusters.jsonl"))
        pair = (
            self.dice.choice(asked)
            if asked and self.dice.random() < 0.7
            else dict(zip(("left", "right"), self.dice.sample(offers, 2), strict=True))
        )
        verdict = self.dice.choice(("same", "same", "different", "unsure"))
        judge_pair(self.home, pair["left"], pair["right"], verdict, "eva", None)
        self.told.append(f"judge {pair['left']} {pair['right']} {verdict}")

    def override(self) -> None:
        """A steward gives a course another title, or takes an earlier decision back."""
        made = [e for e in journal.live(journal.read(self.home.journal)) if e["kind"] in ("override", "judge")]
        at, user = datetime.now(UTC).isoformat(timespec="milliseconds"), "eva"
        if made and self.dice.random() < 0.3:
            event: dict[str, Any] = {"kind": "undo", "event_id": self.dice.choice(made)["id"]}
        else:
            offer = self.dice.choice(self.lines("clusters.jsonl"))["offer_id"]
            title = f"Umbenannt {self.dice.randrange(1000)}"
            event = {"kind": "override", "offer_id": offer, "field": "title", "value": title}
        journal.append(self.home.journal, {"at": at, "user": user, **event})
        self.told.append(f"{event['kind']}")

    def roll_back(self) -> None:
        """An operator goes back to an older version, and perhaps lets go of it."""
        kept = [
            entry["version"] for entry in json.loads((self.home.exports / "versions.json").read_bytes())["versions"]
        ]
        target = self.dice.choice(kept)
        rollback(export_config(self.home, KEPT), target, now=datetime.now(UTC))
        self.told.append(f"rollback {target}")
        self.excused = True  # an older version may be smaller
        if self.dice.random() < 0.7:
            self.check()
            unpin(export_config(self.home, KEPT))
            self.publish()

    def release(self) -> None:
        """A steward accepts what held a source, if one was held."""
        for source in self.sources:
            try:
                release_source(self.home, source, "geprüft", "eva")
            except Refused:
                continue
            self.told.append(f"release {source}")

    def take_down(self, target: str) -> None:
        """Somebody demands that something is shown no more."""
        time.sleep(1.0)
        take_down(self.home, target, "auf Verlangen", "eva")
        self.gone.add(target)
        self.told.append(f"takedown {target}")
        self.excused = True

    def an_offer(self) -> str:
        """Any offer that is published."""
        course = self.dice.choice([json.loads(line) for line in (self.current / "courses.jsonl").open("rb")])
        offer: str = self.dice.choice(course["members"])["offer_id"]
        return offer

    def lines(self, name: str) -> list[dict[str, Any]]:
        """A file of the stewards' snapshot."""
        path = self.home.review / "current" / name
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def check(self) -> None:
        """What must hold after every publication."""
        before = set(self.consumer.held)
        self.consumer.follow()
        published = (self.current / "courses.jsonl").read_bytes()
        assert self.consumer.holds_the_published_version(), self.told
        courses = [json.loads(line) for line in published.splitlines()]
        ids = {course["course_id"] for course in courses}
        self.ever |= ids
        redirects = {line["course_id"]: line["into"] for line in self._published("redirects.jsonl")}
        stones = {line["course_id"] for line in self._published("tombstones.jsonl")}
        assert self.ever <= ids | redirects.keys() | stones, self.told
        assert set(redirects.values()) <= ids, self.told
        shown = {member["offer_id"] for course in courses for member in course["members"]}
        assert not {offer for offer in shown if offer in self.gone or offer.split(":")[0] in self.gone}, self.told
        withdrawn = before - ids - redirects.keys()
        if not self.excused:
            assert len(ids) >= MIN_SHARE * len(before), self.told
            assert len(withdrawn) <= max(FEW, MAX_WITHDRAWN * len(before)), self.told
        self.excused = False
        assert verify(export_config(self.home, KEPT)) == [], self.told

    def _published(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.current / name).read_text(encoding="utf-8").splitlines()]
