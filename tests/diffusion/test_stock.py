"""Every family against the stock pipeline of diffusers: same weights, same noise, same levels, same picture.

What is ours is only the arithmetic between: conditions, timesteps, scalings, samplers. So the pictures agree to the
rounding of float32.
"""

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DiffusionPipeline,
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    FluxPipeline,
)

from perf.diffusion.embedding import batch
from perf.diffusion.family import Family, load
from perf.diffusion.sampler import Chance

HEIGHT, WIDTH = 64, 96
PROMPT = "a harbour at night"
SEED = 11


@dataclass(frozen=True)
class Case:
    """How the stock pipeline is asked, and which of our levels its timesteps are."""

    level: Callable[[float], float] = lambda t: t / 999
    options: Callable[[int], dict[str, Any]] = lambda steps: {}
    scheduler: Callable[[Any], Any] | None = None
    guidance: float = 1.0
    told: float = 1.0
    near: float = 2e-3  # of the picture's spread
    scaled: bool = False  # Euler's start is sigma·noise as ours, the others' is plain noise


def sigmas(steps: int) -> dict[str, Any]:
    return {"sigmas": np.linspace(1.0, 1 / steps, steps)}


def angles(steps: int) -> dict[str, Any]:
    between = {2: 1.3}.get(steps)
    return {"use_resolution_binning": False, "intermediate_timesteps": between}


def trailing(config: Any) -> Any:
    return DDIMScheduler.from_config(config, timestep_spacing="trailing", clip_sample=False)


def first_order(config: Any) -> Any:
    return DPMSolverMultistepScheduler.from_config(config, solver_order=1)


def certain(config: Any) -> Any:
    return EulerDiscreteScheduler.from_config(config)  # the ancestral one draws noise that ours does not


def unbinned(steps: int) -> dict[str, Any]:
    return {"use_resolution_binning": False, "clean_caption": False}


CASES = {
    "turbo": Case(scheduler=trailing),
    "turbo-cfg": Case(scheduler=trailing, guidance=3.0),
    "v": Case(scheduler=trailing, guidance=2.0),
    "lcm": Case(told=4.0),
    "tcd": Case(near=3e-2),  # theirs ends at timestep 0, in a faint noise, ours at the picture
    "pndm": Case(scheduler=trailing),
    "flow": Case(level=lambda t: t / 1000, scheduler=first_order, guidance=2.5),
    "sdxl": Case(scaled=True),
    "sdxl-cfg": Case(scaled=True, guidance=2.0),
    "sdxl-lcm": Case(),
    "sdxl-turbo": Case(scaled=True, scheduler=certain),
    "sd3": Case(options=sigmas),
    "sd3-lcm": Case(options=sigmas),
    "sd3-cfg": Case(options=sigmas, guidance=4.0),
    "sd3-short": Case(options=sigmas),
    "flux": Case(options=sigmas),
    "flux-dev": Case(options=sigmas, told=3.5),
    "sana": Case(level=lambda t: t / (math.pi / 2), options=angles, told=4.5),
    "pixart": Case(scheduler=trailing, options=unbinned),
    "pixart-cfg": Case(scheduler=trailing, options=unbinned, guidance=2.0),
}


Answer = tuple[torch.Tensor, torch.Tensor]  # latent, picture in -1…1


def stock(folder: Path, case: Case, noise: torch.Tensor, steps: int) -> tuple[Answer, list[float]]:
    """The stock pipeline's answer and the timesteps that it took."""
    absent = {"text_encoder_3": None, "tokenizer_3": None} if folder.name in ("sd3-short", "sd3-lcm") else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipeline = DiffusionPipeline.from_pretrained(folder, **absent)
    pipeline.set_progress_bar_config(disable=True)
    if case.scheduler:
        pipeline.scheduler = case.scheduler(pipeline.scheduler.config)
    packs = isinstance(pipeline, FluxPipeline)
    latents = pipeline._pack_latents(noise, *noise.shape) if packs else noise
    guidance = case.told if case.told != 1.0 else case.guidance

    def asked(kind: str) -> torch.Tensor:
        torch.manual_seed(SEED)  # for the schedulers that a pipeline hands no generator
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pipeline(
                PROMPT, latents=latents, num_inference_steps=steps, guidance_scale=guidance, height=HEIGHT,
                width=WIDTH, output_type=kind, generator=torch.Generator().manual_seed(SEED), **case.options(steps),
            ).images  # fmt: skip

    latent, picture = asked("latent"), asked("pt") * 2 - 1
    latent = pipeline._unpack_latents(latent, HEIGHT, WIDTH, pipeline.vae_scale_factor) if packs else latent
    return (latent, picture), pipeline.scheduler.timesteps[:steps].tolist()


@torch.inference_mode()
def ours(family: Family, case: Case, noise: torch.Tensor, levels: list[float]) -> Answer:
    """The same by our family and its sampler."""
    generator = torch.Generator().manual_seed(SEED)
    schedule = family.schedule_at(tuple(noise.shape))
    towards = family.embed(PROMPT)
    pair = batch([family.embed(""), towards])

    def denoise(x: torch.Tensor, level: float) -> torch.Tensor:
        if case.guidance == 1.0:
            return family.denoise(x, level, towards, case.told)
        low, high = family.denoise(x.expand(2, -1, -1, -1), level, pair, 1.0).chunk(2)
        return low + case.guidance * (high - low)

    start = schedule.marginal(levels[0])[1] * noise if case.scaled else noise
    fresh = lambda _: torch.randn(noise.shape, generator=generator)  # noqa: E731
    latent = family.sampler(denoise, start, [*levels, 0.0], schedule, Chance(fresh, 0.0))
    return latent, family.decode(latent)


@pytest.mark.parametrize("steps", [1, 2, 4])
@pytest.mark.parametrize("name", CASES)
def test_the_picture_is_the_stock_pipelines(model_folder: Callable[[str], Path], name: str, steps: int) -> None:
    case, folder = CASES[name], model_folder(name.removesuffix("-cfg"))
    family = load(str(folder), "cpu", dtype=torch.float32)
    shape = (1, family.channels, HEIGHT // family.factor, WIDTH // family.factor)
    noise = torch.randn(shape, generator=torch.Generator().manual_seed(SEED))
    expected, timesteps = stock(folder, case, noise, steps)
    shifted = case.options is sigmas
    levels = [1 - i / steps for i in range(steps)] if shifted else [case.level(t) for t in timesteps]
    for mine, theirs in zip(ours(family, case, noise, levels), expected, strict=True):
        assert theirs.std() > 1e-3, "a flat picture compares nothing"
        assert (mine - theirs).abs().max() / theirs.std() < case.near
