"""Take files: written as it happens, ended by a full disk with one fault, read back."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from perf.core.event import Event
from perf.errors import TakeError
from perf.ports.mailbox import Inbox
from perf.ports.take import TakeWriter, read_take
from perf.wire.take import TAKER, TakeHead

HEAD = TakeHead("default", "0" * 64, "embedded")


def test_what_was_played_is_in_the_file_at_once(tmp_path: Path) -> None:
    writer = TakeWriter(tmp_path / "t.jsonl", HEAD, Inbox())
    writer.write(1.0, [Event(0.9, "/a", (1.5,), "osc"), Event(1.0, "/b", (), "key")])
    assert [event.address for _, event in read_take(tmp_path / "t.jsonl")[1]] == ["/a", "/b"]
    writer.close()
    writer.write(2.0, [Event(2.0, "/late", ())])
    assert [event.address for _, event in read_take(tmp_path / "t.jsonl")[1]] == ["/a", "/b", "/ping"]


def test_a_take_says_how_long_it_was_played(tmp_path: Path) -> None:
    writer = TakeWriter(tmp_path / "t.jsonl", HEAD, Inbox())
    for tenth in range(256):
        writer.write(tenth / 10, [])
    told = [(seconds, event.source) for seconds, event in read_take(tmp_path / "t.jsonl")[1]]
    assert told == [(10.0, TAKER), (20.0, TAKER)], "a show that is killed has said so until then"
    writer.close()
    assert read_take(tmp_path / "t.jsonl")[1][-1][0] == 25.5


def test_what_is_dated_before_the_last_tick_is_played_after_it(tmp_path: Path) -> None:
    take = TakeWriter(tmp_path / "t.jsonl", HEAD, Inbox())
    take.write(1.0, [])
    take.write(2.0, [Event(0.75, "/late", (), "osc"), Event(1.5, "/due", (), "osc")])
    written = [(seconds, event.seconds, event.address) for seconds, event in read_take(tmp_path / "t.jsonl")[1]]
    take.close()
    assert written == [(1.0, 1.0, "/ping"), (2.0, 0.75, "/late"), (2.0, 1.5, "/due")]


def test_a_full_disk_is_one_fault_and_no_exception() -> None:
    inbox = Inbox()
    writer = TakeWriter(Path("/dev/full"), HEAD, inbox)
    for n in range(3):
        writer.write(float(n), [Event(0.0, "/a", ())])
    writer.close()
    counts, messages = inbox.faults()
    assert counts["take"] == len(messages) == 1
    assert "the take ends here" in messages[0][1]
    assert not writer.whole


def test_a_patch_whose_name_is_no_utf8_is_found_again(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.toml")
    writer = TakeWriter(path := tmp_path / "t.jsonl", replace(HEAD, patch=name), Inbox())
    writer.write(1.0, [Event(1.0, "/a", ("caf\u00e9",))])
    writer.close()
    head, events = read_take(path)
    assert (head.patch, events[0][1].args) == (name, ("caf\u00e9",))
    assert path.read_text(encoding="utf-8").count("caf\u00e9") == 1


def test_a_take_that_is_cut_short_within_a_letter_is_read_up_to_there(tmp_path: Path) -> None:
    writer = TakeWriter(path := tmp_path / "t.jsonl", HEAD, Inbox())
    for word in ("sea", "mü"):
        writer.write(1.0, [Event(1.0, "/a", (word,))])
    writer.close()
    data = path.read_bytes()
    path.write_bytes(data[: data.index("ü".encode()) + 1])
    assert [event.args for _, event in read_take(path)[1]] == [("sea",)]


def test_a_take_that_is_deleted_while_it_is_written_is_said_once(tmp_path: Path) -> None:
    inbox = Inbox()
    writer = TakeWriter(path := tmp_path / "t.jsonl", HEAD, inbox)
    path.unlink()
    for n in range(3):
        writer.write(float(n), [Event(0.0, "/a", ())])
    writer.close()
    assert [words.split(": ", 1)[1] for _, words in inbox.faults()[1]] == [
        "the take ends here: it has been deleted; make room or see to its place for the next"
    ]


def test_a_take_that_cannot_be_written_or_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TakeError, match="--take"):
        TakeWriter(tmp_path / "nowhere" / "t.jsonl", HEAD, Inbox())
    with pytest.raises(TakeError, match="cannot be read"):
        read_take(tmp_path / "t.jsonl")
