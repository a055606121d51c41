"""OSC bytes and events, held against python-osc (an independent codec) and against what no codec should survive."""

import math
import struct
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from perf.core.event import Argument, Event
from perf.wire.osc import DEPTH, decode, encode, encode_bundles
from perf.wire.osctypes import OscError
from perf.wire.timetag import TagClock, dated

FLOATS = st.floats(width=32, allow_nan=False)
TEXTS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=40)
ADDRESSES = st.from_regex(r"(/[a-z0-9_]{1,8}){1,4}", fullmatch=True)
ARGS = st.lists(st.one_of(FLOATS, st.integers(-(2**63), 2**63 - 1), st.booleans(), TEXTS, st.none()), max_size=6)


def theirs(address: str, *args: tuple[Any, str]) -> bytes:
    """A message as python-osc writes it, with explicit type tags."""
    builder = OscMessageBuilder(address)
    for value, tag in args:
        builder.add_arg(value, tag)
    return builder.build().dgram


def raw(tags: str, data: bytes = b"", address: bytes = b"/a\0\0") -> bytes:
    text = f",{tags}".encode()
    return address + text + bytes(4 - len(text) % 4) + data


def bundle(tag: int, *elements: bytes) -> bytes:
    return b"#bundle\0" + struct.pack(">Q", tag) + b"".join(struct.pack(">i", len(e)) + e for e in elements)


def args_of(packet: bytes) -> tuple[Argument, ...]:
    [one] = decode(packet)
    [event] = one.events
    return event.args


@given(ADDRESSES, ARGS)
def test_what_is_encoded_is_read_by_python_osc_and_by_itself(address: str, args: list[Argument]) -> None:
    packet = encode(address, args)
    message = OscMessage(packet)
    assert (message.address, tuple(message.params)) == (address, tuple(args))
    assert decode(packet, 1.5, "x")[0].events == (Event(1.5, address, tuple(args), "x"),)


@pytest.mark.parametrize(
    ("value", "tag", "heard"),
    [
        (0.25, "f", 0.25),
        (1 / 3, "d", 1 / 3),
        (-7, "i", -7),
        (2**40, "h", 2**40),
        ("a red house", "s", "a red house"),
        ("Übergang 🌒", "s", "Übergang 🌒"),
        (b"\1\2\3", "b", b"\1\2\3"),
        (True, "T", True),
        (False, "F", False),
        (None, "N", None),
        (0xFF8000FF, "r", (1.0, 128 / 255, 0.0, 1.0)),
        ((1, 0x90, 60, 100), "m", (1, 0x90, 60, 100)),
    ],
)
def test_every_type_that_python_osc_writes(value: object, tag: str, heard: Argument) -> None:
    assert args_of(theirs("/a", (value, tag))) == (heard,)


def test_types_that_few_programs_write() -> None:
    assert args_of(raw("S", b"abc\0")) == ("abc",)
    assert args_of(raw("c", b"\0\0\0A")) == ("A",)
    assert args_of(raw("I")) == (True,)
    assert args_of(raw("t", struct.pack(">II", 10, 1 << 31))) == (10.5,)
    assert args_of(raw("i[ff[f]]T", struct.pack(">ifff", 1, 1, 2, 3))) == (1, (1.0, 2.0, 3.0), True)


def test_no_type_tags_means_no_arguments() -> None:
    assert args_of(b"/go\0") == ()
    assert args_of(b"/go\0\0\0\0\1") == ()
    assert args_of(raw("")) == ()


def test_old_letters_are_read_as_latin_1() -> None:
    assert args_of(raw("s", "Öl".encode("latin-1") + b"\0\0")) == ("Öl",)


def test_not_a_number_is_passed_on_for_the_parameter_to_refuse() -> None:
    first, second = args_of(raw("ff", struct.pack(">ff", math.nan, math.inf)))
    assert math.isnan(first)  # type: ignore[arg-type]
    assert second == math.inf


