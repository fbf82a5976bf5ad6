"""What a person sees in the terminal: the table at the end of a night, and the short status."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.chart import moment
from flows.outcome import STATES, NightReport
from flows.register import Entry, last_words
from flows.report import decimal, number, share

if TYPE_CHECKING:
    from flows.checking import Coverage

WIDE = 140  # columns
STYLES = {"fresh": "green", "held": "bold red", "skipped": "dim"}


def terminal() -> Console:
    """Where people read: stderr, because stdout is for machines. Without a terminal the lines are long."""
    return Console(stderr=True, soft_wrap=False, width=None if sys.stderr.isatty() else WIDE, highlight=False)


def show(report: NightReport, console: Console, html: str) -> None:
    """Print the whole night: verdict, sources, counts, and where the data set and the report lie."""
    verdict(report, console)
    console.print(sources_table(report, console.width))
    counts = report.counts
    console.print(
        f"{number(counts.get('offers', 0))} Angebote, {number(counts.get('courses', 0))} Kurse, "
        f"{number(counts.get('candidates', 0))} zu prüfende Paare ({decimal(report.seconds)} s)"
    )
    if report.published is not None:
        console.print(Text(f"Datensatz: {report.published.path}"), soft_wrap=True)
    console.print(Text(f"Bericht:   {html}"), soft_wrap=True)


def verdict(report: NightReport, console: Console) -> None:
    """Print the headline, then why each held source is held."""
    console.print(Text(report.headline, style="bold green" if report.good else "bold red"), soft_wrap=True)
    for source in report.sources:
        if source.state == "held":
            console.print(Text(f"  {source.name}: {' '.join(source.reasons)}", style="red"), soft_wrap=True)


def sources_table(report: NightReport, width: int) -> Table:
    """One row per source; a narrow terminal shows no movements."""
    moves = ("neu", "geändert", "weg", "wieder") if width >= WIDE else ()
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Quelle", no_wrap=True, max_width=34)
    for head in ("Seiten", "Einträge", "Angebote", "Hinweise", *moves, "Sekunden"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("Zustand", no_wrap=True)
    for s in report.sources:
        moved = (s.offers, s.issues, *((s.new + s.reappeared, s.changed, s.withdrawn) if moves else ()))
        cells = [number(value) if s.state == "fresh" else "–" for value in moved]
        cells += [share(s.surviving)] if moves else []
        state = Text(STATES[s.state], style=STYLES[s.state])
        table.add_row(Text(s.name), number(s.pages), number(s.listings), *cells, decimal(s.seconds), state)
    return table


def status(report: NightReport, console: Console) -> None:
    """Print in a few lines whether the last night was good."""
    console.print(f"Letzter Lauf: {moment(report.run_id):%d.%m.%Y, %H:%M Uhr} ({report.run_id}, {report.profile})")
    verdict(report, console)
    for source in report.sources:
        good = f"{moment(source.last_good):%d.%m.%Y, %H:%M Uhr}" if source.last_good else "noch nie"
        line = f"  {source.name}: {STATES[source.state]}, letzter guter Stand {good}"
        console.print(Text(line, style=STYLES[source.state]), soft_wrap=True)


def show_sources(entries: Sequence[Entry], console: Console) -> None:
    """Print one row per source: who, with which software, what of it counts, whether we may, and how it went."""
    profile = next((f" ({entry.profile})" for entry in entries if entry.profile), "")
    heads = ("Schlüssel", "Quelle", "Software", "Gebiet", "Erlaubnis", "zuletzt geprüft")
    table = Table(*heads, f"letzter Lauf{profile}", box=SIMPLE_HEAD, pad_edge=False)
    for entry in entries:
        source = entry.source
        granted = source.permission.crawl == "granted"
        allowed = f"ja ({source.permission.basis})" if granted else "keine"
        checked = f"{source.verified.date:%d.%m.%Y}" if source.verified.date else "noch nie"
        region = source.scope.region if source.scope else "–"
        row = (source.key, source.name, source.platform, region, allowed, checked, last_words(entry))
        table.add_row(*map(Text, row))
    console.print(table)


def show_coverage(found: "Coverage", console: Console) -> None:
    """Print what the visited pages of a source publish, against what it is expected to."""
    console.print(f"{found.requests} Abrufe, {found.pages} Seiten, {found.listings} Einträge")
    table = Table("Feld", "gefüllt", "erwartet", "", box=SIMPLE_HEAD, pad_edge=False)
    for field in found.fields:
        met = Text("in Ordnung", style="green") if field.met else Text("zu wenig", style="bold red")
        table.add_row(Text(field.name), share(field.found), share(field.wanted), met)
    for name, filled in found.others.items():
        table.add_row(Text(name), share(filled), "–", "")
    console.print(table)
    for error in found.errors:
        console.print(Text(error), soft_wrap=True)
