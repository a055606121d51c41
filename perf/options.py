"""The arguments of a show and of a render, each as one frozen value."""

from dataclasses import dataclass
from pathlib import Path

from perf.core.patch import Patch
from perf.ports.library import MODELS
from perf.worker.client import SamplerOptions


@dataclass(frozen=True, slots=True)
class ShowOptions:
    """What `retrograde play` was asked for. Empty and 0 mean: as the patch says."""

    patch: str = "default"
    headless: bool = False
    size: tuple[int, int] | None = None
    fullscreen: bool = False
    monitor: int = 0
    host: str = "127.0.0.1"
    osc_port: int = 9000
    http_port: int = 9001
    midi: tuple[str, ...] = ()
    link: bool = False
    seconds: float = 0.0
    record: str = ""
    encoder: str = "auto"
    send: tuple[str, ...] = ()
    take: str = ""
    model: str = ""
    device: str = "auto"
    fps: float = 0.0
    status_json: str = ""

    def model_of(self, patch: Patch) -> str:
        """The model to load: the option's, else the patch's, else the embedded one: a folder or a hub's id."""
        model = self.model or patch.model or "embedded"
        return str(MODELS.get(model, model))

    def sampler_of(self, patch: Patch) -> SamplerOptions:
        """What the sampler's process is to load for a patch."""
        loras = tuple((lora.name, lora.path) for lora in patch.loras)
        model, stage = self.model_of(patch), self.size or patch.size
        return SamplerOptions(model, self.device, loras=loras, size=patch.model_size, stage=stage)

    def second_of(self, patch: Patch) -> SamplerOptions | None:
        """The same for the second sampler of a patch; None where it has none."""
        if patch.second is None:
            return None
        model, stage = patch.second.model, self.size or patch.size
        known = str(MODELS.get(model, model)) or self.model_of(patch)
        return SamplerOptions(known, self.device, size=patch.second.size, stage=stage)


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What `retrograde render` was asked for. Empty, None and 0 mean: as the patch, the take or the manifest says.

    `text` is played in the patch's place, at its path; `command` is what was typed. `precision` is torch's name of what
    the networks run in.
    """

    patch: str
    output: Path
    take: str = ""
    seconds: float = 0.0
    beats: float = 0.0
    fps: float = 0.0
    size: tuple[int, int] | None = None
    steps: int = 0
    seed: float | None = None
    model: str = ""
    device: str = "auto"
    codec: str = ""
    sound: str = ""
    alpha: bool = False
    stems: bool = False
    manifest: Path | None = None
    from_manifest: str = ""
    fresh: bool = False
    precision: str = ""
    text: str = ""
    command: str = ""
