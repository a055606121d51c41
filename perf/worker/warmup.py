"""How many threads the sampler works with: measured before it plays, beside the stage that is up already.

Half of the processors at most: the rest are the stage's. May not know what a step does.
"""

import time
from collections.abc import Callable, Sequence

ROUNDS = 5  # timed steps of each count, after one that is not


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
    """The count under which the best of some steps is quickest, now in use. A single one is not measured."""
    best = among[0]
    if len(among) > 1:
        times = {count: _best(step, count, use, clock) for count in among}
        best = min(among, key=lambda count: (times[count], count))
    use(best)
    return best


def _best(step: Callable[[], object], count: int, use: Callable[[int], None], clock: Callable[[], float]) -> float:
    use(count)
    step()
    found = []
    for _ in range(ROUNDS):
        began = clock()
        step()
        found.append(clock() - began)
    return min(found)
