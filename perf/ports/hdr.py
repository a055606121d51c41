"""Films of high dynamic range (PQ, HLG; Rec. 2020) as a stage without it shows them: Rec. 709, highlights rolled off.

One table of colours for each of the two, through which GL looks at its pictures, or Pillow at small ones. The values
are ITU-R BT.2100's and BT.2087's, the roll-off is our own.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from perf.core.footage import Tones

PQ, HLG = 16, 18  # ITU-T H.273: transfer characteristics
NODES = 64  # of a table, along each side
WHITE = 203.0  # cd/m² of a white sheet of paper (BT.2408)
PEAK = 1000.0  # cd/m² of the screen that HLG is shown on
KNEE = 0.6  # from here on light is pressed together; a white sheet comes to 0.85
DISPLAY = 2.4  # BT.1886
TO_709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])  # BT.2087
LUMA = np.array([0.2627, 0.6780, 0.0593])

Colours = NDArray[np.float64]


@lru_cache(maxsize=4)
def tones(transfer: int) -> Tones | None:
    """The table for a film's transfer characteristics; None where it is shown as it is."""
    if transfer not in (PQ, HLG):
        return None
    side = np.linspace(0.0, 1.0, NODES)
    blue, green, red = np.meshgrid(side, side, side, indexing="ij")  # red runs fastest
    light = (_pq if transfer == PQ else _hlg)(np.stack([red, green, blue], -1).reshape(-1, 3)) / WHITE
    seen = _pressed(np.maximum(light @ TO_709.T, 0.0)) ** (1.0 / DISPLAY)
    return Tones(NODES, np.rint(seen * 255.0).astype(np.uint8).tobytes())


def toned(image: Image.Image, table: Tones | None) -> Image.Image:
    """A picture, seen through a table."""
    if table is None:
        return image
    return image.filter(_lut(table))


@lru_cache(maxsize=4)
def _lut(table: Tones) -> ImageFilter.Color3DLUT:
    return ImageFilter.Color3DLUT(table.nodes, (np.frombuffer(table.pixels, np.uint8) / 255.0).tolist())


def _pq(signal: Colours) -> Colours:
    """cd/m² of PQ (BT.2100, table 4)."""
    root = signal ** (1.0 / 78.84375)
    linear: Colours = np.maximum(root - 0.8359375, 0.0) / (18.8515625 - 18.6875 * root)
    return 10000.0 * linear ** (1.0 / 0.1593017578125)


def _hlg(signal: Colours) -> Colours:
    """cd/m² of HLG (BT.2100, table 5) on a screen of `PEAK`."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3.0, (np.exp((signal - c) / a) + b) / 12.0)
    return PEAK * scene * np.maximum(scene @ LUMA, 1e-9)[:, None] ** 0.2


def _pressed(light: Colours) -> Colours:
    """Light of any strength in 0…1, each colour by itself, so that what is very bright turns white as in a film."""
    over = np.maximum(light - KNEE, 0.0) / (1.0 - KNEE)
    return np.minimum(light, KNEE) + (1.0 - KNEE) * over / (1.0 + over)
