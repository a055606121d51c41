"""Shared: tiny model folders saved once, and quiet libraries."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


# Two noisy cores: time is no property. One source gives one verdict; `make fuzz` looks for new counterexamples.
settings.register_profile("same", deadline=None, derandomize=True, database=None)
settings.register_profile("fuzz", deadline=None, print_blob=True)
settings.load_profile("same")


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function that gives the folder of a tiny model of a kind (flow, turbo, v, lcm), saved by diffusers.

    `guided` is flow with a guide.
    """
    import tiny
    import torch

    torch.set_num_threads(1)
    made: dict[str, Path] = {}

    def folder(kind: str = "flow") -> Path:
        if kind not in made:
            made[kind] = tmp_path_factory.mktemp("models") / kind
            tiny.save(made[kind], "flow" if kind == "guided" else kind)
            if kind == "guided":
                tiny.save_guide(made[kind])
        return made[kind]

    return folder
