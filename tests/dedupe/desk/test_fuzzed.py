"""Every route of the desk is sent what nobody expects: no 500, and nothing shown to those who are not signed in."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case
from schemathesis.schemas import APIOperation

from dedupe import journal
from tests.dedupe.desk.conftest import signed_in, token_of
from tests.support.desk_browser import served
from tests.support.desk_home import alike, desk_app, write_night

pytestmark = pytest.mark.slow

EXAMPLES = 5  # a route and mode
fuzzed = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzzed")
    write_night(folder, alike(6))
    return folder


@pytest.fixture(scope="module")
def app(home: Path) -> FastAPI:
    return desk_app(home)


@pytest.fixture(scope="module")
def site(app: FastAPI) -> Iterator[str]:
    with served(app) as address:
        yield address


def each(app: FastAPI, check: Callable[[Case], None]) -> int:
    """Run a check on examples for every route; how many routes there are."""
    operations: list[APIOperation] = [
        found.ok() for found in schemathesis.openapi.from_dict(app.openapi()).get_all_operations()
    ]
    for operation in operations:
        for mode in schemathesis.GenerationMode:  # what fits the schema, and what does not
            with suppress(Unsatisfiable):  # nothing is wrong for a route that takes nothing
                fuzzed(given(case=operation.as_strategy(generation_mode=mode))(check))()
    return len(operations)


def test_strangers_see_nothing(app: FastAPI, site: str, home: Path) -> None:
    def check(case: Case) -> None:
        answer = case.call(base_url=site, allow_redirects=False)
        assert answer.status_code < 500
        if case.path not in ("/login", "/logout"):
            assert answer.status_code in (303, 400, 401, 422), case.path
            assert answer.status_code != 303 or answer.headers["location"][0].startswith("/login")
        for secret in ("Kompaktkurs", "alpha", "offen", "eva"):
            assert secret not in answer.text

    assert each(app, check) > 8
    assert journal.read(home / "journal.jsonl") == []


def test_who_is_signed_in_never_meets_a_500(app: FastAPI, site: str, home: Path) -> None:
    browser = signed_in(app, "ada")
    token = token_of(browser.get("/queue"))
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    statuses: dict[int, int] = {}

    def check(case: Case) -> None:
        if isinstance(case.body, dict):
            case.body["csrf"] = token
        answer = case.call(base_url=site, allow_redirects=False, headers={"Cookie": cookie})
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, answer.text[:2000]

    each(app, check)
    assert statuses[200] > 20
    journal.read(home / "journal.jsonl")
