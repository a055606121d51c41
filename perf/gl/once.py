"""Drawing shaders once, to know whether they compile and end here: what `retrograde check` does with a `.fs`.

As a program (`python -m perf.gl.once`) it takes one pickled shader of which nobody can tell whether it ends, draws it
in small and prints what is wrong with it, if anything: whoever started it ends it when it does not come back.
"""

import pickle
import sys
import time
from contextlib import suppress

from perf.errors import RetrogradeError
from perf.gl.headless import create_context
from perf.gl.instance import Instance, Instant, Tools
from perf.gl.loaded import Loaded
from perf.gl.shader import ShaderSource
from perf.gl.target import Target

SIZE, FEW, MORE = (160, 96), (16, 16), (32, 32)  # pixels
SLOWEST = 72.0  # seconds for a frame of 1280×720, which then takes a fourteenth of one at a thirty-second of its sides


class Easel:
    """A context to draw shaders in, one after another. Raises DeviceError without GL."""

    def __init__(self) -> None:
        self._context = create_context()
        self._tools = Tools.made(self._context)

    def draw(self, shader: ShaderSource, size: tuple[int, int] = SIZE) -> float:
        """Compile a shader and draw it at its defaults; the seconds of its second drawing, for which it is compiled.

        Raises ShaderError with file and line.
        """
        loaded, target = Loaded(self._context, shader), Target(self._context, size)
        instance = Instance(self._tools, loaded)
        marks = []
        for n in range(2):
            instance.draw(target.onto(), {}, {}, Instant(seconds=float(n), delta=1.0))
            self._context.finish()
            marks.append(time.perf_counter())
        for part in (instance, target, loaded):
            part.release()
        return marks[1] - marks[0]

    def close(self) -> None:
        """Give everything back."""
        self._tools.release()
        self._context.release()


def tried(shader: ShaderSource) -> str:
    """Why a shader that can be drawn is not to be, or ""; what does not compile says so where it is loaded."""
    easel = Easel()
    try:
        few, more = (min(easel.draw(shader, size) for _ in range(3)) for size in (FEW, MORE))
    finally:
        easel.close()
    pace = max(more - few, 0.0) / (MORE[0] * MORE[1] - FEW[0] * FEW[1])  # buffers may be as large on a small picture
    whole = few + pace * 1280 * 720
    if whole <= SLOWEST:
        return ""
    return f"{MORE[0]}×{MORE[1]} pixels take {1000 * more:.0f} ms, so a frame of 1280×720 would take {whole:.0f} s"


def main() -> None:
    """Try the shader on standard input; its fault goes to standard output."""
    with suppress(RetrogradeError):  # it does not compile, or there is no GL: both are said elsewhere
        sys.stdout.write(tried(pickle.load(sys.stdin.buffer)))


if __name__ == "__main__":
    main()
