"""Every shot, found again in its pictures: which way the camera went, how far, and that near things pass faster.

A shot is played through the tick, a texture is warped from frame to frame as the engine does, and what happened between
two pictures is fitted to them alone: a homography, from coarse to fine (Lucas & Kanade; Baker & Matthews 2004). Of a
flat picture that gives the turn, the way and the size; a dolly and a zoom are told apart by what is near and far.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from perf.core.camera import Pose
from perf.core.event import Event
from perf.core.frame import Planes
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.shot import SHOTS
from perf.core.state import State
from perf.core.tick import tick
from perf.diffusion.planes import moved, passing, sliced

Array = NDArray[np.float64]

SIZE = 128  # pixels
STEPS = 2.0  # pictures a second; a fit is off by some hundredths of a pixel a step, so few of them
FAST = {"whip-right": 12.0, "whip-left": 12.0}  # else a step would be longer than one warp shows
FOV = 60.0
FOCAL = 1 / np.tan(np.radians(FOV / 2))  # half heights
RADIAN = np.radians(1)
TURN = FOCAL * RADIAN  # half heights by which a degree moves the middle
LENGTH = 4.0  # seconds of a shot
PARALLAX = 0.6
FLAT = torch.full((1, 1, SIZE, SIZE), 0.5)  # all of it in the middle
# Three bands, far above and near below:
ROOM = torch.tensor([1.0, 0.5, 0.0]).repeat_interleave(SIZE // 3 + 1)[:SIZE].view(1, 1, SIZE, 1).expand(FLAT.shape)
AXES = ("x", "y", "size", "roll", "pan", "tilt")  # half heights, logarithm, degrees

# How far each shot goes in its four seconds, on a plane; what is not named stays as it is.
WAY: dict[str, dict[str, float]] = {
    "static": {},
    "pan-right": {"pan": 25},
    "pan-left": {"pan": -25},
    "tilt-up": {"tilt": 18},
    "tilt-down": {"tilt": -18},
    "roll-right": {"roll": 20},
    "roll-left": {"roll": -20},
    "truck-right": {"x": 0.7},
    "truck-left": {"x": -0.7},
    "pedestal-up": {"y": 0.6},
    "pedestal-down": {"y": -0.6},
    "dolly-in": {"size": 0.6},
    "dolly-out": {"size": -0.6},
    "zoom-in": {"size": 0.6},
    "zoom-out": {"size": -0.6},
    "crane-up": {"y": 0.7, "tilt": -15},
    "crane-down": {"y": -0.7, "tilt": 15},
    "whip-right": {"pan": 75},
    "whip-left": {"pan": -75},
    "high": {"y": 0.5, "tilt": -14},
    "low": {"y": -0.45, "tilt": 14},
    "overhead": {"y": 1.0, "tilt": -28},
    "dutch-right": {"roll": 15},
    "dutch-left": {"roll": -15},
    "extreme-close-up": {"size": 1.1},
    "close-up": {"size": 0.7},
    "medium-close-up": {"size": 0.35},
    "medium-long": {"size": -0.25},
    "long": {"size": -0.5},
    "extreme-long": {"size": -0.8},
    "dolly-zoom": {},
    "orbit-right": {"x": 0.846, "pan": -28},
    "orbit-left": {"x": -0.846, "pan": 28},
    "handheld": {},
    "walk": {"size": 0.56},
    "pov": {"size": 0.56},
}


def film(name: str, rate: float, depth: Tensor, parallax: float) -> Iterator[tuple[Array, Array, Array]]:
    """(before, after, slices after) of each step of the camera, from the command on until the shot is over."""
    patch, state, poses = Patch(layers=()), State(), [Pose()]
    for index in range(round(LENGTH * rate) + 1):
        events = [] if index else [Event(0.0, "/camera/shot", (name, LENGTH))]
        state = tick(patch, state, events, Moment(index, index / rate)).state
        poses.append(state.pose)
    coarse = torch.rand(1, 3, SIZE // 8, SIZE // 8, generator=torch.Generator().manual_seed(7)) * 2 - 1
    picture = torch.nn.functional.interpolate(coarse, size=(SIZE, SIZE), mode="bicubic").clamp(-1, 1)
    for here, there in pairwise(poses):
        slices = sliced(depth, Planes(parallax=parallax))
        after, slices = moved(picture, slices, passing(there.minus(here), parallax, FOV))
        yield grey(picture), grey(after), slices[:, 0].double().numpy()


def grey(picture: Tensor) -> Array:
    return np.asarray(picture[0].mean(0).double().numpy())


def halved(picture: Array) -> Array:
    return np.asarray(picture.reshape(len(picture) // 2, 2, -1, 2).mean((1, 3)))


def places(size: int) -> Array:
    """The pixels' middles, (size, size, 3): half heights to the right and up, and 1."""
    line = (np.arange(size) + 0.5) / size * 2 - 1
    right, down = np.meshgrid(line, line)
    return np.stack([right, -down, np.ones_like(right)], -1)


