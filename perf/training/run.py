"""One training run from the archive to the model folder: the stages in order, each resumable.

May not be imported by a show.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Any

import torch

from perf.diffusion.captioner import load
from perf.diffusion.folder import INDEX, inspect
from perf.errors import UsageError
from perf.records.caption import words
from perf.records.record import KINDS
from perf.records.sheet import save, tile
from perf.training import autoencoder, captioner, depth, distil, flow, folder, guide, tokens, transformer
from perf.training.accepted import by_captioner
from perf.training.device import housed
from perf.training.examine import examine
from perf.training.folder import Parts
from perf.training.gallery import Wall, hang, picture
from perf.training.latents import Shelf, Tokens, shelve
from perf.training.loop import Job, fit, reached, recall
from perf.training.network import Painter
from perf.training.notes import TRAINED, edit, noted
from perf.training.options import STAGES, Budget, Report, TrainOptions

Publish = Callable[[Parts, float, TrainOptions], None]
FORERUNNERS = {
    "decoder": ("autoencoder",),
    "captioner": ("autoencoder",),
    "depth": ("autoencoder",),
    "flow": ("autoencoder",),
    "distil": ("autoencoder", "flow"),
}  # whose checkpoints a stage goes on from
KERNELS = 16384  # kept by oneDNN, one for each size of each layer's input: with its 1024 a student's step takes 4/3
PUBLISHED = "published.json"  # in the work folder: which model folder has what a stage learnt
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
    """Runs the stages that the options name, in the order of STAGES, and keeps the folder up to date. Raises UsageError
    where what they build on is missing."""
    look_first(options)
    torch.set_num_threads(options.threads)
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(KERNELS))
    options.work.mkdir(parents=True, exist_ok=True)
    learning = [stage for stage in STAGES if stage in options.stages and stage != "measure"]
    if learning:
        _learn_all(learning, options, report)
    if "measure" in options.stages:
        examine(options, report)


def look_first(options: TrainOptions) -> None:
    """Raise UsageError for a stage whose forerunner was never trained: before the archive is drawn, not after."""
    for stage in options.stages:
        for before in FORERUNNERS.get(stage, ()):
            path = options.work / f"{before}.pt"
            if before not in options.stages and not path.is_file():
                raise UsageError(f"{path} is missing: stage {stage} builds on it; train stage {before} first")
        if stage in ("transformer", "measure") and not {"flow", "distil"} & set(options.stages):
            lacking = [name for name in (INDEX, TRAINED) if not (options.folder / name).is_file()]
            if lacking:
                raise UsageError(
                    f"{options.folder} has no {lacking[0]}: stage {stage} starts from a trained model's folder; train "
                    "stages flow and distil first, or give another folder with -o"
                )
            inspect(options.folder)
        if stage == "transformer" and not ("captioner" in options.stages or (options.folder / "captioner").exists()):
            raise UsageError(
                f"{options.folder} has no captioner: stage {stage} learns what it passes; train stage captioner first"
            )


def _learn_all(wanted: list[str], options: TrainOptions, report: Report) -> None:
    """What is finished is not gone through again, whose records alone take minutes to draw; but whatever comes after
    what is: a student's network lies where its teacher's did."""
    done = list(takewhile(partial(_finished, options), wanted))
    for stage in done:
        report(f"{stage}: finished before")
    left = wanted[len(done) :]
    if not left:
        return
    report(f"drawing {options.records} records")
    walls = hang(options)
    studio: _Studio | None = None
    for stage in left:
        edit(options.work / PUBLISHED, dict.fromkeys(STAGES[STAGES.index(stage) :]))
        if stage in _PLAIN:
            _PLAIN[stage](walls, options, report)
        else:
            studio = studio or _open(options, report, walls)
            _STAGES[stage](studio)
        edit(options.work / PUBLISHED, {stage: str(options.folder.resolve())})


def _finished(options: TrainOptions, stage: str) -> bool:
    """Whether its checkpoint has made all the steps that it is to make, and the folder has what it learnt."""
    path = options.work / f"{stage}.pt"
    where = noted(options.work / PUBLISHED).get(stage)
    if not options.resume or where != str(options.folder.resolve()) or not path.exists():
        return False
    learnt = noted(options.folder / TRAINED).get(stage, {"of": 0})
    return "of" not in learnt and options.budget(stage).over(*reached(path))  # "of": its minutes stopped it


def _autoencoder(walls: list[Wall], options: TrainOptions, report: Report) -> None:
    fit(autoencoder.job(options, walls), options.autoencoder, options, report)


def _decoder(walls: list[Wall], options: TrainOptions, report: Report) -> None:
    fit(autoencoder.decoder_job(options, walls), options.decoder, options, report)


def _encoder(build: guide.Build, walls: list[Wall], options: TrainOptions, report: Report) -> None:
    """A pair of encoders into a folder of its own beside the networks."""
    tokenizer = tokens.write(options.work / "tokenizer", words())
    job = guide.job(build, walls, tokenizer, options)
    fit(job, options.encoders, options, report)
    guide.publish(build, job.average, tokenizer, options.folder / build.name)


def _open(options: TrainOptions, report: Report, walls: list[Wall]) -> _Studio:
    net = autoencoder.build(options.shape.autoencoder).to(memory_format=torch.channels_last).requires_grad_(False)
    recall(options.work / "autoencoder.pt", housed(net, torch.device(options.device)))
    report("encoding the records")
    shelves, scale = shelve(walls, net, options.work / "latents.pt")
    if (options.work / "decoder.pt").exists():
        recall(options.work / "decoder.pt", net)
    tokenizer = tokens.write(options.work / "tokenizer", words())
    torch.manual_seed(options.seed)
    parts = Parts(net, Painter(options.shape, tokenizer), tokenizer)
    return _Studio(options, report, walls, parts, shelves, scale)


def _learn(studio: _Studio, job: Job, budget: Budget, put: Publish) -> None:
    job.preview = lambda net: _keep(studio, net, job.name, put)
    fit(job, budget, studio.options, studio.report)


def _captioner(studio: _Studio) -> None:
    options = studio.options
    job = captioner.job(studio.parts.autoencoder, options, studio.report)
    fit(job, options.captioner, options, studio.report)
    captioner.publish(job.average, captioner.temperatures(job.average, options), options.folder / "captioner")


def _depth(studio: _Studio) -> None:
    job = depth.job(studio.walls, studio.parts.autoencoder, studio.options)
    fit(job, studio.options.depth, studio.options, studio.report)
    depth.publish(job.average, studio.options.folder / "depth")


def _flow(studio: _Studio) -> None:
    module = studio.parts.painter
    average = copy.deepcopy(module).requires_grad_(False)
    known = Tokens(studio.parts.tokenizer)
    job = flow.job((module, average), studio.shelves, known, studio.options)
    _learn(studio, job, studio.options.flow, folder.publish)


def _distil(studio: _Studio) -> None:
    options, teacher = studio.options, studio.parts.painter
    recall(options.work / "flow.pt", teacher)
    known = Tokens(studio.parts.tokenizer)
    by = distil.teacher(housed(teacher.requires_grad_(False), torch.device(options.device)), known)
    pairs = distil.bank(by, studio.shelves, options, studio.report)
    student = Painter(options.shape, studio.parts.tokenizer, student=True)
    distil.inherit(student, teacher)
    average = copy.deepcopy(student).requires_grad_(False)
    job = distil.job("distil", (student, average), distil.Sources(pairs, studio.shelves, known), options.distil.batch)
    _learn(studio, job, options.distil, folder.publish)


def _transformer(walls: list[Wall], options: TrainOptions, report: Report) -> None:
    """The second family, from the first's folder alone: no checkpoint of an earlier stage is asked for."""
    first = folder.parts(options.folder, options.shape)
    for net in (first.autoencoder, first.painter):
        housed(net, torch.device(options.device))
    report("encoding the records")
    shelves, scale = shelve(walls, first.autoencoder, options.work / "student-latents.pt")
    tokenizer = transformer.tokenizer(list(words()))
    torch.manual_seed(options.seed + 4)
    module = transformer.Sculptor(options.shape, tokenizer)
    before = torch.zeros(2)  # steps and minutes that the weights come from
    if transformer.recalled(module, options):
        report(f"going on from {options.second}")
        before = torch.tensor([_trained(options, "transformer")[unit] for unit in ("steps", "minutes")])
    accept = by_captioner(load(options.folder / "captioner"), first.autoencoder, scale, report)
    by = distil.master(first.painter, Tokens(first.tokenizer), accept)
    pairs = distil.bank(by, shelves, options, report, int(before[0]))
    average = copy.deepcopy(module).requires_grad_(False)
    sources = distil.Sources(pairs, shelves, Tokens(tokenizer))
    job = distil.job("transformer", (module, average), sources, options.transformer.batch)
    job.memory["before"] = before
    second = _Studio(options, report, walls, Parts(first.autoencoder, module, tokenizer), shelves, scale)
    _learn(second, job, options.transformer, transformer.publish)
    learnt, gone = _trained(options, "transformer"), job.memory["before"].tolist()
    whole = {"of": round(learnt["of"] + gone[0])} if "of" in learnt else {}
    total = learnt | {"steps": round(learnt["steps"] + gone[0]), "minutes": round(learnt["minutes"] + gone[1], 1)}
    edit(options.folder / TRAINED, {"transformer": total | whole})


