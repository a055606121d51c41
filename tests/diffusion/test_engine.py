"""The engine's step as a function: reproducible, recursive, and unbreakable by any live change."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny import KINDS

from perf.core.camera import Pose, homography
from perf.core.frame import Job
from perf.core.table import SPACINGS
from perf.diffusion.camera import warp
from perf.diffusion.engine import EMBEDDINGS, Engine
from perf.diffusion.family import load

JOB = Job(size=(96, 64), prompts=(("sea", 1.0),), fade=0.0)


@pytest.fixture(scope="module")
def engine(model_folder: Callable[[str], Path]) -> Engine:
    return Engine(load(str(model_folder("flow")), "cpu"))


def film(engine: Engine, jobs: list[Job]) -> list[torch.Tensor]:
    images, carry = [], None
    for job in jobs:
        image, carry = engine.step(job, carry)
        images.append(image)
    return images


def test_an_image_is_rows_of_rgb(engine: Engine) -> None:
    image = film(engine, [JOB])[0]
    assert (image.shape, image.dtype, image.is_contiguous()) == ((64, 96, 3), torch.uint8, True)


def test_the_same_jobs_give_the_same_bits(engine: Engine) -> None:
    jobs = [replace(JOB, index=i, seconds=i / 10, drift=i / 10, steps=1 + i % 3) for i in range(5)]
    for one, two in zip(film(engine, jobs), film(engine, jobs), strict=True):
        assert torch.equal(one, two)


def test_skip_1_only_moves_the_previous_image(engine: Engine) -> None:
    moved = replace(JOB, skip=1.0, pose=Pose(roll=10.0))
    _, carry = engine.step(JOB, None)
    image, _ = engine.step(moved, carry)
    expected = warp(carry.image, homography(Pose(roll=10.0), JOB.fov))
    assert (image.float() - ((expected[0] + 1) * 127.5).permute(1, 2, 0)).abs().max() <= 1.0


def test_skip_0_owes_nothing_to_the_previous_image(engine: Engine) -> None:
    fresh = replace(JOB, skip=0.0)
    _, one = engine.step(replace(JOB, seed=5.0), None)
    _, two = engine.step(replace(JOB, seed=9.0, prompts=(("city", 1.0),)), None)
    a, b = engine.step(fresh, replace(one, mix=()))[0], engine.step(fresh, replace(two, mix=()))[0]
    assert (a.float() - b.float()).abs().mean() < 1.0


def test_a_black_first_frame_at_skip_1_is_black(engine: Engine) -> None:
    assert film(engine, [replace(JOB, first="black", skip=1.0)])[0].max() == 0
    red = film(engine, [replace(JOB, source="colour", colour=(1.0, 0.0, 0.0, 1.0), skip=1.0)])[0]
    assert red[0, 0].tolist() == [255, 0, 0]


def test_a_restart_forgets_the_recursion(engine: Engine) -> None:
    first, *_, again = film(engine, [JOB, replace(JOB, seed=7.0), replace(JOB, epoch=1)])
    assert torch.equal(first, again)


def test_numbers_that_are_none_are_an_error_and_never_a_picture(engine: Engine) -> None:
    autoencoder = replace(engine.family.autoencoder, scale=float("nan"))
    broken = Engine(replace(engine.family, autoencoder=autoencoder))
    with pytest.raises(ArithmeticError, match="not finite"):
        broken.step(replace(JOB, source="black", skip=0.5), None)


def test_a_prompt_is_encoded_once_and_the_least_used_is_forgotten(engine: Engine) -> None:
    engine = Engine(engine.family)
    job = replace(JOB, prompts=(("a lamp over the water", 1.0),))
    engine.step(job, None)
    assert engine.knows("a lamp over the water")
    embedding = engine.encode("another")
    engine.keep({f"prompt {i}": embedding for i in range(EMBEDDINGS - 2)})
    engine.step(job, None)
    engine.keep({"one more": embedding})
    assert engine.knows("a lamp over the water")
    assert not engine.knows("prompt 0")


TEXTS = st.sampled_from(["", "sea", "city", "a long sentence " * 20, "日本語 🎛"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.lists(
        st.fixed_dictionaries({
            "skip": st.floats(0, 1), "steps": st.integers(1, 4), "spacing": st.sampled_from(SPACINGS),
            "mode": st.sampled_from(["none", "cfg"]), "guidance": st.floats(0, 20), "seed": st.floats(0, 1e6),
            "noise": st.sampled_from(["fixed", "frame", "travel"]),
            "source": st.sampled_from(["feedback", "noise", "black", "colour"]),
            "size": st.sampled_from([(96, 64), (64, 64), (17, 50)]),
            "prompts": st.lists(st.tuples(TEXTS, st.floats(-2, 2)), min_size=1, max_size=8).map(tuple),
            "pose": st.builds(Pose, zoom=st.floats(-9, 9), roll=st.floats(-999, 999), pan=st.floats(-99, 99)),
        }),
        min_size=2, max_size=4,
    )
)  # fmt: skip
def test_any_parameter_changes_live_without_a_crash(engine: Engine, changes: list[dict]) -> None:
    jobs = [replace(JOB, index=i, seconds=float(i), **change) for i, change in enumerate(changes)]
    for image, job in zip(film(engine, jobs), jobs, strict=True):
        assert image.shape[1] <= max(job.size[0], 16)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_plays_recursion_steps_blends_and_sizes(model_folder: Callable[[str], Path], kind: str) -> None:
    other = Engine(load(str(model_folder(kind)), "cpu"))
    blend = (("sea", 1.0), ("a city at night", 0.5), ("fog", -0.4))
    changes = [
        {}, {"steps": 2}, {"steps": 4, "prompts": blend}, {"prompts": blend, "mode": "cfg", "guidance": 2.0},
        {"size": (77, 51), "skip": 0.3}, {"size": (77, 51), "pose": Pose(roll=20.0)},
    ]  # fmt: skip
    jobs = [replace(JOB, seconds=float(i), **change) for i, change in enumerate(changes)]
    for image, job in zip(film(other, jobs), jobs, strict=True):
        width, height = other.family.ability.fit(job.size)
        assert image.shape == (height, width, 3)
        assert width <= job.size[0]


@pytest.mark.parametrize("kind", KINDS)
def test_blends_are_continuous_in_their_weights(model_folder: Callable[[str], Path], kind: str) -> None:
    other = Engine(load(str(model_folder(kind)), "cpu", dtype=torch.float32))
    alone, *rest = (
        film(other, [replace(JOB, prompts=(("sea", 1.0), ("a city", weight)), source="noise")])[0].float()
        for weight in (0.0, 1e-4, -1e-4)
    )
    assert all((alone - near).abs().max() <= 2.0 for near in rest)
