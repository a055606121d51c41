"""`retrograde models`: the families that this version plays, what each can do, and which models are on this machine."""

import argparse
import os
from pathlib import Path

from perf.errors import ModelError, UsageError
from perf.ports.library import MODELS

EXAMPLE = "example:\n  retrograde models ~/models"

ALL = """every family: 1…50 steps, image to image, weighted and negative prompts, LoRAs (safetensors), live sizes;
  a CLIP folder in the model's, called guide, makes it play /sampler/mode clip"""

PARTS = {"guide": "a guide", "depth": "a depth head", "captioner": "a captioner"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", nargs="*", type=Path, help="folders to look for models in")


def run(args: argparse.Namespace) -> int:
    """Print the families and the models found: the embedded ones, those in the hub's cache, those in the folders."""
    from perf.diffusion.architecture import ARCHITECTURES

    for folder in args.folder:
        if not folder.is_dir():
            raise UsageError(f"{folder}: no such folder; give one that models lie in")
    print("families that this version plays (diffusers folders, safetensors):")
    for kind in ARCHITECTURES:
        print(f"  {kind.name:<12} {kind.words}\n{'':15}{', '.join(kind.pipelines)}")
    print(f"  {ALL}\n\nmodels here:")
    shipped = [(path, f"{name}: ") for name, path in MODELS.items()]
    for path, name in (*shipped, *((path, "") for path in found([cache(), *args.folder]))):
        print(f"  {name}{path}\n    {describe(path)}")
    return 0


def cache() -> Path:
    """Where the hub's library keeps what it has downloaded."""
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "huggingface"
    return Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub")


def found(folders: list[Path]) -> list[Path]:
    """Model folders below the given ones."""
    return sorted(path.parent for folder in folders for path in folder.glob("**/model_index.json"))


def describe(folder: Path) -> str:
    """What a folder holds and can do, in a line, and what it cannot, a line each; or what is wrong with it."""
    from perf.diffusion.folder import inspect, lent
    from perf.diffusion.notes import lacks

    try:
        model = inspect(folder)
    except ModelError as error:
        return f"not playable: {error}"
    parts = ", ".join(words for part, words in PARTS.items() if lent(folder, part))
    line = f"{model.ability().line()}, {model.bytes / 1e6:.0f} MB{f', with {parts}' if parts else ''}"
    return "\n    - ".join([line, *lacks(model)])
