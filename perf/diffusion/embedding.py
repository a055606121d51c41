"""What a prompt is to a network: a value that adds and scales, so that every family blends any number of prompts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

NEVER = -10000.0  # of attention's logits: what diffusers means by a masked token


@dataclass(frozen=True, slots=True)
class Condition:
    """A batch of n encoded prompts.

    `tokens` is (n, tokens, width); `pooled` (n, width) where a family has one vector for the whole text; `mask`
    (n, tokens) is how far the network may look at each: 1 wholly, 0 not at all, between in a blend whose prompts differ
    in length, so that a word comes in by degrees. Tokens outside the mask are 0: a sum adds nothing there.
    """

    tokens: Tensor
    pooled: Tensor | None = None
    mask: Tensor | None = None

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


def batch(conditions: list[Condition]) -> Condition:
    """Conditions of one family, one after the other along the first axis."""
    tokens = torch.cat([one.tokens for one in conditions])
    pooled = [one.pooled for one in conditions if one.pooled is not None]
    masks = [one.mask for one in conditions if one.mask is not None]
    return Condition(tokens, torch.cat(pooled) if pooled else None, torch.cat(masks) if masks else None)
