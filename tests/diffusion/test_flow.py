"""The flow families' schedules: their ends, their shift, and the same numbers as diffusers' scheduler."""

import math

import pytest
from diffusers import FlowMatchEulerDiscreteScheduler

from perf.diffusion.flow import ShiftBySize, ShiftedFlow, TrigFlow


@pytest.mark.parametrize("shift", [0.5, 1.0, 3.0])
def test_a_shift_moves_no_end(shift: float) -> None:
    flow = ShiftedFlow(shift=shift)
    assert flow.marginal(0.0) == (1.0, 0.0)
    assert flow.marginal(1.0) == (0.0, 1.0)
    assert flow.timestep(0.5) == pytest.approx(1000 * shift / (1 + shift))


@pytest.mark.parametrize("kind", ["exponential", "linear"])
def test_the_shift_by_size_is_the_schedulers(kind: str) -> None:
    scheduler = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, time_shift_type=kind)
    mu = 0.5 + 0.65 * (1024 - 256) / (4096 - 256)
    scheduler.set_timesteps(sigmas=[1.0, 0.5, 0.25], mu=mu)
    flow = ShiftBySize(kind=kind).at(1024)
    assert [flow.marginal(level)[1] for level in (1.0, 0.5, 0.25)] == pytest.approx(scheduler.sigmas[:3].tolist())


def test_trigflow_keeps_the_variance() -> None:
    alpha, sigma = TrigFlow().marginal(0.3)
    assert alpha**2 + sigma**2 == pytest.approx(1.0)
    assert TrigFlow().timestep(1.0) == pytest.approx(math.pi / 2)
