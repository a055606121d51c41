"""Guidance: the network under its conditions as one `denoise(x, level) -> x0`, in one batch a step.

Four axes that know nothing of one another: classifier-free guidance, the two regions of a mask, a guide's gradient and
the pull of the source's picture.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor

from perf.diffusion.condition import Mix, blended, opposed, shares, within
from perf.diffusion.embedding import Condition, batch
from perf.diffusion.family import Family
from perf.diffusion.sampler import Denoise
from perf.diffusion.schedule import Schedule

Shares = Mapping[str, float]
REACH = 0.4  # of a guide's pull, as an RMS; a latent's is about 1


@dataclass(frozen=True, slots=True)
class Regions:
    """A mask over the latent, (1, 1, h, w) in 0…1, and how far its two sides are apart: 0 composed … 1 masked."""

    mask: Tensor
    ratio: float

    def join(self, inside: Tensor, outside: Tensor) -> Tensor:
        """One estimate of two: at ratio 0 their mean everywhere (the conjunction of Composable Diffusion: Liu, Li, Du,
        Torralba & Tenenbaum 2022), at 1 each on its own side."""
        return outside + (0.5 + self.ratio * (self.mask - 0.5)) * (inside - outside)


@dataclass(frozen=True, slots=True)
class Free:
    """Classifier-free guidance (Ho & Salimans 2022, eq. 6), on or off, and its weight: 1 does nothing.

    `told`: the network has an input for the weight and for what to keep away from, and needs no second pass.
    """

    on: bool = False
    weight: float = 1.0
    told: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What the picture is to be: prompts, how far to follow them, where. `arc`: they meet on the arc between them."""

    mix: Mix
    free: Free
    regions: Regions | None = None
    arc: bool = False


def denoiser(family: Family, embeddings: Mapping[str, Condition], wish: Wish) -> Denoise:
    """The network under a wish.

    Conditions that occur twice are passed once, so that two equal regions cost and give what one does.
    """
    mix, free, regions = wish.mix, wish.free, wish.regions
    sides = [within(mix, "inside"), within(mix, "outside")] if regions else [mix]
    wanted = [one for side in sides for one in _passes(side, free)]
    unique = [one for i, one in enumerate(wanted) if one not in wanted[:i]]
    places = [unique.index(one) for one in wanted]
    conditions = batch([_condition(one, embeddings, wish.arc) for one in unique])
    pairs = len(wanted) == 2 * len(sides)

    def denoise(x: Tensor, level: float) -> Tensor:
        answers = family.denoise(x.expand(len(unique), -1, -1, -1), level, conditions, free.weight).chunk(len(unique))
        found = [answers[place] for place in places]
        if pairs:
            both = zip(found[::2], found[1::2], strict=True)
            found = [away + free.weight * (towards - away) for towards, away in both]
        same = len(found) == 1 or places[: len(places) // 2] == places[len(places) // 2 :]
        return found[0] if regions is None or same else regions.join(*found)

    return denoise


def _passes(side: Mix, free: Free) -> list[tuple[Shares, Shares]]:
    """What the network is asked for one side: (prompts, what is turned against them in the same pass)."""
    if not free.on:
        return [(shares(side), {"": 1.0} if free.told else {})]
    towards, away = opposed(side)
    if free.told:
        return [(towards, away)]
    return [(towards, {}), (away, {})] if free.weight != 1.0 else [(towards, {})]


def _condition(asked: tuple[Shares, Shares], embeddings: Mapping[str, Condition], arc: bool) -> Condition:
    towards, away = (blended(part, embeddings, arc) if part else None for part in asked)
    assert towards is not None
    return towards if away is None else towards.against(away)


def pulled(denoise: Denoise, gradient: Callable[[Tensor], Tensor], scale: float, schedule: Schedule) -> Denoise:
    """Guidance by a gradient of unit RMS at the estimate (after Dhariwal & Nichol 2021, Algorithm 2).

    Their shift of the estimate, sigma² / alpha times the gradient, has no bound near pure noise, and the gradient's
    size differs by orders between guides: so its size is fixed, as in FreeDoM (Yu, Wang, Zhao, Ghanem & Zhang 2023,
    section 4.3), and the knob is the same for all. The shift is in proportion to the estimate's doubt, and its length
    stays below `REACH`, since a gradient holds near by only: what is moved farther is worse to the guide itself.
    """
    length = REACH * scale / (REACH + scale)

    def guided(x: Tensor, level: float) -> Tensor:
        x0 = denoise(x, level)
        return x0 + length * _doubt(level, schedule) * gradient(x0)

    return guided


def _doubt(level: float, schedule: Schedule) -> float:
    """How unsure an estimate is: its variance, for pictures of unit variance."""
    alpha, sigma = schedule.marginal(level)
    return sigma**2 / (alpha**2 + sigma**2)


def kept(denoise: Denoise, picture: Tensor, weight: float, schedule: Schedule) -> Denoise:
    """The second of two scales, one for the text and one for the image (Brooks, Holynski & Efros 2023, eq. 3), for
    networks that are not told the image: estimates are drawn to a picture (latent), at weight 0 not at all.

    What eq. 3 takes from a network, the score of the image given the estimate, is here that of a normal distribution
    about it (Song, Vahdat, Mardani & Kautz 2023, eq. 7): the mean of the two, each by how sure it is. The estimate is
    the less so the more noise there is, so that the last word is the network's.
    """

    def guided(x: Tensor, level: float) -> Tensor:
        x0 = denoise(x, level)
        share = weight * _doubt(level, schedule)
        return x0 + share / (1.0 + share) * (picture - x0)

    return guided
