"""`retrograde render`: a patch or a take as a film, offline, with a progress bar."""

import argparse
from pathlib import Path

from perf.commands.types import count, rate, seconds, size

EXAMPLE = """examples:
  retrograde render default -o film.mp4 --beats 64
  retrograde render default -o film.mp4 --take set.jsonl --size 1920x1080 --fps 60 --steps 4
  retrograde render default -o frames/ --seconds 10"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("patch", help="a patch file or the name of a shipped one")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILM.mp4", help="a film, or a folder")
    parser.add_argument("--take", default="", metavar="TAKE.jsonl", help="play this take's events again")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=seconds, default=0.0, metavar="S", help="length (the take's, the tracks')")
    length.add_argument("--beats", type=seconds, default=0.0, metavar="B", help="length in beats")
    parser.add_argument("--fps", type=rate, default=30.0, metavar="F", help="frames a second (30)")
    parser.add_argument("--size", type=size, metavar="WxH", help="size of the film in pixels (the patch's)")
    parser.add_argument("--steps", type=count, default=0, metavar="N", help="steps an image, over the patch's")
    parser.add_argument("--seed", type=float, metavar="N", help="noise seed, over the patch's")
    parser.add_argument("--model", default="", metavar="FOLDER-OR-HUB-ID", help="another model than the patch's")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")


def run(args: argparse.Namespace) -> int:
    """Render, and say what came of it."""
    from tqdm import tqdm

    from perf.offline import Render, RenderOptions

    given = {name: getattr(args, name) for name in RenderOptions.__dataclass_fields__}
    render = Render(RenderOptions(**given))
    try:
        for _ in tqdm(render.frames(), total=len(render.clock), unit="frame", dynamic_ncols=True):
            pass
    finally:
        report = render.close()
        for note in render.notes:
            print(f"note: {note}")
        print(f"{report.path}: {report.frames} frames, {report.frames / args.fps:.2f} s")
    return 0
