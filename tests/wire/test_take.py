"""A take comes back as it was written, whatever was played, and whole up to a line cut short."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.event import Event
from perf.errors import TakeError
from perf.wire.take import TakeHead, decode, encode, encode_head

HEAD = TakeHead("default.toml", "ab" * 32, "embedded", seed=3.5, software={"retrograde": "0.1"})
ARGS = st.lists(
    st.one_of(st.floats(), st.integers(), st.booleans(), st.text(), st.none(), st.binary(), st.just((0.5, 1.0))),
    max_size=4,
).map(tuple)


def same(a: object, b: object) -> bool:
    return a == b or (isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b))


@given(st.lists(st.tuples(st.floats(0, 1e6), st.text(), ARGS), max_size=5))
def test_events_come_back(rows: list[tuple[float, str, tuple]]) -> None:
    events = [Event(seconds, address, args, "osc:x") for seconds, address, args in sorted(rows, key=lambda r: r[0])]
    lines = [encode_head(HEAD), *(encode(event.seconds, event) for event in events)]
    head, found = decode(lines)
    assert head.software == HEAD.software
    for before, (tick, after) in zip(events, found, strict=True):
        assert (tick, after.address, after.source) == (before.seconds, before.address, before.source)
        assert len(after.args) == len(before.args)
        assert all(same(a, b) for a, b in zip(after.args, before.args, strict=True))


def test_the_time_of_an_event_within_its_tick_is_kept() -> None:
    _, found = decode([encode_head(HEAD), encode(2.0, Event(1.75, "/a", ()))])
    assert next(found) == (2.0, Event(1.75, "/a", ()))


def test_a_line_cut_short_at_the_end_is_left_out() -> None:
    line = encode(1.0, Event(1.0, "/a", (1,)))
    assert len(list(decode([encode_head(HEAD), line, line[:-4]])[1])) == 1


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ([], 1),
        (["{}\n"], 1),
        (['{"retrograde": {"version": 99, "patch": "", "patch_sha256": "", "model": ""}}\n'], 1),
        ([encode_head(HEAD), "nonsense\n"], 2),
        ([encode_head(HEAD), "[1]\n"], 2),
        ([encode_head(HEAD), '[2, "/a", [], "", 0]\n', '[1, "/a", [], "", 0]\n'], 3),
        ([encode_head(HEAD), '["NaN", "/a", [], "", 0]\n'], 2),
    ],
)
def test_a_broken_take_says_where(lines: list[str], place: int) -> None:
    with pytest.raises(TakeError) as caught:
        list(decode(lines, "t.jsonl")[1])
    assert caught.value.line == place


@given(st.lists(st.text(), max_size=3))
def test_any_lines_are_a_take_or_a_take_error(lines: list[str]) -> None:
    try:
        list(decode([encode_head(HEAD), *(line + "\n" for line in lines)])[1])
    except TakeError as error:
        assert error.line
