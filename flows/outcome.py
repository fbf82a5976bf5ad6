"""What came out of a night: the record behind the report, the table on the console, and `bildungsraum status`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from flows.home import Profile

State = Literal["fresh", "held", "skipped"]
STATES = {"fresh": "frisch", "held": "zurückgehalten", "skipped": "ausgelassen"}


class Record(BaseModel):
    """Base of all records here: immutable, and strict when read back from a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceNote(Record):
    """What a harvest noticed, of one kind: how often, and the first message of it."""

    kind: str
    count: int
    example: str = ""


class SourceNight(Record):
    """One source in one night. Counts of offers are against the night before; `reasons` are German sentences."""

    source: str
    name: str
    state: State
    reasons: tuple[str, ...] = ()
    pages: int = 0
    listings: int = 0
    offers: int = 0
    issues: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    reappeared: int = 0
    missed: int = 0  # absent, but not yet often enough to be withdrawn
    withdrawn: int = 0
    known: int = 0  # offers that were alive before
    met: int = 0  # of these, found again under the same ref
    seconds: float = 0.0
    last_good: str | None = None  # run id of the newest good harvest
    licence: str | None = None
    failed: bool = False  # the harvest did not come to its end: there is nothing a steward could release
    notes: tuple[SourceNote, ...] = ()

    @property
    def surviving(self) -> float | None:
        """The share (0 to 1) of known offers that were met again; None where nothing was known or nothing was read."""
        return self.met / self.known if self.known else None


class IssueKind(Record):
    """Issues of one kind: what could not be read, how often, and one untouched example."""

    field: str
    reason: str
    count: int
    example: str
    offer_id: str


class PastNight(Record):
    """One night of one source, for the picture."""

    run_id: str
    listings: int
    new: int = 0
    changed: int = 0
    gone: int = 0
    held: bool = False


class Published(Record):
    """The version that went live, where it lies, how many courses it holds and how many of them moved."""

    version: str
    path: str
    counts: dict[str, int] = {}
    delta: dict[str, int] = {}
    note: str | None = None  # why nothing new went live although nothing is wrong: an older version is pinned


class NightReport(Record):
    """A whole night. Times are UTC in ISO 8601."""

    run_id: str
    profile: Profile
    replay_of: str | None = None  # run id of the night that was read again
    started_at: str
    finished_at: str
    seconds: float
    good: bool
    headline: str
    refusal: str | None = None  # why nothing was published, a German sentence
    published: Published | None = None
    counts: dict[str, int] = {}  # offers, instances, issues, courses, candidates
    surviving: float | None = None  # share of known offers that were met again under the same ref
    sources: tuple[SourceNight, ...] = ()
    issues: tuple[IssueKind, ...] = ()
    history: dict[str, tuple[PastNight, ...]] = {}


def headline(sources: tuple[SourceNight, ...], published: Published | None, refusal: str | None) -> str:
    """The first line of every report: was the night good, and if not, what is held."""
    asked = [source for source in sources if source.state != "skipped"]
    held = [source for source in asked if source.state == "held"]
    if not asked:
        return "Für keine Quelle liegt eine Erlaubnis vor: Es wurde nichts abgerufen und nichts veröffentlicht."
    version = ""
    if published is not None:
        version = published.note or f"Version {published.version} ist veröffentlicht."
    if not held and refusal is None:
        all_of_them = "die eine Quelle ist" if len(asked) == 1 else f"alle {len(asked)} Quellen sind"
        return f"Die Nacht war gut: {all_of_them} frisch. {version}".strip()
    if held and len(held) == len(asked):
        return (
            "Die Nacht war nicht gut: Keine einzige Quelle lieferte brauchbare Daten. "
            "Nichts wurde veröffentlicht; der letzte gute Stand bleibt online."
        )
    parts = []
    if held:
        names = ", ".join(source.name for source in held)
        are = "ist" if len(held) == 1 else "sind"
        share = f"{len(held)} von {len(asked)} Quellen {are} zurückgehalten"
        parts.append(f"{share} ({names}); der letzte gute Stand bleibt.")
    if refusal is not None:
        parts.append(f"Es wurde nichts veröffentlicht: {refusal}")
    return " ".join(["Die Nacht war nicht gut:", *parts, version]).strip()
