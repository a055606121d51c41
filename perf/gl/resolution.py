"""Dynamic resolution: how finely the layers are composed, so that a show holds its rate of frames where there is no
time for every pixel.

Decides only; draws nothing and reads no clock.
"""

from collections import deque

from perf.gl.target import Size

SHARES = (1.0, 0.84, 0.71, 0.59, 0.5, 0.42, 0.35, 0.3, 0.25)  # of the sides; each has 0.7 of the pixels of that before
SURE, LEAST, MOST = 1.0, 5, 45  # seconds of frames, and how many of them, that decide
CALM = 90  # frames after a change before it is made finer
PATIENT = 5760  # the same where finer was too much each time: it doubles up to there
ROOM = 0.9  # of a frame's time, into which more must fit before it is tried
SMALL = 32  # pixels of a side below which any will do
USUAL = 0.9  # share of the frames that take no longer than what must fit


class Resolution:
    """The stage's: `share` of its sides."""

    def __init__(self) -> None:
        self._at, self._since, self._calm = 0, 0, CALM
        self._tried = False  # the last change was to more
        self._took: deque[float] = deque(maxlen=MOST)  # since the last change

    @property
    def share(self) -> float:
        """Of the stage's width and of its height, 0.25…1."""
        return SHARES[self._at]

    def of(self, size: Size) -> Size:
        """The size in pixels at which a stage of `size` is composed."""
        return size if self._at == 0 else (_side(size[0] * self.share), _side(size[1] * self.share))

    def took(self, seconds: float, hold: float) -> bool:
        """A frame took so long, and `hold` of them are wanted each second (0: the stage is composed whole, however long
        that takes). Whether the share is another now."""
        self._took.append(seconds)
        self._since += 1
        if not hold:
            return self._go(0)
        took = sorted(self._took)
        if len(took) >= LEAST and sum(took) >= SURE and (median := took[len(took) // 2]) * hold > 1.0:
            return self._go(self._fitting(median, hold, range(self._at + 1, len(SHARES))))
        if self._at and self._since >= self._calm:
            return self._go(self._fitting(took[int(USUAL * len(took))], hold, range(self._at)))
        return False

    def _fitting(self, seconds: float, hold: float, steps: range) -> int:
        """The finest of these steps at which what takes so long now should fit; else the one after them, or the
        last."""
        return next((n for n in steps if self._scaled(seconds, n) * hold < ROOM), min(steps.stop, len(SHARES) - 1))

    def _scaled(self, seconds: float, step: int) -> float:
        """What takes so long now, at another step, if all of it went by the pixel."""
        return seconds * (SHARES[step] / SHARES[self._at]) ** 2

    def _go(self, step: int) -> bool:
        if step == self._at:
            return False
        if step > self._at:
            in_vain = self._tried and self._since < self._calm
            self._calm = min(2 * self._calm, PATIENT) if in_vain else self._calm
        elif self._tried:  # the step before this one held
            self._calm = CALM
        self._tried, self._at, self._since = step < self._at, step, 0
        self._took.clear()
        return True


def _side(pixels: float) -> int:
    """Whole pixels of which neither a half nor a quarter is a power of two: for images with such sides a software
    rasteriser compiles every shader anew, and the show would stand still."""
    side = max(round(pixels), 1)
    while side >= SMALL and any((part & (part - 1)) == 0 for part in (side, side // 2, side // 4)):
        side += 1
    return side