def looked_up(picture: Array, at: Array) -> Array:
    """What is in a picture at places (n, 2), between the pixels in proportion."""
    size = len(picture)
    column, row = (np.clip((1 + way * at[:, i]) * size / 2 - 0.5, 0, size - 1.001) for i, way in ((0, 1), (1, -1)))
    x, y = column.astype(int), row.astype(int)
    u, v = column - x, row - y
    above, below = (picture[y + n, x] * (1 - u) + picture[y + n, x + 1] * u for n in (0, 1))
    return np.asarray(above * (1 - v) + below * v)


def way(**entries: float) -> Array:
    """A small change of a homography: `r02=1` is 1 in row 0, column 2."""
    made = np.zeros((3, 3))
    for place, value in entries.items():
        made[int(place[1]), int(place[2])] = value
    return made


SIMILAR = [way(r02=1), way(r12=1), way(r00=-1, r11=-1), way(r01=1, r10=-1)]  # x, y, size, roll
ALL = [*SIMILAR, way(r00=1, r11=-1), way(r01=1, r10=1), way(r20=1), way(r21=1)]  # the eight that there are


def fitted(before: Array, after: Array, where: Array, ways: Sequence[Array]) -> Array:
    """The homography by which what is in `after` (where `where` is 1) is looked up in `before`."""
    levels, found = [(before, after, where)], np.eye(3)
    for _ in range(3):
        levels.insert(0, tuple(halved(level) for level in levels[0]))  # type: ignore[arg-type]
    for level in levels:
        found = improved(found, *level, np.stack(ways))
    return found


def improved(found: Array, before: Array, after: Array, where: Array, ways: Array) -> Array:
    size, mine = len(before), where > 0.999
    at = places(size)[mine]
    if len(at) < 100:  # too little is left of it at this size to say anything
        return found
    down, right = np.gradient(after, 2 / size)
    shifts = np.einsum("wij,nj->nwi", ways, at)
    flow = shifts[..., :2] - at[:, None, :2] * shifts[..., 2:]
    slope = np.einsum("nwi,ni->nw", flow, np.stack([right, -down], -1)[mine])
    for _ in range(30):
        there = at @ found.T
        there = there[:, :2] / there[:, 2:]
        inside = slope * (np.abs(there).max(1) < 1 - 3 / size)[:, None]
        step = np.linalg.solve(inside.T @ slope, inside.T @ (looked_up(before, there) - after[mine]))
        found = found @ np.linalg.inv(np.eye(3) + np.einsum("w,wij->ij", step, ways))
        if np.abs(step).max() < 1e-4:
            break
    return found


def seen(found: Array) -> Array:
    """What the camera did, in the order of AXES, by the logarithm of a homography that is not far from 1."""
    rest = found / np.cbrt(np.linalg.det(found)) - np.eye(3)
    log = rest - rest @ rest / 2 + rest @ rest @ rest / 3
    pan, tilt = -FOCAL * log[2, 0], -FOCAL * log[2, 1]
    size, roll = log[2, 2] - (log[0, 0] + log[1, 1]) / 2, (log[0, 1] - log[1, 0]) / 2
    return np.array([log[0, 2] - FOCAL * pan, log[1, 2] - FOCAL * tilt, size, *np.degrees([roll, pan, tilt])])


def steps(name: str, rate: float = STEPS, ways: Sequence[Array] = ALL) -> list[Array]:
    """What happened between the pictures of a shot of a plane."""
    whole = np.ones((SIZE, SIZE))
    return [fitted(before, after, whole, ways) for before, after, _ in film(name, rate, FLAT, 0.0)]


def path(name: str) -> Array:
    """Where the camera has been seen to get to, 16 times a second; a turn counts as a way to the side."""
    return np.cumsum([seen(found) for found in steps(name, 16.0, SIMILAR)], 0)


