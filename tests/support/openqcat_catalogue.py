"""Writes openQ-cat catalogues of any size; courses, people and places are invented."""

from collections.abc import Iterator
from pathlib import Path

HEADER = """<?xml version="1.0" encoding="iso-8859-15"?>
<OPENQCAT version="1.1"><HEADER><CATALOG><LANGUAGE>deu</LANGUAGE><CATALOG_ID>1</CATALOG_ID></CATALOG>
<SUPPLIER><SUPPLIER_ID type="supplier_specific">4711</SUPPLIER_ID>
<SUPPLIER_NAME>Lehrwerkstätten Grünau</SUPPLIER_NAME></SUPPLIER></HEADER>
<NEW_CATALOG FULLCATALOG="1">
"""
FOOTER = "</NEW_CATALOG></OPENQCAT>\n"
PARAGRAPH = "Geübt wird an Werkstücken aus Stahl, Messing und Kunststoff; die Prüfung kostet 40 €. "


def service(product: str, course: str, title: str, description: str, month: int = 1) -> str:
    return f"""<SERVICE mode="new"><PRODUCT_ID>{product}</PRODUCT_ID><COURSE_TYPE>1</COURSE_TYPE>
<SUPPLIER_ID_REF type="supplier_specific">4711</SUPPLIER_ID_REF><SERVICE_DETAILS><TITLE>{title}</TITLE>
<DESCRIPTION_LONG>{description}</DESCRIPTION_LONG><SUPPLIER_ALT_PID>G-{course}</SUPPLIER_ALT_PID>
<SERVICE_DATE><START_DATE>2027-{month:02d}-05T00:00:00+01:00</START_DATE>
<END_DATE>2027-{month:02d}-26T00:00:00+01:00</END_DATE></SERVICE_DATE><KEYWORD>Metall</KEYWORD>
<SERVICE_MODULE><EDUCATION type="{"true" if product == course else "false"}"><COURSE_ID>{course}</COURSE_ID>
<EXTENDED_INFO><INSTITUTION type="105">Einrichtung der beruflichen Weiterbildung</INSTITUTION>
<INSTRUCTION_FORM type="101">Präsenzunterricht</INSTRUCTION_FORM>
<EDUCATION_TYPE type="104">Fortbildung/Qualifizierung</EDUCATION_TYPE></EXTENDED_INFO>
<MODULE_COURSE><LOCATION><NAME>Werkhalle 2</NAME><STREET>Hüttenweg 3</STREET><ZIP>45879</ZIP>
<CITY>Gelsenkirchen</CITY></LOCATION><DURATION type="3"/></MODULE_COURSE></EDUCATION></SERVICE_MODULE>
</SERVICE_DETAILS></SERVICE>
"""


def write_catalogue(path: Path, megabytes: int, runs: int = 3) -> int:
    """A catalogue of about so many megabytes: all offers first, then round by round their runs. The number of offers.

    Every offer has a date of its own and `runs` runs that leave title and description empty.
    """
    offer = len(service("0", "0", "Drehen", PARAGRAPH * 40).encode("iso-8859-15"))
    run = len(service("0", "1", "", PARAGRAPH * 20).encode("iso-8859-15"))
    offers = megabytes * 1_000_000 // (offer + runs * run)
    with path.open("w", encoding="iso-8859-15") as file:
        file.write(HEADER)
        file.writelines(_services(offers, runs))
        file.write(FOOTER)
    return offers


def _services(offers: int, runs: int) -> Iterator[str]:
    for number in range(offers):
        yield service(str(number), str(number), f"Drehen und Fräsen {number}", PARAGRAPH * 40)
    for turn in range(1, runs + 1):
        for number in range(offers):
            yield service(f"{number}-{turn}", str(number), "", PARAGRAPH * 20, turn + 1)
