"""Labels in every markup: what is read, from where, and what is left alone."""

from typing import Any

import pytest

from spiders.labelled.facts import Fact, facts_of
from spiders.labelled.runs import course_fields, runs_of


def found(body: str) -> list[Fact]:
    return facts_of(f"<main>{body}</main>").found


def read(body: str) -> dict[str, Any]:
    """Course fields, and the runs (without what is absent) under "runs"."""
    facts = found(body)
    fields, origins = course_fields(facts)
    runs = runs_of(facts, fields, origins)
    return {**fields, "runs": [{name: value for name, value in run.items() if value} for run in runs]}


DATES = {"instances.dates": "1.3.2027"}


@pytest.mark.parametrize(
    ("body", "origin"),
    [
        ("<dl><dt>Kursgebühr</dt><dd>300 €</dd></dl>", "dl"),
        ("<dl><div><dt>Kursgebühr</dt><dd>300 €</dd></div></dl>", "dl"),
        ("<dl><dt>Kosten</dt><dt>Kursgebühr</dt><dd>300 €</dd></dl>", "dl"),
        ("<table><tr><th>Kursgebühr</th><td>300 €</td></tr></table>", "table row"),
        ("<table><tr><td><font><b>Kursgebühr:</b></font></td><td>300 €</td></tr></table>", "table row"),
        ("<table><tr><td>Ort:</td><td>Essen</td><td>Kursgebühr:</td><td>300 €</td></tr></table>", "table row"),
        ("<p><strong>Kursgebühr:</strong> 300 €</p>", "p strong"),
        ("<p><b>Dauer:</b> 3 Tage<br><b>Kursgebühr</b>: 300 €</p>", "p b"),
        ("<li>Kursgebühr: 300 €</li>", "li text"),
        ("<p>Dauer: 3 Tage | Kursgebühr: 300 € · Ort: Essen</p>", "p text"),
        ("<p>Kursgebühr – 300 €</p>", "p text"),
        ("<p>Kursgebühr 300 €</p>", "p text"),
        ("<p>Dauer: 3 Tage; Kursgebühr: 300 €</p>", "p text"),
        ("<div><div class='l'>Kursgebühr</div><div class='v'>300 €</div></div>", "beside"),
        ("<div><div><span>Kursgebühr</span></div><div><span>300 €</span></div></div>", "beside"),
        ("<div><span>Kursgebühr</span><span>300 €</span></div>", "div span"),
        ("<div><div>300 €</div><div>Kursgebühr</div></div>", "above"),
        ("<h3>Kursgebühr</h3><p>300 €</p>", "heading"),
        ("<p><strong>Kursgebühr</strong></p><p>300 €</p>", "heading"),
        ("<div class='h'><h3>Kursgebühr</h3></div><div class='b'><p>300 €</p></div>", "heading"),
        ("<details><summary>Kursgebühr</summary><p>300 €</p></details>", "heading"),
        ("<h3><button aria-controls='p'>Kursgebühr</button></h3><div id='p'>300 €</div>", "panel"),
        ("<ul><li><a href='#p'>Kursgebühr</a></li><li><a href='#q'>Ort</a></li></ul><div id='p'>300 €</div>", "panel"),
        ("<p><i class='icon' title='Kursgebühr'></i> 300 €</p>", "icon"),
        ("<p><svg><title>Kursgebühr</title><path/></svg> 300 €</p>", "icon"),
        ("<p aria-label='Kursgebühr'>300 €</p>", "attribute"),
        ("<p><span class='sr-only'>Kursgebühr:</span> 300 €</p>", "p span"),
    ],
)
def test_a_price_is_read_from_every_markup_and_says_where_it_stood(body: str, origin: str) -> None:
    prices = [(fact.value, fact.origin) for fact in found(body) if fact.path == "price"]
    assert prices == [("300 €", origin)]


@pytest.mark.parametrize(
    "body",
    [
        "<h2>Kosten</h2><p>Mit einem Bildungsgutschein sparen Sie bis zu 11.250 €.</p>",
        "<h2>Kosten</h2><p>Die Kosten trägt die Agentur für Arbeit.</p>",
        "<p>Sparen Sie bis zu 500 €: Preis heute günstig</p>",
        "<p><a href='/preise'>Preis</a> 300 €</p>",
        "<h3>Kursgebühr</h3><h3>Termine</h3><p>300 €</p>",
        "<p>Für eine Gebühr von 300 € sind Sie dabei.</p>",
    ],
)
def test_amounts_of_marketing_and_running_text_are_no_price(body: str) -> None:
    assert [fact for fact in found(body) if fact.path == "price"] == []


def test_begin_and_end_are_one_range_and_duration_and_extent_one_duration() -> None:
    course = read("<p>Beginn: 1.3.2027</p><p>Ende: 5.3.2027</p><p>Dauer: 1 Woche</p><p>Umfang: 40 UE</p>")
    assert course == {"duration": "1 Woche, 40 UE", "runs": [{"dates": "1.3.2027 - 5.3.2027"}]}


