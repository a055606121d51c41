"""SANA-Sprint (Chen et al. 2025): a linear transformer in one to four TrigFlow steps, a language model for text."""

import inspect
import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from perf.diffusion.embedding import Condition
from perf.diffusion.parts import Parts
from perf.diffusion.text import TextEncoder

TOKENS = 300


@dataclass(frozen=True, slots=True)
class Sana:
    """`instruction` stands before each prompt, as in training; its tokens are cut off again."""

    module: Any
    text: TextEncoder
    instruction: str

    @property
    def reader(self) -> TextEncoder:
        """The encoder that reads the most of a text."""
        return self.text

    def embed(self, text: str) -> Condition:
        """Tokens (1, 300, width) and their mask: the first token and the last 299."""
        length = len(self.text.tokenizer.encode(self.instruction)) + TOKENS - 2
        states, mask = self.text.masked(self.instruction + text.lower().strip(), length)
        kept = [0, *range(length - TOKENS + 1, length)]
        states, mask = states[:, kept], mask[:, kept].to(states.dtype)
        return Condition((states * mask[..., None]).to(self.module.dtype), mask=mask.to(self.module.dtype))

    def predict(self, x: Tensor, timestep: float, condition: Condition, guidance: float) -> Tensor:
        """TrigFlow's v at the angle `timestep`, from a flow network (section 3.1, eq. 4 to 6)."""
        s = math.sin(timestep) / (math.cos(timestep) + math.sin(timestep))
        norm = math.hypot(s, 1.0 - s)
        count, config = x.shape[0], self.module.config
        told = torch.full((count,), guidance * config.guidance_embeds_scale, device=x.device, dtype=self.module.dtype)
        out = self.module(
            (x * norm).to(self.module.dtype),
            encoder_hidden_states=condition.tokens,
            encoder_attention_mask=condition.bias(),
            timestep=torch.full((count,), s, device=x.device),
            guidance=told if config.guidance_embeds else None,
            return_dict=False,
        )[0].float()
        return ((1 - 2 * s) * x * norm + (1 - 2 * s + 2 * s * s) * out) / norm


def build(parts: Parts) -> Sana:
    """Load it, with the instruction that the stock pipeline puts before a prompt."""
    from diffusers import SanaSprintPipeline

    lines = inspect.signature(SanaSprintPipeline.__call__).parameters["complex_human_instruction"].default
    text = parts.text("text_encoder", TOKENS)
    text.tokenizer.padding_side = "right"
    return Sana(parts.network("SanaTransformer2DModel"), text, "\n".join(lines))
