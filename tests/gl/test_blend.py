"""Every blend mode against the formulas of W3C Compositing and Blending Level 1, in numpy."""

import numpy as np
import pytest
from stagecraft import SIZE, filled, frame, generator, rows, shader

from perf.core.layers import BLENDS
from perf.gl.compositor import Compositor

LUM = np.array([0.3, 0.59, 0.11])


def hard_light(b, s):
    return np.where(s <= 0.5, 2 * b * s, 1 - 2 * (1 - b) * (1 - s))


def soft_light(b, s):
    lit = np.where(b <= 0.25, ((16 * b - 12) * b + 4) * b, np.sqrt(b))
    return np.where(s <= 0.5, b - (1 - 2 * s) * b * (1 - b), b + (2 * s - 1) * (lit - b))


def luminosity(b, s):
    c = b + (s @ LUM - b @ LUM)[..., None]
    level, low, high = (c @ LUM)[..., None], c.min(-1, keepdims=True), c.max(-1, keepdims=True)
    c = np.where(low < 0, level + (c - level) * level / np.maximum(level - low, 1e-9), c)
    return np.where(high > 1, level + (c - level) * (1 - level) / np.maximum(high - level, 1e-9), c)


def saturated(c, like):
    """SetSat of the standard: the colours of `c` with the saturation of `like`."""
    low, high = c.min(-1, keepdims=True), c.max(-1, keepdims=True)
    return (c - low) * (like.max(-1, keepdims=True) - like.min(-1, keepdims=True)) / np.maximum(high - low, 1e-9)


with np.errstate(all="ignore"):
    REFERENCE = {
        "normal": lambda b, s: s,
        "add": lambda b, s: np.minimum(b + s, 1),
        "subtract": lambda b, s: np.maximum(b - s, 0),
        "multiply": lambda b, s: b * s,
        "screen": lambda b, s: b + s - b * s,
        "overlay": lambda b, s: hard_light(s, b),
        "darken": np.minimum,
        "lighten": np.maximum,
        "difference": lambda b, s: np.abs(b - s),
        "exclusion": lambda b, s: b + s - 2 * b * s,
        "soft-light": soft_light,
        "hard-light": hard_light,
        "colour-dodge": lambda b, s: np.where(b <= 0, 0, np.minimum(1, b / np.maximum(1 - s, 1e-9))),
        "colour-burn": lambda b, s: np.where(b >= 1, 1, 1 - np.minimum(1, (1 - b) / np.maximum(s, 1e-9))),
        "luminosity": luminosity,
        "hue": lambda b, s: luminosity(saturated(s, b), b),
        "saturation": lambda b, s: luminosity(saturated(b, s), b),
        "colour": lambda b, s: luminosity(s, b),
        "screen-luma": lambda b, s: np.minimum(s + b * (1 - (s @ LUM)[..., None]), 1),
        "add-light": lambda b, s: np.minimum((b**2.2 + s**2.2) ** (1 / 2.2), 1),
    }

# Backdrop varies from left to right, source from bottom to top, each channel by itself.
BELOW = shader("below", "void main() { float x = isf_FragNormCoord.x; gl_FragColor = vec4(x, 1.0 - x, x * x, 1.0); }")
ABOVE = shader("above", "void main() { float y = isf_FragNormCoord.y; gl_FragColor = vec4(y, y * y, 1.0 - y, 0.75); }")


@pytest.mark.parametrize("mode", BLENDS)
def test_a_blend_mode_is_the_w3c_formula(compositor: Compositor, mode: str) -> None:
    compositor.load(BELOW)
    compositor.load(ABOVE)
    compositor.draw(frame(1.0, generator("below"), generator("above", 0.8, mode)))
    x = np.tile((np.arange(SIZE[0]) + 0.5) / SIZE[0], (SIZE[1], 1))
    y = np.tile(1 - (np.arange(SIZE[1]) + 0.5) / SIZE[1], (SIZE[0], 1)).T
    b, s = np.stack([x, 1 - x, x * x], -1), np.stack([y, y * y, 1 - y], -1)
    expected = b + 0.6 * (REFERENCE[mode](b, s) - b)
    error = np.abs(rows(compositor) / 255 - expected)
    steep = mode == "colour-dodge"  # it magnifies the rounding of a source near white
    assert np.quantile(error, 0.998 if steep else 1.0) < 0.006


def test_every_blend_has_a_reference() -> None:
    assert set(REFERENCE) == set(BLENDS)


@pytest.mark.parametrize("mode", BLENDS)
def test_the_lowest_layer_lies_on_nothing(compositor: Compositor, mode: str) -> None:
    compositor.load(filled("half", "1.0, 0.5, 0.25, 0.5"))
    compositor.draw(frame(1.0, generator("half", 0.5, mode)))
    assert np.abs(rows(compositor).astype(int) - [64, 32, 16]).max() <= 1
