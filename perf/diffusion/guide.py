"""Guides: a text and image encoder pair in CLIP's format, whose gradient says how a picture comes nearer to a text.

Lies in a model folder as `guide/`, or in another that its retrograde.json names: a transformers CLIPModel folder with
its tokenizer; any family uses it through its own decoder. Knows no network but the pair (Radford et al. 2021), and no
schedule.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from perf.diffusion.folder import fetch, lent
from perf.diffusion.parts import choose_device, loaded_beside, worded
from perf.diffusion.text import unheard

FOLDER = "guide"
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)  # CLIP's own, by channel
SCALE = 2.0**14  # of what is differentiated: in half precision a decoder's gradient would vanish without
SMALLEST = 0.4  # side of a cutout, as a share of the picture's shorter side


@dataclass(frozen=True, slots=True)
class Views:
    """What of the picture is looked at: the whole, and count - 1 square cutouts at places drawn from `seed`."""

    count: int = 1
    seed: int = 0


class Guide:
    """A loaded pair. Embeddings are of unit length, (n, width)."""

    def __init__(self, model: Any, tokenizer: Any, norm: tuple[Tensor, Tensor]) -> None:
        self._model, self._tokenizer, self._norm = model, tokenizer, norm
        self._size = int(model.config.vision_config.image_size)
        self.length = int(model.config.text_config.max_position_embeddings)  # tokens that it reads
        self.unheard = lru_cache(64)(partial(unheard, tokenizer, self.length))  # of a text's last words, how many

    def embed_text(self, text: str) -> Tensor:
        """The text's embedding (1, width); what is longer than the encoder reads is cut off."""
        tokens = self._tokenizer(
            [text], padding="max_length", max_length=self.length, truncation=True, return_tensors="pt"
        )
        return _unit(self._model.get_text_features(input_ids=tokens.input_ids.to(self._norm[0].device)))

    def embed_image(self, pictures: Tensor) -> Tensor:
        """Embeddings (n, width) of pictures (n, 3, h, w) in -1…1 of any size."""
        views = torch.nn.functional.interpolate(
            pictures.float(), (self._size, self._size), mode="bilinear", align_corners=False, antialias=True
        )
        mean, std = self._norm
        return _unit(self._model.get_image_features(pixel_values=((views + 1) / 2 - mean) / std))

    def gradient(self, latent: Tensor, decode: Callable[[Tensor], Tensor], target: Tensor, views: Views) -> Tensor:
        """Where the decoded latent's likeness to `target` (1, width) rises: like latent, of unit RMS, 0 where nowhere.

        The likeness is the mean over the views of the embeddings' product: for a target that is a weighted sum of
        texts, the weighted sum of their cosines (the CLIP guidance of GLIDE: Nichol et al. 2021).
        """
        with torch.inference_mode(False), torch.enable_grad():
            latent = latent.clone().requires_grad_()
            picture = decode(latent)
            seen = torch.cat([self.embed_image(view) for view in cutouts(picture, views)])
            (slope,) = torch.autograd.grad((seen @ target.clone().T).mean() * SCALE, latent)
        size = slope.square().mean().sqrt()
        return slope / size if size > 0 and torch.isfinite(size) else torch.zeros_like(slope)


def cutouts(picture: Tensor, views: Views) -> list[Tensor]:
    """The views of a picture (1, 3, h, w): whole, then squares. The same seed looks at the same places."""
    generator = torch.Generator().manual_seed(views.seed)
    height, width = picture.shape[-2:]
    found = [picture]
    for _ in range(views.count - 1):
        share, across, down = torch.rand(3, generator=generator).tolist()
        side = max(round(min(height, width) * (SMALLEST + (1 - SMALLEST) * share)), 1)
        top, left = round(down * (height - side)), round(across * (width - side))
        found.append(picture[..., top : top + side, left : left + side])
    return found


def _unit(answer: Any) -> Tensor:
    """Features at unit length; transformers 5 wraps them."""
    features: Tensor = answer if isinstance(answer, Tensor) else answer.pooler_output
    return torch.nn.functional.normalize(features.float(), dim=-1)


def load_guide(model: str, device: str = "auto", name: str = FOLDER) -> Guide | None:
    """The guide of a model folder or hub id, its own or lent, or the pair `name` of it; None when it has none.

    Raises ModelError for one that is broken.
    """
    folder, where = lent(fetch(model), name), choose_device(device)
    if folder is None:
        return None
    from transformers import CLIPModel, CLIPTokenizer

    network = loaded_beside(CLIPModel, folder, where)
    with worded(folder):
        norm = _norm(folder / "preprocessor_config.json", where)
        return Guide(network, CLIPTokenizer.from_pretrained(folder), norm)


def _norm(path: Path, device: torch.device) -> tuple[Tensor, Tensor]:
    """Mean and deviation of pixels that the pair expects, (3, 1, 1) each."""
    config = json.loads(path.read_text()) if path.is_file() else {}
    mean, std = (torch.tensor(config.get(key, own)) for key, own in (("image_mean", MEAN), ("image_std", STD)))
    return mean.view(3, 1, 1).to(device), std.view(3, 1, 1).to(device)
