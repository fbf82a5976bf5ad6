"""Kept responses and tapes: what is kept is what came, whatever died in between."""

import gzip
import json
import os
from pathlib import Path

import pytest

from spiders.kept import INDEX, Bodies, Index, KeptError, Known
from spiders.tape import Entry, Header, Tape, TapeError, TapeWriter, bodies_of

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # SHA-256 of "abc", FIPS 180-2


def test_a_body_lies_under_its_hash_once(tmp_path: Path) -> None:
    bodies = Bodies(tmp_path)
    assert bodies.keep(b"abc") == ABC
    assert bodies.keep(b"abc") == ABC
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.gz")] == [f"ba/{ABC}.gz"]
    assert bodies.read(ABC) == b"abc"
    assert gzip.decompress(bodies.path(ABC).read_bytes()) == b"abc"


def test_using_a_body_makes_it_young(tmp_path: Path) -> None:
    bodies = Bodies(tmp_path)
    bodies.keep(b"abc")
    os.utime(bodies.path(ABC), (1000, 1000))
    assert bodies.touch(ABC)
    assert bodies.path(ABC).stat().st_mtime > 1_700_000_000
    assert not bodies.touch("0" * 64)


@pytest.mark.parametrize("damage", ["gone", "cut", "other", "no gzip"])
def test_a_body_that_is_not_what_was_kept_is_never_used(tmp_path: Path, damage: str) -> None:
    bodies = Bodies(tmp_path)
    path = bodies.path(bodies.keep(b"abc"))
    if damage == "gone":
        path.unlink()
    else:
        whole = path.read_bytes()
        path.write_bytes({"cut": whole[:-5], "other": gzip.compress(b"abd"), "no gzip": b"abc"}[damage])
    with pytest.raises(KeptError):
        bodies.read(ABC)


def test_a_file_is_kept_as_it_was_when_it_was_read(tmp_path: Path) -> None:
    bodies, file = Bodies(tmp_path / "http"), tmp_path / "kurse.csv"
    file.write_bytes(b"abc")
    assert bodies.keep_file(file) == ABC
    file.write_bytes(b"overwritten")
    bodies.unpack(ABC, tmp_path / "again" / "kurse.csv")
    assert (tmp_path / "again" / "kurse.csv").read_bytes() == b"abc"
    with pytest.raises(KeptError):
        bodies.unpack("0" * 64, tmp_path / "none")


def test_the_index_knows_the_newest_answer(tmp_path: Path) -> None:
    old, new = Known("a", '"1"', None, "text/html"), Known("b", None, "Sun, 22 Nov 2026 00:00:00 GMT", None)
    index = Index(tmp_path)
    index.put("http://x.localhost/", old)
    index.put("http://x.localhost/", new)
    index.close()
    index = Index(tmp_path)
    assert index.get("http://x.localhost/") == new
    assert index.get("http://x.localhost/other") is None
    index.forget("http://x.localhost/")
    assert index.get("http://x.localhost/") is None
    index.close()


def test_the_index_forgets_addresses_whose_bodies_are_gone(tmp_path: Path) -> None:
    bodies, index = Bodies(tmp_path), Index(tmp_path)
    index.put("http://x.localhost/kept", Known(bodies.keep(b"abc"), '"1"', None, None))
    index.put("http://x.localhost/gone", Known("0" * 64, '"1"', None, None))
    index.prune(bodies)
    assert index.get("http://x.localhost/kept") is not None
    assert index.get("http://x.localhost/gone") is None
    index.close()


def test_a_damaged_index_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / INDEX).write_bytes(b"no database at all, but long enough to look like one" * 100)
    index = Index(tmp_path)
    assert index.get("http://x.localhost/") is None
    index.close()


# --- tapes ----------------------------------------------------------------------------------------------------------

HEADER = Header("hbz", "http://hbz.localhost")


def entry(url: str, body: str | None, cookiejar: str | None = None) -> Entry:
    return Entry("2026-11-22T00:30:00.000Z", url, url, 200, {"Content-Type": "text/html"}, cookiejar, body)


def taped(path: Path, *entries: Entry) -> Path:
    with TapeWriter(path, HEADER) as tape:
        for found in entries:
            tape.add(found)
    return path


def taken(tape: Tape, url: str, cookiejar: str | None = None) -> str | None:
    place = tape.place(url, cookiejar)
    assert place is not None
    return tape.entry(place[1]).body


def test_a_tape_gives_back_what_was_written(tmp_path: Path) -> None:
    robots = Entry("2026-11-22T00:30:00.000Z", "r", "r", 404, robots=True)
    path = taped(tmp_path / "hbz.tape.jsonl", robots, entry("/a", "1"), entry("/b", None))
    tape = Tape(path)
    assert tape.header == HEADER
    assert tape.robots == [robots]
    assert tape.place("/b", None) == (3, tape.place("/b", None)[1])  # type: ignore[index]
    assert taken(tape, "/a") == "1"
    assert tape.place("/c", None) is None
    assert list(bodies_of(path)) == ["1"]
    tape.close()


def test_the_same_address_answers_in_its_order_and_per_session(tmp_path: Path) -> None:
    path = taped(
        tmp_path / "x.tape.jsonl", entry("/list", "s1", "one"), entry("/list", "s2", "two"), entry("/list", "s3", "one")
    )
    tape = Tape(path)
    assert [taken(tape, "/list", "one") for _ in range(3)] == ["s1", "s3", "s3"]  # the last one serves once more
    assert taken(tape, "/list", "two") == "s2"
    assert tape.place("/list", None) is None
    tape.close()


def test_a_torn_last_line_is_ignored_and_a_torn_middle_is_not(tmp_path: Path) -> None:
    path = taped(tmp_path / "x.tape.jsonl", entry("/a", "1"), entry("/b", "2"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    tape = Tape(path)
    assert tape.place("/a", None) is not None
    assert tape.place("/b", None) is None
    tape.close()
    path.write_bytes(whole.replace(b'{"n": 1', b'{"n" 1'))
    with pytest.raises(TapeError, match=r"x\.tape\.jsonl"):
        Tape(path)


@pytest.mark.parametrize("content", ["", "[]\n", json.dumps({"ref": "1"}) + "\n", "\x00\n"])
def test_another_file_is_no_tape(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.tape.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TapeError):
        Tape(path)
