"""What we are compared with: a plain loop over the stock diffusers pipeline, same weights, same recursion.

Run as a program (`python -m perf.benchmark.plain SECONDS WIDTH HEIGHT OURS`), so that it has a process of its own, as
our sampler has. It prints images a second.
"""

import sys
import time
from collections.abc import Callable

from perf.ports.library import EMBEDDED

PROMPT = "mountains at dusk in rose"
WARMUP = 5


def plain_loop(width: int, height: int) -> Callable[[], object]:
    """The loop that the pipelines' documentation shows: the last image in, one step at strength 0.5, an image out."""
    from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionPipeline

    first = StableDiffusionPipeline.from_pretrained(EMBEDDED)
    first.set_progress_bar_config(disable=True)
    image = first(PROMPT, num_inference_steps=4, guidance_scale=1.0, width=width, height=height).images[0]
    pipeline = StableDiffusionImg2ImgPipeline(**first.components, requires_safety_checker=False)
    pipeline.set_progress_bar_config(disable=True)
    state = {"image": image}

    def step() -> None:
        made = pipeline(PROMPT, image=state["image"], strength=0.5, num_inference_steps=2, guidance_scale=1.0)
        state["image"] = made.images[0]

    return step


def our_loop(width: int, height: int) -> Callable[[], object]:
    """The engine on the same job."""
    from perf.core.frame import Job
    from perf.diffusion.engine import Carry, Engine
    from perf.diffusion.family import load

    engine = Engine(load(str(EMBEDDED), "cpu"))
    job = Job(prompts=((PROMPT, 1.0),), size=(width, height), skip=0.5, steps=1)
    carry: list[Carry | None] = [None]

    def step() -> None:
        _, carry[0] = engine.step(job, carry[0])

    return step


def measure(step: Callable[[], object], seconds: float) -> float:
    """Steps a second."""
    for _ in range(WARMUP):
        step()
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        step()
        count += 1
    return count / (time.perf_counter() - began)


def main(argv: list[str]) -> None:
    """Measure one of the two and print its rate."""
    seconds, width, height, ours = float(argv[0]), int(argv[1]), int(argv[2]), argv[3] == "ours"
    loop = our_loop if ours else plain_loop
    sys.stdout.write(f"{measure(loop(width, height), seconds)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
