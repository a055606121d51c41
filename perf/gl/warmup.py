"""Compiling shaders where no frame waits for it: in another process, which leaves them in the driver's cache on disk.

As a program (`python -m perf.gl.warmup`) it takes pickled shaders, compiles each and draws it in small in every way in
which one can land on the stage. Whoever compiles them next finds them there. It says the name of each that it is done
with on a line, so that whoever waits knows which one it ended over. What does not compile is said by whoever loads it.
"""

import os
import pickle
import sys
from contextlib import suppress

from perf.errors import RetrogradeError
from perf.gl.headless import create_context
from perf.gl.instance import Tools
from perf.gl.programs import Programs

NICENESS = 10  # the show comes first


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


if __name__ == "__main__":
    main()
