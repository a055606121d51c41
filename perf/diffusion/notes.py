"""What a family, its guide and its depth head cannot do of what a job asks: said, never ignored in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol

from perf.core.frame import Job, Knobs, Planes
from perf.core.job import filmed
from perf.diffusion.architecture import free, limits
from perf.diffusion.asked import planar
from perf.diffusion.condition import Mix, cancelling, texts
from perf.diffusion.folder import lent
from perf.diffusion.knobs import AS_TRAINED, has_knobs
from perf.diffusion.lora_kinds import METHODS

if TYPE_CHECKING:
    from perf.diffusion.depth import Depth
    from perf.diffusion.family import Family
    from perf.diffusion.folder import Found
    from perf.diffusion.guide import Guide

MOST = 1000  # steps of an image; the networks were trained on no finer schedule
NAMED = 10  # strange words
FLAT = ("noise", "black", "colour")  # kinds of source in which nothing is near or far
SHOWN = 30  # letters of a text
WISHES = (
    Job(mode="cfg"),
    Job(mode="clip"),
    Job(guidance=20.0),
    Job(planes=Planes(parallax=1.0)),
    Job(depth=True),
    Job(knobs=Knobs(b1=1.2, attention=0.8)),
    Job(likeness="sea"),
)  # one for each that not every model grants


class Player(Protocol):
    """What plays: a family, its network, and its guide and depth head if it has them (`engine.Engine` is one)."""

    family: Family
    network: Any
    guide: Guide | None
    depth: Depth | None

    def unheard(self, text: str) -> int:
        """How many of a prompt's last words the family does not read."""


def notes(job: Job, mix: Mix, player: Player) -> Iterator[str]:
    """What of a job cannot be done as asked, each in words with its cure."""
    name, ability = player.family.name, player.family.suited()[1]
    yield from limits(ability, job)
    lora, kind = player.family.loras.shortening()
    if kind and job.method == "auto":
        yield f"LoRA {lora} is of kind {kind}: method auto is {METHODS[kind]}, and mode auto one pass without guidance"
    if job.mode in ("clip", "both") and player.guide is None:
        yield f"/sampler/mode {job.mode}: {name} has no guide; a CLIP folder in the model's, called guide, is one"
    elif job.mode in ("clip", "both") and job.image > 0.0 and job.clip == 0.0:
        yield f"/sampler/image is an aim of the guide in mode {job.mode}, and /sampler/clip 0 follows none; raise it"
    if player.depth is None and (job.planes.parallax > 0.0 or planar(job)):
        yield f"parallax and planes need to see depth; {name} has no folder called depth"
    elif planar(job) and job.source in FLAT:
        yield f"planes are cut out of a picture; /source/kind {job.source} has none: prompts are heard everywhere"
    if player.depth is None and job.depth:
        yield f"source and mask depth take all for near; {name} has no folder called depth"
    if job.knobs != AS_TRAINED and not has_knobs(player.network):
        yield f"/sampler/freeu and /sampler/attention turn a U-Net; {name} has none"
    if job.likeness and player.guide is None:
        yield f"/likeness/text needs a guide; {name} has no folder called guide"
    if job.source == "noise" and (job.image > 0.0 or (job.mask.hold > 0.0 and job.mask.kind != "none")):
        yield "/sampler/image and /mask/hold keep to the source's picture; /source/kind noise has none"
    if (not free(ability, job) or ability.guidance == "embedded") and cancelling(mix):
        yield "the prompts' weights nearly cancel out; /sampler/mode cfg takes negative ones apart from the others"
    for number in filmed(job):
        if number not in dict(job.footage):
            yield f"layer {number} is not of source media; /source/layer and /mask/layer look at films only"
    if job.steps > MOST:
        yield f"{job.steps} steps were asked for; {MOST} are made"
    yield from _words(job, mix, player)


def _words(job: Job, mix: Mix, player: Player) -> Iterator[str]:
    """What of the prompts is not heard: last, for a long text makes long notes."""
    asked = dict.fromkeys(texts(mix))
    for text in asked:
        if count := player.unheard(text):
            yield _unheard(text, count, player.family.name, player.family.network.reader.length)
    if player.guide is not None:
        guided = [*(asked if job.mode in ("clip", "both") else ()), *([job.likeness] if job.likeness else ())]
        for text in dict.fromkeys(guided):
            if count := player.guide.unheard(text):
                yield _unheard(text, count, f"{player.family.name}'s guide", player.guide.length)
    strange = list(dict.fromkeys(word[:SHOWN] for text in asked for word in player.family.ability.strange(text)))
    if strange:
        more = f" and {len(strange) - NAMED:,} more" if len(strange) > NAMED else ""
        yield f"the archive has no word for {', '.join(strange[:NAMED])}{more}"


def _unheard(text: str, count: int, who: str, length: int) -> str:
    last = f"{count:,} words of '{text[:SHOWN]}…' are" if count > 1 else f"word of '{text[:SHOWN]}…' is"
    return f"the last {last} not heard: {who} reads {length} tokens"


def lacks(found: Found) -> list[str]:
    """What a model cannot do, by its folder alone: the notes that a show would give, each once."""
    ability, path = found.ability(), found.path
    plain = SimpleNamespace(shortening=lambda: ("", ""))
    player: Any = SimpleNamespace(
        family=SimpleNamespace(name=path.resolve().name, suited=lambda: (None, ability), loras=plain),
        network=SimpleNamespace(enable_freeu=True) if found.architecture.network == "unet" else None,
        guide=lent(path, "guide") and SimpleNamespace(unheard=lambda text: 0),
        depth=lent(path, "depth"),
    )
    size = ability.fit((512, 512))
    return list(dict.fromkeys(note for wish in WISHES for note in notes(replace(wish, size=size), (), player)))