def banded(name: str, parallax: float = PARALLAX) -> Array:
    """What a shot did in the end to what is near, in the middle and far, each by itself: (3, 6)."""
    made = [[seen(fitted(b, a, part, SIMILAR)) for part in parts] for b, a, parts in film(name, 4.0, ROOM, parallax)]
    return np.asarray(np.sum(made, 0))


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Small pictures go faster by themselves than shared out among threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("name", SHOTS)
def test_a_shot_goes_where_and_as_far_as_it_says(name: str) -> None:
    """Within 0.02 half heights and half a degree, and 1.5 % of all that it moves."""
    wanted = [WAY[name].get(axis, 0.0) for axis in AXES]
    moves = sum(abs(value) * scale for value, scale in zip(wanted, (1, 1, 1, RADIAN, TURN, TURN), strict=True))
    found = sum(seen(step) for step in steps(name, FAST.get(name, STEPS)))
    for axis, there, value in zip(AXES, found, wanted, strict=True):
        slack = 0.02 + 0.015 * moves if axis in ("x", "y", "size") else 0.5 + 0.015 * moves / RADIAN
        assert there == pytest.approx(value, abs=slack), axis


def test_a_walker_rises_with_each_step() -> None:
    """Steps of 0.55 s, each of 0.03 half heights once it goes, and level again in the end."""
    height = path("walk")[:, 1]
    tops = [n for n in range(1, len(height) - 1) if height[n - 1] < height[n] >= height[n + 1] and height[n] > 0.005]
    assert len(tops) == 7
    assert np.mean(np.diff(tops)) / 16 == pytest.approx(0.55, abs=0.03)
    assert height[tops[2:-1]] == pytest.approx(0.03, abs=0.005)
    assert height[-1] == pytest.approx(0.0, abs=0.005)


def test_a_hand_wanders_and_comes_back() -> None:
    wandered = dict(zip(AXES, path("handheld").T, strict=True))
    for axis, least, most in (("x", 0.02, 0.07), ("y", 0.01, 0.04), ("roll", 0.1, 0.9), ("size", 0.0, 0.01)):
        assert least <= np.abs(wandered[axis]).max() <= most, axis
        assert wandered[axis][-1] == pytest.approx(0.0, abs=0.2 if axis == "roll" else 0.01), axis


@pytest.mark.parametrize(
    ("name", "axis", "wanted"),
    [
        (
            "truck-right",
            "x",
            (1.12, 0.7, 0.385),
        ),  # at parallax 0.6 what is near passes 1.6 times as fast, far 0.55 times
        ("truck-left", "x", (-1.12, -0.7, -0.385)),
        ("pedestal-up", "y", (0.96, 0.6, 0.33)),
        ("dolly-in", "size", (0.96, 0.6, 0.33)),
        ("dolly-out", "size", (-0.96, -0.6, -0.33)),
        ("walk", "size", (0.9, 0.56, 0.31)),
        ("zoom-in", "size", (0.6, 0.6, 0.6)),
        ("roll-right", "roll", (20, 20, 20)),
        ("dolly-zoom", "size", (0.36, 0, -0.27)),  # the subject stays as large as it is, the room changes around it
    ],
)
def test_near_things_pass_faster_where_the_camera_goes_and_not_where_it_turns(
    name: str, axis: str, wanted: tuple[float, float, float]
) -> None:
    found = banded(name)[:, AXES.index(axis)]
    assert found == pytest.approx(wanted, abs=0.5 if axis == "roll" else 0.015)


@pytest.mark.parametrize("name", ["pan-right", "tilt-up", "zoom-out"])
def test_a_turn_has_no_parallax(name: str) -> None:
    """A pan's perspective differs along the picture, so each part is compared with its own in a flat world."""
    assert banded(name) == pytest.approx(banded(name, 0.0), abs=0.01)


def test_an_orbit_keeps_its_subject_in_the_middle() -> None:
    whole = np.linalg.inv(np.linalg.multi_dot(steps("orbit-right")))
    there, further = (whole @ place for place in ((0, 0, 1), (0, 0.1, 1)))
    assert there[:2] / there[2] == pytest.approx((0, 0), abs=0.05)
    assert (further / further[2] - there / there[2])[1] == pytest.approx(0.1, rel=0.05)
