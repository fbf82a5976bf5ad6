"""The report: its first line, its pictures, and that nothing from outside is taken for markup."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from flows.chart import TOP, chart, moment
from flows.console import show, status
from flows.outcome import IssueKind, NightReport, PastNight, Published, SourceNight, SourceNote, headline
from flows.report import decimal, number, read_report, render, share, write_report

RUN = "20261122T003000Z"
FRESH = SourceNight(source="hbz", name="HBZ Münster", state="fresh", pages=12, listings=1234, offers=1234, new=3)
HELD = SourceNight(
    source="dekra", name="DEKRA Akademie", state="held", reasons=("Der Katalog war leer.",), last_good=RUN
)
SKIPPED = SourceNight(source="ihk", name="IHK", state="skipped", reasons=("Keine Erlaubnis.",))
JUDGED = HELD.model_copy(update={"listings": 40, "offers": 40, "known": 80, "met": 31})


def report(*sources: SourceNight, **more: object) -> NightReport:
    version = Published(version=RUN, path="exports/x", counts={"courses": 3}, delta={"added": 2})
    first = headline(sources, version, None)
    fields = {
        "run_id": RUN,
        "profile": "standin",
        "started_at": "2026-11-22T00:30:00Z",
        "finished_at": "2026-11-22T00:31:00Z",
        "seconds": 60.0,
        "good": all(source.state != "held" for source in sources),
        "headline": first,
        "published": version,
        "counts": {"offers": 1234, "courses": 3, "candidates": 1},
        "sources": sources,
    }
    return NightReport.model_validate(fields | more)


@pytest.mark.parametrize(
    ("sources", "refusal", "expected"),
    [
        ((FRESH, SKIPPED), None, "Die Nacht war gut: die eine Quelle ist frisch. Version V ist veröffentlicht."),
        ((FRESH, FRESH), None, "Die Nacht war gut: alle 2 Quellen sind frisch. Version V ist veröffentlicht."),
        ((FRESH, HELD), None, "1 von 2 Quellen ist zurückgehalten (DEKRA Akademie)"),
        ((HELD, HELD), None, "Keine einzige Quelle lieferte brauchbare Daten"),
        ((SKIPPED,), None, "Für keine Quelle liegt eine Erlaubnis vor"),
        ((FRESH,), "Prüfung gescheitert.", "Die Nacht war nicht gut: Es wurde nichts veröffentlicht: Prüfung"),
    ],
)
def test_the_first_line_tells_whether_the_night_was_good(
    sources: tuple[SourceNight, ...], refusal: str | None, expected: str
) -> None:
    assert expected in headline(sources, Published(version="V", path="p") if refusal is None else None, refusal)


def test_the_page_names_what_is_held_first() -> None:
    page = render(report(FRESH, HELD, SKIPPED))
    assert page.index("nicht gut") < page.index("Der Katalog war leer.") < page.index("<h2>Quellen</h2>")
    assert "22.11.2026, 01:30 Uhr" in page
    assert "1.234" in page
    assert "ausgelassen" in page
    assert "<script" not in page


def test_reasons_come_first_then_who_was_left_out() -> None:
    also = SKIPPED.model_copy(update={"source": "bz", "name": "bz"})
    no_file = SKIPPED.model_copy(update={"name": "Krüger", "reasons": ("Es liegt keine Datei vor: kurse.csv.",)})
    page = render(report(SKIPPED, FRESH, HELD, also, no_file))
    places = (
        "Der Katalog war leer.",
        "Ausgelassen: IHK, bz. Keine Erlaubnis.",
        "Krüger. Es liegt keine Datei",
        "Quellen</h2>",
    )
    assert sorted(places, key=page.index) == list(places)


def test_only_what_was_judged_can_be_released() -> None:
    assert "bildungsraum release dekra" in render(report(JUDGED))
    assert "bildungsraum release" not in render(report(JUDGED.model_copy(update={"failed": True})))
    assert "bildungsraum release" not in render(report(HELD))  # it read nothing
    assert "Der Stand vom 22.11.2026, 01:30 Uhr bleibt" in render(report(JUDGED))
    assert "noch keinen guten Stand" in render(report(JUDGED.model_copy(update={"last_good": None})))


def test_the_share_of_surviving_ids_stands_beside_every_source() -> None:
    page = render(report(FRESH.model_copy(update={"known": 1000, "met": 999}), JUDGED, SKIPPED, surviving=0.999))
    rows = {row.partition("</th>")[0]: row for row in page.split('<th scope="row">')[1:]}
    assert ">99,9 %<" in rows["HBZ Münster"]
    assert ">38,7 %<" in rows["DEKRA Akademie"]  # 31 of 80 is 38.75 %
    assert "%" not in rows["IHK"]
    assert ">99,9 %<" in rows["Summe"]
    assert ">1.234<" in rows["Summe"]
    assert "1.274" in rows["Summe"]  # entries read; offers are counted where they are loaded
    assert share(0.9999) == "99,9 %"
    assert share(1.0) == "100 %"
    assert share(None) == "–"


def test_what_the_harvests_noticed_is_told_in_german() -> None:
    notes = (
        SourceNote(kind="removed_token", count=1200, example="the search dropped 'x'"),
        SourceNote(kind="not_thought_of", count=1, example="<b>x</b>"),
    )
    page = render(report(FRESH.model_copy(update={"notes": notes}), HELD))
    assert "Suchanfragen, aus denen die Quelle ein Wort gestrichen hat" in page
    assert "1.200" in page
    assert "not_thought_of" in page
    assert "&lt;b&gt;x" in page
    assert "Hinweise der Abrufe" not in render(report(FRESH, HELD))


def test_nothing_from_outside_becomes_markup() -> None:
    evil = "<script>alert('x')</script>\"><img src=x onerror=y>"
    issue = IssueKind(field=evil, reason=evil, count=1, example=evil, offer_id=evil)
    night = PastNight(run_id=RUN, listings=1)
    note = SourceNote(kind=evil, count=1, example=evil)
    source = SourceNight(source="x", name=evil, state="held", reasons=(evil,), notes=(note,))
    skipped = SourceNight(source="y", name=evil, state="skipped", reasons=(evil,))
    page = render(report(source, skipped, issues=(issue,), history={"x": (night,)}, headline=evil))
    assert "<script" not in page
    assert "<img" not in page
    console = Console(file=io.StringIO(), width=120)
    show(report(SourceNight(source="x", name="[bold]x[/nope]", state="fresh")), console, "[/nope]")


def test_every_picture_has_its_nights_and_words() -> None:
    history = (
        PastNight(run_id="20261120T003000Z", listings=100, new=100),
        PastNight(run_id="20261121T003000Z", listings=40, held=True),
        PastNight(run_id="20261122T003000Z", listings=100, new=4, changed=2, gone=3),
    )
    drawing = chart(history)
    first, held, last = drawing.nights
    assert [bar.kind for bar in first.bars] == ["count"]  # on the first night all is new: no movement
    assert [bar.kind for bar in held.bars] == ["held"]
    assert [bar.kind for bar in last.bars] == ["count", "new", "changed", "gone"]
    assert first.bars[0].height == TOP
    assert held.bars[0].height == pytest.approx(TOP * 0.4)
    new, changed, gone = last.bars[1:]
    assert new.height == pytest.approx(2 * changed.height)
    assert gone.y == drawing.axis == pytest.approx(new.y + new.height)
    page = render(report(FRESH, history={"hbz": history}))
    assert "21.11.: zurückgehalten, 40 Einträge gelesen" in page
    assert page.count("<figure>") == 1


def test_a_source_without_history_has_no_picture() -> None:
    assert "<figure>" not in render(report(FRESH, history={"hbz": ()}))
    assert chart(()).nights == ()


def test_a_report_is_written_for_people_and_machines_and_read_back(tmp_path: Path) -> None:
    night = report(FRESH, HELD)
    html = write_report(night, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{RUN}.html", f"{RUN}.json", "latest.html", "latest.json",
    ]  # fmt: skip
    assert html.read_text(encoding="utf-8") == (tmp_path / "latest.html").read_text(encoding="utf-8")
    assert read_report(tmp_path) == night
    assert read_report(tmp_path, "20250101T000000Z") is None


def test_the_console_shows_the_same() -> None:
    out = io.StringIO()
    show(report(FRESH, HELD), Console(file=out, width=160), "r.html")
    text = out.getvalue()
    assert text.startswith("Die Nacht war nicht gut")
    assert "1.234 Angebote, 3 Kurse, 1 zu prüfende Paare" in text
    assert "exports/x" in text
    assert "r.html" in text
    out = io.StringIO()
    status(report(FRESH, HELD), Console(file=out, width=160))
    assert "DEKRA Akademie: zurückgehalten, letzter guter Stand 22.11.2026, 01:30 Uhr" in out.getvalue()
    assert "HBZ Münster: frisch, letzter guter Stand noch nie" in out.getvalue()


def test_german_numbers_and_berlin_time() -> None:
    assert number(1234567) == "1.234.567"
    assert decimal(1234.56) == "1.234,6"
    assert moment("20260701T233000Z").strftime("%d.%m. %H:%M") == "02.07. 01:30"  # summer time
