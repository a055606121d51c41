"""Text encoders: a tokenizer and its network, which give the states that a family picks its condition from."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from torch import Tensor


@dataclass(frozen=True, slots=True)
class TextEncoder:
    """`length` is the number of tokens that a text is padded and cut to."""

    tokenizer: Any
    network: Any
    length: int

    def ids(self, text: str, length: int = 0) -> tuple[Tensor, Tensor]:
        """(token numbers, mask), both (1, length)."""
        out = self.tokenizer(
            [text], padding="max_length", max_length=length or self.length, truncation=True, return_tensors="pt"
        )
        device = self.network.device
        return out.input_ids.to(device), out.attention_mask.to(device)

    def unheard(self, text: str) -> int:
        """How many of a text's last words are cut off."""
        return unheard(self.tokenizer, self.length, text)

    def last(self, text: str) -> Tensor:
        """The last layer's states (1, tokens, width), the padding attended to as the families were trained."""
        return self.network(self.ids(text)[0])[0]

    def masked(self, text: str, length: int = 0) -> tuple[Tensor, Tensor]:
        """The last layer's states and the mask, padding not attended to."""
        ids, mask = self.ids(text, length)
        return self.network(ids, attention_mask=mask)[0], mask

    def pooled(self, text: str) -> Tensor:
        """CLIP's state at the end of the text (1, width)."""
        return self.network(self.ids(text)[0]).pooler_output

    def penultimate(self, text: str) -> tuple[Tensor, Tensor]:
        """The states of the last layer but one, and the first output (the projected vector, where there is one)."""
        out = self.network(self.ids(text)[0], output_hidden_states=True)
        return out.hidden_states[-2], out[0]


def unheard(tokenizer: Any, length: int, text: str) -> int:
    """How many of a text's last words are cut off by who reads `length` tokens."""
    words = text.split()

    def count(heard: int) -> int:
        return len(tokenizer(" ".join(words[:heard])).input_ids)

    if count(len(words)) <= length:
        return 0
    return len(words) - bisect_right(range(1, len(words)), length, key=count)
