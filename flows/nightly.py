"""One night as a Prefect flow: the stages in their order, each task a one-line wrapper around a plain function.

Prefect schedules the night and keeps its log; what a stage does stands in `stages`. Results stay on disk, never in
Prefect: a cached harvest would be a stale portal.
"""

from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from flows import stages
from flows.book import Book, Normalised
from flows.gates import Harvest
from flows.opening import Night, opened
from flows.outcome import NightReport, Published
from flows.refresh import Refreshed
from flows.report import read_report
from flows.request import NightRequest
from flows.settings import Settings
from spiders.source import Source


@task(task_run_name="harvest {source.key}", cache_policy=NO_CACHE, persist_result=False)
def harvest(night: Night, source: Source) -> Harvest:
    """Fetch one source."""
    return stages.harvest(night, source)


@task(task_run_name="normalise {source.key}", cache_policy=NO_CACHE, persist_result=False)
def normalise(night: Night, source: Source) -> Normalised:
    """Read the listings of one source."""
    return stages.normalise(night, source)


@task(cache_policy=NO_CACHE, persist_result=False)
def load_and_deduplicate(night: Night, book: Book) -> Refreshed | None:
    """Load what is good and find the courses."""
    return stages.load_and_deduplicate(night, book)


@task(cache_policy=NO_CACHE, persist_result=False)
def publish(night: Night, book: Book, loaded: Refreshed) -> Published | str:
    """Publish a version."""
    return stages.publish(night, book, loaded)


@task(cache_policy=NO_CACHE, persist_result=False)
def report(night: Night, book: Book, totals: dict[str, int], published: Published | str | None) -> NightReport:
    """Write the report."""
    return stages.report(night, book, totals, published)


@flow(
    name="nightly",
    persist_result=False,
    task_runner=ThreadPoolTaskRunner(max_workers=Settings().harvests),  # type: ignore[arg-type]
)
def nightly(request: NightRequest) -> State[Any]:
    """Run one night. The run is Completed if the night was good and Failed if anything was held or refused."""
    with opened(request) as night:
        record = run(night)
    return Completed(message=record.headline) if record.good else Failed(message=record.headline)


def run(night: Night) -> NightReport:
    """The stages in their order. What fails holds its source, or the publication; the night goes on to its report."""
    book = Book(night.absent)
    under_way = {source.key: harvest.submit(night, source) for source in night.sources}
    for source in night.sources:
        harvested = under_way[source.key].result(raise_on_failure=False)
        book.harvested(source, harvested, night.known[source.key], night.released.get(source.key))
        if book.is_fresh(source.key):
            book.normalised(source, normalise(night, source, return_state=True).result(raise_on_failure=False))

    loaded = load_and_deduplicate(night, book, return_state=True).result(raise_on_failure=False)
    if not isinstance(loaded, Refreshed):
        refusal = f"Laden oder Abgleich ist gescheitert ({loaded})." if loaded is not None else None
        return report(night, book, {}, refusal)
    book.loaded(loaded.moved, night.run_id)
    published = publish(night, book, loaded, return_state=True).result(raise_on_failure=False)
    if isinstance(published, Exception):
        published = f"Die Veröffentlichung ist gescheitert ({published})."
    return report(night, book, loaded.totals, published)


def run_night(request: NightRequest) -> NightReport:
    """Run the flow against Prefect's ephemeral server, or the one that PREFECT_API_URL names, and read its report.

    Raises what stopped a night before it came to its report.
    """
    state: State[Any] = nightly(request, return_state=True)
    place = request.place(Settings())
    record = read_report(place.reports, request.run_id or "latest")
    if record is None:
        state.result()  # raises
        raise RuntimeError(f"the night {request.run_id} left no report: {state.message}")
    return record
