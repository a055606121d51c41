"""Gains inside a U-Net, turned for the length of one step: FreeU and cross-attention. Trains and keeps nothing."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from perf.core.frame import Knobs

AS_TRAINED = Knobs()


def has_knobs(network: Any) -> bool:
    """Whether a network has what the knobs turn: a U-Net's up blocks."""
    return hasattr(network, "enable_freeu")


@contextmanager
def turned(unet: Any, knobs: Knobs) -> Iterator[None]:
    """The U-Net with its knobs so turned; as trained again afterwards. At 1 nothing is touched.

    FreeU (Si et al. 2023) scales half of the channels of the backbone by b and the lowest frequencies of the skips by
    s, in the first two up blocks. `attention` scales what cross-attention adds to the picture's features.
    """
    if knobs == AS_TRAINED:
        yield
        return
    attentions = [module for name, module in unet.named_modules() if name.endswith(".attn2")]
    try:
        if (knobs.b1, knobs.b2, knobs.s1, knobs.s2) != (1.0, 1.0, 1.0, 1.0):
            b1, b2, s1, s2 = (max(gain, 1e-6) for gain in (knobs.b1, knobs.b2, knobs.s1, knobs.s2))
            unet.enable_freeu(s1=s1, s2=s2, b1=b1, b2=b2)  # which takes 0 for off
        for attention in attentions:
            attention.rescale_output_factor = 1.0 / knobs.attention if knobs.attention else math.inf  # it divides
        yield
    finally:
        unet.disable_freeu()
        for attention in attentions:
            attention.rescale_output_factor = 1.0
