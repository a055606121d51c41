"""The engine's step: (job, carry) → (image, carry').

    source → camera warp → encode → re-noise to a continuous start → N steps → decode

Everything the next image depends on is in the job or the carry; the same two give the same bits on the same machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from perf.core.camera import Pose, homography
from perf.core.frame import Job
from perf.diffusion.camera import warp
from perf.diffusion.condition import Mix, blended, mixed, opposed, shares, texts
from perf.diffusion.family import Family
from perf.diffusion.noise import noise
from perf.diffusion.sampler import SAMPLERS, Chance
from perf.diffusion.schedule import spaced

EMBEDDINGS = 64  # prompts kept encoded


@dataclass(frozen=True, slots=True)
class Carry:
    """What one image hands to the next. `image` is (1, 3, h, w) in -1…1."""

    image: Tensor
    pose: Pose
    mix: Mix
    seconds: float
    epoch: int
    count: int = 1


class Engine:
    """A family and its cache of prompt embeddings. The cache changes speed, never a picture."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self._embeddings: dict[str, Tensor] = {}

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def encode(self, text: str) -> Tensor:
        """A prompt's embedding, made now; touches nothing, so that another thread may do it beside a step."""
        return self.family.embed(text)

    def keep(self, embeddings: Mapping[str, Tensor]) -> None:
        """Know these prompts from now on; of too many, those not used for longest are forgotten."""
        for text, embedding in embeddings.items():
            self._embeddings.pop(text, None)
            self._embeddings[text] = embedding
        while len(self._embeddings) > EMBEDDINGS:
            del self._embeddings[next(iter(self._embeddings))]

    def knows(self, text: str) -> bool:
        """Whether a prompt is encoded already."""
        return text in self._embeddings

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def step(self, job: Job, carry: Carry | None) -> tuple[Tensor, Carry]:
        """The next image, (h, w, 3) uint8 on the CPU, and what the one after needs."""
        if carry is not None and (carry.epoch != job.epoch or carry.image.shape[-2:] != self._size(job)):
            carry = Carry(carry.image, carry.pose, carry.mix, carry.seconds, job.epoch, 0)
        mix = mixed(carry.mix if carry else (), job.prompts, _share(job, carry))
        image = self._image(job, carry, mix)
        count = carry.count + 1 if carry else 1
        return _bytes(image), Carry(image, job.pose, mix, job.seconds, job.epoch, count)

    def _image(self, job: Job, carry: Carry | None, mix: Mix) -> Tensor:
        source, start = self._source(job, carry)
        if source is not None and start <= 0.0:
            return source
        count = carry.count if carry else 0
        shape = (1, self.family.channels, *(n // self.family.factor for n in self._size(job)))
        level = max(start, 1e-3) if source is not None else 1.0
        alpha, sigma = self.family.schedule.marginal(level)
        x = sigma * self._noise(job, shape, count)
        if source is not None:
            x = x + alpha * self.family.encode(source)
        fresh = lambda i: self._noise(job, shape, count, i)  # noqa: E731
        levels = spaced(level, job.steps, job.spacing, job.levels)
        sampler = SAMPLERS.get(job.method, self.family.sampler)
        latent = sampler(self._denoiser(job, mix), x, levels, self.family.schedule, Chance(fresh, job.eta))
        if not torch.isfinite(latent).all():
            raise ArithmeticError("the network's answer is not finite; the previous image stays")
        return self.family.decode(latent)

    def _source(self, job: Job, carry: Carry | None) -> tuple[Tensor | None, float]:
        """The picture to start from and the level to start at; None is pure noise."""
        kind = job.source
        if kind == "feedback" and (carry is None or carry.count == 0):
            kind = job.first
        if kind == "noise":
            return None, 1.0
        start = 1.0 - job.skip
        if kind == "feedback" and carry is not None:
            return warp(carry.image, homography(job.pose.minus(carry.pose), job.fov)), start
        return self._plain(job, (0.0, 0.0, 0.0) if kind == "black" else job.colour[:3]), start

    def _plain(self, job: Job, colour: tuple[float, ...]) -> Tensor:
        row = torch.tensor(colour, device=self.family.device).view(1, 3, 1, 1) * 2 - 1
        return row.expand(1, 3, *self._size(job))

    def _noise(self, job: Job, shape: tuple[int, ...], count: int, stream: int = 0) -> Tensor:
        seed = job.seed + job.drift if job.noise == "travel" else job.seed
        if job.noise == "frame":
            return noise(job.seed, shape, 1000 * (count + 1) + stream).to(self.family.device)
        return noise(seed, shape, stream).to(self.family.device)

    def _denoiser(self, job: Job, mix: Mix):  # type: ignore[no-untyped-def]
        """The network with its condition: one pass, or two for classifier-free guidance (Ho & Salimans 2022, eq. 6)."""
        family, embeddings = self.family, self._embed(mix)
        if job.mode != "cfg" or job.guidance == 1.0:
            condition = blended(shares(mix), embeddings)
            return lambda x, level: family.denoise(x, level, condition, job.guidance)
        towards, away = (blended(part, embeddings) for part in opposed(mix))
        pair = torch.cat([away, towards])

        def guided(x: Tensor, level: float) -> Tensor:
            low, high = family.denoise(x.expand(2, -1, -1, -1), level, pair, job.guidance).chunk(2)
            return low + job.guidance * (high - low)

        return guided

    def _embed(self, mix: Mix) -> Mapping[str, Tensor]:
        found = {text: self._embeddings.get(text) for text in [*texts(mix), ""]}
        embeddings = {text: self.encode(text) if known is None else known for text, known in found.items()}
        self.keep(embeddings)
        return embeddings

    def _size(self, job: Job) -> tuple[int, int]:
        """(height, width) of the job in whole latent cells that the network's levels divide."""
        cell = self.family.factor
        return (max(job.size[1] // cell, 2) * cell, max(job.size[0] // cell, 2) * cell)


def _share(job: Job, carry: Carry | None) -> float:
    """How much of a prompt's fade passes between two images."""
    if carry is None or job.fade <= 0.0:
        return 1.0
    return min(max(job.seconds - carry.seconds, 0.0) / job.fade, 1.0)


def _bytes(image: Tensor) -> Tensor:
    return ((image[0] + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0).contiguous().cpu()
