"""What there is to play: the architectures that are known, and what a model of each can and cannot do.

Facts only, no tensor; loading is `loading`'s, and each architecture's mathematics `families`'.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from perf.core.frame import Job

GUIDANCES = {
    "cfg": "cfg with negatives",
    "embedded": "embedded guidance, negatives by the blend",
    "told": "cfg with negatives in one pass",
}
LARGE = 1.5  # times the longest side that was learnt
WORD = re.compile(r"[^\W_]+(?:'\w+)?")
FEW = (1, 4)
SOME = (1, 8)
MANY = (20, 50)


@dataclass(frozen=True, slots=True)
class Architecture:
    """A kind of model folder: the pipelines that save it and the parts it must and may have."""

    name: str
    pipelines: tuple[str, ...]
    network: str
    encoders: tuple[str, ...]
    patch: int = 1
    optional: tuple[str, ...] = ()
    words: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The folders that a model of this kind has, besides its scheduler's."""
        return (self.network, "vae", *self.encoders, *(e.replace("text_encoder", "tokenizer") for e in self.encoders))


ARCHITECTURES = (
    Architecture(
        "SD U-Net",
        ("StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline", "LatentConsistencyModelPipeline",
         "LatentConsistencyModelImg2ImgPipeline"),
        "unet", ("text_encoder",),
        words="Stable Diffusion 1.x, 2.x, Turbo, LCM, Hyper/TCD; flow prediction (the embedded model)",
    ),
    Architecture(
        "SDXL U-Net", ("StableDiffusionXLPipeline", "StableDiffusionXLImg2ImgPipeline"), "unet",
        ("text_encoder", "text_encoder_2"), words="SDXL, SDXL-Turbo, Lightning, Hyper, LCM",
    ),
    Architecture(
        "SD3 MMDiT", ("StableDiffusion3Pipeline", "StableDiffusion3Img2ImgPipeline"), "transformer",
        ("text_encoder", "text_encoder_2"), 2, ("text_encoder_3", "tokenizer_3"),
        "Stable Diffusion 3 and 3.5 (Turbo); the T5 encoder may be left out",
    ),
    Architecture(
        "Flux", ("FluxPipeline", "FluxImg2ImgPipeline"), "transformer", ("text_encoder", "text_encoder_2"), 2,
        words="Flux schnell, dev and their like",
    ),
    Architecture(
        "SANA-Sprint", ("SanaSprintPipeline", "SanaSprintImg2ImgPipeline"), "transformer", ("text_encoder",),
        words="SANA-Sprint: TrigFlow consistency on a 32× autoencoder",
    ),
    Architecture(
        "PixArt", ("PixArtAlphaPipeline", "PixArtSigmaPipeline"), "transformer", ("text_encoder",), 2,
        words="PixArt-alpha, -sigma, -LCM",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ability:
    """What a model can do. Image to image, negative weights (subtracted from the blend) and LoRAs: all of them.

    `guidance` is `cfg` (a second pass with the negatives), `embedded` (the network is told the weight, in one pass) or
    `told` (the weight and the negatives too, in one pass; `weights` are the least and the most that it learnt);
    `steps` is what it was made for; sides are multiples of `multiple` pixels, at most `largest` (0: no limit);
    `words` are all that its records' captions say, `sizes` the (width, height) that it learnt (empty: not known).
    """

    architecture: str
    parameters: int = 0
    guidance: str = "cfg"
    steps: tuple[int, int] = MANY
    multiple: int = 8
    largest: int = 0
    loras: tuple[str, ...] = ()
    weights: tuple[float, float] = (0.0, math.inf)
    words: frozenset[str] = frozenset()
    sizes: tuple[tuple[int, int], ...] = ()

    def strange(self, text: str) -> list[str]:
        """The words of a prompt that no caption of the model's records says, in order, each once."""
        said = WORD.findall(text.lower()) if self.words else []
        return [word for word in dict.fromkeys(said) if word not in self.words]

    def large(self, size: tuple[int, int]) -> bool:
        """Whether a side is so much longer than any that the model learnt that the picture repeats itself."""
        return any(side > LARGE * max(sides) for side, sides in zip(size, zip(*self.sizes, strict=True), strict=False))

    def fit(self, size: tuple[int, int]) -> tuple[int, int]:
        """The (width, height) in pixels nearest below `size` that the network takes."""
        most = self.largest // self.multiple if self.largest else 1 << 30
        width, height = (min(max(side // self.multiple, 2), most) * self.multiple for side in size)
        return width, height

    def line(self) -> str:
        """In a line, for a person."""
        counted = f"{self.parameters / 1e6:.1f} M parameters, made for {self.steps[0]}…{self.steps[1]} steps"
        told = GUIDANCES[self.guidance]
        sides = f"sides multiples of {self.multiple}" + (f" up to {self.largest}" if self.largest else "")
        return f"{self.architecture}, {counted}, {told}, {sides}"


def guidance(config: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    """How a network takes its guidance weight, from its config and what our own models' folders add."""
    if own.get("negatives") == "turned":
        return "told"
    return "embedded" if config.get("time_cond_proj_dim") or config.get("guidance_embeds") else "cfg"


def weights_of(own: Mapping[str, Any]) -> tuple[float, float]:
    """The least and the greatest guidance weight that one of our own models learnt."""
    low, high = own.get("weights") or (0.0, math.inf)
    return float(low), float(high)


def sizes_of(own: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    """The sizes (width, height) that one of our own models learnt."""
    return tuple((int(width), int(height)) for width, height in own.get("sizes") or ())


def words_of(own: Mapping[str, Any]) -> frozenset[str]:
    """The words of the captions that one of our own models learnt from."""
    return frozenset(map(str, own.get("words") or ()))


def steps(architecture: Architecture, config: Mapping[str, Any], scheduler: Mapping[str, Any]) -> tuple[int, int]:
    """The steps that a model was made for, as far as its scheduler tells (a distilled one has one that says so)."""
    kind = scheduler.get("_class_name")
    if kind in ("LCMScheduler", "TCDScheduler", "FlowMatchLCMScheduler"):
        return SOME
    flow = scheduler.get("prediction_type") == "flow_prediction"
    trailing = scheduler.get("timestep_spacing") == "trailing" and not scheduler.get("rescale_betas_zero_snr")
    schnell = architecture.name == "Flux" and not config.get("guidance_embeds")
    return FEW if kind == "SCMScheduler" or flow or trailing or schnell else MANY


def free(ability: Ability, job: Job) -> bool:
    """Whether the job is played with classifier-free guidance; mode auto does as the model was made."""
    if job.mode == "auto":
        return ability.guidance == "told" or (ability.guidance == "cfg" and ability.steps == MANY)
    return job.mode in ("cfg", "both")


def limits(ability: Ability, job: Job) -> list[str]:
    """What a job asks for and this model plays otherwise, in words; nothing is ignored in silence."""
    said = []
    size = ability.fit(job.size)
    if size != job.size:
        said.append(f"{job.size[0]}x{job.size[1]} is played at {size[0]}x{size[1]}")
    if ability.large(size):
        learnt = ", ".join(f"{width}x{height}" for width, height in ability.sizes)
        said.append(f"this model learnt {learnt}; pictures as large as {size[0]}x{size[1]} repeat themselves")
    if job.mode in ("cfg", "both") and ability.guidance == "embedded":
        said.append(f"mode {job.mode}: this model is told its guidance weight in one pass; negatives act by the blend")
    low, high = ability.weights
    if free(ability, job) and not low <= job.guidance <= high:
        played = min(max(job.guidance, low), high)
        said.append(f"guidance {job.guidance:g} is played as {played:g}; this model learnt {low:g} to {high:g}")
    unknown = [name for name, _ in job.loras if name not in ability.loras]
    if unknown:
        said.append(f"no LoRA {', '.join(unknown)} in this model")
    return said
