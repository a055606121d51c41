"""How strong a LoRA is where no tensor says it: peft's alpha stands in the file's metadata, or in a file beside it.

Without it alpha is the rank. diffusers' own training scripts take an alpha of 4 at any rank, so that one of rank 16
would play four times as strong as it was trained.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from perf.diffusion.folder import read_json

WITHIN = "lora_adapter_metadata"  # diffusers' key of a file's metadata
BESIDE = "adapter_config.json"  # peft's file beside adapter_model.safetensors
PARTS = ("unet.", "transformer.")


@dataclass(frozen=True, slots=True)
class Strength:
    """peft's LoraConfig, as far as it scales."""

    config: Mapping[str, Any] = field(default_factory=dict)

    def of(self, place: str, rank: int) -> float:
        """What the product of both halves of a layer is multiplied by (rank-stabilised: Kalajdzievski 2023)."""
        patterns = self.config.get("alpha_pattern") or {}
        own = next((alpha for name, alpha in patterns.items() if re.fullmatch(rf"(.*\.)?({name})", place)), None)
        alpha = self.config.get("lora_alpha") if own is None else own
        return 1.0 if alpha is None else float(alpha) / (rank**0.5 if self.config.get("use_rslora") else rank)


def strength_of(path: Path, metadata: Mapping[str, str]) -> Strength:
    """A file's strength. Raises ModelError, ValueError or TypeError for words that say none."""
    beside = path.with_name(BESIDE)
    if WITHIN in metadata:
        found = json.loads(metadata[WITHIN])
    else:
        found = read_json(beside) if path.stem == "adapter_model" and beside.is_file() else {}
    return Strength({_bare(key): value for key, value in dict(found).items()})


def _bare(key: str) -> str:
    return next((key.removeprefix(part) for part in PARTS if key.startswith(part)), key)
