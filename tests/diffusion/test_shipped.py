"""The shipped families under live changes: every image is a picture, none is plain or grey."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from perf.core.frame import Job
from perf.core.table import GUIDANCES
from perf.diffusion.engine import Engine
from perf.diffusion.family import load
from perf.diffusion.guide import load_guide
from perf.ports.library import MODELS

JOB = Job(size=(160, 96), prompts=(("a harbour at night in neon", 1.0),), fade=0.0)
TEXTS = ("a city in ember", "mountains in ice, daguerreotype", "a flower at noon", "a zebra qux", "")
CHANGE = st.fixed_dictionaries({}, optional={
    "prompts": st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from((1.0, 0.4, -0.5))), max_size=2).map(
        lambda rest: (("a forest in fog", 1.0), *rest)
    ),
    "steps": st.integers(1, 4), "guidance": st.floats(0, 20), "mode": st.sampled_from(GUIDANCES),
    "skip": st.floats(0, 0.9),
})  # fmt: skip
PLAIN = 4.0  # of 255: spread of lightness that no plain frame has; of hundreds of pictures the least had 9
GREY = 16.0  # of 255: distance from middle grey that no grey frame has; the least was 39
MOVED = 2.0  # of 255: what a change of prompt moves pixels by in the mean; it was 6


@pytest.fixture(scope="module", params=MODELS)
def engine(request: pytest.FixtureRequest) -> Engine:
    folder = str(MODELS[request.param])
    return Engine(load(folder, "cpu"), load_guide(folder, "cpu"))


def spread(image: torch.Tensor) -> float:
    """How far lightness is from its mean."""
    return float(image.float().mean(-1).std())


def from_grey(image: torch.Tensor) -> float:
    """How far an image is from plain middle grey."""
    return float((image.float() - 127.5).abs().mean())


@settings(max_examples=8)
@given(st.lists(CHANGE, min_size=2, max_size=4))
def test_no_live_change_gives_a_plain_or_a_grey_frame(engine: Engine, changes: list[dict]) -> None:
    job, carry = JOB, None
    for index, change in enumerate([{}, *changes]):
        job = replace(job, index=index, seconds=index / 2, **change)
        image, carry = engine.step(job, carry)
        assert spread(image) > PLAIN, job
        assert from_grey(image) > GREY, job


def test_a_prompt_changes_the_picture_at_once(engine: Engine) -> None:
    """A frame that stands still is no answer either."""
    _, carry = engine.step(JOB, None)
    same, _ = engine.step(replace(JOB, index=1, seconds=0.5), carry)
    other, _ = engine.step(replace(JOB, index=1, seconds=0.5, prompts=(("mountains in ice", 1.0),)), carry)
    assert float((other.float() - same.float()).abs().mean()) > MOVED


def test_what_is_plain_or_grey_is_seen_as_such() -> None:
    grey = torch.full((96, 160, 3), 128, dtype=torch.uint8)
    assert spread(grey) == 0.0
    assert from_grey(grey) < 1.0
    assert spread(torch.randint(124, 132, (96, 160, 3))) < PLAIN
