"""Two hundred kills of a season of publications; never half a version."""

from pathlib import Path

import pytest
from consumer import Consumer

from exports.publish import ExportConfig
from tests.exports.conftest import Portal, make_course
from tests.exports.kills import check_kills


@pytest.mark.soak
def test_two_hundred_kills(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    portal = Portal(ExportConfig(tmp_path / "exports", "test"), inbox)
    check_kills(portal, Consumer(portal.config.root), make_course, 200)
