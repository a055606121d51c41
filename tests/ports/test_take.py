"""Take files: written as it happens, ended by a full disk with one fault, read back."""

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


def test_a_full_disk_is_one_fault_and_no_exception() -> None:
    inbox = Inbox()
    writer = TakeWriter(Path("/dev/full"), HEAD, inbox)
    for n in range(3):
        writer.write(float(n), [Event(0.0, "/a", ())])
    writer.close()
    counts, messages = inbox.faults()
    assert counts["take"] >= 1
    assert "the take ends here" in messages[0][1]
    assert sum("ends here" in words for _, words in messages) == 1


def test_a_take_that_cannot_be_written_or_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TakeError, match="--take"):
        TakeWriter(tmp_path / "nowhere" / "t.jsonl", HEAD, Inbox())
    with pytest.raises(TakeError, match="cannot be read"):
        read_take(tmp_path / "t.jsonl")
