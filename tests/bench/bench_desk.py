"""The stewards' desk at its size: 50,000 pairs to decide, twice as many offers, 20,000 judgements.

    python tests/bench/bench_desk.py [--pairs 50000] [--judgements 20000] [--requests 200] [--home DIR]

Writes a snapshot of invented offers and its index, starts the desk in a process of its own and asks every page of the
navigation, the pair and a decision that many times. Prints one line of JSON: seconds to write the index (none where DIR
held a home already) and to start (until the first page is there, and of processor time), peak memory, and for each page
milliseconds: the median, the slowest, and the server's processor time. The exit status is 1 if the start takes 5 s or
more, the memory reaches 400 MB, or the median of any page 200 ms.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx2 as httpx

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from dedupe.desk.accounts import Accounts  # noqa: E402
from dedupe.desk.index import write_index  # noqa: E402
from dedupe.golden import Known, build_course  # noqa: E402
from tests.dedupe.offers import offer  # noqa: E402
from tests.support.desk_home import PASSWORD, visible  # noqa: E402

NIGHT = "20261121T003000Z"
SERVE = "from flows.cli import main; main()"
WORDS = [
    "Grundkurs", "Aufbaukurs", "Lehrgang", "Schulung", "Seminar", "Zertifikat", "Praxis", "Technik", "Pflege",
    "Metall", "Büro", "Recht", "Daten", "Schutz", "Handel", "Lager", "Sprache", "Beruf", "Meister", "Leitung",
    "Qualität", "Umwelt", "Energie", "Elektro", "Bau", "Holz", "Textil", "Chemie", "Medien", "Verkauf",
]  # fmt: skip
FEATURES = [
    {"name": f"f{n}", "left": "links", "right": "rechts", "weight": 3.0 - n / 2, "text_de": f"Grund {n}"}
    for n in range(16)
]


def write_home(home: Path, pairs: int, judgements: int, rng: random.Random) -> float:
    """The snapshot and the journal; returns the seconds that the index took."""
    (home / "profile").write_text("live\n")
    folder = home / "review" / NIGHT
    folder.mkdir(parents=True)
    with (
        (folder / "offers.jsonl").open("w") as offers,
        (folder / "clusters.jsonl").open("w") as clusters,
        (folder / "courses.jsonl").open("w") as courses,
        (folder / "candidates.jsonl").open("w") as candidates,
    ):
        for number in range(pairs):
            sides = [_offer(f"{source}:{number:06d}", rng) for source in ("alpha", "beta")]
            for one in sides:
                known = Known(one, NIGHT, "active")
                row = {**one.model_dump(mode="json"), "first_seen": NIGHT, "status": "active"}
                course = f"c{number:06d}{one.source}"
                print(json.dumps(row, ensure_ascii=False), file=offers)
                print(json.dumps({"offer_id": one.offer_id, "course_id": course, "own_id": course}), file=clusters)
                print(build_course(course, [known]).model_dump_json(), file=courses)
            told = {"left": sides[0].offer_id, "right": sides[1].offer_id, "probability": round(rng.random(), 6)}
            more = {"band": "review", "reason": "unsicher", "features": FEATURES, "changed_since_judged": False}
            print(json.dumps(told | more, ensure_ascii=False), file=candidates)
    (folder / "conflicts.jsonl").write_text("")
    (folder / "manifest.json").write_text(json.dumps({"run_id": NIGHT, "profile": "live", "counts": {}}))
    with (home / "journal.jsonl").open("w") as journal:
        for number in range(judgements):
            print(json.dumps(_judgement(number, pairs, judgements, rng)), file=journal)
    Accounts(home / "desk" / "accounts.json").add("ada", "admin", PASSWORD)
    start = time.perf_counter()
    write_index(folder)
    seconds = time.perf_counter() - start
    (home / "review" / "current").symlink_to(NIGHT)
    return seconds


def _offer(offer_id: str, rng: random.Random) -> Any:
    title = " ".join(rng.sample(WORDS, 4))
    description = "<p>" + " ".join(rng.choices(WORDS, k=180)) + "</p>"
    starts = tuple(f"2027-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}" for _ in range(4))
    town = rng.choice(("Bottrop", "Marl", "Herten", "Gladbeck", "Dorsten", "Datteln"))
    provider = f"Lernhaus {rng.randint(1, 400)}"
    return visible(offer(offer_id, title, provider, description=description, starts=starts, town=town, price="480.00"))


def _judgement(number: int, pairs: int, judgements: int, rng: random.Random) -> dict[str, Any]:
    """Half of the judgements are older than the night and on other offers, half since then and on its pairs."""
    old = number < judgements // 2
    pair = f"{number:06d}" if not old else f"x{number:06d}"
    day, clock = 22 + number % 8, f"{number % 24:02d}:{number % 60:02d}:00.{number % 1000:03d}"
    at = f"2026-{10 if old else 11}-{day}T{clock}+00:00"
    told = {"id": f"{number:032x}", "kind": "judge", "at": at, "user": rng.choice(("eva", "uwe")), "note": None}
    verdict = rng.choice(("same", "different", "different", "unsure"))
    return told | {"left": f"alpha:{pair}", "right": f"beta:{pair}", "verdict": verdict} | {
        "left_hash": None, "right_hash": None,
    }  # fmt: skip


class Desk:
    """A running desk in a process of its own, and a browser that is signed in."""

    def __init__(self, home: Path) -> None:
        start = time.perf_counter()
        command = [sys.executable, "-c", SERVE, "review", "--home", str(home), "--port", "0"]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stderr
        found = re.search(r"http://\S+?(?=/ )", self._process.stderr.readline())
        assert found, self._process.stderr.read()
        self.browser = httpx.Client(base_url=found[0], timeout=60)
        page = self.browser.get("/login").text
        form = {"name": "ada", "password": PASSWORD, "csrf": _field(page, "csrf")}
        assert self.browser.post("/login", data=form).status_code == 303
        assert self.browser.get("/queue").status_code == 200
        self.seconds = time.perf_counter() - start
        self.start_cpu = self.cpu_seconds()

    def cpu_seconds(self) -> float:
        """The processor time it has used."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_megabytes(self) -> int:
        """The most memory the process ever had."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) // 1024

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate()


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page[:2000]
    return found[1]


def visits(browser: httpx.Client, pairs: int, rng: random.Random) -> Iterator[tuple[str, Callable[[], httpx.Response]]]:
    """What is measured: a name and a request, which differs from time to time where a page has many forms."""
    navigation = re.findall(r'<li><a href="(/[^"]*)"', browser.get("/queue").text)
    for path in dict.fromkeys([*navigation, "/figures", "/unread", "/completeness"]):
        yield path, lambda path=path: browser.get(path)
    yield "/queue, filtered", lambda: browser.get("/queue", params={"place": "Marl", "page": rng.randint(1, 50)})
    yield "/history, filtered", lambda: browser.get("/history", params={"text": rng.choice(WORDS), "user": "eva"})
    yield "/search", lambda: browser.get("/search", params={"q": " ".join(rng.sample(WORDS, 2))})

    def a_pair() -> httpx.Response:
        number = rng.randrange(pairs)
        return browser.get("/pair", params={"left": f"alpha:{number:06d}", "right": f"beta:{number:06d}"})

    yield "/pair", a_pair

    def next_page() -> str:
        return browser.get("/pair").text

    page = [next_page()]

    def a_decision() -> httpx.Response:
        names = ("csrf", "left", "right", "left_hash", "right_hash", "seen", "night", "after")
        form = {name: _field(page[0], name) for name in names} | {"verdict": rng.choice(("same", "different"))}
        answer = browser.post("/pair", data=form, headers={"HX-Request": "true"})
        page[0] = answer.text + f'name="csrf" value="{form["csrf"]}"'
        return answer

    yield "a decision", a_decision

    def an_undo() -> httpx.Response:
        return browser.post("/undo", data={"csrf": _field(page[0], "csrf")}, headers={"HX-Request": "true"})

    yield "an undo", an_undo


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=50_000)
    parser.add_argument("--judgements", type=int, default=20_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--home", type=Path, help="a home of this benchmark that stays, to be measured again")
    asked = parser.parse_args()
    rng = random.Random(7)
    with TemporaryDirectory() as folder:
        home = asked.home or Path(folder)
        indexed = None
        if not (home / "profile").exists():
            home.mkdir(exist_ok=True)
            indexed = round(write_home(home, asked.pairs, asked.judgements, rng), 1)
        desk = Desk(home)
        pages: dict[str, list[float]] = {}
        for name, visit in visits(desk.browser, asked.pairs, rng):
            times, used = [], desk.cpu_seconds()
            for _ in range(asked.requests):
                start = time.perf_counter()
                answer = visit()
                times.append(1000 * (time.perf_counter() - start))
                assert answer.status_code == 200, (name, answer.status_code)
            used = 1000 * (desk.cpu_seconds() - used) / asked.requests
            pages[name] = [round(median(times), 1), round(max(times), 1), round(used, 1)]
            print(name, pages[name], file=sys.stderr, flush=True)
        memory = desk.peak_megabytes()
        desk.stop()
    told = {"index_s": indexed, "start_s": round(desk.seconds, 2), "start_cpu_s": desk.start_cpu, "megabytes": memory}
    print(json.dumps(told | {"pages_ms": pages}, ensure_ascii=False))
    return int(desk.seconds >= 5 or memory >= 400 or max(page[0] for page in pages.values()) >= 200)


if __name__ == "__main__":
    sys.exit(main())
