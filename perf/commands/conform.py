"""`retrograde conform`: play one patch on several models, and say where they agree."""

import argparse
from itertools import combinations
from pathlib import Path

from perf.commands.types import seconds
from perf.errors import UsageError
from perf.ports.library import EMBEDDED, Library, find_patch

EXAMPLE = """examples:
  retrograde conform default embedded ~/models/lcm
  retrograde conform set.toml embedded ~/models/sd-turbo --seconds 120

The same must happen on each (values, cues, jobs, to the last bit); the pictures' likeness to the patch's prompts must
correlate beyond a null. Ends with 1 where it does not. Conditions over what is measured in the pictures
(/status/likeness, /status/motion, ...) stay as they begin, on every model."""

ALPHA = 0.05


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
    from perf.conformance import agree, play
    from perf.diffusion.engine import Engine
    from perf.diffusion.family import load
    from perf.diffusion.guide import load_guide
    from perf.options import ShowOptions

    if len(args.models) < 2:
        raise UsageError("one model agrees with itself; name two or more")
    path = find_patch(args.patch)
    judge = load_guide(str(args.judge), args.device, "encoder")
    if judge is None:
        raise UsageError(f"{args.judge} has no folder `encoder` to read pictures with; the shipped model has")
    runs = {}
    for model in args.models:
        patch = Library(path, model).load()  # with the LoRAs of this model's own folder
        asked = ShowOptions(model=model, device=args.device).sampler_of(patch)
        engine = Engine(load(asked.model, asked.device, asked.loras))
        runs[model] = play(patch, engine, judge, args.seconds)
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
