"""The last stage: what the finished folders can do, measured as they are played; numbers, cards and contact sheets.

Needs the folders alone, no checkpoints: anybody can measure the models that are shipped. May not learn but for the
probe.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderTiny
from torch import nn

from perf.diffusion import captioner as reader
from perf.diffusion import depth as head
from perf.diffusion import guide as pairs
from perf.diffusion.engine import Engine
from perf.diffusion.family import load
from perf.training import captioner, card, depth, guide, played
from perf.training.curves import CURVES, curves
from perf.training.measure import measure, measure_autoencoder, train_probe
from perf.training.notes import TRAINED, edit
from perf.training.options import Report, TrainOptions
from perf.training.reach import reached


def examine(options: TrainOptions, report: Report) -> None:
    """Measures the first family's folder, and the second's where it is there; ends with their tables."""
    net = (
        AutoencoderTiny.from_pretrained(options.folder / "vae", torch_dtype=torch.float32).eval().requires_grad_(False)
    )
    probe = train_probe(net, options, report)
    found = measure_autoencoder(net, probe, options) | _played(options.folder, probe, options, report)
    if (options.folder / "captioner").exists():
        found["captioner"] = captioner.measure(reader.load(options.folder / "captioner"), options)
    if (depths := head.load_depth(str(options.folder), "cpu")) is not None:
        found["depth"] = depth.measure(depths, options)
    for which in (guide.GUIDE, guide.MEASURE):
        pair = pairs.load_guide(str(options.folder), "cpu", which.name)
        if pair is not None:
            found[which.name] = guide.measure(pair, options)
    _keep(options.folder, found, options, report)
    if options.second.exists():
        again = {name: found[name] for name in ("autoencoder", "records_through_autoencoder")}
        _keep(options.second, again | _played(options.second, probe, options, report), options, report)


def _played(folder: Path, probe: nn.Module, options: TrainOptions, report: Report) -> dict[str, Any]:
    engine = Engine(load(str(folder), options.device))
    found = measure(engine, probe, options, report) | played.measure(engine, probe, options)
    played.contact_sheet(engine, options, folder / "contact.jpg")
    return found


def _keep(folder: Path, found: dict[str, Any], options: TrainOptions, report: Report) -> None:
    edit(folder / "measurements.json", found)
    trained = json.loads((options.folder / TRAINED).read_text(encoding="utf-8"))
    (folder / CURVES).write_text(curves(found), encoding="utf-8")
    (folder / "model_card.md").write_text(card.text(folder, found, trained, options), encoding="utf-8")
    report(f"{folder.name}\n{reached(found)}")
