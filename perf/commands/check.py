"""`retrograde check`: validate patches, shaders and model folders without playing. One line a file, and a note before
it for each thing in a patch that is no mistake and yet plays otherwise than it may seem.
"""

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from perf.commands.places import new_file
from perf.errors import FileError, RetrogradeError, UsageError
from perf.ports.library import Library, shipped
from perf.ports.shelf import Shelf

if TYPE_CHECKING:
    from perf.gl.once import Easel
    from perf.wire.isf import IsfShader

EXAMPLE = """examples:
  retrograde check my.toml shaders/*.fs ~/models/sd-turbo
  retrograde check shaders/*.fs --sheet sheet.png"""
SHOWN = (("harbour", "ember"), ("city", "neon"), ("flower", "rose"), ("mountains", "ice"))  # records on a sheet
SIZE = (320, 192)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", nargs="+", type=Path, help="a patch (.toml), a shader (.fs) or a model folder")
    words = "draw the shaders side by side on records' pictures"
    parser.add_argument("--sheet", type=new_file, metavar="FILE.png", help=words)


def run(args: argparse.Namespace) -> int:
    """Check each file; 1 if any falls short."""
    if args.sheet and args.sheet.suffix.lower() != ".png":  # a shader named there by mistake is not written over
        raise UsageError(f"--sheet {args.sheet}: a sheet is a .png file")
    failed = 0
    with ExitStack() as stack:
        check = Check(stack)
        for path in args.file:
            try:
                check.examine(path)
                print(f"{path}: ok")
            except FileError as error:
                failed += 1
                print(error if error.file else f"{path}: {error}")
            except (RetrogradeError, OSError) as error:  # of these one that has no name, or too long a one
                failed += 1
                words = (isinstance(error, OSError) and error.strerror) or str(error)
                print(words if words.startswith(str(path)) else f"{path}: {words}")
        if args.sheet:
            check.sheet(args.sheet)
    return 1 if failed else 0


class Check:
    """Checks file after file; what shaders are drawn in is made for the first of them, and given back by `stack`."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._easel: Easel | None = None
        self._drawn: list[IsfShader] = []

    def examine(self, path: Path) -> None:
        """Check one file. Raises RetrogradeError saying what is wrong."""
        if path.is_dir():
            _load(path)
        elif path.suffix == ".toml":
            self._examine(Library(path))
        elif path.suffix == ".fs":
            shader = Shelf(path.parent, path.parent).shader(path.stem)
            self._draw(shader)
            self._drawn.append(shader)
        elif not path.exists():
            raise FileError("no such file or folder", str(path))
        else:
            raise FileError("not something to check; give a patch (.toml), a shader (.fs) or a model folder", str(path))

    def _examine(self, library: Library) -> None:
        """Read a patch, and draw the shaders of its own."""
        for words in library.examine():
            print(f"note: {words}")
        for shader in map(library.shader, library.load().shaders):
            if Path(shader.file).parent != shipped("shaders"):
                self._draw(shader)

    def _draw(self, shader: "IsfShader") -> None:
        """Compile a shader and draw it; one that may not end was tried in another process when it was read."""
        if self._easel is None:
            from perf.gl.once import Easel

            self._easel = Easel()
            self._stack.callback(self._easel.close)
        self._easel.draw(shader)
        if shader.suspect:
            print(f"note: {shader.file}: {shader.suspect}")

    def sheet(self, path: Path) -> None:
        """Write the shaders that are right as one picture. Raises UsageError where there is none."""
        from perf.core.camera import Pose
        from perf.core.picture import Picture
        from perf.gl.gallery import contact_sheet
        from perf.gl.headless import create_context
        from perf.records.record import Attributes, Record, render

        if not self._drawn:
            raise UsageError("--sheet has nothing to show: no shader (.fs) that is right was given")
        pictures = []
        for seed, (subject, palette) in enumerate(SHOWN):
            record = Record(seed, Attributes(subject, palette, "day"), 2000, "", "", subject)
            pixels = render(record, *SIZE).tobytes()
            pictures.append(Picture(seed, pixels, SIZE, Pose(), 60.0, 0.0))
        context = create_context()
        try:
            path.write_bytes(contact_sheet(context, self._drawn, pictures))
        finally:
            context.release()


def _load(folder: Path) -> None:
    """Load all that a model folder holds, on the processor, as a show would. Raises ModelError."""
    from perf.diffusion import captioner
    from perf.diffusion.depth import load_depth
    from perf.diffusion.family import load
    from perf.diffusion.guide import load_guide

    loras = [(path.stem, str(path)) for path in sorted(folder.glob("loras/*.safetensors"))]
    for words in load(str(folder), "cpu", loras).notes:
        print(f"note: {words}")
    for pair in ("guide", "encoder"):
        load_guide(str(folder), "cpu", pair)
    load_depth(str(folder), "cpu")
    if (folder / "captioner").is_dir():
        captioner.load(folder / "captioner")
