"""How many threads the sampler works with: measured before it plays, beside the stage that is up already.

Half of the processors at most: the rest are the stage's. May not know what a step does.
"""

import math
import time
from collections.abc import Callable, Sequence

ROUNDS = 5  # timed steps of each count, after one that is not
BUDGET = 2.0  # seconds that measuring takes, or as long as a step or two: no image comes meanwhile


def counts(processors: int) -> list[int]:
    """1, 2, 4 … and half of the processors."""
    most = max(processors // 2, 1)
    return sorted({min(2**power, most) for power in range(most.bit_length() + 1)})


def quickest(
    step: Callable[[], object],
    among: Sequence[int],
    use: Callable[[int], None],
    clock: Callable[[], float] = time.perf_counter,
) -> int:
    """The count under which the best of some steps is quickest, now in use. A single one is not measured.

    The largest is measured first; another only if there is time for as many of its steps.
    """
    best = max(among)
    if len(among) > 1:
        times = _times(step, sorted(among, reverse=True), use, clock)
        best = min(times, key=lambda count: (times[count], count))
    use(best)
    return best


def _times(
    step: Callable[[], object], among: Sequence[int], use: Callable[[int], None], clock: Callable[[], float]
) -> dict[int, float]:
    """The seconds of the quickest step under each count for which there was time; of the first in any case."""
    times: dict[int, float] = {}
    began, took = clock(), 0.0
    end = began + BUDGET
    for count in among:
        if began + took >= end:
            break
        use(count)
        times[count] = _best(step, clock, end)
        took, began = clock() - began, clock()
    return times


def _best(step: Callable[[], object], clock: Callable[[], float], end: float) -> float:
    """The seconds of the quickest of some steps; infinite where it is `end` before one was timed."""
    step()
    found = [math.inf]
    while len(found) <= ROUNDS and (began := clock()) < end:
        step()
        found.append(clock() - began)
    return min(found)
