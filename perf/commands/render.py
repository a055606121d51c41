"""`retrograde render`: a patch or a take as a film, offline, with a progress bar."""

import argparse
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

from perf.commands.types import count, noise_seed, rate, seconds, size
from perf.errors import DeviceError, UsageError

EXAMPLE = """examples:
  retrograde render default -o film.mp4 --beats 64
  retrograde render default -o film.mp4 --take set.jsonl --size 1920x1080 --fps 60 --steps 4
  retrograde render default -o film.mov --sound song.flac --stems
  retrograde render titles.toml -o titles.mov --alpha
  retrograde render default -o frames/ --seconds 10 --manifest frames.csv
  retrograde render --again film.json -o again.mp4
Interrupted (Ctrl-C, a power cut, a full disk), it goes on with the same command."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("patch", nargs="?", default="", help="a patch file or the name of a shipped one")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILM.mp4", help="a film, or a folder")
    parser.add_argument("--take", default="", metavar="TAKE.jsonl", help="play this take's events again")
    length = parser.add_mutually_exclusive_group()
    words = "length (the take's, the sound's, the tracks')"
    length.add_argument("--seconds", type=seconds, default=0.0, metavar="S", help=words)
    length.add_argument("--beats", type=seconds, default=0.0, metavar="B", help="length in beats")
    parser.add_argument("--fps", type=rate, default=0.0, metavar="F", help="frames a second (30)")
    parser.add_argument("--size", type=size, metavar="WxH", help="size of the film in pixels (the patch's)")
    parser.add_argument("--steps", type=count, default=0, metavar="N", help="steps an image, over the patch's")
    parser.add_argument("--seed", type=noise_seed, metavar="N", help="noise seed, over the patch's")
    parser.add_argument("--model", default="", metavar="FOLDER-OR-HUB-ID", help="another model than the patch's")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    _outputs(parser)


def _outputs(parser: argparse.ArgumentParser) -> None:
    """Declare what the film is made as, and what lies beside it."""
    words = "for .mp4 h264; for .mov prores or h264; for .mkv ffv1, h264 or prores (the first of these)"
    parser.add_argument("--codec", choices=("h264", "prores", "ffv1"), default="", help=words)
    parser.add_argument("--sound", default="", metavar="FILE", help="what is heard with it (the patch's)")
    words = "with transparency: .mov (ProRes 4444), .mkv (FFV1) or PNGs"
    parser.add_argument("--alpha", action="store_true", help=words)
    words = "each layer by itself beside the film, transparent: .mov (ProRes 4444), .mkv (FFV1) or PNGs"
    parser.add_argument("--stems", action="store_true", help=words)
    words = "write the value in every frame of each parameter that changes, as .csv or .json"
    parser.add_argument("--manifest", type=Path, metavar="FILE", help=words)
    words = "play such a file in the place of tracks and take"
    parser.add_argument("--from-manifest", default="", metavar="FILE", help=words)
    parser.add_argument("--again", type=Path, metavar="FILM.json", help="make the film that this lies beside again")
    parser.add_argument("--fresh", action="store_true", help="start over instead of going on")


def run(args: argparse.Namespace) -> int:
    """Render, and say what came of it. With `--again`: 1 when the frames are not the same."""
    from tqdm import tqdm

    from perf.offline import Render

    said, options = _asked(args)
    render = Render(options)
    try:
        for _ in tqdm(render.frames(), total=len(render.clock), initial=render.begin, unit="frame", dynamic_ncols=True):
            pass
    finally:
        report = render.close()
        for note in render.notes:
            print(f"note: {note}")
        print(_words(render, report))
    if report.failure:
        raise DeviceError(report.failure)
    return _compared(args.again, said, render) if said else 0


def _asked(args: argparse.Namespace) -> tuple[dict[str, Any], Any]:
    """What lies beside the film that is made again, if one is; and the options."""
    from perf.options import RenderOptions
    from perf.recipe import again, read

    command = shlex.join(["retrograde", *args.words])
    given = {name: getattr(args, name) for name in RenderOptions.__dataclass_fields__ if hasattr(args, name)}
    if args.again:
        if args.manifest and args.manifest.resolve() == args.again.resolve():
            raise UsageError(f"{args.manifest}: the film is made of what lies there; give --manifest another name")
        free = ("output", "manifest", "fresh")
        said = [name for name, value in given.items() if name not in free and _given(name, value)]
        if said:
            words = ", ".join("PATCH" if name == "patch" else f"--{name.replace('_', '-')}" for name in said)
            raise UsageError(f"--again makes the film as {args.again} says; leave {words} out")
        recipe = read(args.again)
        return recipe, replace(again(recipe, args.output), manifest=args.manifest, fresh=args.fresh, command=command)
    if not args.patch:
        raise UsageError("which patch? give a .toml file or the name of a shipped one, or --again FILM.json")
    return {}, RenderOptions(**given, command=command)


def _given(name: str, value: object) -> bool:
    """Whether an option was said; a seed may be 0."""
    return value is not None if name == "seed" else value not in ("", 0, None, "auto")


def _words(render: Any, report: Any) -> str:
    """What became of the film, and from where it was gone on with."""
    if not render.finished or report.failure:
        return f"{report.path}: ended early; the same command goes on from frame {render.safe} of {len(render.clock)}"
    resumed = f", resumed from frame {render.begin} ({render.begin / render.fps:.2f} s)" if render.begin else ""
    return f"{report.path}: {report.frames} frames, {report.frames / render.fps:.2f} s{resumed}"


def _compared(path: Path, said: dict[str, Any], render: Any) -> int:
    """Whether the frames are those of the first time, and if not, what else was otherwise."""
    from perf.recipe import differences

    if said["frames_sha256"] == render.reel.digest.hex():
        print(f"the same frames as {path} says")
        return 0
    other = "; ".join(differences(said["recipe"], render.recipe)) or "on another machine?"
    print(f"other frames than {path} says ({other})")
    return 1
