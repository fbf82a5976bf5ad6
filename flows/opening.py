"""Opening a night: the home and its lock, the sources of the profile, and the stand-in where it is asked for."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock

from dedupe import journal
from flows.chart import moment
from flows.home import Home, WrongUsage, night_lock
from flows.outcome import SourceNight
from flows.refresh import Knowledge, recall
from flows.request import NightRequest, new_run_id
from flows.settings import Settings
from flows.sites import STANDIN_KEYS, read_faults, standin_proxy
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
    cancelled: Event = field(default_factory=Event)
    proxy: str | None = None  # the stand-in answers there for the hosts it plays
    captures: Path | None = None  # the folder of real samples

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
    chosen_files(request, settings)
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
        proxy = stack.enter_context(standin_proxy(request)) if request.profile == "standin" else None
        files = chosen_files(request, settings)
        sources, absent = load_chosen(files, request)
        known = recall(home, [*(source.key for source in sources), *(page.source for page in absent)])
        night = Night(
            run_id=run_id,
            started=moment(run_id).astimezone(UTC),
            home=home,
            settings=settings,
            sources=sources,
            files={path.stem: path for path in files},
            absent=tuple(page.model_copy(update={"last_good": known[page.source].last_good}) for page in absent),
            known=known,
            released=releases(home),
            hosts={door: Lock() for source in sources for door in doors(source)},
            proxy=proxy,
            captures=request.captures,
        )
        stack.callback(night.cancel)
        night.folder.mkdir(parents=True)
        yield night


def chosen_files(request: NightRequest, settings: Settings) -> list[Path]:
    """The TOML files of the profile, or those the request names; raises WrongUsage for an unknown key."""
    folder = settings.sources / "captures" if request.profile == "captures" else settings.sources
    files = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    if request.profile == "standin":
        files = {key: path for key, path in files.items() if key in STANDIN_KEYS}
    if unknown := set(request.only or ()) - files.keys():
        raise WrongUsage(f"unknown sources: {', '.join(sorted(unknown))}; known are {', '.join(files)}")
    return [path for key, path in files.items() if request.only is None or key in request.only]


def load_chosen(files: Sequence[Path], request: NightRequest) -> tuple[tuple[Source, ...], tuple[SourceNight, ...]]:
    """The sources to harvest, and a page for each that is not: a broken file is held, a missing permission skipped."""
    sources: list[Source] = []
    absent: list[SourceNight] = []
    for path in files:
        try:
            source = _placed(load_source(path), request)
        except SourceError as error:
            reason = f"Die Beschreibung der Quelle ist fehlerhaft: {error}"
            absent.append(SourceNight(source=path.stem, name=path.stem, state="held", reasons=(reason,)))
            continue
        if request.profile == "live" and source.permission.crawl != "granted":
            absent.append(
                SourceNight(
                    source=source.key,
                    name=source.name,
                    state="skipped",
                    reasons=("Für den Abruf liegt keine Erlaubnis vor.",),
                    licence=source.permission.licence,
                )
            )
            continue
        sources.append(source)
    return tuple(sources), tuple(absent)


def _placed(source: Source, request: NightRequest) -> Source:
    """The source where this profile finds it."""
    if request.profile == "standin":
        # how many listings the real site has says nothing about a stand-in of any size
        expect = source.expect.model_copy(update={"min_listings": 1})
        return source.at(f"http://{source.key}.localhost").model_copy(update={"expect": expect})
    if request.captures is not None:
        return source.below(request.captures)
    return source


def releases(home: Home) -> dict[str, str]:
    """Per source the newest run that a steward released, from the journal."""
    found: dict[str, str] = {}
    for event in journal.live(journal.read(home.journal)):
        if event["kind"] == "release":
            found[event["source"]] = max(event["run"], found.get(event["source"], ""))
    return found