def test_hours_under_a_word_for_days_are_hours_and_dates_under_a_word_for_hours_are_dates() -> None:
    assert read("<p>Wann: Mo–Fr 8:00–15:00 Uhr</p>")["runs"] == [{"times": "Mo–Fr 8:00–15:00 Uhr"}]
    assert read("<p>Zeit: 1.3.2027</p>")["runs"] == [{"dates": "1.3.2027"}]


def test_fees_beside_the_price_keep_their_labels() -> None:
    course = read("<h3>Gebühren</h3><p>Kurs: 900,00 €</p><p>Prüfung: 80,00 €</p>")
    assert (course["price"], course["price_note"]) == ("900,00 €", "Prüfung: 80,00 €")


def test_the_public_pays_the_price_of_those_who_are_no_members() -> None:
    table = (
        "<table><tr><th>Teilnehmergruppe</th><th>Preis</th></tr><tr><td>Mitglieder</td><td>90 €</td></tr>"
        "<tr><td>Nichtmitglieder</td><td>120 €</td></tr></table>"
    )
    course = read(table)
    assert (course["price"], course["price_note"]) == ("120 €", "Mitglieder: 90 €")


def test_an_address_below_a_place_belongs_to_it() -> None:
    (run,) = read("<p><b>Ort:</b> Halle 2<br>Werkstr. 7<br>45127 Essen<br><b>Dauer:</b> 1 Tag</p>")["runs"]
    assert run == {
        "venue": "Halle 2, Werkstr. 7, 45127 Essen",
        "street": "Werkstr. 7",
        "postcode": "45127",
        "city": "Essen",
    }


def test_a_person_to_ask_is_taken_apart() -> None:
    course = read("<h4>Ihre Ansprechpartnerin</h4><p>Vera Beispiel<br>Tel. 0221 4710-12<br>beispiel@example.org</p>")
    assert {name: value for name, value in course.items() if name.startswith("contact")} == {
        "contact.name": "Vera Beispiel",
        "contact.phone": "0221 4710-12",
        "contact.email": "beispiel@example.org",
    }


@pytest.mark.parametrize(
    "runs",
    [
        "<table><tr><th>Termin</th><th>Ort</th><th>Preis</th></tr><tr><td>1.3.2027</td>"
        "<td>Essen</td><td>10 €</td></tr>"
        "<tr><td>5.4.2027</td><td>Hagen</td><td>12 €</td></tr></table>",
        "<table><tr><th></th><th>A</th><th>B</th></tr><tr><td>Termin</td><td>1.3.2027</td><td>5.4.2027</td></tr>"
        "<tr><td>Ort</td><td>Essen</td><td>Hagen</td></tr><tr><td>Preis</td><td>10 €</td><td>12 €</td></tr></table>",
        "<table><tr><td>1.3.2027</td><td>Essen</td><td>10 €</td></tr><tr><td>5.4.2027</td>"
        "<td>Hagen</td><td>12 €</td></tr></table>",
        "<div class='c'><h3>Termin 1</h3><p>Beginn: 1.3.2027</p><p>Ort: Essen</p><p>Preis: 10 €</p></div>"
        "<div class='c'><h3>Termin 2</h3><p>Beginn: 5.4.2027</p><p>Ort: Hagen</p><p>Preis: 12 €</p></div>",
        "<ul><li class='r'><b>1.3.2027</b><dl><dt>Ort</dt><dd>Essen</dd><dt>Preis</dt><dd>10 €</dd></dl></li>"
        "<li class='r'><b>5.4.2027</b><dl><dt>Ort</dt><dd>Hagen</dd><dt>Preis</dt><dd>12 €</dd></dl></li></ul>",
        "<h2>Termine</h2><div class='e'><div>1.3.2027</div><div><i class='fa fa-map-marker'>"
        "</i> Essen</div><p>10 €</p></div>"
        "<div class='e'><div>5.4.2027</div><div><i class='fa fa-map-marker'></i> Hagen</div><p>12 €</p></div>",
        "<p>Termin: 1.3.2027</p><p>Ort: Essen</p><p>Preis: 10 €</p><p>Termin: 5.4.2027</p>"
        "<p>Ort: Hagen</p><p>Preis: 12 €</p>",
        "<p><b>Termin | Ort | Preis</b></p><p>1.3.2027 | Essen | 10 €<br>5.4.2027 | Hagen | 12 €</p>",
        "<h4>1.3.2027</h4><p>Ort: Essen</p><p>Preis: 10 €</p><h4>5.4.2027</h4><p>Ort: Hagen</p><p>Preis: 12 €</p>",
        "<div><div class='r'><div>Termin</div><div>Ort</div><div>Preis</div></div><div "
        "class='r'><div>1.3.2027</div><div>Essen</div>"
        "<div>10 €</div></div><div class='r'><div>5.4.2027</div><div>Hagen</div><div>12 €</div></div></div>",
    ],
    ids=["table", "transposed", "headless", "cards", "dl-cards", "icons", "lines", "pipes", "headings", "grid"],
)  # fmt: skip
def test_several_dates_stay_apart_with_their_places_and_prices(runs: str) -> None:
    course = read("<p>Dauer: 2 Tage</p>" + runs)
    assert course["runs"] == [
        {"dates": "1.3.2027", "venue": "Essen", "price": "10 €"},
        {"dates": "5.4.2027", "venue": "Hagen", "price": "12 €"},
    ]
    assert course["duration"] == "2 Tage"
    assert "price" not in course


