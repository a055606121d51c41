"""`retrograde timeline`: a patch as a score, in SVG."""

import argparse

from perf.commands.places import new_file
from perf.commands.types import count
from perf.errors import UsageError
from perf.ports.library import Library, find_patch
from perf.wire.drawing.score import draw
from perf.wire.drawing.sheet import Look

EXAMPLE = """examples:
  retrograde timeline default -o default.svg
  retrograde timeline piece.toml -o piece.svg --from 17 --to 32 --bars 4"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("patch", help="a .toml file, or the name of a shipped patch")
    parser.add_argument("-o", "--output", type=new_file, required=True, metavar="FILE.svg", help="the drawing to write")
    parser.add_argument("--width", type=width, default=1600, metavar="PIXELS", help="of the page (1600)")
    parser.add_argument("--bars", type=count, default=0, metavar="N", help="bars of a system (as suits the page)")
    parser.add_argument("--from", type=count, default=0, dest="first", metavar="BAR", help="the first bar (1)")
    parser.add_argument("--to", type=count, default=0, dest="last", metavar="BAR", help="the last bar (the patch's)")


def width(text: str) -> int:
    """A page's width in pixels, 600…20000."""
    if not text.isdecimal() or len(text) > 5 or not 600 <= int(text) <= 20_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no width; give pixels, 600…20000")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Draw the score, over one that is there."""
    if args.output.suffix != ".svg":
        raise UsageError(f"-o {args.output}: a score is an .svg file")
    patch = Library(find_patch(args.patch)).load()
    try:
        drawing = draw(patch, Look(args.width, args.bars, args.first, args.last))
    except ValueError as error:
        raise UsageError(str(error)) from error
    args.output.write_text(drawing, encoding="utf-8")
    print(f"{args.output}: written; a browser shows it")
    return 0
