"""A picture as it comes back from a sampler."""

from dataclasses import dataclass, field

from perf.core.camera import Pose
from perf.core.motion import Motion


@dataclass(frozen=True, slots=True)
class Lent:
    """Where a picture stays on the GPU that made it, for one that draws: RGBA bytes, rows from the top, `at` bytes into
    the memory that `handle` opens (CUDA IPC) on GPU `device`."""

    device: int
    handle: bytes = field(repr=False)
    at: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """One image from the sampler: `pixels` are rows from the top, RGB, 8 bits; pose and fov are its job's. Where a
    fourth channel comes, it is how near things are (255: nearest). `seconds` is when it is first shown; `asked` is its
    job's time; `enters` where it is the first of another model, which fades in; `cuts` where it is there at once. One
    enlarged so many `times` is as GL takes it: rows from the bottom, RGBA. `motion`, if any, leads to the one before.
    One that is `lent` may come without `pixels`.
    """

    index: int
    pixels: bytes | bytearray | memoryview
    size: tuple[int, int]
    pose: Pose
    fov: float
    seconds: float
    asked: float = 0.0
    enters: bool = False
    cuts: bool = False
    times: int = 1
    motion: Motion | None = None
    lent: Lent | None = None

    @property
    def channels(self) -> int:
        """Bytes a pixel: 3 or 4. Raises ValueError where `pixels` is not of this size."""
        width, height = self.size
        count, rest = divmod(memoryview(self.pixels).nbytes, width * height)
        if rest or count not in ((3, 4) if self.times == 1 else (4,)):
            raise ValueError(f"a picture of {width}×{height} has 3 or 4 bytes a pixel, not {len(self.pixels)} in all")
        return count

    @property
    def rgb(self) -> bytes:
        """The pixels' colours alone."""
        pixels, channels = bytes(self.pixels), self.channels
        colours = bytearray(len(pixels) // channels * 3)
        for channel in range(3):
            colours[channel::3] = pixels[channel::channels]
        return bytes(colours)
