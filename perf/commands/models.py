"""`retrograde models`: the model families that this version plays, and which model folders are here."""

import argparse
import json
from pathlib import Path

from perf.ports.library import EMBEDDED

EXAMPLE = "example:\n  retrograde models ~/models"

FAMILIES = """families that this version plays (diffusers folders, safetensors):
  Stable Diffusion 1.x, 2.x, Turbo   StableDiffusionPipeline: epsilon or v prediction, 1…50 steps, cfg
  Latent Consistency Models          LatentConsistencyModelPipeline, or a StableDiffusionPipeline with LCM/TCD scheduler
  rectified flow on a U-Net          StableDiffusionPipeline with flow prediction (the embedded model)
  with AutoencoderKL or AutoencoderTiny; text encoders of CLIP's kind
  a CLIP folder in the model's, called guide, makes it play /sampler/mode clip"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", nargs="*", type=Path, help="folders to look for models in")


def run(args: argparse.Namespace) -> int:
    """Print the families and the models found."""
    print(FAMILIES + "\n\nmodels here:")
    for path in (EMBEDDED, *found(args.folder)):
        print(f"  {path}  {describe(path)}")
    return 0


def found(folders: list[Path]) -> list[Path]:
    """Model folders below the given ones."""
    return sorted(path.parent for folder in folders for path in folder.glob("**/model_index.json"))


def describe(folder: Path) -> str:
    """What a folder holds, in a few words, or what is wrong with it."""
    from perf.diffusion.family import inspect
    from perf.errors import ModelError

    try:
        index = inspect(folder)
    except ModelError as error:
        return f"not playable: {error}"
    scheduler = json.loads((folder / "scheduler" / "scheduler_config.json").read_text())
    size = sum(p.stat().st_size for p in folder.glob("*/*.safetensors")) / 1e6
    guide = ", with a guide" if (folder / "guide").is_dir() else ""
    return f"{index['_class_name']}, {scheduler.get('prediction_type', 'epsilon')}, {size:.0f} MB{guide}"
