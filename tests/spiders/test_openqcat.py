"""What openQ-cat tells beside its listings, and what a hostile or damaged export may not do."""

import gzip
import re
import tracemalloc
from pathlib import Path

import pytest
from refusals import read_until_refused

from normalize.model import Listing
from spiders.listing import ListingDict
from spiders.page import Note, Page, UnreadableError
from spiders.parse import parse_pages
from spiders.platforms import openqcat
from spiders.source import bare_source

SOURCE = bare_source("openqcat")
FIXTURES = Path(__file__).parents[1] / "fixtures" / "openqcat"


def page(xml: str | bytes, encoding: str = "utf-8") -> Page:
    return Page("https://example.org/k.xml", content=xml if isinstance(xml, bytes) else xml.encode(encoding))


def catalogue(services: str, attributes: str = "") -> str:
    return f"<OPENQCAT><HEADER/><NEW_CATALOG {attributes}>{services}</NEW_CATALOG></OPENQCAT>"


def service(product: str, details: str = "", education: str = "", course: str | None = None) -> str:
    return (
        f"<SERVICE><PRODUCT_ID>{product}</PRODUCT_ID><SERVICE_DETAILS><TITLE>Kurs {product}</TITLE>{details}"
        f"<SERVICE_MODULE><EDUCATION><COURSE_ID>{course or product}</COURSE_ID>{education}</EDUCATION>"
        "</SERVICE_MODULE></SERVICE_DETAILS></SERVICE>"
    )


def listings(*pages: Page) -> list[ListingDict]:
    return list(parse_pages(SOURCE, pages))


def notes(xml: str) -> list[Note]:
    return [found for found in openqcat.read(page(xml), SOURCE) if isinstance(found, Note)]


def refused(found: Page) -> tuple[list[str | None], str]:
    return read_until_refused(openqcat.read(found, SOURCE))


# --- offers and runs ------------------------------------------------------------------------------------------------

DATE = "<SERVICE_DATE><START_DATE>2027-0{}-01T00:00:00+01:00</START_DATE></SERVICE_DATE>"
PLACE = "<MODULE_COURSE><LOCATION><CITY>Herne</CITY></LOCATION></MODULE_COURSE>"


def test_an_offer_with_a_date_is_a_run_beside_the_others() -> None:
    (row,) = listings(page(catalogue(service("1", DATE.format(1)) + service("1-a", DATE.format(2), course="1"))))
    assert [run["ref"] for run in row["instances"]] == ["1", "1-a"]


def test_an_offer_with_a_place_alone_is_a_run_only_where_nothing_else_is() -> None:
    alone = listings(page(catalogue(service("1", education=PLACE))))
    beside = listings(page(catalogue(service("1", education=PLACE) + service("1-a", DATE.format(2), course="1"))))
    assert [run["city"] for run in alone[0]["instances"]] == ["Herne"]
    assert [run["ref"] for run in beside[0]["instances"]] == ["1-a"]


def test_the_texts_of_the_offer_win_wherever_it_stands() -> None:
    offer, run = service("1"), service("1-a", DATE.format(2), course="1")
    for services in (offer + run, run + offer):
        (row,) = listings(page(catalogue(services)))
        assert row["title"] == "Kurs 1"


def test_runs_without_their_offer_speak_for_it_and_the_offer_may_lie_in_another_file() -> None:
    run = page(catalogue(service("1-a", DATE.format(2), course="1")))
    (alone,) = listings(run)
    assert (alone["ref"], alone["title"]) == ("1", "Kurs 1-a")
    (row,) = listings(page(catalogue(service("1", "<REQUIREMENTS>Abitur</REQUIREMENTS>"))), run)
    assert (row["title"], row["requirements"], len(row["instances"])) == ("Kurs 1", "Abitur", 1)


def test_a_service_without_any_id_is_told_by_the_harvest() -> None:
    rows = [row for row in openqcat.read(page(catalogue("<SERVICE/>")), SOURCE) if isinstance(row, dict)]
    assert [row["ref"] for row in rows] == [None]


def test_no_person_but_the_contact_is_kept() -> None:
    (row, *_) = listings(Page("x", path=FIXTURES / "katalog" / "katalog.xml"))
    assert "Geheim" not in str(row)
    assert "Werner" not in str(row)
    assert row["raw"]["rows"][1]["SERVICE_DETAILS"]["SERVICE_MODULE"]["EDUCATION"]["CERTIFICATE"] == {
        "CERTIFICATE_STATUS": "1",
        "CERTIFIER_NUMBER": "42",
    }


# --- notes ----------------------------------------------------------------------------------------------------------


def test_deleted_ids_and_an_update_are_told() -> None:
    found = list(openqcat.read(Page("x", path=FIXTURES / "aenderungen" / "update.xml"), SOURCE))
    told = [(note.kind, note.message, note.spoils) for note in found if isinstance(note, Note)]
    assert told == [
        ("partial", "UPDATE_CATALOG holds only what has changed", True),
        ("deleted", "4711", False),
        ("deleted", "4712", False),
    ]


def test_a_catalogue_that_is_not_the_whole_cannot_be_complete() -> None:
    assert [note.kind for note in notes(catalogue(service("1"), 'FULLCATALOG="0"')) if note.spoils] == ["partial"]
    assert not notes(catalogue(service("1"), 'FULLCATALOG="1"'))


def test_unknown_elements_and_codes_are_told_once_each() -> None:
    extra = "<NEUES_FELD>x<TIEFER/></NEUES_FELD>"
    codes = '<EXTENDED_INFO><FUNDING_TYPES_REGIONAL type="22"/><INSTRUCTION_FORM type="101"/></EXTENDED_INFO>'
    found = notes(catalogue(service("1", extra, codes) + service("2", extra, codes)))
    assert [(note.kind, note.message) for note in found] == [
        ("unknown_element", "NEUES_FELD"),
        ("unknown_element", "TIEFER"),
        ("unknown_code", "FUNDING_TYPES_REGIONAL 22"),
    ]


