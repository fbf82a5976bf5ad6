"""The report of a night, for people as HTML and for machines as JSON; both are renamed into place."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from flows.chart import chart, moment
from flows.home import write_atomically
from flows.notes import german_note
from flows.outcome import STATES, NightReport
from flows.reasons import german, german_field

PROFILE_NAMES = {"live": "Echtbetrieb", "standin": "nachgestellte Quellen", "captures": "Aufzeichnungen"}
SHOWN_ISSUES = 40
DELTA_WORDS = {
    "added": "neu",
    "changed": "geändert",
    "withdrawn": "zurückgezogen",
    "merged": "zusammengeführt",
    "split": "getrennt",
}


def write_report(report: NightReport, folder: Path) -> Path:
    """Write `<run_id>.html`, `<run_id>.json` and both again as `latest`; returns the path of the HTML."""
    folder.mkdir(parents=True, exist_ok=True)
    html, record = render(report), report.model_dump_json(indent=1) + "\n"
    for name in (report.run_id, "latest"):
        write_atomically(folder / f"{name}.html", html)
        write_atomically(folder / f"{name}.json", record)
    return folder / f"{report.run_id}.html"


def read_report(folder: Path, run_id: str = "latest") -> NightReport | None:
    """The record of a night, or None if there is none; raises ValueError if the file is no report."""
    path = folder / f"{run_id}.json"
    return NightReport.model_validate_json(path.read_text(encoding="utf-8")) if path.exists() else None


def render(report: NightReport) -> str:
    """The report as one HTML page without scripts; every value from outside is escaped."""
    names = {source.source: source.name for source in report.sources}
    charts = [(names.get(key, key), chart(history)) for key, history in report.history.items() if history]
    return _template().render(
        report=report,
        when=moment(report.run_id).strftime("%d.%m.%Y, %H:%M Uhr"),
        profile=PROFILE_NAMES[report.profile],
        states=STATES,
        tiles=_tiles(report),
        totals=_totals(report),
        missed=sum(source.missed for source in report.sources),
        skipped=_skipped(report),
        notes=[(source.name, note) for source in report.sources for note in source.notes],
        charts=charts,
        delta=_delta(report.published.delta) if report.published else "",
        shown_issues=SHOWN_ISSUES,
        hidden_issues=len(report.issues) > SHOWN_ISSUES,
    )


def number(value: float) -> str:
    """A whole number with German thousands, "1.234"."""
    return f"{value:,.0f}".replace(",", ".")


def decimal(value: float) -> str:
    """One digit after a German comma, "12,5"."""
    return f"{value:,.1f}".translate(str.maketrans(",.", ".,"))


def share(value: float | None) -> str:
    """A share (0 to 1) as "99,8 %", cut and not rounded, so that only all is 100; a dash for None."""
    return "–" if value is None else decimal(int(value * 1000) / 10).removesuffix(",0") + " %"


def _tiles(report: NightReport) -> list[tuple[str, str]]:
    labels = (
        ("offers", "Angebote"),
        ("instances", "Termine"),
        ("courses", "Kurse nach Abgleich"),
        ("published", "Kurse veröffentlicht"),
        ("candidates", "zu prüfende Paare"),
        ("issues", "Hinweise"),
    )
    return [(label, number(report.counts[key])) for key, label in labels if key in report.counts]


def _totals(report: NightReport) -> list[str]:
    read = [(s.pages, s.listings) for s in report.sources]
    moved = [
        (s.offers, s.issues, s.new + s.reappeared, s.changed, s.unchanged, s.withdrawn)
        for s in report.sources
        if s.state == "fresh"
    ]
    columns = [*zip(*read, strict=True), *(zip(*moved, strict=True) if moved else [()] * 6)]
    sums = [number(sum(column)) for column in columns]
    return [*sums, share(report.surviving), decimal(sum(s.seconds for s in report.sources))]


def _skipped(report: NightReport) -> dict[str, list[str]]:
    """The sources that were left out, by the reason."""
    names: dict[str, list[str]] = {}
    for source in report.sources:
        if source.state == "skipped":
            names.setdefault(" ".join(source.reasons), []).append(source.name)
    return names


def _delta(counts: dict[str, int]) -> str:
    moved = [f"{number(count)} {DELTA_WORDS.get(name, name)}" for name, count in counts.items() if count]
    return ", ".join(moved) or "nichts geändert"


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(number=number, decimal=decimal, share=share)
    environment.globals.update(
        moment=lambda run_id: moment(run_id).strftime("%d.%m.%Y, %H:%M Uhr"),
        field_name=german_field,
        reason=german,
        note_name=german_note,
    )
    return environment.from_string((Path(__file__).with_name("report.html")).read_text(encoding="utf-8"))
