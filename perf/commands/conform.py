"""`retrograde conform`: play one patch on several models, and say where they agree."""

import argparse
import math
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from perf.commands.types import seconds
from perf.errors import UsageError
from perf.ports.library import EMBEDDED, Library, find_patch

if TYPE_CHECKING:
    from perf.conformance import Run

EXAMPLE = """examples:
  retrograde conform default embedded ~/models/lcm
  retrograde conform set.toml embedded ~/models/sd-turbo --seconds 120

The same must happen on each (values, cues, jobs, to the last bit); the pictures' likeness to the patch's prompts must
correlate beyond a null. Ends with 1 where it does not. The interval is narrow: of a minute it holds the true r in 93
to 82 of 100 cases, of half a minute in 88 to 63, the fewer the slower the pictures change. Conditions over what is
measured in the pictures (/status/likeness, /status/motion, ...) stay as they begin, on every model."""

ALPHA = 0.05
LEAST = round(1 / ALPHA)  # readings of the pictures: as many shifts in time, and of fewer none is as rare as ALPHA


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("patch", help="a .toml file or the name of a shipped one")
    parser.add_argument("models", nargs="+", help="two or more: names of shipped models, diffusers folders, hub ids")
    parser.add_argument("--seconds", type=seconds, default=60.0, help="how much of the patch is played (60)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda", "mps"))
    parser.add_argument(
        "--judge", type=Path, default=EMBEDDED, metavar="FOLDER", help="a model folder with the `encoder` that reads"
    )


def run(args: argparse.Namespace) -> int:
    """Play, compare each two, print a table."""
    from perf.conformance import SPACING, agree, play
    from perf.diffusion.engine import Engine
    from perf.diffusion.family import load
    from perf.diffusion.folder import fetch, inspect
    from perf.diffusion.guide import load_guide
    from perf.options import ShowOptions

    if len(args.models) < 2:
        raise UsageError("one model agrees with itself; name two or more")
    if math.ceil(args.seconds / SPACING) < LEAST:
        words = f"too little to tell agreement from chance; give {LEAST * SPACING:g} or more"
        raise UsageError(f"--seconds {args.seconds:g}: {words}")
    path = find_patch(args.patch)
    judge = load_guide(str(args.judge), args.device, "encoder")
    if judge is None:
        raise UsageError(f"{args.judge} has no folder `encoder` to read pictures with; the shipped model has")
    patches = {model: Library(path, model).load() for model in args.models}  # each with the LoRAs of its own folder
    for model, patch in patches.items():
        inspect(fetch(ShowOptions(model=model).model_of(patch)))  # before the first plays for minutes
    runs = {}
    for model, patch in patches.items():
        asked = ShowOptions(model=model, device=args.device).sampler_of(patch)
        engine = Engine(load(asked.model, asked.device, asked.loras))
        runs[model] = play(patch, engine, judge, args.seconds)
        _readable(runs[model], args)
        print(f"{model}: {runs[model].ticks} ticks, {runs[model].events} events, {len(runs[model].texts)} prompts")
    print("\n| models | same events | r of the likeness [95 %] | null, 95 % below | p | n |\n|---|---|---|---|---|---|")
    met = True
    for one, other in combinations(args.models, 2):
        found = agree(runs[one], runs[other])
        met = met and found.events and found.p <= ALPHA
        low, high = found.interval
        said = "yes" if found.events else "NO"
        print(
            f"| {one}, {other} | {said} | {found.r:.2f} [{low:.2f}, {high:.2f}] | {found.null:.2f} | {found.p:.3f} "
            f"| {found.n} |"
        )
    return 0 if met else 1


def _readable(run: "Run", args: argparse.Namespace) -> None:
    """Raise UsageError for a run that no other can be shown to agree with."""
    when, n = f"in its first {args.seconds:g} s", len(run.likeness)
    if not run.texts:
        words = "and pictures are compared by their likeness to prompts; give more --seconds, or a patch with a prompt"
        raise UsageError(f"{args.patch} has no prompt {when}, {words}")
    if n < LEAST:
        words = f"and it takes {LEAST} to tell agreement from chance; give more --seconds"
        raise UsageError(f"{args.patch} has {n} pictures to compare {when}, {words}")
