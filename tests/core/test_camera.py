"""The camera's matrix moves points as a lens would."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.camera import IDENTITY, Pose, homography, multiply


def looked_up(move: Pose, point: tuple[float, float], fov: float = 60.0) -> tuple[float, float]:
    x, y, w = (sum(row[i] * (*point, 1.0)[i] for i in range(3)) for row in homography(move, fov))
    return (x / w, y / w)


def test_no_movement_is_the_identity() -> None:
    matrix = homography(Pose(), 60.0)
    assert [n for row in matrix for n in row] == pytest.approx([n for row in IDENTITY for n in row])


@pytest.mark.parametrize(
    ("move", "point", "found"),
    [
        (Pose(zoom=math.log(2)), (0.5, 0.5), (0.25, 0.25)),
        (Pose(x=0.1), (0.0, 0.0), (0.1, 0.0)),
        (Pose(y=0.1), (0.0, 0.0), (0.0, 0.1)),
        (Pose(z=math.log(2)), (0.5, 0.0), (0.25, 0.0)),
        (Pose(pan=10), (0.0, 0.0), (math.tan(math.radians(10)) * math.sqrt(3), 0.0)),
        (Pose(tilt=10), (0.0, 0.0), (0.0, math.tan(math.radians(10)) * math.sqrt(3))),
        (Pose(roll=90), (1.0, 0.0), (0.0, -1.0)),
    ],
)
def test_a_movement_looks_up(move: Pose, point: tuple[float, float], found: tuple[float, float]) -> None:
    assert looked_up(move, point) == pytest.approx(found, abs=1e-9)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_jump_is_cut_to_what_one_warp_can_show(a: float, b: float) -> None:
    move = Pose(zoom=a, pan=b).minus(Pose())
    assert all(math.isfinite(n) for row in homography(move, 60) for n in row)
    assert abs(move.zoom) <= 0.9


def test_the_pose_integrates_rates() -> None:
    rates = {f"/camera/{axis}": 0.0 for axis in ("pan", "tilt", "roll", "x", "y", "z", "zoom")} | {"/camera/zoom": 0.5}
    assert Pose().moved(rates, 2.0) == Pose(zoom=1.0)


def test_multiplication_is_composition() -> None:
    a, b = homography(Pose(x=0.1), 60), homography(Pose(x=0.2), 60)
    assert multiply(a, b)[0][2] == pytest.approx(0.3)
