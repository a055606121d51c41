"""Noise levels as a text, as a performer types them into `/sampler/levels`. Reads numbers, evaluates nothing."""

import math
import re
from functools import lru_cache
from itertools import pairwise

LONGEST = 50  # levels: as many as there may be steps
CLOSEST = 1e-3  # between two levels, and of the last: the noise of closer ones is the same number
EXAMPLE = "such as 1 0.7 0.3"


@lru_cache(maxsize=64)
def levels(text: str) -> tuple[float, ...]:
    """Falling shares in 0…1 of the start level, the first of them 1; an empty text gives none.

    Only the numbers' ratios count, so that `1 0.7 0.3`, `100 70 30` and timesteps such as `999 759 499` all do; a 0 at
    the end, where every schedule ends, may be left out. Raises ValueError with what is allowed.
    """
    numbers = [_number(word) for word in re.split(r"[\s,;]+", text) if word]
    if len(numbers) > 1 and numbers[-1] == 0.0:
        numbers.pop()
    if len(numbers) > LONGEST:
        raise ValueError(f"{len(numbers)} levels are too many; at most {LONGEST}")
    for above, below in pairwise([*numbers, 0.0]):
        if not above - below >= CLOSEST * numbers[0] > 0:
            raise ValueError(f"{below:g} follows {above:g}; levels fall, by a thousandth at least, {EXAMPLE}")
    return tuple(number / numbers[0] for number in numbers)


def _number(word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        raise ValueError(f"{word[:40]!r} is not a number; levels are numbers that fall, {EXAMPLE}") from None
    if not math.isfinite(number) or not 0 <= number <= 1e6:
        raise ValueError(f"{word[:40]} is no level; levels are in 0…1000000, {EXAMPLE}")
    return number
