"""The command `bildungsraum`. Exit status: 0 good, 1 a gate failed or work was refused, 2 wrong usage.

What machines read goes to stdout alone, everything else to stderr. Imports are lazy, so that `parse` and `normalize`
start at once and never load Prefect, Scrapy or DuckDB. Commands on what is there already stand in `operate`.
"""

import atexit
import json
import os
import signal
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from flows import operate
from flows.home import Profile, Refused, WrongUsage, existing_home
from flows.operate import HomeOption, say

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Vocational training offers of the region: one honest, current, duplicate-free list, every night.",
)
app.add_typer(operate.app)

Today = Annotated[datetime | None, typer.Option("--today", formats=["%Y-%m-%d"], help="The reference date.")]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", exists=True, dir_okay=False, help="Saved pages.")]


def main() -> NoReturn:
    """Run the command line and end the process with its exit status."""
    signal.signal(signal.SIGTERM, _terminated)
    status: int | str | None = 0
    try:
        app()
    except SystemExit as ended:
        status = ended.code
    except WrongUsage as error:
        say(str(error))
        status = 2
    except Refused as error:
        say(str(error))
        status = 1
    except KeyboardInterrupt:
        say("Abgebrochen.")
        status = 130
    if "prefect" in sys.modules:
        _leave(status)
    sys.exit(status)


def _leave(status: int | str | None) -> NoReturn:
    """End a process that used Prefect: its threads outlive the interpreter, of which DuckDB would complain."""
    atexit._run_exitfuncs()  # ends Prefect's ephemeral server
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else int(status is not None))


def _terminated(number: int, _frame: object) -> NoReturn:
    """Leave through every `finally`, so that children end and nothing stays half done."""
    raise SystemExit(128 + number)


@app.command()
def nightly(
    standin: Annotated[bool, typer.Option("--standin", help="The local stand-in sites.")] = False,
    captures: Annotated[
        Path | None, typer.Option("--captures", exists=True, file_okay=False, help="Real samples in this folder.")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="The real sources.")] = False,
    replay: Annotated[
        str | None, typer.Option(metavar="RUN", help="Read the kept responses of an earlier night again.")
    ] = None,
    sources: Annotated[str | None, typer.Option(help="Only these keys, separated by commas.")] = None,
    night: Annotated[int | None, typer.Option(min=1, help="The night that the stand-in plays.")] = None,
    courses: Annotated[int | None, typer.Option(min=1, help="How many courses the stand-in plays.")] = None,
    fault: Annotated[list[str] | None, typer.Option(metavar="KEY=KIND", help="Let a stand-in source fail.")] = None,
    home: HomeOption = None,
) -> None:
    """Run one whole night: harvest, gates, load, deduplicate, publish, report."""
    asked = {"standin": standin, "captures": captures is not None, "live": live}
    profiles: list[Profile] = [name for name in ("standin", "captures", "live") if asked[name]]
    if len(profiles) + (replay is not None) != 1:
        raise WrongUsage("say exactly one of --standin, --captures DIR, --live, --replay RUN")
    if not standin and (fault or courses or night):
        raise WrongUsage("--night, --courses and --fault are for --standin")
    from flows.opening import check_request
    from flows.request import DEFAULT_COURSES, NightRequest, new_run_id
    from flows.settings import Settings, prepare_prefect

    settings = Settings()
    if replay is not None:  # a home belongs to one profile
        old = existing_home(home or settings.home, settings.var)
        profiles, home = [old.profile], old.root
    request = NightRequest(
        profile=profiles[0],
        home=home,
        run_id=new_run_id(),
        only=tuple(sources.split(",")) if sources else None,
        captures=captures.resolve() if captures else None,
        night=night or 1,
        courses=courses or DEFAULT_COURSES,
        faults=tuple(fault or ()),
        replay_of=replay,
    )
    place = request.place(settings)
    check_request(request, settings)  # before Prefect starts, which takes its time
    prepare_prefect(place.root)
    from flows.console import show, terminal
    from flows.nightly import run_night

    report = run_night(request)
    show(report, terminal(), str(place.reports / f"{report.run_id}.html"))
    if not report.good:
        raise typer.Exit(1)


@app.command()
def serve(
    live: Annotated[bool, typer.Option("--live", help="The real sources.")] = False, home: HomeOption = None
) -> None:
    """Keep the nightly deployment running: every night at 01:30 in Berlin, one run at a time."""
    if not live:
        raise WrongUsage("serve is for the real sources: say --live")
    from flows.request import NightRequest
    from flows.settings import Settings, prepare_prefect

    place = NightRequest(profile="live", home=home).place(Settings())
    place.own()
    prepare_prefect(place.root)
    from flows.deployment import serve_nightly

    serve_nightly(place.root.resolve())


@app.command()
def standin(
    night: Annotated[int, typer.Option(min=1, help="The night to play.")] = 1,
    courses: Annotated[int | None, typer.Option(min=1, help="How many courses.")] = None,
    port: Annotated[int, typer.Option(help="The port on this machine; 0 takes a free one.")] = 0,
    fault: Annotated[list[str] | None, typer.Option(metavar="KEY=KIND", help="Let a source fail.")] = None,
) -> None:
    """Serve the stand-in sites for a person's browser until Ctrl-C."""
    from flows.request import DEFAULT_COURSES
    from flows.sites import serve_for_a_person

    serve_for_a_person(night=night, courses=courses or DEFAULT_COURSES, port=port, faults=tuple(fault or ()))


@app.command()
def parse(
    files: Files,
    source: Annotated[str | None, typer.Option(help="The key of the source the files come from.")] = None,
    platform: Annotated[str | None, typer.Option(help="The software that made the files.")] = None,
    url: Annotated[str | None, typer.Option(help="Read them as if fetched from there.")] = None,
) -> None:
    """Read saved pages or payloads and print listings as JSON lines."""
    if (source is None) == (platform is None):
        raise WrongUsage("say one of --source KEY, --platform NAME")
    from flows.parsing import print_listings

    if not print_listings(files, source=source, platform=platform, url=url):
        raise typer.Exit(1)


@app.command()
def normalize(
    file: Annotated[Path | None, typer.Argument(help="Listings as JSON lines; without it standard input.")] = None,
    today: Today = None,
) -> None:
    """Read listings and print offers as JSON lines."""
    from flows.lines import print_offers

    _need(file)
    if not print_offers(file, _day(today)):
        raise typer.Exit(1)


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="Listings as JSON lines, each with a label.")],
    today: Today = None,
    clusters: Annotated[Path | None, typer.Option(help="Write offer_id and course_id there.")] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write report.json and report.html with every mistake there.")
    ] = None,
) -> None:
    """Deduplicate labelled listings and print how well it went as one JSON object."""
    from flows.labelled import evaluate_file

    _need(file)
    print(json.dumps(evaluate_file(file, _day(today), clusters, report), ensure_ascii=False))  # noqa: T201


def _need(file: Path | None) -> None:
    if file is not None and str(file) != "-" and not file.is_file():
        raise WrongUsage(f"there is no file {file}")


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None
