"""The engine's step: (job, carry) → (image, carry').

    source → camera warp → encode → re-noise to a continuous start → N steps → decode → mask

Everything the next image depends on is in the job or the carry; the same two give the same bits on the same machine.
"""

import math
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from perf.core.camera import homography
from perf.core.frame import Job
from perf.core.table import PLANES
from perf.diffusion.architecture import free
from perf.diffusion.asked import between, check, planar
from perf.diffusion.camera import warp
from perf.diffusion.carry import Carry
from perf.diffusion.coherence import Settled, coherence, wish
from perf.diffusion.condition import Mix, mixed, on_plane, shares, texts
from perf.diffusion.depth import Depth
from perf.diffusion.embedding import Condition
from perf.diffusion.family import Family
from perf.diffusion.guidance import Free, Regions, Wish, denoiser, kept, pulled
from perf.diffusion.guide import Guide, Views
from perf.diffusion.knobs import AS_TRAINED, has_knobs, turned
from perf.diffusion.mask import inside
from perf.diffusion.motion import motion
from perf.diffusion.noise import blend
from perf.diffusion.notes import MOST, notes
from perf.diffusion.planes import moved, passing, pooled, sliced
from perf.diffusion.plate import film_of
from perf.diffusion.rows import rows
from perf.diffusion.sampler import SAMPLERS, Chance, Denoise
from perf.diffusion.schedule import Schedule, spaced
from perf.errors import GivenUp

__all__ = ["EMBEDDINGS", "Carry", "Engine"]

EMBEDDINGS = 64  # prompts kept encoded


@dataclass(frozen=True, slots=True)
class Start:
    """What image number `count` starts from: a picture and its latent, or neither."""

    count: int
    picture: Tensor | None
    latent: Tensor | None


