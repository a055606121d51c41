"""A timeline that is read is the one that plays: the same values at the same beats, the same cues, the same prompts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scores import harbour, patch

from perf.core.performance import Performance
from perf.wire.drawing.reading import EDGE, course, keyed, read, rounds

HARBOUR = harbour()
END = 80.0


def test_what_is_read_is_what_plays() -> None:
    quiet = replace(HARBOUR, timeline=replace(HARBOUR.timeline, cues=()))
    reading, performance, way = read(quiet, 0.0, END), Performance(quiet), course(quiet)
    for n, beat in enumerate(reading.beats[::37]):
        values = performance.at(n, way.seconds(beat)).values
        for address, column in reading.columns.items():
            wanted = values[address]
            assert column[n * 37] == (pytest.approx(wanted, abs=1e-6) if isinstance(wanted, float | tuple) else wanted)


def test_cues_fire_on_their_beats_and_are_followed() -> None:
    found = [(mark.cue.name, mark.beat, mark.source) for mark in read(HARBOUR, 0.0, END).marks]
    assert found == [("A", 0, -1), ("fog", 8, 0), ("B", 32, -1), ("quiet", 44, 2), ("sea", 66, 3)]


def test_a_cue_that_follows_itself_ends() -> None:
    text = '[[cue]]\nname = "A"\nat = 0\nfollow = "A"\nafter = 0.001'
    assert len(read(patch(text), 0.0, 64.0).marks) == 1000


def test_what_a_cue_launches_is_a_clip_until_the_end() -> None:
    launched = read(HARBOUR, 0.0, END).clips[-1]
    assert (launched.sequence.name, launched.at, launched.at + launched.length, launched.loop) == (
        "swell",
        32,
        END,
        True,
    )
    assert rounds(launched)[:2] == [36.0, 40.0]


def test_cues_fade_what_they_set() -> None:
    reading = read(HARBOUR, 0.0, END)
    at = {beat: float(reading.columns["/sampler/drift"][reading.index(beat)]) for beat in (4.0, 20.0, 60.0, 70.0)}  # type: ignore[arg-type]
    assert at == pytest.approx({4.0: 0.1, 20.0: 0.9, 60.0: 0.3, 70.0: 0.0})
    half = course(HARBOUR).beat(course(HARBOUR).seconds(8.0) + 2.0)
    assert reading.columns["/sampler/drift"][reading.index(half)] == pytest.approx(0.5, abs=0.01)


PLAYED = """
[[cue]]
name = "a"
at = 1
fade = 6
values = { "/camera/zoom" = 0.8, "/camera/x" = 1.0 }
follow = "b"
after = 2
[[cue]]
name = "b"
fade = 2
values = { "/camera/zoom" = 0.2, "/camera/y" = 0.7 }
release = ["/camera/x"]
[[cue]]
name = "c"
at = 3
values = { "/camera/roll" = 5.0 }
[[track]]
address = "/camera/z"
lanes = [[[2, 0.5], [4, 1.0, "hold"], [5, 1.0, "below"]]]
[[track]]
address = "/camera/x"
keys = [[0, 0.0], [8, 1.0]]
"""


@pytest.mark.parametrize("start", [0.0, 2.0, 3.5])
def test_fades_lanes_and_cues_on_one_beat_are_read_as_they_play(start: float) -> None:
    reading, performance = read(patch(PLAYED), start, 8.0), Performance(patch(PLAYED))
    assert [mark.cue.name for mark in reading.marks] == ["a", "b", "c"]
    assert set(reading.columns) == {f"/camera/{name}" for name in ("zoom", "x", "y", "z", "roll")}
    for n, beat in enumerate((1.0, 2.0, 2.9, 3.0, 3.6, 4.5, 5.5, 7.0)):
        values = performance.at(n, beat / 2)
        for address, column in reading.columns.items() if beat >= start else ():
            assert column[reading.index(beat)] == pytest.approx(values.values[address], abs=2e-3), (address, beat)


def test_prompts_dissolve_in_their_length() -> None:
    reading = read(HARBOUR, 0.0, END)
    fog = "a harbour in the fog, seen from the pier"
    assert reading.prompts[reading.index(4.0)] == {"": 1.0}
    assert reading.prompts[reading.index(11.0)] == pytest.approx({"": 0.5, fog: 0.5}, abs=0.01)
    assert reading.prompts[reading.index(30.0)] == {"a lamp over the water": 1.0, "people": -0.5}


def test_a_changed_text_fades_in() -> None:
    text = """[params]
"/prompt/fade" = 2.0
[[track]]
address = "/prompt/1/text"
keys = [[0, "sea"], [8, "ice"]]"""
    reading = read(patch(text), 0.0, 16.0)  # 120 BPM: the fade takes four beats
    shown = [reading.prompts[reading.index(beat)] for beat in (0.0, 7.9, 10.0, 12.5)]
    assert shown == [{"sea": 1.0}, {"sea": 1.0}, pytest.approx({"sea": 0.5, "ice": 0.5}, abs=0.01), {"ice": 1.0}]


def test_a_hard_change_is_seen_on_its_beat() -> None:
    reading = read(patch('[[track]]\naddress = "/sampler/skip"\nkeys = [[0, 0.1, "hold"], [3.3, 0.9]]'), 0.0, 8.0)
    column, n = reading.columns["/sampler/skip"], reading.index(3.3)
    assert reading.beats[n] - reading.beats[n - 1] <= EDGE * 1.001
    assert (column[n - 1], column[n]) == (0.1, 0.9)


@given(st.sampled_from(["beats", "bars", "seconds"]), st.floats(0, 30), st.floats(1, 9), st.floats(4, 20))
def test_keys_of_a_loop_are_found_in_every_round(unit: str, start: float, key: float, loop: float) -> None:
    loop, key = round(loop, 2), round(key, 2)
    track = f'address = "/sampler/skip"\nunit = "{unit}"\nloop = {loop}\nkeys = [[{key}, 0.5]]'
    one = patch(f"[clock]\ntempo = 90\n[[track]]\n{track}")
    scale = {"beats": 1.0, "bars": 4.0, "seconds": 1.5}[unit]
    wanted = [
        (key + n * loop) * scale for n in range(60) if key < loop and start <= (key + n * loop) * scale <= start + 40
    ]
    assert keyed(one, one.timeline.tracks[0], (start, start + 40)) == pytest.approx(wanted)
