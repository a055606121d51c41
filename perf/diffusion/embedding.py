"""What a prompt is to a network: a value that adds and scales, so that every family blends any number of prompts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

TINY = 1e-6  # a length that is none
ROUNDS = 6  # towards the mean on a sphere; two points need one
NEVER = -10000.0  # of attention's logits: what diffusers means by a masked token


@dataclass(frozen=True, slots=True)
class Condition:
    """A batch of n encoded prompts.

    `tokens` is (n, tokens, width); `pooled` (n, width) where a family has one vector for the whole text; `mask`
    (n, tokens) is how far the network may look at each: 1 wholly, 0 not at all, between in a blend whose prompts differ
    in length, so that a word comes in by degrees. Tokens outside the mask are 0: a sum adds nothing there. `unheard`
    counts the last words of a prompt that were cut off as it was encoded.
    """

    tokens: Tensor
    pooled: Tensor | None = None
    mask: Tensor | None = None
    unheard: int = 0

    def __mul__(self, share: float) -> Condition:
        pooled = None if self.pooled is None else self.pooled * share
        mask = None if self.mask is None else self.mask * abs(share)
        return Condition(self.tokens * share, pooled, mask)

    def __add__(self, other: Condition) -> Condition:
        pooled = None if self.pooled is None or other.pooled is None else self.pooled + other.pooled
        mask = None if self.mask is None or other.mask is None else self.mask + other.mask
        return Condition(self.tokens + other.tokens, pooled, mask)

    def against(self, away: Condition) -> Condition:
        """What a network is told that takes negatives too: their tokens after these, their sign turned."""
        masks = None if self.mask is None or away.mask is None else torch.cat([self.mask, away.mask], dim=1)
        return replace(self, tokens=torch.cat([self.tokens, -away.tokens], dim=1), mask=masks)

    def bias(self) -> Tensor | None:
        """The mask as what attention adds to its logits, (n, 1, tokens): the logarithm of a share weighs by it."""
        return None if self.mask is None else self.mask.clamp(0, 1).log().clamp(min=NEVER)[:, None]


def slerp(conditions: list[Condition], shares: list[float]) -> Condition:
    """The mean of conditions on the sphere, by shares above 0, times their sum: for two, Shoemake's slerp (1985), for
    more the mean of Karcher (1977). Directions are joined token by token, lengths by their weighted mean."""
    scaled = [one * share for one, share in zip(conditions, shares, strict=True)]
    linear = sum(scaled[1:], scaled[0])
    tokens = _on_sphere([one.tokens for one in conditions], shares)
    pooled = [one.pooled for one in conditions if one.pooled is not None]
    return replace(linear, tokens=tokens, pooled=_on_sphere(pooled, shares) if pooled else None)


def _on_sphere(points: list[Tensor], shares: list[float]) -> Tensor:
    weights = torch.tensor(shares, dtype=torch.float32, device=points[0].device).view(-1, *[1] * points[0].dim())
    stacked = torch.stack(points).float()
    lengths = stacked.norm(dim=-1, keepdim=True)
    units, total = stacked / lengths.clamp(min=TINY), weights.sum()
    mean = torch.nn.functional.normalize((weights * units).sum(0), dim=-1, eps=TINY)
    for _ in range(ROUNDS):
        along = (units * mean).sum(-1, keepdim=True).clamp(-1, 1)
        angles = along.acos()
        away = (weights / total * (units - along * mean) * (angles / angles.sin().clamp(min=TINY))).sum(0)
        far = away.norm(dim=-1, keepdim=True)
        mean = far.cos() * mean + far.sin() * away / far.clamp(min=TINY)
    return ((weights * lengths).sum(0) * mean).to(points[0].dtype)


def batch(conditions: list[Condition]) -> Condition:
    """Conditions of one family, one after the other along the first axis."""
    tokens = torch.cat([one.tokens for one in conditions])
    pooled = [one.pooled for one in conditions if one.pooled is not None]
    masks = [one.mask for one in conditions if one.mask is not None]
    return Condition(tokens, torch.cat(pooled) if pooled else None, torch.cat(masks) if masks else None)
