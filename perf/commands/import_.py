"""`retrograde import`: a file of another tool as a patch; what is not as it was is named."""

import argparse
import re
from pathlib import Path

from perf.commands.places import new_file
from perf.commands.types import share
from perf.errors import ImportFileError, UsageError
from perf.ports.files import SIZE_LIMIT
from perf.ports.library import Library, unused
from perf.wire.imports.draft import Asked, Imported
from perf.wire.imports.recognise import convert
from perf.wire.patch import parse

EXAMPLE = """examples:
  retrograde import timeline_00001.txt -o harbour.toml
  retrograde import deforum-settings.json -o dream.toml
  retrograde import song.mid -o song.toml --map "cc74=/sampler/skip" --map "note36@10=/camera/zoom\""""
LARGEST = 50_000_000  # bytes


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, help="timeline.txt, Deforum settings, a Parseq document or a MIDI file")
    parser.add_argument("-o", "--output", type=new_file, required=True, metavar="PATCH.toml", help="the patch to write")
    parser.add_argument(
        "--map", action="append", default=[], metavar="WHAT=/ADDRESS",
        help="MIDI files: a track of cc0…cc127 or note0…note127, @CHANNEL if one is meant; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--tolerance", type=share, default=0.001, metavar="T",
        help="how far a curve with fewer keys may lie from the frames' values, as a share of its range (0.001)",
    )  # fmt: skip
    parser.add_argument(
        "--speeds", action="store_true", help="Parseq: motion is in speeds (Deforum's delta values are off)"
    )


def run(args: argparse.Namespace) -> int:
    """Write the patch, and say what in it is not as it was."""
    if args.output.suffix != ".toml":
        raise UsageError(f"-o {args.output}: a patch is a .toml file")
    library = Library(args.output)
    names = dict.fromkeys(re.findall(r"=/shader/([^/]+)/", " ".join(args.map)))
    shaders = tuple(library.spec(name) for name in names)
    asked = Asked(
        args.output.stem, args.file.name, tuple(args.map), args.tolerance, absolute=not args.speeds, shaders=shaders
    )
    imported = _converted(args.file, asked)
    parse(imported.text, library.spec, str(args.output))
    path = unused(args.output)
    if len(imported.text.encode()) > SIZE_LIMIT:
        raise UsageError(f"the patch would have over {SIZE_LIMIT} bytes; a larger --tolerance keeps fewer keys")
    path.write_text(imported.text, encoding="utf-8")
    for note in imported.notes:
        print(f"note: {args.file}: {note}")
    print(f"{path}: written; `retrograde play {path}` plays it")
    return 0


def _converted(file: Path, asked: Asked) -> Imported:
    try:
        if file.stat().st_size > LARGEST:
            raise ImportFileError(f"has over {LARGEST} bytes; that much is not read", str(file))
        data = file.read_bytes()
    except OSError as error:
        raise ImportFileError(f"cannot be read: {error.strerror}", str(file)) from error
    try:
        return convert(data, asked)
    except ImportFileError as error:
        raise ImportFileError(error.message, str(file), error.line) from error
    except ValueError as error:
        raise UsageError(str(error)) from error
