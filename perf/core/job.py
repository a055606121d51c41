"""The job that a moment's values ask of the sampler, and how two jobs compare."""

from dataclasses import replace
from math import sqrt

from perf.core.event import Value
from perf.core.frame import Job, Knobs, Mask, Plane, Planes
from perf.core.layers import deep
from perf.core.levels import levels
from perf.core.moment import Moment
from perf.core.patch import Patch
from perf.core.state import State
from perf.core.table import PLANES, PROMPTS, SEEDS

# What its images show.
ASKED = ("/prompt/", "/sampler/", "/seed/", "/source/", "/mask/", "/plane/", "/camera/", "/lora/")
# What changes while nothing happens.
PASSING = {"index", "seconds", "drift", "pose", "fov", "rate", "touch", "fired", "footage", "plates"}
LASTING = tuple(name for name in Job.__slots__ if name not in PASSING)
LEAPING = ("prompts", "regions", "source", "method", "spacing", "steps", "mask", "epoch")  # what changes by leaps
MUCH = 1.5  # times a picture's sides: what a stage's must be more than, for it to be enlarged
LARGEST = 2048 * 2048  # pixels of a sampler's image in a show
NEAR = 0.05  # by which two numbers of jobs may differ that are as good as the same: a curve goes on meanwhile


def job_of(patch: Patch, state: State, values: dict[str, Value], moment: Moment) -> Job:
    """What the sampler is to do."""

    def number(address: str) -> float:
        return float(values[address])  # type: ignore[arg-type]

    prompts, regions = _prompts(values)
    return Job(
        index=moment.index,
        seconds=moment.seconds,
        prompts=prompts,
        regions=regions,
        fade=number("/prompt/fade"),
        blend=str(values["/prompt/blend"]),
        skip=number("/sampler/skip"),
        steps=int(number("/sampler/steps")),
        spacing=str(values["/sampler/spacing"]),
        levels=levels(str(values["/sampler/levels"])),
        method=str(values["/sampler/method"]),
        eta=number("/sampler/eta"),
        guidance=number("/sampler/guidance"),
        mode=str(values["/sampler/mode"]),
        clip=number("/sampler/clip"),
        image=number("/sampler/image"),
        cutouts=int(number("/sampler/cutouts")),
        knobs=Knobs(*(number(address) for address in _KNOBS)),
        mask=Mask(**{name: values[f"/mask/{name}"] for name in Mask.__slots__}),  # type: ignore[arg-type]
        planes=_planes(values),
        every=int(number("/source/every")),
        coherence=number("/source/coherence"),
        depth=deep(patch, values),
        seed=number("/sampler/seed"),
        seeds=tuple((number(value), number(weight)) for value, weight in _SEED_ADDRESSES if values[weight]),
        noise=str(values["/sampler/noise"]),
        drift=state.drift,
        source=str(values["/source/kind"]),
        layer=int(number("/source/layer")),
        mix=number("/source/mix"),
        first=str(values["/source/first"]),
        colour=values["/source/colour"],  # type: ignore[arg-type]
        pose=state.pose,
        fov=number("/camera/fov"),
        size=patch.model_size,
        rate=number("/sampler/rate"),
        epoch=state.epoch,
        touch=state.touches,
        fired=state.cues.fired,
        likeness=str(values["/likeness/text"]),
        loras=tuple((lora.name, number(f"/lora/{lora.name}/weight")) for lora in patch.loras),
    )


_KNOBS = (*(f"/sampler/freeu/{name}" for name in ("b1", "b2", "s1", "s2")), "/sampler/attention")
_PLANE_ADDRESSES = tuple(tuple(f"/plane/{plane}/{name}" for name in Plane.__slots__) for plane in PLANES)
_SEED_ADDRESSES = tuple((f"/seed/{n}/value", f"/seed/{n}/weight") for n in range(1, SEEDS + 1))
_PROMPT_ADDRESSES = tuple(
    (f"/prompt/{n}/text", f"/prompt/{n}/weight", f"/prompt/{n}/region") for n in range(1, PROMPTS + 1)
)


def _planes(values: dict[str, Value]) -> Planes:
    near, middle, far = (Plane(*(values[address] for address in row)) for row in _PLANE_ADDRESSES)  # type: ignore[arg-type]
    cuts = {name: values[f"/camera/{name}"] for name in ("parallax", "near", "far")}
    return Planes(**cuts, slices=(near, middle, far))  # type: ignore[arg-type]


def _prompts(values: dict[str, Value]) -> tuple[tuple[tuple[str, float], ...], tuple[str, ...]]:
    """Every prompt with a text or a weight, so that one at weight 0 is encoded before it is turned up; and its region.

    The empty prompt stands in when none weighs anything: black is an event, not an absence.
    """
    rows = [(str(values[t]), float(values[w]), str(values[r])) for t, w, r in _PROMPT_ADDRESSES]  # type: ignore[arg-type]
    known = [row for row in rows if row[0] or row[1]]
    if not any(weight for _, weight, _ in known):
        known.append(("", 1.0, "both"))
    return tuple((text, weight) for text, weight, _ in known), tuple(region for *_, region in known)


def filmed(job: Job) -> tuple[int, ...]:
    """The numbers of the media layers whose films the job looks at."""
    starts = job.source == "media" or (job.source == "feedback" and (job.first == "media" or job.mix > 0.0))
    layers = ((job.layer, starts), (job.mask.layer, job.mask.kind == "media"))
    return tuple(sorted({number for number, looked_at in layers if looked_at}))


def leaping(job: Job, there: Job) -> Job:
    """A job with what leaps as it is in another."""
    return replace(job, **{name: getattr(there, name) for name in LEAPING})


def leap(job: Job) -> tuple[object, ...]:
    """When this changes, the sampler is not to wait for its rate: of `LEAPING`, what does not go by degrees."""
    return (heard(job), job.source, job.method, job.spacing, job.steps, job.mask.kind, job.epoch)


def heard(job: Job) -> tuple[str, ...]:
    """The prompts that weigh anything."""
    return tuple(text for text, weight in job.prompts if weight)


def alike(one: Job, other: Job) -> bool:
    """Whether an image of the one may stand for the other's: alike but for what passes, and by degrees."""
    return all(_near(getattr(one, name), getattr(other, name)) for name in LASTING)


def _near(one: object, other: object) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_near, one, other))
    if isinstance(one, Mask | Knobs | Planes | Plane):
        return all(_near(getattr(one, name), getattr(other, name)) for name in one.__slots__)
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= NEAR
    return one == other


def enlargement(picture: tuple[int, int], stage: tuple[int, int]) -> int:
    """How many times a picture is enlarged when it comes: twice where the stage is much larger, else not."""
    return 2 if stage[0] > MUCH * picture[0] and stage[1] > MUCH * picture[1] else 1


def carried(size: tuple[int, int]) -> tuple[int, int]:
    """The (width, height) at which a show has images of a size: as asked, up to the largest."""
    share = sqrt(LARGEST / (size[0] * size[1]))
    return size if share >= 1.0 else (int(size[0] * share), int(size[1] * share))
