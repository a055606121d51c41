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
WORTH = 1 / 3  # of the time that fewer pixels should have spared, below which they are not worth the softer picture
REST = 10 * CALM  # frames after that before fewer are tried again; it doubles up to PATIENT
WORSE = 1.5  # times what a frame took then, at which it is not waited for


class Resolution:
    """The stage's: `share` of its sides."""

    def __init__(self) -> None:
        self._at, self._since, self._calm = 0, 0, CALM
        self._tried = False  # the last change was to more
        self._took: deque[float] = deque(maxlen=MOST)  # since the last change
        self._before: tuple[int, float] | None = None  # a change to less: the step before, what a frame took there
        self._rest, self._bore = 0, 0.0  # for how long, and what, is borne since less was tried in vain

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
            self._rest = 0  # what was tried in vain may be tried again once a rate is held
            return self._go(0)
        took = sorted(self._took)
        sure = len(took) >= LEAST and (sum(took) >= SURE or len(took) == MOST)
        if sure and (median := took[len(took) // 2]) * hold > 1.0:
            return self._less(median, hold)
        if self._at and self._since >= self._calm:
            return self._go(self._fitting(took[int(USUAL * len(took))], hold, range(self._at)))
        return False

    def _less(self, seconds: float, hold: float) -> bool:
        """A frame takes too long. Where it is not the pixels that take it, fewer of them are a loss without a gain."""
        if self._before is not None:
            step, took = self._before
            if took - seconds < WORTH * (took - _scaled(took, self._at, step)):
                self._rest, self._bore = min(max(2 * self._rest, REST), PATIENT), took
                return self._go(step)
            self._rest = 0
        if self._since < self._rest and seconds < WORSE * self._bore:
            return False
        less = self._fitting(seconds, hold, range(self._at + 1, len(SHARES)))
        before = (self._at, seconds)
        if not self._go(less):
            return False
        self._before = before
        return True

    def _fitting(self, seconds: float, hold: float, steps: range) -> int:
        """The finest of these steps at which what takes so long now should fit; else the one after them, or the
        last."""
        fits = (n for n in steps if _scaled(seconds, n, self._at) * hold < ROOM)
        return next(fits, min(steps.stop, len(SHARES) - 1))

    def _go(self, step: int) -> bool:
        if step == self._at:
            return False
        if step > self._at:
            in_vain = self._tried and self._since < self._calm
            self._calm = min(2 * self._calm, PATIENT) if in_vain else self._calm
        elif self._tried:  # the step before this one held
            self._calm = CALM
        self._tried, self._at, self._since = step < self._at, step, 0
        self._before = None
        self._took.clear()
        return True


def _scaled(seconds: float, step: int, at: int) -> float:
    """What takes so long at one step, at another, if all of it went by the pixel."""
    return seconds * (SHARES[step] / SHARES[at]) ** 2


def _side(pixels: float) -> int:
    """Whole pixels of which neither a half nor a quarter is a power of two: for images with such sides a software
    rasteriser compiles every shader anew, and the show would stand still."""
    side = max(round(pixels), 1)
    while side >= SMALL and any((part & (part - 1)) == 0 for part in (side, side // 2, side // 4)):
        side += 1
    return side
