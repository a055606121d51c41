"""What we are compared with: a plain loop over the stock diffusers pipeline, same weights, same recursion.

Run as a program (`python -m perf.benchmark.plain SECONDS WIDTH HEIGHT LOOP`), so that it has a process of its own, as
our sampler has. It prints images a second.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from threading import Thread

import numpy as np

from perf.core.camera import Pose
from perf.core.frame import Frame, Job, Plate
from perf.core.picture import Picture
from perf.ports.library import EMBEDDED, MODELS
from perf.ports.mailbox import Slot, Stop
from perf.worker.bus import PreviewBus
from perf.worker.line import SamplerOptions
from perf.worker.message import Status

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

    def step() -> object:
        made = pipeline(PROMPT, image=state["image"], strength=0.5, num_inference_steps=2, guidance_scale=1.0)
        state["image"] = made.images[0]
        return state["image"]

    return step


class PlainSampler:
    """The plain loop beside the stage as a program would have it without a process of its own: in a thread."""

    restarts = 0
    arrived = False  # its pictures answer nobody

    def __init__(self, size: tuple[int, int], step: Callable[[], object] | None = None) -> None:
        self._size, self._images, self._stop = size, Slot[bytes](), Stop()
        self._step = step or plain_loop(*size)  # loaded before the show: its loading is not what is measured
        self.options: SamplerOptions | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self.bus = PreviewBus()

    def start(self) -> None:
        """Begin to sample."""
        self._thread.start()

    def _run(self) -> None:
        while not self._stop:
            self._images.put(np.asarray(self._step()).tobytes())

    def follow(self, frame: Frame, now: float) -> Picture | None:
        """The plain loop has no live parameters, and renders nothing ahead."""

    def submit(self, job: Job) -> None:
        """It takes no jobs."""

    def look(self, plates: tuple[Plate, ...]) -> None:
        """It starts from no film."""

    def change(self, options: SamplerOptions) -> None:
        """It has one model."""

    def newest(self, now: float) -> Picture | None:
        """An image that has come since the last call."""
        pixels = self._images.take()
        return Picture(0, pixels, self._size, Pose(), 60.0, now, now) if pixels else None

    def status(self) -> Status:
        """It always plays."""
        return Status("playing")

    def supervise(self, now: float) -> str:
        """Nobody does."""
        return ""

    def close(self) -> None:
        """Stop after the image in hand."""
        self._stop.set()
        self._thread.join(10.0)


def our_loop(
    width: int, height: int, prompts: tuple[tuple[str, float], ...] = ((PROMPT, 1.0),), model: str = "embedded"
) -> Callable[[], object]:
    """The engine on the same job, prepared as the show's sampler is, the camera moving."""
    from perf.diffusion.engine import Carry, Engine
    from perf.diffusion.family import load

    engine = Engine(load(str(MODELS[model]), "cpu"))
    engine.family.record((width, height))
    job = Job(prompts=prompts, size=(width, height), skip=0.5, steps=1)
    state: dict[str, Carry | None] = {"carry": None}
    zoom = count(0.0, 0.01)

    def step() -> None:
        _, state["carry"] = engine.step(replace(job, pose=Pose(zoom=next(zoom))), state["carry"])

    return step


LOOPS: dict[str, Callable[[int, int], Callable[[], object]]] = {
    "plain": plain_loop,
    "ours": our_loop,
    "negative": partial(our_loop, prompts=((PROMPT, 1.0), ("in snow", -1.0))),
    "second": partial(our_loop, model="embedded-transformer"),
}


def measure(step: Callable[[], object], seconds: float) -> float:
    """Steps a second."""
    for _ in range(WARMUP):
        step()
    began, steps = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        step()
        steps += 1
    return steps / (time.perf_counter() - began)


def main(argv: list[str]) -> None:
    """Measure one of them and print its rate."""
    seconds, width, height = float(argv[0]), int(argv[1]), int(argv[2])
    sys.stdout.write(f"{measure(LOOPS[argv[3]](width, height), seconds)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
