"""Values by frame as few keys: where they change, or the corners of the lines that they follow."""

from collections.abc import Sequence

MOST = 100_000  # frames: over an hour at 25 a second


def runs(values: Sequence[object]) -> list[int]:
    """The frames at which a value differs from the one before, and the first."""
    return [i for i, value in enumerate(values) if i == 0 or value != values[i - 1]]


def simplified(values: Sequence[float], tolerance: float) -> list[int]:
    """The frames whose values, joined by straight lines, give all others within `tolerance` (Ramer 1972; Douglas &
    Peucker 1973; the distance is that in value)."""
    near = max(tolerance, 1e-9 * (1.0 + max(map(abs, values))))
    kept, open_ = {0, len(values) - 1}, [(0, len(values) - 1)]
    while open_:
        first, last = open_.pop()
        worst, at = near, -1
        rise = (values[last] - values[first]) / max(last - first, 1)
        for i in range(first + 1, last):
            off = abs(values[i] - values[first] - rise * (i - first))
            if off > worst:
                worst, at = off, i
        if at >= 0:
            kept.add(at)
            open_ += [(first, at), (at, last)]
    return sorted(kept)


def joined(keys: Sequence[tuple[int, float]], frames: int) -> list[float]:
    """Keys (frame, value), in order, as a value for each frame: linear between them, held before and after."""
    values, after = [], 0
    for frame in range(frames):
        while after < len(keys) and keys[after][0] <= frame:
            after += 1
        if after == 0 or after == len(keys):
            values.append(keys[min(after, len(keys) - 1)][1])
            continue
        (a, low), (b, high) = keys[after - 1], keys[after]
        values.append(low + (high - low) * (frame - a) / (b - a))
    return values
