"""One training run from the archive to the model folder: the stages in order, each resumable.

May not be imported by a show.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from diffusers import AutoencoderTiny

from perf.records.caption import words
from perf.records.record import KINDS
from perf.records.sheet import save, tile
from perf.training import autoencoder, card, distil, flow, guide, tokens
from perf.training.folder import Parts, publish
from perf.training.gallery import Wall, hang, picture
from perf.training.latents import Shelf, Tokens, shelve
from perf.training.loop import Job, fit, recall
from perf.training.measure import Subject, measure
from perf.training.network import Painter
from perf.training.options import STAGES, Report, TrainOptions

PREVIEW_GUIDANCE = 2.0
PREVIEW_CAPTIONS = tuple(
    f"{subject} in {KINDS['palette'][index % 8]}, {KINDS['process'][index // 3 % 8]}"
    for index, subject in enumerate(KINDS["subject"])
)


@dataclass(slots=True)
class _Studio:
    """What later stages have in common."""

    options: TrainOptions
    report: Report
    walls: list[Wall]
    parts: Parts
    shelves: list[Shelf]
    scale: float


def train(options: TrainOptions, report: Report) -> None:
    """Runs the stages that the options name, in the order of STAGES, and keeps the folder up to date."""
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    report(f"drawing {options.records} records")
    walls = hang(options)
    wanted = [stage for stage in STAGES if stage in options.stages]
    if "autoencoder" in wanted:
        fit(autoencoder.job(options, walls), options.autoencoder, options, report)
    for build in (guide.GUIDE, guide.MEASURE):
        if build.name in wanted:
            _encoder(build, walls, options, report)
    if not set(wanted) & set(_STAGES):
        return
    studio = _open(options, report, walls)
    for stage in wanted:
        if stage in _STAGES:
            _STAGES[stage](studio)


def _encoder(build: guide.Build, walls: list[Wall], options: TrainOptions, report: Report) -> None:
    """A pair of encoders into a folder of its own beside the networks."""
    tokenizer = tokens.write(options.work / "tokenizer", words())
    job = guide.job(build, walls, tokenizer, options)
    fit(job, options.encoders, options, report)
    guide.publish(build, job.average, tokenizer, options.folder / build.name)


def _open(options: TrainOptions, report: Report, walls: list[Wall]) -> _Studio:
    net = autoencoder.build(options.shape.autoencoder).to(memory_format=torch.channels_last).requires_grad_(False)
    recall(options.work / "autoencoder.pt", net)
    report("encoding the records")
    shelves, scale = shelve(walls, net, options.work / "latents.pt")
    tokenizer = tokens.write(options.work / "tokenizer", words())
    torch.manual_seed(options.seed)
    parts = Parts(net, Painter(options.shape, tokenizer), tokenizer)
    return _Studio(options, report, walls, parts, shelves, scale)


def _learn(studio: _Studio, job: Job) -> None:
    job.preview = lambda net: _keep(studio, net, job.name)
    budget = studio.options.flow if job.name == "flow" else studio.options.distil
    fit(job, budget, studio.options, studio.report)


def _flow(studio: _Studio) -> None:
    module = studio.parts.painter
    average = copy.deepcopy(module).requires_grad_(False)
    known = Tokens(studio.parts.tokenizer)
    _learn(studio, flow.job((module, average), studio.shelves, known, studio.options))


def _distil(studio: _Studio) -> None:
    teacher, options = studio.parts.painter, studio.options
    recall(options.work / "flow.pt", teacher)
    known = Tokens(studio.parts.tokenizer)
    pairs = distil.bank(teacher.requires_grad_(False), known, options, studio.report)
    student = Painter(options.shape, studio.parts.tokenizer, student=True)
    distil.inherit(student, teacher)
    average = copy.deepcopy(student).requires_grad_(False)
    sources = distil.Sources(pairs, studio.shelves, known)
    _learn(studio, distil.job((student, average), sources, options))


def _measure(studio: _Studio) -> None:
    options, parts = studio.options, studio.parts
    student = Painter(options.shape, parts.tokenizer, student=True)
    steps = {
        name: recall(options.work / f"{name}.pt", net) for name, net in (("flow", parts.painter), ("distil", student))
    }
    parts = Parts(parts.autoencoder, student, parts.tokenizer)
    subject = Subject(parts, studio.scale, options.sizes[0])
    found = measure(subject, studio.walls, options, studio.report)
    first: AutoencoderTiny = autoencoder.build(options.shape.autoencoder)
    learnt = card.Learnt(
        autoencoder=recall(options.work / "autoencoder.pt", first),
        flow=steps["flow"],
        distil=steps["distil"],
        unet=card.millions(sum(p.numel() for p in parts.painter.unet.parameters())),
        text=card.millions(sum(p.numel() for p in parts.painter.text.parameters())),
    )
    card.write(options, learnt, found)


_STAGES = {"flow": _flow, "distil": _distil, "measure": _measure}


@torch.no_grad()
def _keep(studio: _Studio, net: torch.nn.Module, name: str) -> None:
    """Publishes the folder as it is now, and a sheet of 1-step pictures above 4-step pictures."""
    assert isinstance(net, Painter)
    parts = Parts(studio.parts.autoencoder, net, studio.parts.tokenizer)
    publish(parts, studio.scale, studio.options)
    width, height = studio.options.sizes[0]
    ids = Tokens(parts.tokenizer)(PREVIEW_CAPTIONS)
    ask = net.asked(ids, PREVIEW_GUIDANCE)
    noise = torch.randn(
        (len(ids), autoencoder.CHANNELS, height // 16, width // 16), generator=torch.Generator().manual_seed(1)
    )
    rows = [flow.sample(net, noise, ask, steps) for steps in (1, 4)]
    images = [parts.autoencoder.decoder(row / studio.scale) for row in rows]
    save(
        studio.options.work / f"preview-{name}.png", tile(list(picture(torch.cat(images))), len(PREVIEW_CAPTIONS) // 2)
    )
