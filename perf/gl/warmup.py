"""Compiling shaders where no frame waits for it: in another process, which leaves them in the driver's cache on disk.

As a program (`python -m perf.gl.warmup`) it takes pickled shaders, compiles each and draws it in small in every way in
which one can land on the stage. Whoever compiles them next finds them there. It says the name of each that it is done
with on a line, so that whoever waits knows which one it ended over. What does not compile is said by whoever loads it.
With `--stage` it goes on with the stage's own programs.
"""

import os
import pickle
import sys
from contextlib import suppress

import moderngl

from perf.errors import RetrogradeError
from perf.gl import blend, sampler_sources, sources
from perf.gl.canvas import DEEP, UNIT
from perf.gl.headless import create_context
from perf.gl.instance import Tools
from perf.gl.program import Own
from perf.gl.programs import GIVEN, LANDINGS, Programs
from perf.gl.target import MULTIPLIED, Target

NICENESS = 10  # the show comes first
STAGE = "--stage"
Images = dict[str, moderngl.Texture]
Landings = tuple[tuple[str, tuple[int, ...] | None], ...]


def main() -> None:
    """Compile the shaders on standard input."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with suppress(RetrogradeError):  # there is no GL: said elsewhere
        programs = Programs(Tools.made(create_context()), landings=True)
        for shader in pickle.load(sys.stdin.buffer):
            with suppress(RetrogradeError):
                programs.load(shader)
            sys.stdout.write(f"{shader.name}\n")
            sys.stdout.flush()
        if STAGE in sys.argv:
            stage(programs.tools)


def stage(tools: Tools) -> None:
    """Draw the stage's own programs in small, in the ways in which layers, decks and blends land."""
    half, deep, eight = (Target(tools.context, GIVEN, dtype).texture for dtype in ("f2", DEEP, "f1"))
    layers: Landings = (*LANDINGS, ("f2", None))
    decks: Landings = ((DEEP, None), (DEEP, MULTIPLIED))
    for body in (sources.FILL, sources.COPY, sources.DIVIDE, sources.PLACE, sources.PLACE_CUT_OUT):
        _drawn(tools, body, {"image": half}, layers)
    for look in (sampler_sources.MIRRORED, sampler_sources.INSIDE):
        warp = sampler_sources.WARP + sampler_sources.SEEN + look
        _drawn(tools, warp, {"before": eight, "after": eight}, layers, sampler_sources.WARP_VERTEX)
    for body in (sources.COPY, sources.DISSOLVE):
        _drawn(tools, body, {"image": deep, "before": deep, "after": deep}, decks)
    for mode in blend.BLENDS:
        if mode not in UNIT:
            _drawn(tools, blend.source(mode), {"below": deep, "image": half}, decks[:1])


def _drawn(tools: Tools, body: str, images: Images, landings: Landings, vertex: str = sources.VERTEX) -> None:
    """Draw a program in some ways, each time anew: Mesa finds what it has kept by what it was compiled from, which it
    changes as it compiles."""
    for dtype, factors in landings:
        program, target = Own(tools.context, body, vertex), Target(tools.context, GIVEN, dtype)
        program.run(target.onto(0.5, factors), images, tools.blank)
        tools.context.finish()
        for part in (program, target):
            part.release()


if __name__ == "__main__":
    main()
