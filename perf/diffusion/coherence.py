"""What keeps a recursion from fading or burning in: colours and fine detail are led back, a little at each image, to
what they were when what is asked for could be seen: after a few images, or when its light had come out of black.

Colours by the mean and the spread of lightness and of the two opponent colours (Reinhard et al. 2001), detail by the
mean difference of neighbours. Deforum's colour coherence and anti-blur are the same two ideas, against the first
frame. What is led is the image itself, not what the next one starts from: a network all but forgets the latter.
"""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from perf.core.frame import Job
from perf.diffusion.condition import Mix

SETTLE = 8  # images until what is asked for can be seen in the picture: later it may have burnt in
DARK = -0.5  # lightness below which it may still be coming out of black
REST = (0.03, 0.12)  # what lightness and the logarithm of its spread change by at most, in eight images at rest
LATEST = 48  # images, after which one that is dark and does not rest is taken for what was asked
MOST = 2.0  # times by which spread and detail are led back, at most
LEAST = 1e-3  # of a spread: what is flatter is taken for flat
FAR = 0.5  # by which a mean is moved, at most
MADE = ("source", "skip", "steps", "spacing", "levels", "method", "eta", "guidance", "mode", "clip", "image", "blend")
WAY = (*MADE, "knobs", "loras")  # of a job: what its images' colours depend on
OPPONENT = ((1 / 3, 1 / 3, 1 / 3), (0.5, -0.5, 0.0), (0.25, 0.25, -0.5))  # lightness, red to green, yellow to blue


@dataclass(frozen=True, slots=True)
class Settled:
    """For how many `images` the same has been asked for (`wish`, in any words), how they looked `before`, and how they
    `look` once they do: out of black a picture may come slowly.

    A look is the means of lightness and of two opponent colours, and the logarithms of their spreads and of the detail.
    """

    wish: str = ""
    images: int = 0
    before: tuple[float, ...] = ()
    look: tuple[float, ...] = ()

    def after(self, wish: str, image: Tensor) -> "Settled":
        """As of an image (1, 3, h, w) in -1…1 that was asked for with `wish`."""
        if wish != self.wish:
            return Settled(wish)
        count = self.images + 1
        if self.look or count % SETTLE:
            return Settled(wish, count, self.before, self.look)
        now = tuple(_look(image).tolist())
        there = now[0] >= DARK or count >= LATEST or _rests(self.before, now)
        return Settled(wish, count, now, now if there else ())

    def lead(self, wish: str, image: Tensor, share: float) -> Tensor:
        """An image (1, 3, h, w) in -1…1 that was asked for with `wish`, led back by a share, 0…1, of the way."""
        if wish != self.wish or not self.look or share <= 0.0:
            return image
        opponent, missing = image.new_tensor(OPPONENT), image.new_tensor(self.look) - _look(image)
        back, grey = opponent.inverse(), image.mean(1, keepdim=True)
        wanted = (share * missing[3:].clamp(-math.log(MOST), math.log(MOST))).exp()
        mean = image.mean((2, 3), keepdim=True)
        moved = mean + (back @ (share * missing[:3].clamp(-FAR, FAR))).view(1, 3, 1, 1)
        spread = back @ torch.diag(wanted[:3]) @ opponent
        fine = grey - functional.avg_pool2d(grey, 3, 1, 1, count_include_pad=False)
        twice = (_detail(grey + fine) / _detail(grey).clamp(min=LEAST)).clamp(
            min=1.0 + LEAST
        )  # what once as much makes
        sharper = image + ((wanted[3] - 1.0) / (twice - 1.0)).clamp(-0.5, MOST) * fine
        return (functional.conv2d(sharper - mean, spread[..., None, None]) + moved).clamp(-1, 1)


def _rests(before: tuple[float, ...], now: tuple[float, ...]) -> bool:
    """Whether the light of a picture is what it was."""
    return bool(before) and abs(now[0] - before[0]) <= REST[0] and abs(now[3] - before[3]) <= REST[1]


def wish(job: Job, mix: Mix) -> str:
    """What an image's colours and detail depend on, in words that are the same for the same: what is not heard is not
    in them, nor where a mask stands."""
    heard = [voice for voice in mix if voice.weight]
    mask = None if job.mask.kind == "none" else replace(job.mask, x=0.0, y=0.0)
    way = [getattr(job, name) for name in WAY]
    return repr((heard, way, mask, job.planes.slices))


def coherence(job: Job) -> float:
    """The share of the way: of a recursion alone, and the less of it, the more of a film comes into it."""
    return job.coherence * (1.0 - job.mix) if job.source == "feedback" else 0.0


def _look(picture: Tensor) -> Tensor:
    """Seven numbers."""
    colours = torch.tensordot(picture.new_tensor(OPPONENT), picture[0], 1)
    spreads = torch.cat([colours.std((1, 2)), _detail(colours[None, :1])[None]])
    return torch.cat([colours.mean((1, 2)), spreads.clamp(min=LEAST).log()])


def _detail(grey: Tensor) -> Tensor:
    """The mean difference of neighbours."""
    return grey.diff(dim=2).abs().mean() + grey.diff(dim=3).abs().mean()