class Engine:
    """A family, its guide and depth head if it has them, and a cache of prompt embeddings.

    The cache changes speed, never a picture.

    `notes` say what of the last job could not be done as asked, `spent` the seconds that it took to encode, to sample
    and to decode (on a GPU the waiting is in the last). `overtaken` is asked in the middle of a step whether its image
    is still wanted. An image `stays` on the device that made it, or comes to the CPU.
    """

    def __init__(
        self, family: Family, guide: Guide | None = None, depth: Depth | None = None, *, stays: bool = False
    ) -> None:
        self.family, self.guide, self.depth, self._stays = family, guide, depth, stays
        self.notes: tuple[str, ...] = ()
        self.spent = (0.0, 0.0, 0.0)
        self.overtaken: Callable[[], bool] = lambda: False
        self.network: Any = family.network.module
        self._aim = lru_cache(EMBEDDINGS)(guide.embed_text) if guide else None
        self._embeddings: dict[str, Condition] = {}

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def encode(self, text: str) -> Condition:
        """A prompt's embedding, made now; touches nothing, so that another thread may do it beside a step."""
        return self.family.embed(text)

    def keep(self, embeddings: Mapping[str, Condition]) -> None:
        """Know these prompts from now on; of too many, those not used for longest are forgotten."""
        for text, embedding in embeddings.items():
            self._embeddings.pop(text, None)
            self._embeddings[text] = embedding
        while len(self._embeddings) > EMBEDDINGS:
            del self._embeddings[next(iter(self._embeddings))]

    def knows(self, text: str) -> bool:
        """Whether a prompt is encoded already."""
        return text in self._embeddings

    def unheard(self, text: str) -> int:
        """How many of a known prompt's last words the family does not read."""
        return self._embeddings[text].unheard if text in self._embeddings else 0

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def likeness(self, image: Tensor, text: str) -> float | None:
        """How alike an image (h, w, 3) of bytes and a text are to the guide: the cosine of their embeddings, 0 where it
        is below or no number; None without a guide."""
        if self.guide is None or self._aim is None:
            return None
        picture = image.permute(2, 0, 1)[None].float().to(self.family.device) / 127.5 - 1
        likeness = float((self.guide.embed_image(picture) * self._aim(text)).sum())
        return max(likeness, 0.0) if math.isfinite(likeness) else 0.0

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def step(self, job: Job, carry: Carry | None) -> tuple[Tensor, Carry]:
        """The next image, (h, w, 3) uint8, and what the one after needs; (h, w, 4) with the job's depth, where the
        folder has a head for it.

        Raises ValueError for a job with a number that is not finite, ArithmeticError for such an answer, GivenUp where
        the image was overtaken: nothing but time is lost then.
        """
        check(job)
        carry = carry.taken_up(job.epoch, self._size(job)) if carry else None
        self.family.loras.weigh(job.loras)
        mix = mixed(carry.mix if carry else (), job.prompts, _share(job, carry), job.regions)
        marks = [time.perf_counter()]
        settled, wished = carry.settled if carry else Settled(), wish(job, mix)
        image = settled.lead(wished, self._image(job, carry, mix, marks), coherence(job))
        self.notes = tuple(notes(job, mix, self))
        seen = torch.cat([image, 1 - 2 * self.depth.of(image)], 1) if job.depth and self.depth else image
        made = rows(seen, stays=self._stays)
        marks += [time.perf_counter()] * (4 - len(marks))
        self.spent = (marks[1] - marks[0], marks[2] - marks[1], marks[3] - marks[2])
        count = carry.count + 1 if carry else 1
        deep = self.depth is not None
        came = motion(job, carry.image, carry.pose, image, deep) if carry and carry.count else None
        return made, Carry(image, job.pose, mix, job.seconds, job.epoch, count, settled.after(wished, image), came)

    def _image(self, job: Job, carry: Carry | None, mix: Mix, marks: list[float]) -> Tensor:
        """The image; `marks` gets the times after encoding and after sampling."""
        picture, slices = self._source(job, carry)
        count = carry.count if carry else 0
        level = 1.0 if picture is None else 1.0 - job.skip
        if picture is not None and (between(job, count) or (level <= 0.0 and slices is None)):
            return picture
        given = None if picture is None else self.family.encode(picture)
        marks.append(time.perf_counter())
        self._go_on()
        start = Start(count, picture, given)
        knobs = job.knobs if has_knobs(self.network) else AS_TRAINED
        with turned(self.network, knobs), nullcontext() if knobs == AS_TRAINED else self.family.aside():
            if slices is None:
                latent = self._sampled(job, mix, level, start)
            else:
                latent = self._cut(job, mix, slices, start)
        marks.append(time.perf_counter())
        if not torch.isfinite(latent).all():
            raise ArithmeticError("the network's answer is not finite; the previous image stays")
        self._go_on()
        return self._held(job, self.family.decode(latent), picture, slices)

    def _go_on(self) -> None:
        if self.overtaken():
            raise GivenUp

    def _sampled(self, job: Job, mix: Mix, level: float, start: Start) -> Tensor:
        """The latent that is sampled from noise at `level` over what is given."""
        if start.latent is not None and level <= 0.0:
            return start.latent
        level = max(level, 1e-3)
        shape = (1, self.family.channels, *self._cells(job))
        schedule = self.family.schedule_at(shape)
        alpha, sigma = schedule.marginal(level)
        x = sigma * self._noise(job, shape, start.count)
        if start.latent is not None:
            x = x + alpha * start.latent
        chance = Chance(lambda i: self._noise(job, shape, start.count, i), job.eta)
        levels = spaced(level, min(max(job.steps, 1), MOST), job.spacing, job.levels)
        sampler = self.family.suited()[0] if job.method == "auto" else SAMPLERS[job.method]
        return sampler(self._denoiser(job, mix, start, schedule), x, levels, schedule, chance)

    def _cut(self, job: Job, mix: Mix, slices: Tensor, start: Start) -> Tensor:
        """The latent whose near, middle and far are sampled each in its own way, those that are alike at once."""
        parts: dict[tuple[float, float, Mix], Tensor] = {}
        for name, plane, share in zip(
            PLANES, job.planes.slices, pooled(slices, self._cells(job)).split(1), strict=True
        ):
            level = 0.0 if plane.freeze else min(max(1.0 - job.skip - plane.skip, 0.0), 1.0)
            way = (level, max(job.guidance + plane.guidance, 0.0), on_plane(mix, name, PLANES))
            parts[way] = parts.get(way, 0.0) + share
        found = [
            share * self._sampled(replace(job, guidance=guidance), voices, level, start)
            for (level, guidance, voices), share in parts.items()
        ]
        return sum(found[1:], found[0])

    def _held(self, job: Job, image: Tensor, source: Tensor | None, slices: Tensor | None) -> Tensor:
        """The image with the source on frozen planes, and outside of the mask as far as it is to be held there."""
        if source is None:
            return image
        frozen = [n for n, plane in enumerate(job.planes.slices) if plane.freeze]
        if slices is not None and frozen:
            image = image + slices[frozen].sum(0, keepdim=True) * (source - image)
        if job.mask.hold <= 0.0 or job.mask.kind == "none":
            return image
        kept = job.mask.hold * (1 - inside(job, self._size(job), self.family.device))
        return source + (1 - kept) * (image - source)

    def _source(self, job: Job, carry: Carry | None) -> tuple[Tensor | None, Tensor | None]:
        """The picture to start from, None being pure noise, and its slices by depth where they are wanted."""
        recurs = job.source == "feedback" and carry is not None and carry.count > 0
        kind = job.first if job.source == "feedback" and not recurs else job.source
        looks = kind == "media" or (recurs and job.mix > 0.0)
        film = film_of(job, job.layer, self._size(job), self.family.device) if looks else None
        if recurs and carry is not None:
            picture, slices = self._moved(job, carry)
            return picture if film is None else picture + job.mix * (film - picture), slices
        if kind == "media" and film is not None:
            return film, sliced(self.depth.of(film), job.planes) if self.depth and planar(job) else None
        if kind in ("noise", "media"):
            return None, None
        return self._plain(job, (0.0, 0.0, 0.0) if kind == "black" else job.colour[:3]), None

    def _moved(self, job: Job, carry: Carry) -> tuple[Tensor, Tensor | None]:
        """The image before, moved with the camera, and its slices where they are wanted."""
        move, planes = job.pose.minus(carry.pose), job.planes
        passes = planes.parallax > 0.0 and bool(move.x or move.y or move.z)
        if self.depth is None or not (passes or planar(job)):
            return warp(carry.image, homography(move, job.fov)), None
        slices = sliced(self.depth.of(carry.image), planes)
        return moved(carry.image, slices, passing(move, planes.parallax, job.fov))

    def _plain(self, job: Job, colour: tuple[float, ...]) -> Tensor:
        row = torch.tensor(colour, device=self.family.device).view(1, 3, 1, 1) * 2 - 1
        return row.expand(1, 3, *self._size(job))

    def _noise(self, job: Job, shape: tuple[int, ...], count: int, stream: int = 0) -> Tensor:
        drift = job.drift if job.noise == "travel" else 0.0
        stream += 1000 * (count + 1) if job.noise == "frame" else 0
        seeds = [(seed + drift, weight) for seed, weight in job.seeds]
        return blend(job.seed + drift, seeds, shape, stream).to(self.family.device)

    def _denoiser(self, job: Job, mix: Mix, start: Start, schedule: Schedule) -> Denoise:
        """The network with its conditions, regions and guidance over what an image starts from."""
        regions = None
        if job.mask.kind != "none":
            regions = Regions(inside(job, self._cells(job), self.family.device), job.mask.ratio)
        wish = Wish(mix, self._free(job), regions, job.blend == "slerp")
        denoise = denoiser(self.family, self._embed(mix), wish)
        if self.guide is None or self._aim is None or job.mode not in ("clip", "both"):
            pulls = start.latent is not None and job.image > 0.0
            return kept(denoise, start.latent, job.image, schedule) if pulls else denoise
        if job.clip <= 0.0:
            return denoise
        guide, decode = self.guide, self.family.decode
        target = torch.cat([share * self._aim(text) for text, share in shares(mix).items()]).sum(0, keepdim=True)
        if start.picture is not None and job.image > 0.0:
            target = target + job.image * guide.embed_image(start.picture)
        moment = 0 if job.noise == "fixed" else 1_000_003 * start.count
        views = Views(min(max(job.cutouts, 1), 16), int(job.seed) + moment)
        return pulled(denoise, lambda x0: guide.gradient(x0, decode, target, views), job.clip, schedule)

    def _free(self, job: Job) -> Free:
        ability = self.family.suited()[1]
        on, told, (low, high) = free(ability, job), ability.guidance == "told", ability.weights
        weight = 1.0 if told and not on else min(max(job.guidance, low), high)
        return Free(on and ability.guidance != "embedded", weight, told)

    def _embed(self, mix: Mix) -> Mapping[str, Condition]:
        found = {text: self._embeddings.get(text) for text in [*texts(mix), ""]}
        embeddings = {text: self.encode(text) if known is None else known for text, known in found.items()}
        self.keep(embeddings)
        return embeddings

    def _cells(self, job: Job) -> tuple[int, int]:
        """(height, width) of the job's latent."""
        height, width = self._size(job)
        return height // self.family.factor, width // self.family.factor

    def _size(self, job: Job) -> tuple[int, int]:
        """(height, width) of the job as this family plays it."""
        return self.family.fit(job.size)


def _share(job: Job, carry: Carry | None) -> float:
    """How much of a prompt's fade passes between two images."""
    if carry is None or job.fade <= 0.0:
        return 1.0
    return min(max(job.seconds - carry.seconds, 0.0) / job.fade, 1.0)
