"""The captioner: from a picture to what can be said of it, each with its confidence; silent where it is unsure.

A stock image classifier whose labels read "kind: value"; each kind is a choice of its own. May not know a grammar.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from perf.diffusion.folder import read_json
from perf.diffusion.parts import FAULTS, loaded
from perf.errors import ModelError

SURE = 0.5  # what is said is more likely right than wrong


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest value of a kind. `confidence` 0…1 is calibrated: of what has 0.8, eight in ten are right."""

    value: str
    confidence: float

    @property
    def sure(self) -> bool:
        """Whether it is said."""
        return self.confidence > SURE


@dataclass(frozen=True, slots=True)
class Captioner:
    """A network of logits; the kinds in their order, their values, their temperatures (Guo et al. 2017)."""

    network: Any
    kinds: Mapping[str, Sequence[str]]
    temperatures: Mapping[str, float]
    side: int

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def read(self, pictures: Tensor) -> list[dict[str, Guess]]:
        """What is guessed of each picture, (n, 3, h, w) in -1…1 of any size."""
        return self.guesses(self.network(squared(pictures, self.side)).logits)

    def guesses(self, logits: Tensor) -> list[dict[str, Guess]]:
        """Logits (n, labels) as guesses."""
        found: list[dict[str, Guess]] = [{} for _ in logits]
        parts = logits.split([len(values) for values in self.kinds.values()], dim=1)
        for (kind, values), part in zip(self.kinds.items(), parts, strict=True):
            best = (part / self.temperatures.get(kind, 1.0)).softmax(1).max(1)
            for guess, share, index in zip(found, best.values.tolist(), best.indices.tolist(), strict=True):
                guess[kind] = Guess(values[index], share)
        return found


def squared(pictures: Tensor, side: int) -> Tensor:
    """The whole picture as a square, by area: a frame and its corners say much of a process."""
    return functional.interpolate(pictures, (side, side), mode="area")


def kinds_of(labels: Sequence[str]) -> dict[str, list[str]]:
    """Labels "kind: value" by kind. Raises ValueError for one without a kind, or kinds that are not in one piece."""
    kinds: dict[str, list[str]] = {}
    for label in labels:
        kind, colon, value = label.partition(": ")
        if not colon or (kind in kinds and kind != next(reversed(kinds))):
            raise ValueError(f"label {label!r}; labels read 'kind: value', those of a kind one after the other")
        kinds.setdefault(kind, []).append(value)
    return kinds


def load(folder: Path) -> Captioner:
    """A captioner's folder: config.json of an image classifier, model.safetensors. Raises ModelError."""
    from transformers import AutoModelForImageClassification

    config = read_json(folder / "config.json")
    try:
        labels = [str(config["id2label"][str(index)]) for index in range(len(config["id2label"]))]
        kinds = kinds_of(labels)
        side = int(config["image_size"])
        temperatures = {str(kind): float(value) for kind, value in config.get("temperatures", {}).items()}
    except FAULTS as error:
        raise ModelError(f"{folder}: no captioner ({error}); take the one that `retrograde train` wrote") from error
    network = loaded(AutoModelForImageClassification, folder, torch.float32, torch.device("cpu"))
    return Captioner(network, kinds, temperatures, side)
