"""The deployment on a real Prefect server: it is there, it is scheduled, and only one run goes at a time."""

import json
import time
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.prefect]


def ask(api: str, path: str, query: dict[str, Any]) -> Any:
    request = urllib.request.Request(f"{api}{path}", json.dumps(query).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_serve_registers_a_night_at_half_past_one_in_berlin(start: Any, prefect_api: str, tmp_path: Path) -> None:
    served = start("serve", "--live", "--home", str(tmp_path))
    deadline = time.monotonic() + 120
    runs: list[dict[str, Any]] = []
    while not runs:
        assert served.poll() is None, served.communicate()
        assert time.monotonic() < deadline, "no run was scheduled"
        time.sleep(1)
        runs = ask(prefect_api, "/flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}})
    (deployment,) = ask(prefect_api, "/deployments/filter", {})
    assert deployment["name"] == "live"
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["parameters"]["request"]["profile"] == "live"
    (schedule,) = deployment["schedules"]
    assert schedule["schedule"]["cron"] == "30 1 * * *"
    assert schedule["schedule"]["timezone"] == "Europe/Berlin"
    for run in runs:
        assert run["deployment_id"] == deployment["id"]
        due = datetime.fromisoformat(run["expected_start_time"].replace("Z", "+00:00"))
        assert due.astimezone(ZoneInfo("Europe/Berlin")).strftime("%H:%M") == "01:30"
