"""`retrograde caption`: what pictures show, in the archive's words, with how sure of it the captioner is."""

import argparse
import json
from pathlib import Path
from typing import Any

from perf.ports.library import EMBEDDED

EXAMPLE = """examples:
  retrograde caption frame.png
  retrograde caption *.png --json"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("picture", nargs="+", type=Path, help="picture files")
    parser.add_argument(
        "--captioner",
        type=Path,
        default=EMBEDDED / "captioner",
        metavar="FOLDER",
        help="the captioner, or a model with one",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line, with every confidence")


def run(args: argparse.Namespace) -> int:
    """Print a caption a picture; what it is not sure of, it leaves unsaid."""
    from perf.diffusion import captioner
    from perf.diffusion.folder import lent
    from perf.records.caption import plain

    reader = captioner.load(lent(args.captioner, "captioner") or args.captioner)
    for path in args.picture:
        guesses = reader.read(_pixels(path))[0]
        said = {kind: guess.value for kind, guess in guesses.items() if guess.sure}
        caption = plain(said)
        if args.json:
            sure = {kind: {"value": one.value, "confidence": round(one.confidence, 3)} for kind, one in guesses.items()}
            print(json.dumps({"file": str(path), "caption": caption, "guesses": sure}))
        else:
            doubts = ", ".join(
                f"{kind}? {one.confidence:.0%} {one.value}" for kind, one in guesses.items() if not one.sure
            )
            print(f"{path}: {caption or 'nothing that it is sure of'}{f'  ({doubts})' if doubts else ''}")
    return 0


def _pixels(path: Path) -> Any:
    """A picture file as (1, 3, h, w) in -1…1. Raises UsageError."""
    import numpy as np
    import torch

    from perf.records.folder import upright

    pixels = np.asarray(upright(path), dtype=np.float32)
    return torch.from_numpy(pixels).permute(2, 0, 1)[None] / 127.5 - 1.0
