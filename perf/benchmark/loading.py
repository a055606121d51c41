"""Loading shaders: from their files until each has been drawn.

Run as a program (`python -m perf.benchmark.loading`), so that a driver begins with what is in its cache on disk and no
more. It prints the seconds.
"""

import os
import subprocess
import sys
import tempfile
import time

from perf.benchmark.row import Row
from perf.gl.headless import create_context
from perf.gl.instance import Tools
from perf.gl.programs import Programs
from perf.ports.library import shipped
from perf.ports.shelf import Shelf

COUNT = 30  # of the shipped shaders, by name


def bench_load() -> Row:
    """With an empty cache, as on the first evening and after each update of the driver, and with a full one."""
    with tempfile.TemporaryDirectory() as folder:
        first, again = _loaded(folder), _loaded(folder)
    found = f"{first:.2f} s with the driver's cache empty, {again:.2f} s from then on"
    figures = {"empty_s": first, "full_s": again}
    what = f"{COUNT} shaders, from file to drawn once"
    return Row(what, found, "≤ 1.5 s, both", max(first, again) <= 1.5, figures)


def _loaded(cache: str) -> float:
    environment = {**os.environ, "MESA_SHADER_CACHE_DIR": cache}
    command = [sys.executable, "-m", "perf.benchmark.loading"]
    return float(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)


def main() -> None:
    """Load them and print the seconds."""
    folder = shipped("shaders")
    shelf = Shelf(folder, folder)
    programs = Programs(Tools.made(create_context()))
    began = time.perf_counter()
    for path in sorted(folder.glob("*.fs"))[:COUNT]:
        programs.load(shelf.shader(path.stem))
    sys.stdout.write(f"{time.perf_counter() - began}\n")


if __name__ == "__main__":
    main()
