"""An estimate tells of every stage and leaves nothing behind."""

import dataclasses
from pathlib import Path

from perf.training import STAGES, smoke
from perf.training.estimate import estimate


def test_each_stage_is_estimated_and_nothing_is_left(tmp_path: Path) -> None:
    said: list[str] = []
    options = dataclasses.replace(smoke(tmp_path / "folder", tmp_path / "work"), threads=1)
    total = estimate(options, said.append, part=2, steps=(1, 2))
    assert [line.split(":")[0] for line in said[:-1]] == list(STAGES[:-1])
    assert said[-1] == f"in all {total:.0f} minutes, before it is measured"
    assert total > 0.0
    assert not list(tmp_path.iterdir())


def test_only_what_is_asked_for_is_estimated(tmp_path: Path) -> None:
    said: list[str] = []
    options = dataclasses.replace(
        smoke(tmp_path / "folder", tmp_path / "work"), threads=1, stages=("decoder", "measure")
    )
    estimate(options, said.append, part=2, steps=(1, 2))
    assert [line.split(":")[0] for line in said[:-1]] == ["decoder"]
