"""The loop: steps alone set the rate, and a stage that its minutes stop says so."""

import dataclasses
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import torch

from perf.training import loop, smoke
from perf.training.loop import Job, Turn, fit
from perf.training.notes import TRAINED, noted
from perf.training.options import Budget, TrainOptions

WHOLE = Budget(steps=40, minutes=10.0, batch=1, rate=1e-2)


class Clock:
    """Time that goes on by so many seconds at each look."""

    def __init__(self, seconds: float) -> None:
        self._times: Iterator[float] = count(0.0, seconds)

    def monotonic(self) -> float:
        """The next time."""
        return next(self._times)


@pytest.fixture
def options(tmp_path: Path) -> TrainOptions:
    return smoke(tmp_path / "folder", tmp_path / "work")


def learnt(
    monkeypatch: pytest.MonkeyPatch, options: TrainOptions, budget: Budget, seconds: float
) -> tuple[torch.Tensor, list[float], list[str]]:
    """A line fitted on a machine whose steps take so many seconds: its weights, its turns' progress, what was said."""
    monkeypatch.setattr(loop, "time", Clock(seconds))
    torch.manual_seed(3)
    module, average, said = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2), []
    went: list[float] = []

    def loss(turn: Turn) -> dict[str, torch.Tensor]:
        went.append(turn.progress)
        return {"line": module(torch.rand(4, 2, generator=turn.torch_rng)).square().mean()}

    fit(Job("line", module, average, loss, lambda net: None), budget, options, said.append)
    return module.weight.detach().clone(), went, said


def test_a_slow_machine_learns_what_a_fast_one_does(monkeypatch: pytest.MonkeyPatch, options: TrainOptions) -> None:
    fresh = dataclasses.replace(options, resume=False)
    fast, went, said = learnt(monkeypatch, fresh, WHOLE, 0.01)
    slow, went_slowly, _ = learnt(monkeypatch, fresh, WHOLE, 14.0)
    assert torch.equal(fast, slow)
    assert went == went_slowly == [step / 40 for step in range(40)]
    assert said[-1].startswith("line: finished at step 40")


def test_a_stage_that_its_minutes_stop_says_so_and_goes_on_with_more(
    monkeypatch: pytest.MonkeyPatch, options: TrainOptions
) -> None:
    whole, _, _ = learnt(monkeypatch, dataclasses.replace(options, resume=False), WHOLE, 1.0)
    (options.work / "line.pt").unlink()
    _, went, said = learnt(monkeypatch, options, WHOLE, 30.0)
    assert len(went) == 20
    assert said[-1].startswith("line: stopped by its 10 minutes at step 20 of 40: not the whole run")
    assert noted(options.folder / TRAINED)["line"] == {"steps": 20, "minutes": 10.0, "of": 40}
    rest, _, said = learnt(monkeypatch, options, dataclasses.replace(WHOLE, minutes=100.0), 30.0)
    assert said[-1].startswith("line: finished at step 40")
    assert noted(options.folder / TRAINED)["line"] == {"steps": 40, "minutes": 20.0}
    assert torch.equal(whole, rest)


def test_a_stage_notes_what_it_learnt_on_where_that_is_no_processor(
    monkeypatch: pytest.MonkeyPatch, options: TrainOptions
) -> None:
    elsewhere = dataclasses.replace(options, resume=False, device="cpu:0")
    learnt(monkeypatch, elsewhere, dataclasses.replace(WHOLE, steps=2), 1.0)
    assert noted(options.folder / TRAINED)["line"]["device"] == "cpu:0"


def test_with_minutes_the_clock_sets_the_rate(monkeypatch: pytest.MonkeyPatch, options: TrainOptions) -> None:
    by_the_clock = options.within(10.0).flow
    for seconds, steps in ((30.0, 20), (60.0, 10)):
        fresh = dataclasses.replace(options, resume=False)
        _, went, said = learnt(monkeypatch, fresh, by_the_clock, seconds)
        assert went == [pytest.approx(step / steps) for step in range(steps)]
        assert said[-1].startswith(f"line: finished at step {steps} after 10.0 minutes")
