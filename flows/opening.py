"""Opening a night: the home and its lock, the sources of the profile, and the stand-in where it is asked for."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock

from flows.chart import moment
from flows.decided import assigned, releases
from flows.home import Home, WrongUsage, night_lock
from flows.outcome import SourceNight
from flows.refresh import Knowledge, recall
from flows.replay import check_replay, reason_not_to_replay, taped_night
from flows.request import NightRequest, new_run_id
from flows.settings import Settings
from flows.sites import read_faults, standin_keys, standin_proxy
from flows.sourcefiles import files_of
from flows.terms import taken_down
from normalize.assigned import NOTHING, Assigned
from spiders.source import Source, SourceError, load_source


@dataclass(frozen=True)
class Night:
    """What every stage of one night needs to know."""

    run_id: str
    started: datetime
    home: Home
    settings: Settings
    sources: tuple[Source, ...]  # to be harvested
    files: dict[str, Path]  # their TOML files
    absent: tuple[SourceNight, ...]  # skipped, or held before anything could be fetched
    known: dict[str, Knowledge]
    released: dict[str, str]  # source -> the run a steward released last
    hosts: dict[str, Lock]  # two sources on one host take turns
    assigned: Assigned = NOTHING  # what stewards said of unknown providers and places
    cancelled: Event = field(default_factory=Event)
    proxy: str | None = None  # the stand-in answers there for the hosts it plays
    replay: Path | None = None  # the folder of the night whose tapes are read again
    captures: Path | None = None  # the folder of the file sources: real samples, or what was dropped for a live night

    @property
    def folder(self) -> Path:
        """Where this night's harvest lies."""
        return self.home.harvest(self.run_id)

    @contextmanager
    def turn(self, source: Source) -> Iterator[None]:
        """Wait until nobody else speaks to the hosts of this source."""
        with ExitStack() as held:
            for host in sorted(doors(source)):
                held.enter_context(self.hosts[host])
            yield

    def cancel(self) -> None:
        """End the harvests of this night and let no new one start; returns when none is left."""
        self.cancelled.set()
        for lock in self.hosts.values():  # a harvest holds its own while it runs
            with lock:
                pass


def doors(source: Source) -> tuple[str, ...]:
    """What only one harvest at a time may use: the source's hosts, or the source itself if it is made of files."""
    return source.hosts or (source.key,)


def check_request(request: NightRequest, settings: Settings) -> None:
    """Refuse at once what a night would refuse after its slow start; raises WrongUsage or Refused."""
    home = request.place(settings)
    home.own()
    files = chosen_files(request, settings)
    if request.replay_of is not None:
        check_replay(home, request.replay_of, (path.stem for path in files))
    if request.faults:
        read_faults(request.faults)
    with night_lock(home):
        pass


@contextmanager
def opened(request: NightRequest) -> Iterator[Night]:
    """Hold the night's lock with everything it needs; at the end, however it comes, no harvest is left."""
    settings = Settings()
    home = request.place(settings)
    run_id = request.run_id or new_run_id()
    home.own()
    with night_lock(home), ExitStack() as stack:
        taped = taped_night(home, request.replay_of) if request.replay_of is not None else None
        plays = request.profile == "standin" and taped is None
        proxy = stack.enter_context(standin_proxy(request)) if plays else None
        files = chosen_files(request, settings)
        drops = settings.drops or home.root / "drops"
        sources, absent = without_taken_down(*load_chosen(files, request, drops, taped), taken_down(home).sources)
        released = releases(home)
        known = recall(home, [*(source.key for source in sources), *(page.source for page in absent)], released)
        night = Night(
            run_id=run_id,
            started=moment(run_id).astimezone(UTC),
            home=home,
            settings=settings,
            sources=sources,
            files={path.stem: path for path in files},
            absent=tuple(page.model_copy(update={"last_good": known[page.source].last_good}) for page in absent),
            known=known,
            released=released,
            assigned=assigned(home),
            hosts={door: Lock() for source in sources for door in doors(source)},
            proxy=proxy,
            replay=taped,
            captures=request.captures or drops,
        )
        stack.callback(night.cancel)
        night.folder.mkdir(parents=True)
        yield night


def chosen_files(request: NightRequest, settings: Settings) -> list[Path]:
    """The TOML files of the profile, or those the request names; raises WrongUsage for an unknown key."""
    files = files_of(request.profile, settings.sources)
    if request.profile == "standin":
        files = {key: path for key, path in files.items() if key in standin_keys()}
    if unknown := set(request.only or ()) - files.keys():
        raise WrongUsage(f"unknown sources: {', '.join(sorted(unknown))}; known are {', '.join(files)}")
    return [path for key, path in files.items() if request.only is None or key in request.only]


def load_chosen(
    files: Sequence[Path], request: NightRequest, drops: Path = Path("drops"), taped: Path | None = None
) -> tuple[tuple[Source, ...], tuple[SourceNight, ...]]:
    """The sources to harvest, and a page for each that is not.

    A broken description is held. A live night skips what it has no permission for, and a file source of which nothing
    lies below `drops`; a replay what is not among the tapes in `taped`, and asks for no permission: nothing is fetched.
    """
    sources: list[Source] = []
    absent: list[SourceNight] = []
    for path in files:
        try:
            source = load_source(path)
            if taped is not None:
                reason = reason_not_to_replay(taped, source.key)
            else:
                reason = _reason_to_skip(source, drops) if request.profile == "live" else None
            if reason is None:
                sources.append(_placed(source, request, drops))
                continue
            name, state, licence = source.name, "skipped", source.permission.licence
        except SourceError as error:
            reason = f"Die Beschreibung der Quelle ist fehlerhaft: {error}"
            name, state, licence = path.stem, "held", None
        told = {"source": path.stem, "name": name, "state": state, "reasons": (reason,), "licence": licence}
        absent.append(SourceNight.model_validate(told))
    return tuple(sources), tuple(absent)


def without_taken_down(
    sources: tuple[Source, ...], absent: tuple[SourceNight, ...], taken: Collection[str]
) -> tuple[tuple[Source, ...], tuple[SourceNight, ...]]:
    """The same without the sources that were taken down as a whole: these are skipped in every profile."""
    skipped = tuple(
        SourceNight(
            source=source.key,
            name=source.name,
            state="skipped",
            reasons=("Die Quelle ist auf Verlangen gesperrt.",),
            licence=source.permission.licence,
        )
        for source in sources
        if source.key in taken
    )
    return tuple(source for source in sources if source.key not in taken), (*absent, *skipped)


def _reason_to_skip(source: Source, drops: Path) -> str | None:
    """Why a live night leaves a source out, which is no failure; None if it does not."""
    if source.permission.crawl != "granted":
        return "Für den Abruf liegt keine Erlaubnis vor."
    missing = source.missing(drops) if source.is_file else ()
    return f"Es liegt keine Datei vor: {', '.join(missing)}." if missing else None


def _placed(source: Source, request: NightRequest, drops: Path) -> Source:
    """The source where this profile finds it."""
    if request.profile == "standin":
        # how many listings the real site has says nothing about a stand-in of any size
        expect = source.expect.model_copy(update={"min_listings": 1})
        return source.at(f"http://{source.key}.localhost").model_copy(update={"expect": expect})
    if request.replay_of is not None:
        return source  # a tape knows where its files lay
    if request.captures is not None:
        return source.below(request.captures)
    return source.below(drops) if source.is_file else source
