"""Shots end where they should at any frame rate; what the camera has done stays done."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.camera import AXES, IDENTITY, Pose, homography, multiply
from perf.core.event import Event
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.shot import SHOTS, Shot, ShotTrack, plus, read
from perf.core.state import State
from perf.core.tick import tick
from perf.core.timeline import Timeline
from perf.errors import PatchError
from perf.wire.patch import parse


def patched(text: str) -> Patch:
    return parse("[clock]\ntempo = 120\n" + text, lambda name: pytest.fail(name), "p.toml")


def pose(patch: Patch, seconds: float, fps: int, events: list[Event] | None = None) -> Pose:
    state, waiting = State(transport=patch.transport), events or []
    for index in range(round(seconds * fps) + 1):
        now = index / fps
        due = [event for event in waiting if event.seconds <= now]
        waiting = [event for event in waiting if event.seconds > now]
        state = tick(patch, state, due, Moment(index, now)).state
    return state.pose


def near(one: Pose, other: Pose) -> bool:
    return all(getattr(one, axis) == pytest.approx(getattr(other, axis), abs=1e-6) for axis in AXES)


TRACK = '[[track]]\naddress = "/camera/shot"\nkeys = [[0, "dolly-in 4"], [8, "pan-left 2 0.5"]]\n'


@pytest.mark.parametrize("fps", [7, 25, 60])
def test_the_camera_ends_at_the_same_place_at_any_rate(fps: int) -> None:
    assert near(pose(patched(TRACK), 6.0, fps), Pose(z=0.6, pan=-12.5))
    assert near(pose(patched(""), 3.0, fps, [Event(0.5, "/camera/shot", ("truck-right", 2))]), Pose(x=0.7))


@pytest.mark.parametrize("name", SHOTS)
def test_every_shot_starts_where_the_camera_is(name: str) -> None:
    shot = Shot(name, 4.0)
    assert near(shot.at(0.0), Pose())
    assert near(shot.at(9.0), shot.at(4.0))
    steps = [shot.at(4.0 * n / 400).walked(60.0) for n in range(401)]
    moved = [max(abs(getattr(b, a) - getattr(c, a)) for a in AXES) for b, c in pairwise(steps)]
    assert max(moved) < 2.5, "no shot jumps"
    assert (max(moved) > 0) == (name != "static")


def test_angles_and_sizes_stay_and_lead_back() -> None:
    sizes = ["extreme-long", "long", "medium-long", "medium-close-up", "close-up", "extreme-close-up"]
    zooms = [Shot(name, 2.0).at(2.0).zoom for name in sizes]
    assert zooms == sorted(zooms)
    assert Shot("low", 2.0).at(2.0).tilt > 0 > Shot("high", 2.0).at(2.0).tilt > Shot("overhead", 2.0).at(2.0).tilt
    there = '[[track]]\naddress = "/camera/shot"\nkeys = [[0, "{0} 2"], [4, "{0} 2 -1"]]\n'
    for name in (*sizes, "low", "high", "overhead", "dutch-left"):
        assert near(pose(patched(there.format(name)), 4.0, 25), Pose())


def test_a_hand_and_a_walker_come_to_rest() -> None:
    assert near(Shot("handheld", 3.0).at(3.0), Pose())
    there = Shot("walk", 3.0).at(3.0)
    assert (there.z, there.roll, there.y) == (pytest.approx(0.42), 0.0, 0.0)


def test_zoom_is_no_dolly_and_both_at_once_cancel_out_on_a_plane() -> None:
    assert Shot("zoom-in").at(4.0) == Pose(zoom=0.6)
    assert Shot("dolly-in").at(4.0) == Pose(z=0.6)
    assert Shot("dolly-zoom").at(4.0) == Pose(z=0.6, zoom=-0.6)
    assert Shot("dolly-in", amount=-0.5).at(4.0) == Pose(z=-0.3)


def test_a_loop_goes_on_from_where_it_was() -> None:
    track = ShotTrack(((0.0, Shot("pan-right", 4.0)),), loop=4.0)
    assert [track.at(place).pan for place in (0, 2, 4, 6, 12)] == pytest.approx([0, 12.5, 25, 37.5, 75])


def test_the_next_shot_cuts_the_one_before_short() -> None:
    track = ShotTrack(((0.0, Shot("pan-right", 4.0)), (2.0, Shot("static"))))
    assert track.at(8.0).pan == pytest.approx(12.5)


def test_a_seek_is_a_cut() -> None:
    events = [Event(0.0, "/transport/stop"), Event(0.5, "/transport/seek", (20.0,))]
    assert near(pose(patched(TRACK), 1.0, 25, events), Pose())


@pytest.mark.parametrize(
    "text", ["", "fly", "dolly-in 0", "dolly-in x", "dolly-in 4 9", "dolly-in 1 1 1", "pan-left nan"]
)
def test_what_is_no_shot_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="shot"):
        read(text)
    with pytest.raises(PatchError, match="shot"):
        patched(f'[[track]]\naddress = "/camera/shot"\nkeys = [[0, "{text}"]]\n')


def test_a_walker_keeps_to_the_beat_and_jumps_with_no_tempo() -> None:
    walk = Shot("walk", 64.0)
    for unit, seconds in (("beats", 0.5), ("bars", 2.0), ("seconds", 1.0)):
        timeline = Timeline(shots=(ShotTrack(((0.0, walk),), unit),))
        slow, quick = (timeline.camera(Moment(0, 9.0, 20.0, 20.0, 20.0, tempo)) for tempo in (60.0, 240.0))
        assert slow == quick == walk.at(20.0, seconds)


@given(
    st.lists(st.tuples(st.floats(0, 20), st.sampled_from(list(SHOTS)), st.floats(0.1, 9)), max_size=6), st.floats(0, 30)
)
def test_the_camera_never_jumps(keys: list, place: float) -> None:
    keys = sorted(keys, key=lambda key: key[0])
    track = ShotTrack(tuple((at, Shot(name, length)) for at, name, length in keys))
    one, two = track.at(place), track.at(place + 1e-5)
    assert all(abs(getattr(one, axis) - getattr(two, axis)) < 0.1 for axis in AXES)


def test_a_shot_track_is_retraced_turned_about_and_stretched() -> None:
    shots = '[[track]]\naddress = "/camera/shot"\nkeys = [[0, "truck-right 4"], [6, "roll-right 2"]]\n'

    def pose(place: float, transform: str = "") -> Pose:
        patch = patched(shots + (f'transform = ["{transform}"]\n' if transform else ""))
        return patch.timeline.camera(Moment(0, place, place, place, place / 4))

    there = pose(8.0)
    assert there.x > 0
    assert there.roll != 0
    for place in (1.0, 3.0, 5.0, 7.0):
        back = plus(there, pose(8.0 - place, "reverse"))
        assert [getattr(back, axis) for axis in AXES] == pytest.approx([getattr(pose(place), axis) for axis in AXES])
    assert pose(2.0, "retrograde").x == 0
    assert pose(2.0, "retrograde").roll == pytest.approx(there.roll)
    assert pose(4.0, "augment 2") == pose(2.0)
    assert pose(5.0, "offset 2") == pose(3.0)
    with pytest.raises(PatchError, match="invert means nothing here"):
        pose(0.0, "invert 1")


def test_a_cue_begins_a_shot() -> None:
    patch = patched('[[cue]]\nname = "a"\nat = 4\nshot = "truck-right 4"\n')
    state, xs = State(transport=patch.transport), []
    for index in range(80):
        state = tick(patch, state, [], Moment(index, index / 10)).state
        xs.append(state.pose.x)
    assert xs[19] == 0
    assert 0 < xs[40] < xs[60]
    with pytest.raises(PatchError, match=r"p.toml:5: .*shot"):
        patched('[[cue]]\nname = "a"\nshot = "jump 4"\n')


@pytest.mark.parametrize("fov", ["[[0, 25]]", "[[0, 60]]", "[[0, 110]]", "[[0, 40], [6, 90]]"])
def test_an_orbit_keeps_its_subject_in_the_middle_at_any_field_of_view(fov: str) -> None:
    shot = '[[track]]\naddress = "/camera/shot"\nkeys = [[0, "orbit-right 6"]]\n'
    patch = patched(f'{shot}[[track]]\naddress = "/camera/fov"\nkeys = {fov}\n')
    state, whole = State(transport=patch.transport), IDENTITY
    for index in range(241):
        before = state.pose
        result = tick(patch, state, [], Moment(index, index / 40))
        state = result.state
        whole = multiply(whole, homography(state.pose.minus(before), result.frame.fov))
    (_, _, x), (_, _, y), (_, _, z) = whole
    assert (x / z, y / z) == pytest.approx((0.0, 0.0), abs=0.02)
    assert state.pose.pan == pytest.approx(-28.0)
