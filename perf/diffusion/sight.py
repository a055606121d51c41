"""The picture as a source: what an image looks like in numbers, for cues, OSC and lights to follow.

Small enough to look at every image; the likeness to a text is the guide's to say.
"""

import colorsys
from dataclasses import dataclass

import torch
from torch import Tensor

ROWS, COLUMNS = 20, 32  # cells that an image is looked at in
INKS = 3  # colours of a palette
BITS = 3  # of each channel, when colours are counted
GREY = 0.02  # mean span of the channels below which there is no hue
LONGEST = 1.0  # seconds: two images that lie farther apart are not compared


@dataclass(frozen=True, slots=True)
class Sight:
    """`brightness` (the mean of Rec. 709 luma), `saturation` (of the mean colour's span) and `hue` in 0…1; `palette`
    are its main colours, most of the picture first.

    `motion` is the mean absolute difference from the image before, in full ranges a second.
    """

    brightness: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0
    motion: float = 0.0
    palette: tuple[str, ...] = ()


def cells(image: Tensor) -> Tensor:
    """An image (h, w, 3) of bytes as the means of ROWS × COLUMNS cells, (ROWS·COLUMNS, 3) in 0…1."""
    channels = image.permute(2, 0, 1)[None].float() / 255
    return torch.nn.functional.adaptive_avg_pool2d(channels, (ROWS, COLUMNS))[0].flatten(1).T


def look(now: Tensor, before: Tensor | None = None, seconds: float = 0.0) -> Sight:
    """What the cells of an image look like, `seconds` after those `before`."""
    red, green, blue = now.mean(0).tolist()
    spans = now.amax(1) - now.amin(1)
    still = before is None or not 0 < seconds <= LONGEST
    return Sight(
        brightness=0.2126 * red + 0.7152 * green + 0.0722 * blue,
        saturation=float(spans.mean()),
        hue=colorsys.rgb_to_hsv(red, green, blue)[0] if max(red, green, blue) - min(red, green, blue) > GREY else 0.0,
        motion=0.0 if still else float((now - before).abs().mean()) / seconds,
        palette=palette(now),
    )


def palette(now: Tensor) -> tuple[str, ...]:
    """The means of the fullest bins of colour, as #rrggbb, the fullest first."""
    levels = (now * (1 << BITS)).long().clamp(max=(1 << BITS) - 1)
    bins = (levels[:, 0] << (2 * BITS)) | (levels[:, 1] << BITS) | levels[:, 2]
    kinds, counts = bins.unique(return_counts=True)
    order = counts.argsort(descending=True, stable=True)[:INKS]
    inks = [(now[bins == kinds[i]].mean(0) * 255).round().int().tolist() for i in order]
    return tuple(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in inks)


class Eye:
    """Looks at a row of images, at each two of them when it is asked to."""

    def __init__(self) -> None:
        self._before: tuple[Tensor, float] | None = None

    def see(self, image: Tensor, seconds: float, *, looking: bool) -> Sight | None:
        """The next image (h, w, 3) of bytes, of clock time `seconds`; what it looks like if it is looked at."""
        before, self._before = self._before, (image, seconds)
        if not looking:
            return None
        if before is None:
            return look(cells(image))
        return look(cells(image), cells(before[0]), seconds - before[1])
