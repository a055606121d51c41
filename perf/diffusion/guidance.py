"""Guidance: the network under its conditions as one `denoise(x, level) -> x0`, in one batch a step.

Three axes that know nothing of one another: classifier-free guidance, the two regions of a mask, a guide's gradient.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor

from perf.diffusion.condition import Mix, batched, blended, opposed, shares, within
from perf.diffusion.family import Family
from perf.diffusion.sampler import Denoise
from perf.diffusion.schedule import Schedule

Shares = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Regions:
    """A mask over the latent, (1, 1, h, w) in 0…1, and how far its two sides are apart: 0 composed … 1 masked."""

    mask: Tensor
    ratio: float

    def join(self, inside: Tensor, outside: Tensor) -> Tensor:
        """One estimate of two: at ratio 0 their mean everywhere (the conjunction of Composable Diffusion: Liu, Li, Du,
        Torralba & Tenenbaum 2022), at 1 each on its own side."""
        return outside + (0.5 + self.ratio * (self.mask - 0.5)) * (inside - outside)


def denoiser(
    family: Family, embeddings: Mapping[str, Tensor], mix: Mix, guidance: tuple[bool, float], regions: Regions | None
) -> Denoise:
    """The network under a mix. `guidance` is whether it is classifier-free (Ho & Salimans 2022, eq. 6), and its weight.

    Conditions that occur twice are passed once, so that two equal regions cost and give what one does.
    """
    free, weight = guidance[0] and guidance[1] != 1.0, guidance[1]
    sides = [within(mix, "inside"), within(mix, "outside")] if regions else [mix]
    wanted = [part for side in sides for part in (opposed(side) if free else (shares(side),))]
    unique = [part for i, part in enumerate(wanted) if part not in wanted[:i]]
    places = [unique.index(part) for part in wanted]
    batch = batched([blended(part, embeddings) for part in unique])

    def denoise(x: Tensor, level: float) -> Tensor:
        answers = family.denoise(x.expand(len(unique), -1, -1, -1), level, batch, weight).chunk(len(unique))
        found = [answers[place] for place in places]
        if free:
            found = [away + weight * (towards - away) for towards, away in zip(found[::2], found[1::2], strict=True)]
        same = len(found) == 1 or places[: len(places) // 2] == places[len(places) // 2 :]
        return found[0] if regions is None or same else regions.join(*found)

    return denoise


def pulled(denoise: Denoise, gradient: Callable[[Tensor], Tensor], scale: float, schedule: Schedule) -> Denoise:
    """Guidance by a gradient of unit RMS at the estimate (after Dhariwal & Nichol 2021, Algorithm 2).

    Their shift of the estimate, sigma² / alpha times the gradient, has no bound near pure noise, and the gradient's
    size differs by orders between guides; `scale` · sigma of a unit gradient is the same knob for all.
    """

    def guided(x: Tensor, level: float) -> Tensor:
        x0 = denoise(x, level)
        return x0 + scale * schedule.marginal(level)[1] * gradient(x0)

    return guided
