"""Many curves of numbers, read together: what hundreds of tracks say at a moment, in the time of a few.

Of each the two pieces that were read last are kept, for a show reads its score now and a little later in turn; another
is asked for only where a key lies between. So one reads it at a time.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from perf.core.curve import Curve, Easing
from perf.core.event import Value

NUMBERS = 9  # of a piece: those of a cubic, and which ease it has


class Bank:
    """Curves with their addresses, and where each is read: at `scale` · place in the unit + `shift`, round a `loop`."""

    def __init__(
        self,
        addresses: Sequence[str],
        curves: Sequence[Curve],
        units: Sequence[int],
        reading: Sequence[tuple[float, float, float]],
    ) -> None:
        """`units` say which of the places that `write` is given; `reading` are scale, shift and loop (0: none)."""
        self._addresses, self._curves, self._units = addresses, curves, np.array(units)
        self._scale, self._shift, loops = np.array(reading, float).T
        self._looped = np.flatnonzero(loops)
        self._loops = loops[self._looped]
        self._now, self._other = np.zeros((2, NUMBERS, len(curves)))
        self._now[0] = self._other[0] = np.inf  # nothing was read yet
        self._eases: dict[Easing | None, int] = {None: 0}

    def write(self, values: dict[str, Value], places: tuple[float, ...]) -> None:
        """Write what the curves say at these places, one for each unit, in their order."""
        at = np.array(places)[self._units] * self._scale + self._shift
        at[self._looped] %= self._loops
        elsewhere = np.flatnonzero((at < self._now[0]) | (at >= self._now[1]))
        if len(elsewhere):
            self._turn(elsewhere, at)
        _, _, origin, span, a, b, c, d, eased = self._now
        x = (at - origin) * span
        found = (a + x * (b + x * (c + x * d))).tolist()
        eases = list(self._eases)
        for i in np.flatnonzero(eased).tolist():
            ease = eases[int(eased[i])]
            assert ease is not None
            found[i] = a[i].item() + b[i].item() * ease(x[i].item())
        values.update(zip(self._addresses, found, strict=True))

    def _turn(self, rows: NDArray[np.intp], at: NDArray[np.float64]) -> None:
        """Have the pieces about these places for some of the curves: the other one that was kept, or a new one."""
        kept = self._other[:, rows]
        self._other[:, rows] = self._now[:, rows]
        self._now[:, rows] = kept
        new = rows[(at[rows] < kept[0]) | (at[rows] >= kept[1])]
        if len(new):
            pieces = [self._curves[i].piece(place) for i, place in zip(new.tolist(), at[new].tolist(), strict=True)]
            numbers = [(*piece[:-1], self._eases.setdefault(piece[-1], len(self._eases))) for piece in pieces]
            self._now[:, new] = np.array(numbers).T
