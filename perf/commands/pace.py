"""`retrograde pace`: time a patch's dissolves by how far the picture moves, and cut where pictures match."""

import argparse
from contextlib import suppress
from pathlib import Path
from shutil import copymode
from typing import Any

from perf.commands.places import new_file
from perf.commands.types import beats, speed
from perf.errors import DeviceError, UsageError
from perf.ports.checkpoint import publish
from perf.ports.library import Library, find_patch

EXAMPLE = """examples:
  retrograde pace set.toml                  every dissolve and slerp at an even perceptual speed, written into the patch
  retrograde pace set.toml --speed 0.04     … and as long as that speed asks for: 4 % of the full range a beat
  retrograde pace set.toml --match 2        cuts move by up to 2 beats to where the pictures are nearest

The patch is measured with its model; do it again when you change either."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("patch", help="a .toml file or the name of a shipped one")
    parser.add_argument("-o", "--output", type=new_file, help="where to write; without it, into the patch itself")
    parser.add_argument("--model", default="", help="a diffusers folder or hub id instead of the patch's")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda", "mps"))
    parser.add_argument(
        "--speed", type=speed, default=0.0, help="movement a beat (or the track's unit), in full ranges"
    )
    parser.add_argument("--match", type=beats, default=0.0, metavar="BEATS", help="how far a cut may be moved")


def run(args: argparse.Namespace) -> int:
    """Measure, say what was found, write the patch."""
    from perf.diffusion.engine import Engine
    from perf.diffusion.family import load
    from perf.options import ShowOptions
    from perf.pacing import Pacing, Wish
    from perf.wire.prompts import rewritten

    path = find_patch(args.patch)
    library = Library(path)
    patch = library.load()
    if not args.output and not Path(args.patch).is_file():
        raise UsageError(f"{args.patch} is a shipped patch; say with -o where your own is to be written")
    if not patch.timeline.prompts:
        raise UsageError(f"{path} has no [[prompts]] to pace; write dissolves, slerps or cuts there")
    asked = ShowOptions(model=args.model, device=args.device).sampler_of(patch)
    engine = Engine(load(asked.model, asked.device, asked.loras))
    tracks = Pacing(engine, patch, lambda found: print(words(found))).tracks(Wish(args.speed, args.match))
    output = args.output or path
    if library.load().timeline.prompts != patch.timeline.prompts:  # or it cannot be read: what was edited stays
        raise UsageError(
            f"{path}: its [[prompts]] were edited while they were measured; nothing is written, do it again"
        )
    write(output, rewritten(library.text, tracks))
    print(f"{output}: written")
    return 0


def write(path: Path, text: str) -> None:
    """Write a patch whole or not at all: it may be the only one. Raises DeviceError."""
    place = path.resolve()  # a link stays one
    draft = place.with_name(place.name + ".new")
    try:
        draft.write_bytes(text.encode())
        with suppress(OSError):  # there is none yet, or the disk knows of no modes
            copymode(place, draft)
        publish(draft, place)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise DeviceError(f"{path}: cannot be written: {error.strerror}; make room, or say with -o where") from error


def words(found: Any) -> str:
    """One key's line."""
    key = found.key
    name = ", ".join(text or "Black." for text, _ in key.prompts)[:40]
    line = f"{key.at:8g}  {name:<40}  {key.way}"
    if key.pace:
        before, after = found.even
        return f"{line} {key.length:g}: moves {found.moved:.1%}, unevenness {before:.2f} -> {after:.2f} on other noise"
    if any(found.apart):
        return f"{line}: {found.apart[0]:.1%} apart, where the median of the places is {found.apart[1]:.1%}"
    return line
