"""Model families behind one interface: encode a text, denoise, encode and decode pictures.

What differs between them (architecture, prediction, schedule, guidance, autoencoder) ends here. `load` looks into a
folder and finds the right one; only a hub id may touch the network.
"""

import gc
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from perf.diffusion.architecture import FEW, Ability
from perf.diffusion.autoencoder import Autoencoder
from perf.diffusion.embedding import Condition, batch
from perf.diffusion.families import flux, pixart, sana, sd3, sdxl, unet
from perf.diffusion.families.network import Network
from perf.diffusion.folder import Found, astray, fetch, inspect
from perf.diffusion.lora import Loras
from perf.diffusion.lora_kinds import METHODS
from perf.diffusion.parts import FAULTS, Parts, Place, choose_device, precision, worded
from perf.diffusion.sampler import SAMPLERS, Sampler, sample_consistency, sample_ddim, sample_tcd
from perf.diffusion.schedule import Schedule
from perf.diffusion.schedules import foreign, prediction_of, schedule_of
from perf.errors import ModelError

__all__ = ["Family", "choose_device", "estimate", "fetch", "inspect", "load"]

MADE_FOR: Mapping[str, Sampler] = {
    "LCMScheduler": sample_consistency,
    "FlowMatchLCMScheduler": sample_consistency,
    "SCMScheduler": sample_consistency,
    "TCDScheduler": sample_tcd,
}  # by the scheduler that a model was saved with; DDIM suits the others
BUILD: Mapping[str, Callable[[Parts], Network]] = {
    "SD U-Net": unet.build,
    "SDXL U-Net": sdxl.build,
    "SD3 MMDiT": sd3.build,
    "Flux": flux.build,
    "SANA-Sprint": sana.build,
    "PixArt": pixart.build,
}
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """A loaded model. `prediction` is what its network says (see `estimate`); `sampler` is what it was made for.

    `schedule_at` gives the schedule of latents of a shape (n, channels, h, w); `notes` are what a performer must know
    of the loading (a device that was too small, a part of a LoRA that is not played).
    """

    name: str
    ability: Ability
    network: Network
    autoencoder: Autoencoder
    channels: int
    prediction: str
    sampler: Sampler
    schedule_at: Callable[[Shape], Schedule]
    device: torch.device
    loras: Loras
    precision: str  # what networks run in, by torch's name
    notes: tuple[str, ...] = ()

    @property
    def factor(self) -> int:
        """Pixels per latent cell."""
        return self.autoencoder.factor

    def fit(self, size: tuple[int, int]) -> tuple[int, int]:
        """(height, width) in pixels that are played for a (width, height) that is asked for."""
        width, height = self.ability.fit(size)
        return height, width

    def suited(self) -> tuple[Sampler, Ability]:
        """What method and mode auto go by: the model as it was made, or of few steps with a LoRA that makes it so."""
        _, kind = self.loras.shortening()
        if not kind:
            return self.sampler, self.ability
        return SAMPLERS[METHODS[kind]], replace(self.ability, steps=FEW)

    def embed(self, text: str) -> Condition:
        """The text's condition, n = 1."""
        return replace(self.network.embed(text), unheard=self.network.reader.unheard(text))

    def denoise(self, x: Tensor, level: float, condition: Condition, guidance: float) -> Tensor:
        """The picture (latent) that the network sees in x at a level of 0…1; x and condition may be a batch."""
        schedule = self.schedule_at(tuple(x.shape))
        out = self.network.predict(x, schedule.timestep(level), condition, guidance)
        return estimate(self.prediction, out, x, schedule.marginal(level))

    def record(self, size: tuple[int, int]) -> bool:
        """Make passes of this (width, height) faster, at the price of about a second now; False where that is not so.

        Only on the CPU and on CUDA, for a U-Net; on the CPU for one whose weights no LoRA moves.
        """
        moves = bool(self.loras.names) and self.device.type == "cpu"  # a captured pass reads them where they lie
        if self.device.type not in ("cpu", "cuda") or moves or not isinstance(self.network, unet.UNet):
            return False
        height, width = self.fit(size)
        shape = (1, self.channels, height // self.factor, width // self.factor)
        x = torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(self.device)  # of zeros much is the same
        condition = self.embed("")
        if self.ability.guidance == "told":
            return self.network.record(x, condition.against(condition))
        pairs = self.device.type == "cuda" and self.ability.guidance == "cfg"  # both passes are one batch
        both = not pairs or self.network.record(x.expand(2, -1, -1, -1), batch([condition] * 2))
        return self.network.record(x, condition) and both

    def aside(self) -> AbstractContextManager[None]:
        """Passes as if none were recorded: for a network whose layers are turned."""
        return self.network.passes.aside() if isinstance(self.network, unet.UNet) else nullcontext()

    def encode(self, pictures: Tensor) -> Tensor:
        """Pictures (n, 3, h, w) in -1…1 to latents (n, channels, h/factor, w/factor)."""
        return self.autoencoder.encode(pictures)

    def decode(self, latents: Tensor) -> Tensor:
        """Latents to pictures in -1…1."""
        return self.autoencoder.decode(latents)


def estimate(prediction: str, out: Tensor, x: Tensor, marginal: tuple[float, float]) -> Tensor:
    """x0 from what the network predicts: epsilon, v (Salimans & Ho 2022, appendix D), the flow's velocity, or x0."""
    alpha, sigma = marginal
    if prediction == "epsilon":
        return (x - sigma * out) / max(alpha, 1e-3)
    if prediction == "v_prediction":
        return alpha * x - sigma * out
    if prediction == "flow_prediction":
        return x - sigma * out
    return out


def load(
    model: str,
    device: str = "auto",
    loras: Sequence[tuple[str, str]] = (),
    dtype: torch.dtype | None = None,
    *,
    beside: bool = False,
) -> Family:
    """Load a family from a folder or hub id, with LoRAs as (name, file). `dtype` None: what the device does best.

    A GPU that is too small is given up for the CPU, and the family's notes say so; not for one that is to take over
    from another, `beside` which there is no room. Raises ModelError.
    """
    path = fetch(model)
    found = inspect(path)
    where = choose_device(device)
    _check_room(found)
    try:
        with worded(path):
            return _load(found, Place(where, dtype or precision(where, found.architecture.network)), loras)
    except torch.OutOfMemoryError:
        if where.type == "cpu":
            raise ModelError(
                f"{model}: {found.bytes / 1e9:.1f} GB do not fit into memory; take a smaller one"
            ) from None
        if beside:
            raise ModelError(
                f"{model}: there is no room for it on {where.type} beside the one that plays; end the show and start "
                "it with this one, or take a smaller one"
            ) from None
    gc.collect()  # of what was loaded so far
    torch.cuda.empty_cache()
    cpu = torch.device("cpu")
    note = f"{found.path.name} does not fit on {where.type}; it plays on the CPU, slowly"
    with worded(path):
        return _load(found, Place(cpu, dtype or precision(cpu, found.architecture.network)), loras, (note,))


def _check_room(found: Found) -> None:
    """Refuse weights that are larger than the machine's whole memory, before they fill it."""
    if hasattr(os, "sysconf"):  # not on Windows
        room = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        if found.bytes > room:
            raise ModelError(
                f"{found.path}: {found.bytes / 1e9:.1f} GB of weights, and this machine has {room / 1e9:.1f} GB of "
                "memory; take a smaller model"
            )


def _load(found: Found, place: Place, loras: Sequence[tuple[str, str]], notes: tuple[str, ...] = ()) -> Family:
    if kind := foreign(found.scheduler):
        raise ModelError(
            f"{found.path}: a model of {kind}, whose scale of noise is not played; take one of DDPM's betas or of "
            "rectified flow (DDIM, Euler, DPM++, LCM, TCD, FlowMatch …)"
        )
    parts = Parts(found, place)
    network, autoencoder = BUILD[found.architecture.name](parts), parts.autoencoder()
    attached = Loras(network.module, loras)
    with worded(found.path / "scheduler"):
        prediction, schedule = prediction_of(found.scheduler), schedule_of(found.scheduler, found.architecture.patch)
    channels = int(found.config["in_channels"]) // (4 if found.architecture.name == "Flux" else 1)
    family = Family(
        name=found.path.resolve().name,
        ability=found.ability(attached.names),
        network=network,
        autoencoder=autoencoder,
        channels=channels,
        prediction=prediction,
        sampler=MADE_FOR.get(str(found.scheduler.get("_class_name")), sample_ddim),
        schedule_at=schedule,
        device=place.device,
        loras=attached,
        precision=str(place.dtype).removeprefix("torch."),
        notes=(*notes, *astray(found.path, found.own), *attached.notes),
    )
    _try_out(family, found.path)
    return family


@torch.inference_mode()  # type: ignore[untyped-decorator]
def _try_out(family: Family, path: Path) -> None:
    """One pass over a few cells: parts of different models are found now, not in the middle of a show."""
    cells = max(family.ability.multiple // family.factor, 1) * 8
    try:
        x = family.encode(torch.zeros(1, 3, cells * family.factor, cells * family.factor, device=family.device))
        latent = family.denoise(x, 0.5, family.embed(""), 1.0)
        picture = family.decode(latent)
    except torch.OutOfMemoryError:
        raise
    except FAULTS as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelError(f"{path}: its parts do not fit one another ({reason}); copy the model folder again") from error
    if not (torch.isfinite(latent).all() and torch.isfinite(picture).all()):
        played = f" with LoRA {', '.join(family.loras.names)}" if family.loras.names else ""
        raise ModelError(f"{path}{played}: its networks answer with numbers that are none (NaN); get it again")
