"""Lines sorted on disk come out as `sorted` would give them, and leave nothing behind."""

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.sorting import SortedLines


@given(st.lists(st.binary(max_size=20).map(lambda text: text.replace(b"\n", b"") + b"\n"), max_size=60))
def test_any_lines_in_any_room(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    folder = tmp_path_factory.getbasetemp()
    for room in (1, 100, 10_000):
        with closing(SortedLines(folder, room)) as store:
            for line in lines:
                store.add(line)
            assert list(store) == sorted(lines)


def test_its_files_have_no_names(tmp_path: Path) -> None:
    with closing(SortedLines(tmp_path, room=1)) as store:
        for letter in b"cab":
            store.add(b"%c\n" % letter)
        assert list(tmp_path.iterdir()) == []
        assert b"".join(store) == b"a\nb\nc\n"