def test_a_very_long_text_is_one_argument() -> None:
    assert args_of(encode("/prompt/1/text", ("x" * 65536,))) == ("x" * 65536,)


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (b"", "starts with / or #bundle"),
        (b"hello...", "starts with / or #bundle"),
        (b"/abc", "no end"),
        (b"/abc\0", "multiple of 4"),
        (b"/\xff\xff\0,\0\0\0", "not text"),
        (raw("f"), "need 4 bytes, 0 are left"),
        (raw("ii", b"\0\0\0\1"), "need 8 bytes, 4 are left"),
        (raw("sf", b"abcd"), "no end"),
        (raw("s"), "no end"),
        (raw("b", b"\xff\xff\xff\xf0"), "claims -16 bytes"),
        (raw("b", b"\0\0\1\0abcd"), "claims 256 bytes of 4"),
        (raw("Td"), "claims 8 bytes"),
        (b"/a\0\0,fff", "no end"),
        (b"#bundle\0\0\0\0\0", "too short"),
        (bundle(1) + b"\0\0\0\1", "claims 1 bytes"),
        (bundle(1) + b"\x7f\xff\xff\xff", "bytes of 0 left"),
        (bundle(1) + b"\0\0\0\0", "claims 0 bytes"),
        (bundle(1, b"oops"), "starts with"),
        (bundle(1, b"/ok\0", raw("f")), "need 4 bytes"),
    ],
)
def test_what_is_malformed_is_refused_with_its_reason(packet: bytes, words: str) -> None:
    with pytest.raises(OscError, match=words):
        decode(packet)


@pytest.mark.parametrize(
    ("tags", "words"), [("fX", "'X'"), ("[f", "never closed"), ("f]", "not opened"), ("[s]", "holds str")]
)
def test_a_message_that_cannot_be_used_leaves_the_rest_of_its_bundle(tags: str, words: str) -> None:
    strange = raw(tags, b"\0\0\0\0")
    [one] = decode(bundle(1, encode("/a", (1.0,)), strange, encode("/b")))
    assert [event.address for event in one.events] == ["/a", "/b"]
    [reason] = one.discarded
    assert words in reason
    assert decode(strange)[0].events == ()


def test_a_bundle_stays_together_in_order_with_its_time() -> None:
    builder = OscBundleBuilder(1_700_000_000.5)  # type: ignore[arg-type]
    for n in range(3):
        builder.add_content(OscMessage(theirs(f"/{n}", (n, "i"))))  # type: ignore[arg-type]
    [one] = decode(builder.build().dgram)
    assert [event.address for event in one.events] == ["/0", "/1", "/2"]
    assert one.tag == pytest.approx(1_700_000_000.5 + 2208988800, abs=1e-6)


def test_immediately_is_no_time() -> None:
    assert decode(bundle(1, encode("/a")))[0].tag is None


def test_an_inner_bundle_is_its_own_and_never_earlier_than_the_outer_one() -> None:
    packet = bundle(8 << 32, encode("/a"), bundle(3 << 32, encode("/b")), bundle(9 << 32, encode("/c")), encode("/d"))
    heard = [(b.tag, [event.address for event in b.events]) for b in decode(packet)]
    assert heard == [(8.0, ["/a", "/d"]), (8.0, ["/b"]), (9.0, ["/c"])]


@pytest.mark.parametrize("depth", [DEPTH, DEPTH + 1, 2000])
def test_bundles_may_nest_to_a_depth(depth: int) -> None:
    packet = encode("/deep", (1,))
    for _ in range(depth):
        packet = bundle(1, packet)
    if depth <= DEPTH:
        assert decode(packet)[-1].events[0].address == "/deep"
    else:
        with pytest.raises(OscError, match="deeper"):
            decode(packet)


@given(st.binary(max_size=200))
@settings(max_examples=400)
def test_random_bytes_are_events_or_an_osc_error(noise: bytes) -> None:
    for packet in (noise, b"/a\0\0," + noise, b"#bundle\0\0\0\0\0\0\0\0\1" + noise):
        survives(packet)


