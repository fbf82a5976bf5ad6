"""Small pages in the shapes of the platforms, for tests; all people and courses are invented."""

import json
from typing import Any

HTML = "<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{}</body></html>"


def html(body: str) -> bytes:
    return HTML.format(body).encode()


def mein_now(ids: list[int], *, total: int, pages: int = 1, number: int = 0, removed: str = "") -> bytes:
    records: list[dict[str, Any]] = [
        {"id": ref, "titel": f"Kurs {ref}", "anzahlTermine": 0, "termine": []} for ref in ids
    ]
    answer = {
        "_embedded": {"bildungsangebotDTOList": records},
        "page": {"size": 20, "totalElements": total, "totalPages": pages, "number": number},
        "removedToken": removed,
    }
    return json.dumps(answer).encode()


def card(number: str, title: str = "Englisch", category: str = "sprachen") -> str:
    address = f"/{category}/kw/bereich/kursdetails/kurs/{number}/kursname/{title}/kategorie-id/26"
    return f"<div class='kw-ue-box'><h4 class='kw-ue-title'><a href='{address}'><b>{title}</b></a></h4></div>"


def hbz_course(title: str, fee: str = "100,00 €") -> bytes:
    fee_item = (
        "<li class='course-detail__fee-list-item'><span class='course-detail__fee-label'>Kursgebühr</span>"
        f"<span class='course-detail__fee-value'>{fee}</span></li>"
    )
    return html(f"<h1>{title}</h1><ul class='course-detail__fee-list'>{fee_item}</ul>")


def labelled_course(number: str, title: str = "Kurs") -> bytes:
    return html(f"<main><h1>{title}</h1><dl><dt>Kursnummer</dt><dd>{number}</dd></dl></main>")
