"""The box holds the newest message, whole or not at all."""

import struct
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.worker.box import Box


@pytest.fixture
def ends() -> Iterator[tuple[Box, Box]]:
    writer = Box(256)
    reader = Box(256, writer.name)
    yield writer, reader
    reader.close()
    writer.close(unlink=True)


def test_the_newest_wins_and_is_taken_once(ends: tuple[Box, Box]) -> None:
    writer, reader = ends
    assert reader.take() is None
    for n in range(10):
        writer.put([b"message ", str(n).encode()])
    assert reader.take() == b"message 9"
    assert reader.take() is None
    assert reader.take(again=True) == b"message 9"


def test_what_has_not_been_taken_is_fresh(ends: tuple[Box, Box]) -> None:
    writer, reader = ends
    assert not reader.fresh
    writer.put([b"news"])
    assert reader.fresh
    reader.take()
    assert not reader.fresh


def test_a_message_longer_than_the_box_is_refused(ends: tuple[Box, Box]) -> None:
    with pytest.raises(ValueError, match="takes 256"):
        ends[0].put([b"x" * 257])


def test_a_writer_killed_in_the_middle_leaves_the_last_good_message(ends: tuple[Box, Box]) -> None:
    writer, reader = ends
    writer.put([b"good"])
    slot = writer._slot(2)
    struct.pack_into("<QQI", writer._view, slot, 0, 0, 0)
    writer._view[slot + 20 : slot + 23] = b"bad"
    assert reader.take() == b"good"


def test_a_torn_message_is_never_given_out(ends: tuple[Box, Box]) -> None:
    writer, reader = ends
    writer.put([b"good"])
    writer._view[writer._slot(1) + 20] ^= 0xFF
    assert reader.take() is None


@given(st.lists(st.binary(max_size=60), max_size=4))
def test_parts_are_joined(parts: list[bytes]) -> None:
    box = Box(256)
    box.put(parts)
    assert box.take() == b"".join(parts)
    box.close(unlink=True)
