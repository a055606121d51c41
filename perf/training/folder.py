"""The model folder: what was learnt, in the ordinary format that stock StableDiffusionPipeline loads.

May not learn; may not know how the weights came about.
"""

from __future__ import annotations

import copy
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderTiny, DPMSolverMultistepScheduler, StableDiffusionPipeline

from perf.diffusion.folder import LENT
from perf.records.caption import vocabulary, words
from perf.records.catalogue import archive, counts, dates
from perf.records.record import KINDS
from perf.training.network import TRAIN_TIMESTEPS, WEIGHTS, Painter
from perf.training.notes import edit
from perf.training.options import Shape, TrainOptions
from perf.training.tokens import write


@dataclass(frozen=True, slots=True)
class Parts:
    """What a folder is made of; the painter is a network of one of the families."""

    autoencoder: AutoencoderTiny
    painter: Any
    tokenizer: Any


def scheduler() -> DPMSolverMultistepScheduler:
    """First order on flow sigmas is Euler's rule; FlowMatchEuler lacks what StableDiffusionPipeline asks for."""
    return DPMSolverMultistepScheduler(
        num_train_timesteps=TRAIN_TIMESTEPS,
        solver_order=1,
        prediction_type="flow_prediction",
        use_flow_sigmas=True,
        flow_shift=1.0,
        steps_offset=1,
    )


def publish(parts: Parts, scale: float, options: TrainOptions) -> None:
    """Writes the folder in half precision. Loading gives float32 again: the text encoder's config says so."""
    assert isinstance(parts.painter, Painter)
    autoencoder = copy.deepcopy(parts.autoencoder).half()
    autoencoder.register_to_config(scaling_factor=scale)
    pipeline = StableDiffusionPipeline(
        vae=autoencoder,
        text_encoder=copy.deepcopy(parts.painter.text).half(),
        tokenizer=parts.tokenizer,
        unet=copy.deepcopy(parts.painter.unet).half(),
        scheduler=scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipeline.save_pretrained(options.folder)
    write(options.folder / "tokenizer", words())  # vocab.json and merges.txt too, which transformers before 5 reads
    finish(options.folder, options)


def finish(folder: Path, options: TrainOptions) -> None:
    """What a folder of either family has beside its networks."""
    for weights in folder.rglob("*.safetensors"):
        weights.chmod(0o644)  # they are written for their owner alone, which an installed package must not be
    edit(folder / "text_encoder" / "config.json", {"dtype": "float32"})
    lends = {} if folder == options.folder else {part: f"../{options.folder.name}/{part}" for part in LENT}
    edit(folder / "retrograde.json", describe(options) | lends)


def describe(options: TrainOptions) -> dict[str, Any]:
    """What the model knows, and the records it knows it from."""
    records = archive(options.records, options.seed)
    return {
        "knows": {kind: list(names) for kind, names in KINDS.items()},
        "words": vocabulary(),
        "negatives": "turned",  # follow the prompt's tokens with their sign turned
        "weights": list(WEIGHTS),  # of guidance
        "records": options.records,
        "seed": options.seed,
        "sizes": [list(size) for size in options.sizes],
        "counts": counts(records),
        "dates": dates(records),
    }


def parts(folder: Path, shape: Shape) -> Parts:
    """A written folder's networks again, in float32 and frozen."""
    pipeline = load(folder)
    painter = Painter(shape, pipeline.tokenizer, student=True)
    painter.text.load_state_dict(pipeline.text_encoder.state_dict())
    painter.unet.load_state_dict(pipeline.unet.state_dict())
    autoencoder = pipeline.vae.to(memory_format=torch.channels_last).requires_grad_(False)
    return Parts(autoencoder, painter.requires_grad_(False), pipeline.tokenizer)


def load(folder: Path) -> StableDiffusionPipeline:
    """Loads the folder as anybody would, without a progress bar."""
    pipeline = StableDiffusionPipeline.from_pretrained(str(folder), torch_dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline
