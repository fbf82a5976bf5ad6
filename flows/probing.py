"""The command `probe`: look at one page or file, and draft what a new source needs, a TOML and a fixture."""

import json
import re
from collections.abc import Callable
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flows.home import Refused, WrongUsage
from flows.visiting import NotVisited, Visitor
from normalize.model import Listing
from spiders.page import Page
from spiders.parse import parse_pages
from spiders.probe import Findings, Guess, probe, site_name
from spiders.source import Expect, Scope, Source, Verified, load_source, written

MOST_REQUESTS = 3  # robots.txt, the page, and one redirect on its host
MAX_SIZE = 10_000_000  # bytes of a fetched page
MAX_FIXTURE = 1_000_000  # bytes; nobody checks a larger one by hand
MAX_FILE = 100_000_000  # bytes of a file: it is read several times
FILLED = 0.9  # what a drafted source expects of a field that every listing of the page has

_FEEDS = ("openqcat", "openvhs", "table")
_REFS = {
    "kufer": "course number (knr)", "odav": "id of the course page", "woocommerce": "product id",
    "hbz": "number at the end of the course page's address", "mein_now": "id", "ba": "angebot.id",
    "openqcat": "COURSE_ID", "openvhs": "guid", "json_ld": "identifier or courseCode", "labelled": "course number",
    "table": "Kursnummer",
}  # fmt: skip
_KEY_FIELDS = ("title", "course_number", "price", "instances.dates")
_ENDINGS = {"{": "json", "[": "json", "%": "pdf", "P": "xlsx"}
_HEAD = """# Drafted by `bildungsraum probe`. Before it goes to spiders/sources/, check every line by hand:
# - start: the lists of courses, not the page that was probed, and `complete = true` if they list everything;
# - ref: the provider's own id, that survives a new title, date and address;
# - scope, permission, expect: see docs/add-a-source.md.
"""


def probe_target(target: str, out: Path | None, *, contact: str | None, today: date) -> tuple[Findings, dict[str, Any]]:
    """Fetch a page, or read a file, and write the draft below `out`; gives what was found, and the same for machines.

    Raises Refused if the page may not or cannot be fetched or read, WrongUsage if there is no such file.
    """
    page = _fetched(target, contact) if _is_web(target) else _file(target)
    findings = probe(page)
    if findings.best is None:
        raise Refused(_why_nothing(page, findings))
    source = draft(page, findings.best, today)
    paths = write_draft(page, source, out or Path("probe") / source.key)
    told = {
        "target": target,
        "platforms": [_told(guess) for guess in findings.guesses],
        "fields": {
            reader: {path: {"value": value, "evidence": evidence} for path, (value, evidence) in fields.items()}
            for reader, fields in findings.fields.items()
        },
        **paths,
    }
    return findings, told


def draft(page: Page, guess: Guess, today: date) -> Source:
    """A source as far as one page can tell: nothing is permitted, nothing is verified."""
    here = page.url if _is_web(page.url) else _named(page)
    of_files = here is None and guess.platform in _FEEDS
    key = _key(urlsplit(here).hostname or "" if here else Path(page.path or "seite").stem)
    name = site_name(page) or key
    parts = urlsplit(here or f"https://{key}.invalid/")
    says_provider = bool(guess.listings) and all(record.get("provider") for record in guess.listings)
    weak = any(_is_weak(record) for record in guess.listings)
    return Source(
        key=key,
        name=name,
        kind="upload" if guess.platform in _FEEDS else "provider",
        platform=guess.platform,
        homepage=None if of_files else urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "", "", "")),
        start=(Path(page.path or "").name,)
        if of_files
        else (urlunsplit(("", "", parts.path or "/", parts.query, "")),),
        provider=None if says_provider else name,
        ref=_REFS[guess.platform],
        ref_stability="weak" if weak else "stable",
        scope=Scope(region="noch offen", counts="noch offen"),
        expect=Expect(min_listings=1, fill={path: FILLED for path in _KEY_FIELDS if _all_have(guess, path)}),
        verified=Verified(how=f"probed on {today.isoformat()}: one page ({here or Path(page.path or '').name})"),
    )


def write_draft(page: Page, source: Source, folder: Path) -> dict[str, str | None]:
    """Write the TOML, and of a page that is no whole catalogue a fixture; gives their paths.

    Raises Refused rather than overwrite anything, or if the page cannot be read with the drafted source.
    """
    toml, case = folder / f"{source.key}.toml", folder / "fixtures" / source.key / "seite"
    if taken := next((path for path in (toml, case) if path.exists()), None):
        raise Refused(f"{taken} gibt es schon; mit --out einen anderen Ordner nennen.")
    fits = len(page.body) <= MAX_FIXTURE
    saved = case / f"page.{_ending(page)}"
    url = page.url if _is_web(page.url) else None
    as_saved = Page(url or saved.resolve().as_uri(), page.body)
    try:
        lines = [_expected(record) for record in parse_pages(source, [as_saved])] if fits else []
    except ValueError as error:  # UnreadableError, or a value that is no listing's
        raise Refused(f"Mit dem Entwurf der Quelle ist die Seite nicht zu lesen: {error}") from error
    folder.mkdir(parents=True, exist_ok=True)
    toml.write_text(_HEAD + written(source), encoding="utf-8")
    load_source(toml)
    if not fits:
        return {"source": str(toml), "fixture": None}
    case.mkdir(parents=True)
    saved.write_bytes(page.body)
    about = f"url = {json.dumps(url)}\n" if url else ""
    (case / "meta.toml").write_text(f'source = "{source.key}"\n{about}', encoding="utf-8")
    (case / "expected.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return {"source": str(toml), "fixture": str(case)}


def show_findings(findings: Findings, told: dict[str, Any], say: Callable[[str], None]) -> None:
    """Tell a person what was found, in German."""
    say("Womit die Seite gemacht sein kann, das Wahrscheinlichste zuerst:")
    for guess in findings.guesses:
        found = (
            f"{guess.count} Kurse, {len(guess.links)} Verweise"
            if guess.refusal is None
            else f"liest nichts: {guess.refusal}"
        )
        say(f"  {guess.platform:12} {found}")
        for mark in guess.evidence:
            say(f"  {'':12}   {mark}")
        for note in guess.notes:
            say(f"  {'':12}   Hinweis: {note}")
    names = {"structured": "Strukturierte Daten", "labelled": "Beschriftungen", "platform": "Software"}
    for reader, fields in findings.fields.items():
        say(f"\n{names[reader]} (erster Kurs):")
        for path, (value, evidence) in fields.items():
            say(f"  {path:24} {value}   [{evidence}]")
    if findings.best and not findings.best.count and findings.best.links:
        say(f"\nDie Seite ist nur eine Liste; eine Kursseite sagt mehr, zum Beispiel {findings.best.links[0]}")
    say(f"\nEntwurf der Quelle: {told['source']}")
    say(f"Entwurf des Beispiels, von Hand zu prüfen: {told['fixture'] or 'keiner, die Seite ist zu groß'}")


def _fetched(url: str, contact: str | None) -> Page:
    try:
        host = urlsplit(url).hostname or ""
        with Visitor({host}, contact=contact, most=MOST_REQUESTS, delay=0.0, max_size=MAX_SIZE) as visitor:
            answer = visitor.get(url)
    except (NotVisited, ValueError) as error:
        raise Refused(str(error)) from error
    return Page(answer.url, answer.body, content_type=answer.content_type)


def _file(target: str) -> Page:
    path = Path(target)
    if not path.is_file():
        raise WrongUsage(f"{target!r} is neither an http address nor a file")
    if path.stat().st_size > MAX_FILE:
        raise Refused(f"{target} ist größer als {MAX_FILE} Bytes.")
    return Page(path.resolve().as_uri(), path=path)


def _why_nothing(page: Page, findings: Findings) -> str:
    """Why nothing can be read, first of all what the page is instead."""
    start = page.body[:1000].strip()
    if not start:
        return "Die Seite ist leer."
    if start.startswith(b"%PDF"):
        return "Das ist ein PDF; gelesen werden Webseiten, XML, JSON, CSV und XLSX."
    reasons = "; ".join(f"{guess.platform}: {guess.refusal or 'kein Kurs'}" for guess in findings.guesses)
    return f"Auf der Seite ist kein Kurs zu erkennen ({reasons})."


def _expected(record: dict[str, Any]) -> str:
    """A line of `expected.jsonl`, as tests/spiders/test_replay.py compares it."""
    return Listing.model_validate(record).model_dump_json(exclude={"raw", "fetched_at"}, exclude_defaults=True)


def _told(guess: Guess) -> dict[str, Any]:
    return {
        "platform": guess.platform, "evidence": list(guess.evidence), "listings": guess.count,
        "links": len(guess.links), "notes": list(guess.notes), "refusal": guess.refusal,
    }  # fmt: skip


def _is_web(target: str) -> bool:
    return target.startswith(("http://", "https://"))


def _named(page: Page) -> str | None:
    """Where a saved page says that it came from."""
    try:
        named = page.published_url
        return named if named and urlsplit(named).hostname else None
    except ValueError:  # no HTML, or no address
        return None


def _key(name: str) -> str:
    """A source's key from a host or the name of a file: `www.vhs-beispiel.de` is `vhs-beispiel`."""
    words = name.lower().removeprefix("www.")
    if "." in words and not _is_address(words):
        words = words.rpartition(".")[0]
    words = re.sub(r"[^a-z0-9_]+", "-", words.encode("ascii", "ignore").decode()).strip("-")[:60]
    return words if re.match(r"[a-z]", words) else f"quelle-{words or 'neu'}"


def _is_address(name: str) -> bool:
    try:
        return bool(ip_address(name))
    except ValueError:
        return False


def _is_weak(record: dict[str, Any]) -> bool:
    """Whether the id of a listing is only its address or its name."""
    raw = record.get("raw")
    if not isinstance(raw, dict):
        return False
    return raw.get("ref_from") in ("url", "name") or str(raw.get("origins", {}).get("ref", "")).startswith("address")


def _all_have(guess: Guess, path: str) -> bool:
    first, _, rest = path.partition(".")
    return bool(guess.listings) and all(
        any(run.get(rest) for run in record.get("instances") or []) if rest else record.get(first)
        for record in guess.listings
    )


def _ending(page: Page) -> str:
    start = page.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").decode("latin-1")
    if start[:1] in _ENDINGS:
        return _ENDINGS[start[:1]]
    if start.startswith("<?xml") and "<html" not in start.lower():
        return "xml"
    return "html" if start.startswith("<") else "csv"
