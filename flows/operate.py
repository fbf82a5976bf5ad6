"""Commands on what is there already: publish, take back, check, decide. Each works on one home."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows import people
from flows.home import Home, Refused, WrongUsage, existing_home

if TYPE_CHECKING:
    from exports.model import ExportConfig

app = typer.Typer()
register = typer.Typer(invoke_without_command=True)
app.add_typer(register, name="sources")
app.add_typer(people.app, name="user")

HomeOption = Annotated[Path | None, typer.Option("--home", help="The folder that holds everything.")]
UserOption = Annotated[str | None, typer.Option("--user", help="Who decides; by default who is logged in.")]


class Verdict(StrEnum):
    """What a person can say of a pair of offers."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


def say(text: str) -> None:
    """Tell a person something, on stderr."""
    print(text, file=sys.stderr)  # noqa: T201


def give(value: object) -> None:
    """Give a program one JSON object, on stdout."""
    print(json.dumps(value, ensure_ascii=False, default=str))  # noqa: T201


@contextmanager
def _refusals() -> Iterator[None]:
    """What the exports refuse, as the refusal of a command."""
    from exports.model import PublishError

    try:
        yield
    except PublishError as error:
        raise Refused(str(error)) from error


def _home(named: Path | None) -> Home:
    from flows.settings import Settings

    settings = Settings()
    return existing_home(named or settings.home, settings.var)


def _user(named: str | None) -> str:
    from flows.settings import login_name

    user = named or login_name()
    if user is None:
        raise WrongUsage("this machine does not know who you are: say --user NAME")
    return user


def _exports(home: Home) -> "ExportConfig":
    from flows.refresh import export_config
    from flows.settings import Settings

    return export_config(home, Settings().keep_versions)


@app.command()
def publish(
    home: HomeOption = None,
    accept: Annotated[str | None, typer.Option(help="Why more may change at once than the limits allow.")] = None,
) -> None:
    """Deduplicate what is known again and publish it, without a harvest: for decisions that should not wait."""
    from flows.again import publish_again

    published = publish_again(_home(home), accept)
    say(published.note or f"Version {published.version} ist veröffentlicht: {published.path}")
    give(published.model_dump())
    if published.note:
        raise typer.Exit(1)


@app.command()
def rollback(version: str, home: HomeOption = None) -> None:
    """Publish the content of an older version anew and keep it until `unpin`."""
    from exports.publish import rollback as roll_back

    with _refusals():
        published = roll_back(_exports(_home(home)), version, now=datetime.now(UTC))
    say(f"Version {published.version} zeigt wieder den Stand {version}; festgehalten bis `bildungsraum unpin`.")


@app.command()
def unpin(home: HomeOption = None) -> None:
    """Let the next publication go live again after a rollback."""
    from exports.publish import unpin as let_go

    with _refusals():
        was_pinned = let_go(_exports(_home(home)))
    say("Die nächste Veröffentlichung geht wieder online." if was_pinned else "Es war nichts festgehalten.")


@app.command()
def verify(home: HomeOption = None) -> None:
    """Check everything published: checksums, schema, ids that must resolve."""
    from exports.publish import verify as check

    problems = check(_exports(_home(home)))
    for problem in problems:
        say(problem)
    if problems:
        raise typer.Exit(1)
    say("Alle Prüfungen bestanden.")


@app.command()
def diff(old: str, new: str, home: HomeOption = None) -> None:
    """Tell what changed from one published version to another."""
    from exports.publish import diff as compare

    with _refusals():
        give(compare(_exports(_home(home)), old, new))


@app.command()
def status(
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole record on stdout.")] = False,
) -> None:
    """Tell in German whether the last night was good; reads files only."""
    from flows.console import status as show_status
    from flows.console import terminal
    from flows.report import read_report

    place = _home(home)
    report = read_report(place.reports)
    if report is None:
        raise Refused(f"In {place.root} ist noch keine Nacht zu Ende gegangen.")
    if as_json:
        print(report.model_dump_json(indent=1))  # noqa: T201
    else:
        show_status(report, terminal())
    if not report.good:
        raise typer.Exit(1)


@register.callback()
def sources(
    context: typer.Context,
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="The whole register on stdout.")] = False,
) -> None:
    """List the sources with their last result, and name what is wrong with a file."""
    if context.invoked_subcommand is not None:
        return
    from flows.console import show_sources, terminal
    from flows.register import home_if_any
    from flows.register import register as read_register
    from flows.settings import Settings

    settings = Settings()
    entries, problems = read_register(settings.sources, home_if_any(home, settings.home, settings.var))
    if as_json:
        give({"sources": [entry.told for entry in entries], "problems": problems})
    else:
        show_sources(entries, terminal())
    for problem in problems:
        say(problem)
    if problems:
        raise typer.Exit(1)


