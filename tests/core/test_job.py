"""Two jobs are alike when an image of the one may stand for the other's."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.camera import Pose
from perf.core.frame import Job, Knobs, Mask
from perf.core.job import LARGEST, alike, carried, heard

JOB = Job(prompts=(("sea", 1.0), ("city", 0.0)), seed=3.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"index": 9, "seconds": 4.0, "drift": 2.0, "pose": Pose(zoom=1.0), "touch": 5, "fired": 2},
        {"seed": 3.04},
        {"prompts": (("sea", 0.98), ("city", 0.01))},
        {"mask": Mask(x=0.01)},
        {"knobs": Knobs(b1=1.03)},
    ],
)
def test_what_passes_and_what_moves_by_degrees_does_not_matter(changes: dict[str, object]) -> None:
    assert alike(JOB, replace(JOB, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 4.0},
        {"seeds": ((5.0, 1.0),)},
        {"prompts": (("sea", 1.0),)},
        {"prompts": (("lake", 1.0), ("city", 0.0))},
        {"source": "noise"},
        {"steps": 2},
        {"mask": Mask(kind="circle")},
        {"epoch": 1},
        {"size": (512, 512)},
    ],
)
def test_anything_else_does(changes: dict[str, object]) -> None:
    assert not alike(JOB, replace(JOB, **changes))  # type: ignore[arg-type]


def test_a_prompt_without_weight_is_not_heard() -> None:
    assert heard(JOB) == ("sea",)


@given(st.tuples(st.integers(16, 8192), st.integers(16, 8192)))
def test_a_show_has_images_as_they_are_asked_for_up_to_the_largest(size: tuple[int, int]) -> None:
    width, height = carried(size)
    assert 0.9 * min(LARGEST, size[0] * size[1]) < width * height <= LARGEST
    assert (width, height) == size or size[0] * size[1] > LARGEST
    assert width / height == pytest.approx(size[0] / size[1], rel=0.02)
