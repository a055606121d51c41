"""Conditions: weighted prompts as one embedding, and how a changed prompt takes over.

A prompt is encoded once and kept; blending and fading are arithmetic on embeddings, so no change of prompt ever needs
a blank frame. Negative weights push away from their concept (the paper's concept contrast).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from perf.diffusion.embedding import Condition, slerp

LEAST = 0.25  # of the sum of absolute weights: what a sum of weights near 0 is divided by instead
NOTHING = 1e-9  # a sum of absolute weights below this is silence: the smallest floats cannot be divided by


@dataclass(frozen=True, slots=True)
class Voice:
    """A text in the mix: `gain` 0…1 is how far it has come in (or is still there), `weight` its latest weight.

    `region` is the side of the mask (inside, outside) or the plane (near, middle, far) that it is on, or both.
    """

    text: str
    weight: float
    gain: float
    region: str = "both"


Mix = tuple[Voice, ...]


def mixed(mix: Mix, prompts: Sequence[tuple[str, float]], share: float, regions: Sequence[str] = ()) -> Mix:
    """The mix after `share` (0…1) of a fade: new texts come in, absent ones go out, present weights are live.

    `regions` are the prompts', in order; a prompt without one is on both sides.
    """
    target: dict[tuple[str, str], float] = {}
    for (text, weight), region in zip(prompts, [*regions, *["both"] * len(prompts)], strict=False):
        target[text, region] = target.get((text, region), 0.0) + weight
    before = {(voice.text, voice.region): voice.gain for voice in mix}
    gains = {key: min(before.get(key, 0.0) + share, 1.0) if mix else 1.0 for key in target}
    present = [Voice(key[0], weight, gains[key], key[1]) for key, weight in target.items()]
    absent = [voice for voice in mix if (voice.text, voice.region) not in target and voice.gain > share]
    return (*present, *(replace(voice, gain=voice.gain - share) for voice in absent))


def within(mix: Mix, region: str) -> Mix:
    """The voices of one side of the mask; the empty prompt where none weighs anything (black is an event). One of a
    plane is on both where there are none.
    """
    return _heard(voice for voice in mix if voice.region == region or voice.region not in ("inside", "outside"))


def on_plane(mix: Mix, plane: str, planes: Sequence[str]) -> Mix:
    """The voices of one of the planes, which are then on both sides of the mask; the empty prompt as above."""
    here = (voice for voice in mix if voice.region == plane or voice.region not in planes)
    return _heard(replace(voice, region="both") if voice.region == plane else voice for voice in here)


def _heard(voices: Iterable[Voice]) -> Mix:
    mix = tuple(voices)
    return mix if sum(abs(voice.weight * voice.gain) for voice in mix) >= NOTHING else (Voice("", 1.0, 1.0),)


def texts(mix: Mix) -> list[str]:
    """The texts that the mix needs embeddings of."""
    return [voice.text for voice in mix]


def shares(mix: Mix) -> dict[str, float]:
    """Each text's share. They sum to 1, as in the author's renderer, unless the weights nearly cancel out."""
    weights: dict[str, float] = {}
    for voice in mix:
        weights[voice.text] = weights.get(voice.text, 0.0) + voice.weight * voice.gain
    magnitude = sum(map(abs, weights.values()))
    if magnitude < NOTHING:
        return {text: 1.0 / len(weights) for text in weights}
    total = sum(weights.values())
    divisor = max(total, LEAST * magnitude)
    return {text: weight / divisor for text, weight in weights.items()}


def blended(share_of: Mapping[str, float], embedding: Mapping[str, Condition], arc: bool = False) -> Condition:
    """The weighted sum of encoded prompts; with `arc`, those of positive shares meet on the arc between them."""
    shares_of = {text: share for text, share in share_of.items() if abs(share) >= NOTHING}
    ahead = [text for text, share in shares_of.items() if share > 0]
    parts = [embedding[text] * share for text, share in shares_of.items() if not arc or share < 0]
    if arc and ahead:
        parts.append(slerp([embedding[text] for text in ahead], [shares_of[text] for text in ahead]))
    return sum(parts[1:], parts[0]) if parts else next(iter(embedding.values()))


def cancelling(mix: Mix) -> bool:
    """Whether the weights nearly cancel out, so that the shares do not sum to 1."""
    weights = [voice.weight * voice.gain for voice in mix]
    return sum(weights) < LEAST * sum(map(abs, weights))


def opposed(mix: Mix) -> tuple[dict[str, float], dict[str, float]]:
    """For guidance: the positive texts' shares, and the negative ones'.

    What is kept away from is the empty prompt, and becomes the negative ones as their weights go from 0 to -1.
    """
    positive = tuple(voice for voice in mix if voice.weight > 0)
    weights: dict[str, float] = {}
    for voice in mix:
        if voice.weight < 0:
            weights[voice.text] = weights.get(voice.text, 0.0) - voice.weight * voice.gain
    total = sum(weights.values())
    away = {text: weight / max(total, 1.0) for text, weight in weights.items()}
    if total < 1.0:
        away[""] = away.get("", 0.0) + 1.0 - total
    return shares(positive) if positive else {"": 1.0}, away