def test_every_element_of_the_schema_within_a_service_is_known(captures: Path) -> None:
    """The tree is an indented list; a path is known if its name is, or if it lies in something left aside."""
    path: list[str] = []
    for line in (captures / "openqcat" / "element_tree.txt").read_text(encoding="utf-8").splitlines():
        element = re.match(r"( *)([A-Z][A-Z0-9_]*) \[", line)
        if not element:
            continue
        path[len(element[1]) // 2 :] = [element[2]]
        if "SERVICE" in path and "DELETE" not in path:
            inner = path[path.index("SERVICE") + 1 :]
            closed = [name for name in inner[:-1] if name in openqcat._KNOWN["left_aside"]]
            assert closed or not inner or inner[-1] in openqcat._NAMES, "/".join(path)


# --- damage and malice ----------------------------------------------------------------------------------------------


def test_a_cut_export_is_refused_after_what_could_be_read() -> None:
    whole = catalogue(service("1", DATE.format(1)) + service("2", DATE.format(1)) + service("3", DATE.format(1)))
    refs, reason = refused(page(whole[: whole.index("Kurs 3")]))
    assert refs == ["1", "2"]
    assert "cut" in reason
    assert refused(page(whole[: -len("</OPENQCAT>")]))[0] == ["1", "2", "3"]
    with pytest.raises(UnreadableError):
        listings(page(whole[:-5]))


def test_damage_in_the_middle_keeps_what_came_before() -> None:
    refs, reason = refused(page(catalogue(service("1") + "<SERVICE><TITLE></SERVICE>" + service("2"))))
    assert refs == ["1"]
    assert "damaged" in reason


def test_a_declared_charset_that_the_bytes_contradict_is_not_believed() -> None:
    text = '<?xml version="1.0" encoding="{}"?>' + catalogue(
        service("1", "<REQUIREMENTS>Prüfung für 5 €</REQUIREMENTS>")
    )
    (row,) = listings(page(text.format("iso-8859-15"), "iso-8859-15"))
    assert row["requirements"] == "Prüfung für 5 €"
    assert "damaged" in refused(page(text.format("utf-8"), "iso-8859-15"))[1]
    refused(page(text.format("klingonisch"), "utf-8"))
    (row,) = listings(page(text.format("iso-8859-15"), "utf-8"))
    assert row["requirements"] == "Prüfung für 5 €"


@pytest.mark.parametrize(
    "xml", ["", "   ", "kein XML", "<html><body>Wartung</body></html>", '{"a": 1}', "<veranstaltungen/>"]
)
def test_what_is_no_openqcat_is_refused(xml: str) -> None:
    assert refused(page(xml))[0] == []


def test_an_empty_catalogue_has_no_rows() -> None:
    assert listings(page(catalogue(""))) == []


BOMB = "<!DOCTYPE OPENQCAT [<!ENTITY a0 'ha'>{}]>".format(
    "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
)


@pytest.mark.parametrize(
    "xml",
    [
        BOMB + catalogue(service("1", "<REQUIREMENTS>&a9;</REQUIREMENTS>")),
        BOMB + "<OPENQCAT version='&a9;'><NEW_CATALOG/></OPENQCAT>",
        BOMB + "<OPENQCAT>&a9;</OPENQCAT>",
        "<!DOCTYPE OPENQCAT [<!ENTITY f SYSTEM 'file:///etc/hostname'>]>" + catalogue(service("&f;")),
        "<!DOCTYPE OPENQCAT SYSTEM 'http://example.org/x.dtd'>" + catalogue(service("1", "<KEYWORD>&f;</KEYWORD>")),
    ],
    ids=["bomb", "bomb in an attribute", "bomb without a record", "file of this machine", "entity of another file"],
)
def test_entities_are_refused_in_constant_memory(xml: str) -> None:
    tracemalloc.start()
    refs, _ = refused(page(xml))
    assert refs == []
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_document_type_without_entities_is_harmless() -> None:
    xml = "<!DOCTYPE OPENQCAT SYSTEM 'openqcat.dtd'>" + catalogue(service("1"))
    assert [row["ref"] for row in listings(page(xml))] == ["1"]


@pytest.mark.parametrize("depth", [60, 1_000, 100_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    assert refused(page(catalogue(service("1", "<A>" * depth + "</A>" * depth))))[0] == []


@pytest.mark.parametrize(
    "filling",
    ["<KEYWORD>x</KEYWORD>" * 400_000, f"<KEYWORD>{'x' * 6_000_000}</KEYWORD>", f"<!--{'x' * 6_000_000}-->"],
    ids=["elements", "text", "comment"],
)
def test_a_record_without_an_end_is_refused(filling: str) -> None:
    assert "5000000" in refused(page(catalogue(service("1") + service("2", filling))))[1]


def test_gzip_is_read_and_damaged_gzip_refused(tmp_path: Path) -> None:
    file = tmp_path / "k.xml.gz"
    packed = gzip.compress(catalogue("".join(service(str(number)) for number in range(500))).encode())
    file.write_bytes(packed)
    assert len(listings(Page(file.as_uri(), path=file))) == 500
    file.write_bytes(packed[:-200])
    with pytest.raises(UnreadableError, match="gzip"):
        listings(Page(file.as_uri(), path=file))


def test_a_row_is_what_the_contract_says() -> None:
    for row in listings(Page("x", path=FIXTURES / "katalog" / "katalog.xml")):
        assert not Listing.model_validate(row).model_extra