def test_what_is_stated_once_is_true_of_all_runs_but_not_the_places_left() -> None:
    course = read(
        "<p>Termin: 1.3.2027</p><p>Status: ausgebucht</p><p>Termin: 5.4.2027</p><p>Uhrzeit: 9:00 - 16:00 Uhr</p>"
    )
    assert course["runs"] == [
        {"dates": "1.3.2027", "times": "9:00 - 16:00 Uhr"},
        {"dates": "5.4.2027", "times": "9:00 - 16:00 Uhr"},
    ]


def test_the_number_of_a_run_is_its_ref_and_that_of_a_single_run_the_courses() -> None:
    head = "<table><tr><th>Kurs-Nr.</th><th>Termin</th></tr><tr><td>A-1</td><td>1.3.2027</td></tr>"
    assert read(f"{head}</table>") == {"course_number": "A-1", "runs": [{"dates": "1.3.2027"}]}
    two = read(f"{head}<tr><td>A-2</td><td>5.4.2027</td></tr></table>")
    assert [run["ref"] for run in two["runs"]] == ["A-1", "A-2"]


def test_single_meetings_are_no_runs() -> None:
    days = "".join(f"<tr><td>{day}.3.2027</td><td>18:00 - 20:00 Uhr</td></tr>" for day in (1, 8, 15))
    table = f"<table><tr><th>Datum</th><th>Uhrzeit</th></tr>{days}</table>"
    for body in (f"<p>Beginn: 1.3.2027</p><p>Dauer: 3 Termine</p>{table}", f"<h3>Kurstage</h3>{table}"):
        (run,) = read(body)["runs"]
        assert [meeting["date"] for meeting in run["sessions"]] == ["1.3.2027", "8.3.2027", "15.3.2027"]


def test_days_of_examinations_and_of_information_are_no_runs() -> None:
    body = "<p>Beginn: 1.3.2027</p><h3>Infoabende</h3><ul><li>5.1.2027, 18 Uhr</li><li>12.1.2027, 18 Uhr</li></ul>"
    assert read(body)["runs"] == [{"dates": "1.3.2027"}]


def test_a_range_that_is_broken_into_two_lines_is_one_date() -> None:
    assert read("<h3>Termin</h3><p>1.3.2027 -<br>5.3.2027</p>")["runs"] == [{"dates": "1.3.2027 - 5.3.2027"}]


def test_prose_is_what_no_label_has_used() -> None:
    facts = facts_of(
        "<main><h1>K</h1><p>Ein Kurs.</p><h3>Preis</h3><p>5 €</p><h3>Inhalte</h3><ul>"
        "<li>Eins</li></ul><h3>Leer</h3></main>"
    )
    assert facts.prose == "<p>Ein Kurs.</p>\n<h3>Inhalte</h3>\n<ul><li>Eins</li></ul>"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"Das lernen Sie {'-' * 40}", True),
        (f"Lernen\nSchweißen {'-' * 40}", True),
        (f"Lernen\n{'-' * 40}\nSchweißen", False),  # labels of a menu rather than a sentence
        ("schweißen" * 10, False),
    ],
)
def test_text_outside_of_paragraphs_is_prose_if_words_follow_each_other(text: str, kept: bool) -> None:
    assert (facts_of(f"<main><div>{text}</div></main>").prose is not None) == kept


def test_a_label_whose_value_is_none_is_signalled() -> None:
    assert facts_of("<main><dl><dt>Kosten</dt><dd>siehe Anlage</dd></dl></main>").refused == [
        ("Kosten", "siehe Anlage")
    ]


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 20_000 + "Ort: Essen",
        "<table><tr><td>" * 300 + "Ort: Essen",
        "<h2>Termine</h2>" * 2_000,
        "<b>Ort</b> " * 5_000,
        "<p>" + "Ort: " * 20_000,
        "<p>Termin: " + "1." * 50_000,
        "<dl><dt>Termin:</dt><dd>" + "a" * 50_000 + "</dd></dl>",
        "<table>" + "<tr><td rowspan=999 colspan=999>Ort</td><td>Essen</td></tr>" * 300 + "</table>",
        "".join(f"<button aria-controls='x{number}'>Termine</button>" for number in range(1_000)),
    ],
)
def test_hostile_markup_is_read_or_left_in_bounded_time(body: str) -> None:
    assert facts_of(f"<main>{body}</main>").found is not None
