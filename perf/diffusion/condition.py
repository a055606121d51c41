"""Conditions: weighted prompts as one embedding, and how a changed prompt takes over.

A prompt is encoded once and kept; blending and fading are arithmetic on embeddings, so no change of prompt ever needs
a blank frame. Negative weights push away from their concept (the paper's concept contrast).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perf.diffusion.embedding import Condition

LEAST = 0.25  # of the sum of absolute weights: what a sum of weights near 0 is divided by instead


@dataclass(frozen=True, slots=True)
class Voice:
    """A text in the mix: `gain` 0…1 is how far it has come in (or is still there), `weight` its latest weight."""

    text: str
    weight: float
    gain: float


Mix = tuple[Voice, ...]


def mixed(mix: Mix, prompts: Sequence[tuple[str, float]], share: float) -> Mix:
    """The mix after `share` (0…1) of a fade: new texts come in, absent ones go out, present weights are live."""
    target: dict[str, float] = {}
    for text, weight in prompts:
        target[text] = target.get(text, 0.0) + weight
    if not mix:
        return tuple(Voice(text, weight, 1.0) for text, weight in target.items())
    before = {voice.text: voice for voice in mix}
    present = [Voice(t, w, min(before[t].gain + share, 1.0) if t in before else share) for t, w in target.items()]
    leaving = [Voice(v.text, v.weight, v.gain - share) for v in mix if v.text not in target and v.gain > share]
    return tuple(present + leaving)


def texts(mix: Mix) -> list[str]:
    """The texts that the mix needs embeddings of."""
    return [voice.text for voice in mix]


def shares(mix: Mix) -> dict[str, float]:
    """Each text's share. They sum to 1, as in the author's renderer, unless the weights nearly cancel out."""
    weights = {voice.text: voice.weight * voice.gain for voice in mix}
    magnitude = sum(map(abs, weights.values()))
    if magnitude == 0.0:
        return {text: 1.0 / len(weights) for text in weights}
    total = sum(weights.values())
    divisor = max(total, LEAST * magnitude)
    return {text: weight / divisor for text, weight in weights.items()}


def blended(share_of: Mapping[str, float], embedding: Mapping[str, Condition]) -> Condition:
    """The weighted sum of encoded prompts."""
    parts = [embedding[text] * share for text, share in share_of.items() if share]
    return sum(parts[1:], parts[0]) if parts else next(iter(embedding.values()))


def opposed(mix: Mix) -> tuple[dict[str, float], dict[str, float]]:
    """For guidance: the positive texts' shares, and the negative ones' (the empty prompt when there are none)."""
    positive = tuple(voice for voice in mix if voice.weight >= 0)
    negative = tuple(Voice(v.text, -v.weight, v.gain) for v in mix if v.weight < 0)
    return shares(positive) if positive else {"": 1.0}, shares(negative) if negative else {"": 1.0}
