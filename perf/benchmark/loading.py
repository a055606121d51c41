"""Loading shaders: from their files to programs, and until each has been drawn.

Run as a program (`python -m perf.benchmark.loading`), so that a driver begins with what is in its cache on disk and no
more. It prints the seconds of both.
"""

import os
import subprocess
import sys
import tempfile
import time

from perf.benchmark.row import Row
from perf.gl.headless import create_context
from perf.gl.instance import Tools
from perf.gl.loaded import Loaded
from perf.gl.programs import Programs
from perf.ports.library import shipped
from perf.ports.shelf import Shelf

COUNT = 30  # of the shipped shaders, by name


def bench_load() -> Row:
    """With an empty cache, as on the first evening and after each update of the driver, and with a full one."""
    with tempfile.TemporaryDirectory() as folder:
        (compiled, first), (_, again) = _loaded(folder), _loaded(folder)
    found = (
        f"{compiled:.2f} s to programs; until each is drawn, too, for which a software rasteriser makes its code: "
        f"{first:.2f} s with the driver's cache empty, {again:.2f} s from then on"
    )
    figures = {"compiled_s": compiled, "empty_s": first, "full_s": again}
    what = f"{COUNT} shaders, from file to program, and to drawn once"
    return Row(what, found, "≤ 1.5 s", max(compiled, first, again) <= 1.5, figures)


def _loaded(cache: str) -> tuple[float, float]:
    environment = {**os.environ, "MESA_SHADER_CACHE_DIR": cache}
    command = [sys.executable, "-m", "perf.benchmark.loading"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    compiled, drawn = map(float, said.split())
    return compiled, drawn


def main() -> None:
    """Load them and print the seconds."""
    folder = shipped("shaders")
    shelf = Shelf(folder, folder)
    tools = Tools.made(create_context())
    began = time.perf_counter()
    shaders = [shelf.shader(path.stem) for path in sorted(folder.glob("*.fs"))[:COUNT]]
    kept = [Loaded(tools.context, shader) for shader in shaders]
    compiled = time.perf_counter() - began
    programs = Programs(tools)
    for shader in shaders:
        programs.load(shader)
    sys.stdout.write(f"{compiled} {time.perf_counter() - began}\n")
    for loaded in kept:
        loaded.release()


if __name__ == "__main__":
    main()
