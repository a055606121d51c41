"""`retrograde check`: validate patches, shaders and model folders without playing. One line a file."""

import argparse
from pathlib import Path

from perf.errors import FileError, RetrogradeError
from perf.ports.library import Library, read_text

EXAMPLE = "example:\n  retrograde check my.toml shaders/*.fs ~/models/sd-turbo"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", nargs="+", type=Path, help="a patch (.toml), a shader (.fs) or a model folder")


def run(args: argparse.Namespace) -> int:
    """Check each file; 1 if any falls short."""
    failed = 0
    for path in args.file:
        try:
            examine(path)
            print(f"{path}: ok")
        except FileError as error:
            failed += 1
            print(error if error.file else f"{path}: {error}")
        except RetrogradeError as error:
            failed += 1
            words = str(error)
            print(words if words.startswith(str(path)) else f"{path}: {words}")
    return 1 if failed else 0


def examine(path: Path) -> None:
    """Check one file. Raises RetrogradeError saying what is wrong."""
    if path.is_dir():
        from perf.diffusion.family import inspect
        from perf.diffusion.guide import load_guide

        inspect(path)
        load_guide(str(path), "cpu")
    elif path.suffix == ".toml":
        Library(path).load()
    elif path.suffix == ".fs":
        draw(path)
    else:
        raise FileError("not something to check; give a patch (.toml), a shader (.fs) or a model folder", str(path))


def draw(path: Path) -> None:
    """Compile a shader and draw it once."""
    from perf.errors import ShaderError
    from perf.gl.once import draw_once
    from perf.wire import isf

    shader = isf.parse(read_text(path, ShaderError), path.stem, str(path))
    draw_once(shader, shader.params)
