"""Text and image encoders in CLIP's format: a guide that may steer a picture, and another that measures it.

The two never share a weight: other seed, other width, other picture size, so that what the one steers is not judged by
itself (what CLIP likes is what CLIP made). Contrastive learning as in Radford et al. (2021), but every caption of a
batch that is true of a picture counts as its own, since the archive knows what is true.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPTokenizer

from perf.diffusion.guide import Guide
from perf.records import caption as grammar
from perf.records.catalogue import values
from perf.records.record import KINDS
from perf.training.gallery import Wall, draw, heldout, tensor
from perf.training.latents import Tokens, caption
from perf.training.loop import Job, Turn
from perf.training.measure import share
from perf.training.options import TrainOptions
from perf.training.tokens import LENGTH

READ = ("subject", "palette", "process")
MEAN = STD = 0.5  # of a picture's channels: -1…1, as the autoencoder gives them


@dataclass(frozen=True, slots=True)
class Build:
    """The sizes of one pair of encoders. `side` is the picture's in pixels, `patch` a token's."""

    name: str
    seed: int
    side: int
    patch: int
    width: int
    layers: int
    space: int


GUIDE = Build("guide", 11, 96, 12, 128, 4, 96)
MEASURE = Build("encoder", 23, 64, 8, 96, 5, 64)


def build(which: Build, tokenizer: CLIPTokenizer) -> CLIPModel:
    """The pair, not yet taught."""
    torch.manual_seed(which.seed)
    common = {"num_attention_heads": 4, "projection_dim": which.space}
    text = {
        **common,
        "vocab_size": len(tokenizer),
        "hidden_size": which.space,
        "intermediate_size": 2 * which.space,
        "num_hidden_layers": 2,
        "max_position_embeddings": LENGTH,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    vision = {
        **common,
        "hidden_size": which.width,
        "intermediate_size": 3 * which.width,
        "num_hidden_layers": which.layers,
        "image_size": which.side,
        "patch_size": which.patch,
    }
    return CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=which.space))


def shrunk(pictures: Tensor, side: int) -> Tensor:
    """Pictures (n, 3, h, w) in -1…1 to squares of `side`, by area: the encoders see the whole picture."""
    return functional.interpolate(pictures, (side, side), mode="area")


def true_of(captions: Sequence[str], wall: Wall, picks: Sequence[int]) -> Tensor:
    """(n, n) bool: is caption j true of picture i? What a caption leaves unsaid is true of all."""
    kinds = tuple(KINDS)
    said = [grammar.parse(text) for text in captions]
    spoken = torch.tensor([[_index(kind, getattr(one, kind)) for kind in kinds] for one in said])
    records = [wall.records[pick].attributes for pick in picks]
    have = torch.tensor([[_index(kind, getattr(one, kind)) for kind in kinds] for one in records])
    return ((spoken[None] < 0) | (spoken[None] == have[:, None])).all(dim=2)


def _index(kind: str, value: str | None) -> int:
    return -1 if value is None else KINDS[kind].index(value)


def contrast(pictures: Tensor, texts: Tensor, true: Tensor, scale: Tensor) -> Tensor:
    """Cross entropy both ways; a picture's weight is shared among the captions that are true of it."""
    scores = scale * functional.normalize(pictures, dim=1) @ functional.normalize(texts, dim=1).T
    share = true / true.sum(dim=1, keepdim=True)
    back = true.T / true.T.sum(dim=1, keepdim=True)
    return (functional.cross_entropy(scores, share) + functional.cross_entropy(scores.T, back)) / 2


def job(which: Build, walls: Sequence[Wall], tokenizer: CLIPTokenizer, options: TrainOptions) -> Job:
    """The stage for the loop."""
    module = build(which, tokenizer)
    average = copy.deepcopy(module).requires_grad_(False)
    known = Tokens(tokenizer)
    small = [torch.cat([shrunk(tensor(part), which.side) for part in _parts(wall)]) for wall in walls]

    def loss(turn: Turn) -> dict[str, Tensor]:
        wall, seen = walls[turn.step % len(walls)], small[turn.step % len(walls)]
        picks = turn.rng.integers(len(wall.records), size=options.encoders.batch).tolist()
        captions = [caption(wall.records[pick], turn.rng) for pick in picks]
        images = seen[torch.tensor(picks)]
        images = images.flip(3) if turn.rng.random() < 0.5 else images
        texts = module.get_text_features(known(captions))
        true = true_of(captions, wall, picks).float()
        return {"contrast": contrast(_features(module, images), _tensor(texts), true, module.logit_scale.exp().cpu())}

    return Job(which.name, module, average, loss, preview=lambda net: None, decay=0.995)


def _parts(wall: Wall) -> list[Tensor]:
    return [wall.pictures[at : at + 64] for at in range(0, len(wall.pictures), 64)]


def _features(module: CLIPModel, images: Tensor) -> Tensor:
    return _tensor(module.get_image_features(images))


def _tensor(features: object) -> Tensor:
    """Newer transformers wrap features in an output object."""
    return features if isinstance(features, Tensor) else features.pooler_output  # type: ignore[attr-defined]


@torch.no_grad()
def measure(pair: Guide, options: TrainOptions) -> dict[str, Any]:
    """How often the name that is nearest to a held-out record is its own: no answer was ever learnt (Radford et al.
    2021, section 3.1.2)."""
    records = heldout(options)
    pictures = tensor(draw(records, options.sizes[0], options.threads))
    images = torch.cat([pair.embed_image(part) for part in pictures.split(64)])
    found = {}
    for kind in READ:
        names = torch.cat([pair.embed_text(name) for name in KINDS[kind]])
        own = torch.tensor([KINDS[kind].index(values(one)[kind]) for one in records])
        found[kind] = share(int(((images @ names.T).argmax(1) == own).sum()), len(records))
    return found


def publish(which: Build, module: CLIPModel, tokenizer: CLIPTokenizer, folder: Path) -> None:
    """Writes an ordinary CLIP folder in half precision."""
    copy.deepcopy(module).half().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    size = {"height": which.side, "width": which.side}
    CLIPImageProcessor(size=size, do_center_crop=False, image_mean=[MEAN] * 3, image_std=[STD] * 3).save_pretrained(
        folder
    )
