"""Chaos that can be sought: every place in a moment, no jump from piece to piece, and none of them twice."""

from itertools import pairwise

import pytest

from perf.core import formula
from perf.core.formula import LOGISTIC_PIECE, LORENZ_PIECE, LORENZ_STEP, logistic, lorenz

JOINTS = [n * LORENZ_PIECE * LORENZ_STEP for n in (1, 2, 40)]


@pytest.mark.parametrize("joint", JOINTS)
def test_the_attractor_goes_on_over_its_joints(joint: float) -> None:
    times = [joint + n * LORENZ_STEP for n in range(-150, 50)]
    for axis in range(3):
        values = [lorenz(t, axis) for t in times]
        assert max(abs(b - a) for a, b in pairwise(values)) < 0.15
        assert all(-1.6 < value < 1.6 for value in values)


def test_no_piece_comes_twice() -> None:
    pieces = {tuple(round(lorenz(joint + n), 3) for n in range(1, 12)) for joint in [0.0, *JOINTS]}
    assert len(pieces) == 1 + len(JOINTS)
    rounds = {tuple(round(logistic(n * LOGISTIC_PIECE + i), 3) for i in range(20)) for n in range(5)}
    assert len(rounds) == 5


@pytest.mark.parametrize(("r", "length"), [(2.8, 1), (3.2, 2), (3.5, 4), (3.83, 3)])
def test_what_goes_round_goes_on_going_round(r: float, length: int) -> None:
    values = [logistic(n, r) for n in range(300, 4 * LOGISTIC_PIECE)]
    assert values[length:] == pytest.approx(values[:-length], abs=1e-6)


def test_any_place_is_found_in_a_few_thousand_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = []

    def counted(point: formula.Point, step=formula._runge_kutta) -> formula.Point:  # type: ignore[no-untyped-def]
        steps.append(1)
        return step(point)

    monkeypatch.setattr(formula, "_runge_kutta", counted)
    assert lorenz(654.3, 0, 123) == lorenz(654.3, 0, 123)
    assert len(steps) <= LORENZ_PIECE + 2 * 600
