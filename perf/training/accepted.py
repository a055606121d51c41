"""Which of a master's pictures are learnt from: those in which the captioner sees the subject that was asked for.

A master that misses a subject one time in twenty would be followed there, too (rejection sampling, as in Dong et al.
2023, "RAFT"). The captioner learnt from records of its own; the probe that measures has no part in it.
"""

from __future__ import annotations

import torch
from diffusers import AutoencoderTiny

from perf.diffusion.captioner import Captioner
from perf.records.caption import parse
from perf.training.distil import Accept, Pairs
from perf.training.options import Report

BATCH = 64  # pictures
HALF = 0.5  # of the pictures: who passes fewer is no judge of them


def by_captioner(captioner: Captioner, autoencoder: AutoencoderTiny, scale: float, report: Report) -> Accept:
    """Whether each picture shows the subject of its caption; `scale` is what latents were multiplied by.

    One without a subject in its caption, or whose negative names it, is as it is. All are kept where fewer than HALF
    would be.
    """

    @torch.no_grad()
    def accept(pairs: Pairs) -> torch.Tensor:
        kept = torch.ones(len(pairs.latents), dtype=torch.bool)
        asked = [parse(caption).subject for caption in pairs.captions]
        shunned = [parse(caption).subject for caption in pairs.away]
        for at in torch.arange(len(kept)).split(BATCH):
            pictures = autoencoder.decoder(pairs.latents[at] / scale)
            for index, guess in zip(at.tolist(), captioner.read(pictures), strict=True):
                open_ = asked[index] is None or asked[index] == shunned[index]
                kept[index] = open_ or guess["subject"].value == asked[index]
        report(f"the captioner sees what was asked in {int(kept.sum())} of {len(kept)} pictures")
        return kept if kept.float().mean() >= HALF else torch.ones_like(kept)

    return accept