@register.command()
def check(
    key: str,
    live: Annotated[bool, typer.Option("--live", help="Visit it too, with at most five requests.")] = False,
    base_url: Annotated[str | None, typer.Option(hidden=True, help="A stand-in instead of the site.")] = None,
) -> None:
    """Check the description of a source, and with --live whether a few of its pages fulfil what it expects."""
    from flows.settings import Settings
    from flows.sourcefiles import find_source

    settings = Settings()
    source = find_source(settings.sources, key, "standin")
    if not live:
        say(f"Die Beschreibung von {source.name} ist in Ordnung.")
        return
    from flows.checking import visit
    from flows.console import show_coverage, terminal

    found = visit(source, settings.contact, base_url)
    show_coverage(found, terminal())
    give({"source": key, "good": found.good, **asdict(found)})
    if not found.good:
        raise typer.Exit(1)


@app.command()
def probe(
    target: Annotated[str, typer.Argument(metavar="URL|FILE", help="A page or a feed of an unknown site.")],
    out: Annotated[Path | None, typer.Option(help="Where the draft goes; by default ./probe/<host or name>.")] = None,
) -> None:
    """Say what software a page was made with and what can be read from it, and draft a source."""
    from flows.probing import probe_target, show_findings
    from flows.settings import Settings

    today = datetime.now(UTC).date()
    findings, told = probe_target(target, out, contact=Settings().contact, today=today)
    show_findings(findings, told, say)
    give(told)


@app.command()
def review(
    home: HomeOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on; others than this machine's own need https.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8080,
    root_path: Annotated[str, typer.Option(metavar="/PATH", help="Where a proxy shows the desk.")] = "",
    trust_proxy: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Believe this proxy's X-Forwarded-For and -Proto.")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="On stand-in data: make a first login and print it.")] = False,
) -> None:
    """Open the stewards' desk in the browser: duplicates to decide, corrections, history."""
    from flows.review import serve_desk

    if root_path and not root_path.startswith("/"):
        raise WrongUsage("--root-path begins with a slash")
    serve_desk(
        _home(home), host=host, port=port, root_path=root_path.rstrip("/"), trusted=trust_proxy, demo=demo, say=say
    )


@app.command()
def judge(
    left: str, right: str, verdict: Verdict, user: UserOption = None, note: str | None = None, home: HomeOption = None
) -> None:
    """Decide whether two offers are the same course; the next night and `publish` obey."""
    from flows.desk import judge_pair

    give(judge_pair(_home(home), left, right, verdict.value, _user(user), note))


@app.command()
def release(
    source: str,
    reason: Annotated[str, typer.Option(help="Why the numbers are right.")],
    user: UserOption = None,
    home: HomeOption = None,
) -> None:
    """Accept what held a source: from the next night on it is judged by a new baseline."""
    from flows.desk import release_source

    give(release_source(_home(home), source, reason, _user(user)))


@app.command()
def takedown(
    target: Annotated[str, typer.Argument(metavar="SOURCE|OFFER_ID", help="What must be shown no more.")],
    reason: Annotated[str, typer.Option(help="Who demands it, and why; stays in the journal.")],
    user: UserOption = None,
    home: HomeOption = None,
) -> None:
    """Hide an offer or a whole source at once, erase what is kept of it, and never bring it back."""
    from flows.takedown import take_down, told

    done = take_down(_home(home), target, reason, _user(user))
    for sentence in told(done):
        say(sentence)
    give({"event": done.event, "version": done.version, "removed": done.removed, "listings": done.listings})


@app.command()
def train(
    home: HomeOption = None,
    limit: Annotated[
        float, typer.Option(min=0, max=1, help="The share of course ids that may change; more is refused.")
    ] = 0.02,
    labelled: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Labelled listings for the gate, instead of our own set.")
    ] = None,
) -> None:
    """Learn the weights from what the stewards decided, and use them from the next night on if nothing gets worse."""
    from flows.training import train_home

    report = train_home(_home(home), limit=limit, labelled=labelled, now=datetime.now(UTC))
    give(report.figures())
    for problem in report.refused:
        say(problem)
    if report.refused:
        raise typer.Exit(1)
    say(f"Das Modell {report.version} gilt ab der nächsten Nacht.")


@app.command()
def rebuild(home: HomeOption = None) -> None:
    """Make a lost warehouse anew from the kept harvests and the identity file, with the same course ids."""
    from flows.again import rebuild_warehouse

    place = _home(home)
    if place.warehouse.exists():
        raise WrongUsage(f"{place.warehouse} is still there: move it away first")
    nights = rebuild_warehouse(place)
    say(f"Das Lager ist aus {nights} Nächten neu aufgebaut.")


@app.command()
def backup(
    home: HomeOption = None,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="By default backups/ in the home.")] = None,
    check: Annotated[
        Path | None, typer.Option("--verify", metavar="FILE", dir_okay=False, help="Only check this archive.")
    ] = None,
) -> None:
    """Write one archive of what cannot be recomputed: decisions, accounts, ids, the live version, the warehouse."""
    from flows.backup import back_up, check_backup

    archive = check or back_up(_home(home), out)
    problems = check_backup(archive)
    for problem in problems:
        say(problem)
    if problems:
        raise typer.Exit(1)
    say(f"{archive} ist unversehrt.")
    give({"archive": archive})