@given(st.data())
@settings(max_examples=300)
def test_damaged_packets_are_events_or_an_osc_error(data: st.DataObject) -> None:
    whole = bundle(1, encode("/prompt/1/text", ("abc", 1, 2.0, b"xy")), bundle(7 << 32, raw("[ff]m", bytes(12))))
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for place in data.draw(st.lists(st.integers(0, max(len(damaged) - 1, 0)), max_size=4)):
        damaged[place : place + 1] = bytes([data.draw(st.integers(0, 255))])
    survives(bytes(damaged))


def survives(packet: bytes) -> None:
    with suppress(OscError):
        assert all(event.address.startswith("/") for one in decode(packet) for event in one.events)


def test_values_are_flattened_and_typed() -> None:
    assert OscMessage(encode("/c", ((0.5, 1.0, 0.0, 1.0),))).params == [0.5, 1.0, 0.0, 1.0]
    assert encode("/c", (True, 1, 2**31, 0.5, "s", b"b", None))[4:12] == b",TihfsbN"
    assert OscMessage(encode("/big", (1e300, -1e300))).params == [math.inf, -math.inf]
    assert OscMessage(encode("/cut", ("a\0b",))).params == ["ab"]


@pytest.mark.parametrize(("address", "arg"), [("nowhere", 1), ("/a", 2**64), ("/a", {"a": 1})])
def test_what_osc_cannot_say_is_refused(address: str, arg: Any) -> None:
    with pytest.raises(OscError, match=r"nowhere|64 bits|dict"):
        encode(address, (arg,))


@given(st.lists(st.integers(0, 300), max_size=60))
def test_bundles_stay_below_the_limit_and_in_order(sizes: list[int]) -> None:
    messages = [encode(f"/{n}", ("x" * size,)) for n, size in enumerate(sizes)]
    packets = encode_bundles(messages, limit=400)
    assert [e.address for p in packets for b in decode(p) for e in b.events] == [f"/{n}" for n in range(len(sizes))]
    assert all(len(packet) <= 400 or len(decode(packet)[0].events) == 1 for packet in packets)


NTP = 3.9e9


def test_a_tag_from_a_clock_that_agrees_is_honoured() -> None:
    assert TagClock().due(NTP + 0.5, NTP, 100.0) == pytest.approx(100.5)
    assert TagClock("honour").due(NTP + 30.0, NTP, 100.0) == pytest.approx(130.0)
    assert TagClock("immediate").due(NTP + 0.5, NTP, 100.0) is None


@pytest.mark.parametrize("years", [-3, 5])
def test_a_sender_whose_clock_is_years_off_is_played_at_once_and_counted(years: int) -> None:
    clock = TagClock()
    for n in range(40):
        assert clock.due(NTP + years * 3.15e7 + n * 0.02, NTP + n * 0.02, n * 0.02) is None
    assert clock.mistrusted == 40


def test_one_far_cue_does_not_make_a_good_clock_bad() -> None:
    clock = TagClock()
    for n in range(10):
        clock.due(NTP + n, NTP + n, float(n))
    assert clock.due(NTP + 70.0, NTP + 10.0, 10.0) == pytest.approx(70.0)
    assert clock.mistrusted == 0


def test_learning_keeps_the_senders_rhythm_without_its_offset() -> None:
    """TouchDesigner counts from its first message: the network's jitter goes, the distance between messages stays."""
    clock, due = TagClock("learn"), []
    for n, jitter in enumerate([0.0, 0.004, 0.001, 0.003, 0.002] * 8):
        due.append(clock.due(1000.0 + n * 0.02, NTP + n * 0.02 + jitter, 5.0 + n * 0.02 + jitter))
    steps = [b - a for a, b in pairwise(due[30:])]  # type: ignore[operator]
    assert steps == pytest.approx([0.02] * len(steps), abs=0.0015)


def test_a_late_tag_dates_its_events_only_as_far_back_as_jitter_goes() -> None:
    assert dated(9.9, 10.0) == 9.9
    assert dated(2.0, 10.0) == 10.0
    assert dated(None, 10.0) == 10.0


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="auto, honour"):
        TagClock("maybe")
