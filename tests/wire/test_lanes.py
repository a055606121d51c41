"""Recorded lanes go into a patch and come back the same; comments and order stay; mistakes are named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perf.core.curve import Key
from perf.core.lane import BELOW, Lane, Lanes
from perf.core.param import Param
from perf.core.patch import Patch, ShaderSpec
from perf.core.simplify import LINES
from perf.errors import PatchError
from perf.wire.patch import parse, save

PARAMS = (
    Param("/x/fast", "float", 0.5),
    Param("/x/count", "int", 1, 1, 50),
    Param("/x/on", "bool", False),
    Param("/x/words", "text", ""),
    Param("/x/kind", "choice", "a", choices=("a", "b", '"c"')),
    Param("/x/tint", "colour", (0.0, 0.0, 0.0, 1.0)),
    Param("/x/place", "point", (0.0, 0.0), -1.0, 1.0),
)
HEAD = """# the harbour
name = "harbour"   # by night

[[layer]]
filters = ["x"]

[[track]]               # the camera breathes
address = "/camera/zoom"
loop = 8
keys = [[0, 0.1], [4, 0.3]]

# cues
[[cue]]
name = "in"
"""


def read(text: str) -> Patch:
    return parse(text, lambda name: ShaderSpec("x", "filter", PARAMS), "p.toml")


def values(param: Param) -> st.SearchStrategy:
    part = st.floats(param.minimum, param.maximum)
    return {
        "float": part,
        "int": st.integers(1, 50),
        "bool": st.booleans(),
        "text": st.text(max_size=20).map(lambda text: param.coerce((text,))[0]),
        "choice": st.sampled_from(param.choices or ("",)),
        "colour": st.tuples(*[st.floats(0.0, 1.0)] * 4),
        "point": st.tuples(part, part),
    }[param.kind]


@st.composite
def books(draw: st.DrawFn) -> dict[str, Lanes]:
    found = {}
    for param in draw(st.lists(st.sampled_from(PARAMS), unique=True)):
        ways = ["linear", "hold", BELOW] if param.kind in LINES else ["hold", BELOW]
        rows = []
        for _ in range(draw(st.integers(1, 3))):
            places = sorted(draw(st.lists(st.floats(-1e3, 1e6), min_size=1, max_size=6)))
            rows.append(Lane(tuple(Key(at, draw(values(param)), draw(st.sampled_from(ways))) for at in places)))
        found[param.address] = Lanes(tuple(rows), draw(st.integers(0, len(rows))))
    return found


@settings(deadline=None, max_examples=60)
@given(books(), books())
def test_what_is_saved_is_read_again(first: dict[str, Lanes], second: dict[str, Lanes]) -> None:
    once = save(HEAD, {}, (), first)
    assert read(once).timeline.lanes == first
    twice = save(once, {}, (), second)
    assert read(twice).timeline.lanes == {**first, **second}
    assert save(twice, {}, (), second) == twice
    gone = save(twice, {}, (), dict.fromkeys({**first, **second}, Lanes()))
    assert not read(gone).timeline.lanes
    assert len(read(gone).timeline.tracks) == 1


LANES = Lanes((Lane((Key(4.0, 0.1), Key(6.0, 0.3, BELOW))), Lane((Key(4.0, 0.2, "hold"), Key(8.0, 0.2, BELOW)))), 2)


def test_comments_and_order_stay() -> None:
    text = save(HEAD, {}, (), {"/x/fast": LANES})
    kept = [line for line in text.splitlines() if line in HEAD.splitlines()]
    assert [line for line in kept if line] == [line for line in HEAD.splitlines() if line]
    assert '    [[4.0, 0.2, "hold"], [8.0, 0.2, "below"]],\n' in text
    annotated = text.replace("lane = 2", "lane = 2   # the good one").replace(
        "[[cue]]", "[[osc]]\nport = 9100\n\n[[cue]]"
    )
    again = save(annotated, {}, (), {"/x/fast": Lanes(LANES.lanes, 1)})
    assert again == annotated.replace("lane = 2 ", "lane = 1 ")


TRACK = '[[track]]\naddress = "/camera/roll"\nkeys = [[0, 1.0]]\n'


@pytest.mark.parametrize(
    "rows",
    [
        (GONE := '[[track]]\naddress = "/camera/zoom"\nlanes = [[[0.0, 0.1]]]\n',),
        (GONE, "\n# and roll\n" + TRACK),
        (TRACK, "\n", GONE),
        ('[[cue]]\nname = "in"\n\n', TRACK, '\n[[cue]]\nname = "out"\n\n', GONE),
    ],
)
def test_what_is_written_below_a_recording_that_is_cleared_stays(rows: tuple[str, ...]) -> None:
    below = "\n# the end\n[params]\n"
    saved = save("".join(rows) + below, {}, (), {"/camera/zoom": Lanes()})
    kept = "".join(row for row in rows if row is not GONE) + below
    assert [line for line in saved.splitlines() if line] == [line for line in kept.splitlines() if line]
    assert read(saved + "\n" + TRACK.replace("roll", "tilt")).timeline.tracks


@pytest.mark.parametrize(
    "text", ["# nothing", "track = []\n", 'track = [{ address = "/camera/zoom", keys = [[0, 1.0]] }]\n']
)
def test_a_patch_of_any_form_takes_lanes(text: str) -> None:
    saved = save(text, {}, (), {"/camera/roll": LANES})
    assert read(saved).timeline.lanes == {"/camera/roll": LANES}


@pytest.mark.parametrize(
    ("lanes", "words"),
    [
        ("lanes = []", "1 to 64 rows"),
        ("lanes = 3", "1 to 64 rows"),
        ("lanes = [[4, 0.5]]", "not a key of a lane"),
        ('lanes = [[[4, 0.5, "in-sine"]]]', "linear, hold, below"),
        ("lanes = [[[4, 7.0]]]", "it takes 0"),
        ("lane = 2\nlanes = [[[4, 0.5]]]", "0…1"),
        ("lane = 0.5\nlanes = [[[4, 0.5]]]", "whole number"),
        ("keys = [[0, 1]]\nlanes = [[[4, 0.5]]]", "means nothing here"),
        ('lanes = [[[4, 0.5]]]\n\n[[track]]\naddress = "/x/fast"\nlanes = [[[4, 0.5]]]', "has lanes already"),
    ],
)
def test_mistakes_are_named(lanes: str, words: str) -> None:
    with pytest.raises(PatchError, match=words):
        read(HEAD + f'\n[[track]]\naddress = "/x/fast"\n{lanes}\n')


def test_lanes_lie_on_the_timeline_and_not_in_a_sequence() -> None:
    with pytest.raises(PatchError, match="not in a sequence"):
        read('[[sequence]]\nname = "a"\n\n[[sequence.track]]\naddress = "/camera/zoom"\nlanes = [[[0, 0.1]]]\n')


def test_a_film_is_as_long_as_its_lanes() -> None:
    patch = read(save(HEAD, {}, (), {"/x/fast": Lanes((Lane((Key(0.0, 0.1), Key(99.0, 0.3, BELOW))),), 1)}))
    assert patch.timeline.beats(patch.meter, patch.tempo) == 99.0
