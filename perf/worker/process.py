"""The sampler process: loads a family and plays it, beside the show and never in it."""

import os
import signal
from multiprocessing import parent_process

from perf.core.frame import Job
from perf.core.job import carried
from perf.ports.signals import ENDS, heedless
from perf.worker.box import Box
from perf.worker.line import PIXELS, PLATE_BYTES, Names, SamplerOptions
from perf.worker.message import HEAD_BYTES, JOB_BYTES, STATUS_BYTES
from perf.worker.player import Boxes, Player
from perf.worker.warmup import counts, quickest


def main(names: Names, options: SamplerOptions, beside: bool = False) -> None:
    """The process: from loading to the end of the show; `beside` another that plays, from which it is to take over."""
    heedless(*(end for end in ENDS if end != signal.SIGTERM))  # the show says stop, and Python's own end sends SIGTERM
    images, previews = (Box(PIXELS + HEAD_BYTES, name) for name in (names.images, names.previews))
    boxes = Boxes(
        Box(JOB_BYTES, names.jobs), Box(PLATE_BYTES, names.plates), images, previews, Box(STATUS_BYTES, names.status)
    )
    boxes.tell(state="loading", message=f"loading {options.model}", pid=os.getpid())
    from perf.errors import ModelError

    try:
        player = _player(options, boxes, beside)
    except ModelError as error:
        boxes.tell(state="failed", message=str(error))
        raise SystemExit(3) from None
    player.play(_alive)


def _alive() -> bool:
    parent = parent_process()
    return parent is not None and parent.is_alive()


def _player(options: SamplerOptions, boxes: Boxes, beside: bool) -> Player:
    from perf.diffusion.quiet import quiet

    quiet()
    import torch

    from perf.diffusion.depth import load_depth
    from perf.diffusion.engine import Engine
    from perf.diffusion.family import load
    from perf.diffusion.guide import load_guide

    # On two cores one thread gave 22 images/s beside 33 frames/s of software GL, two threads 7 beside 41: the stage's
    # threads and the sampler's waited for one another.
    among = [options.threads] if options.threads else counts(os.cpu_count() or 2)
    torch.set_num_threads(among[-1])
    family = load(options.model, options.device, options.loras, beside=beside)
    where = family.device.type  # it may have given up the one that was asked for
    engine = Engine(family, load_guide(options.model, where), load_depth(options.model, where), stays=True)

    def settle() -> None:
        if all(options.size):
            trial = Job(size=carried(options.size), source="colour")
            family.record(trial.size)
            quickest(
                lambda: engine.step(trial, None),
                among if family.device.type == "cpu" else among[-1:],
                torch.set_num_threads,
            )

    player = Player(engine, boxes, settle, options.stage if family.device.type == "cpu" else (0, 0))
    boxes.tell(state="playing", message="; ".join(family.notes), model=family.name)
    return player
