"""Packets on a stream: RFC 1055 as OSC 1.1 wants it, and the size count of OSC 1.0."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.wire.slip import Counted, Slip, framing

PACKETS = st.lists(st.binary(min_size=1, max_size=60), max_size=8)
AWKWARD = bytes((0xC0, 0xDB, 0xDC, 0xDD)) * 3


def pieces(stream: bytes, seed: int) -> list[bytes]:
    """A stream as a network hands it over: cut anywhere."""
    cuts = sorted(random.Random(seed).choices(range(len(stream) + 1), k=7))
    return [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]


def test_end_stands_before_and_after_and_is_escaped_within() -> None:
    assert Slip().frame(b"a\xc0b\xdbc") == b"\xc0a\xdb\xdcb\xdb\xddc\xc0"


@pytest.mark.parametrize("make", [Slip, Counted])
@given(packets=PACKETS, seed=st.integers(0, 1000))
def test_packets_survive_any_cutting(make: type[Slip] | type[Counted], packets: list[bytes], seed: int) -> None:
    packets = [*packets, AWKWARD]
    stream = b"".join(make().frame(packet) for packet in packets)
    reader = make()
    assert [p for piece in pieces(stream, seed) for p in reader.feed(piece)] == packets
    assert reader.errors == 0


@given(st.binary(max_size=300))
def test_rubbish_costs_only_what_it_touches(noise: bytes) -> None:
    reader = Slip()
    reader.feed(noise)
    assert reader.feed(b"\xc0" + reader.frame(b"/ping\0\0\0"))[-1] == b"/ping\0\0\0"


@pytest.mark.parametrize("bad", [b"ab\xdbcd\xc0", b"ab\xdb\xc0", b"\xdb\xdb\xdc\xc0"])
def test_a_broken_escape_drops_the_packet_and_counts_it(bad: bytes) -> None:
    reader = Slip()
    assert reader.feed(bad) == []
    assert reader.errors == 1


def test_an_endless_packet_does_not_grow() -> None:
    reader = Slip(limit=1000)
    for _ in range(100):
        assert reader.feed(b"x" * 400) == []
    assert len(reader._partial) <= 1000
    assert reader.feed(b"\xc0" + reader.frame(b"next")) == [b"next"]
    assert reader.errors == 1


@pytest.mark.parametrize("size", [b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff"])
def test_a_size_that_cannot_be_ends_the_stream(size: bytes) -> None:
    with pytest.raises(ValueError, match="announced"):
        Counted().feed(size + b"data")


def test_the_first_byte_tells_the_framing() -> None:
    assert isinstance(framing(b"\0\0\0\x08/ab"), Counted)
    assert isinstance(framing(b"\xc0/ab\0"), Slip)
    assert isinstance(framing(b"/ab\0"), Slip)
