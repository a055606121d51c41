"""`retrograde train`: make the embedded model again from the archive. Resumable: Ctrl-C, then the same again."""

import argparse
from pathlib import Path

from perf.commands.places import new_folder
from perf.commands.types import minutes, seed

EXAMPLE = """examples:
  retrograde train -o my-model              some hours on two CPU cores
  retrograde train -o my-model --stage measure
  retrograde train -o my-model --stage transformer --minutes 60   goes on with the second family"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "-o", "--output", type=new_folder, required=True, metavar="FOLDER", help="the diffusers folder made"
    )
    words = "checkpoints and previews (.training)"
    parser.add_argument("--work", type=new_folder, default=Path(".training"), help=words)
    parser.add_argument("--seed", type=seed, default=7)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument(
        "--stage",
        action="append",
        choices=(
            "autoencoder",
            "decoder",
            "guide",
            "encoder",
            "captioner",
            "depth",
            "flow",
            "distil",
            "transformer",
            "measure",
        ),
        help="only this",
    )
    parser.add_argument(
        "--minutes", type=minutes, help="for each stage: steps and rate go by the clock, so no run is like another"
    )
    parser.add_argument("--estimate", action="store_true", help="only say how long it would take here (some minutes)")
    parser.add_argument("--afresh", action="store_true", help="forget the checkpoints")


def run(args: argparse.Namespace) -> int:
    """Train, with a line of progress now and then."""
    from perf.training import train
    from perf.training.device import place
    from perf.training.estimate import estimate
    from perf.training.options import STAGES, TrainOptions

    options = TrainOptions(
        folder=args.output,
        work=args.work,
        seed=args.seed,
        device=place(args.device),
        stages=tuple(args.stage or STAGES),
        resume=not args.afresh,
    )
    if args.minutes is not None:
        options = options.within(args.minutes)
    (estimate if args.estimate else train)(options, lambda line: print(line, flush=True))
    return 0