def _trained(options: TrainOptions, stage: str) -> dict[str, Any]:
    """How many steps and minutes a stage has learnt, as the folder says."""
    return {"steps": 0.0, "minutes": 0.0} | noted(options.folder / TRAINED).get(stage, {})


_PLAIN: dict[str, Callable[[list[Wall], TrainOptions, Report], None]] = {
    "autoencoder": _autoencoder,
    "decoder": _decoder,
    "guide": partial(_encoder, guide.GUIDE),
    "encoder": partial(_encoder, guide.MEASURE),
    "transformer": _transformer,
}
_STAGES = {
    "captioner": _captioner,
    "depth": _depth,
    "flow": _flow,
    "distil": _distil,
}  # these share a studio


@torch.no_grad()
def _keep(studio: _Studio, net: torch.nn.Module, name: str, put: Publish) -> None:
    """Publishes the folder as it is now, and a sheet of 1-step pictures above 4-step pictures."""
    parts = Parts(studio.parts.autoencoder, net, studio.parts.tokenizer)
    put(parts, studio.scale, studio.options)
    width, height = studio.options.sizes[0]
    ids = Tokens(parts.tokenizer)(PREVIEW_CAPTIONS)
    ask = parts.painter.asked(ids, PREVIEW_GUIDANCE)
    noise = torch.randn(
        (len(ids), autoencoder.CHANNELS, height // 16, width // 16), generator=torch.Generator().manual_seed(1)
    )
    rows = [flow.sample(parts.painter, noise, ask, steps) for steps in (1, 4)]
    images = [parts.autoencoder.decoder(row / studio.scale) for row in rows]
    save(studio.options.work / f"preview-{name}.png", tile(list(picture(torch.cat(images))), len(PREVIEW_CAPTIONS)))
