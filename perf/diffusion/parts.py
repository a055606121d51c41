"""Loading the parts of a model folder: networks on their device, checked to be whole and finite.

Weights come from safetensors only. Raises ModelError with the tensor's name for what is missing or not a number.
"""

import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from perf.diffusion.autoencoder import KINDS, Autoencoder, dtype_of, fuse_upsampling
from perf.diffusion.folder import VARIANT, Found, weight_files, weights
from perf.diffusion.quiet import quiet
from perf.diffusion.text import TextEncoder
from perf.errors import ModelError

ENCODERS = ("CLIPTextModel", "CLIPTextModelWithProjection", "T5EncoderModel", "Gemma2Model", "Gemma2ForCausalLM")
SMALL = 1_000_000_000  # bytes of float32 that a text encoder may take; it runs once a prompt
FAULTS = (
    OSError,
    ValueError,
    RuntimeError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    ImportError,
    MemoryError,
    StopIteration,
    SafetensorError,
)  # fmt: skip - what torch, diffusers and transformers raise over folders that are none


@dataclass(frozen=True, slots=True)
class Place:
    """Where and in which precision networks run."""

    device: torch.device
    dtype: torch.dtype


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one folder, loaded when asked for."""

    found: Found
    place: Place

    def network(self, kind: str) -> Any:
        """The denoising network as diffusers' class `kind`."""
        import diffusers

        part = self.found.architecture.network
        self._known(part, (kind,))
        network = self._loaded(getattr(diffusers, kind), part, self.place.dtype)
        return self._tidy(network)

    def autoencoder(self) -> Autoencoder:
        """The autoencoder."""
        import diffusers

        part = self.found.vae
        config = self.found.configs[part]
        kind = self._known(part, KINDS)
        network = self._loaded(getattr(diffusers, kind), part, dtype_of(config, self.place.dtype))
        if self.place.device.type == "cpu":
            fuse_upsampling(network)
        with worded(self.found.path / part):
            return Autoencoder.of(self._tidy(network), self.found.architecture.name == "SDXL U-Net")

    def text(self, part: str = "text_encoder", length: int = 0) -> TextEncoder:
        """A text encoder with its tokenizer, cutting texts at `length` tokens (0: at what it was trained for)."""
        import transformers

        config = self.found.configs[part]
        named = self.found.class_of(part)
        kind = next(iter(config.get("architectures") or [])) if named == "?" else named
        if kind not in ENCODERS:
            raise ModelError(f"{self.found.path / part}: a {kind}; this version knows {', '.join(ENCODERS)}")
        path = self.found.path / part
        small = weights(path)[1] < SMALL
        network = self._loaded(getattr(transformers, kind), part, torch.float32 if small else self.place.dtype)
        folder = self.found.path / part.replace("text_encoder", "tokenizer")
        with worded(folder):
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        positions = config.get("max_position_embeddings", 1 << 30)
        return TextEncoder(tokenizer, network, length or int(min(tokenizer.model_max_length, positions)))

    def _known(self, part: str, kinds: tuple[str, ...]) -> str:
        kind = str(self.found.configs[part].get("_class_name", "?"))
        if kind not in kinds:
            raise ModelError(f"{self.found.path / part}: a {kind}; this version knows {', '.join(kinds)}")
        return kind

    def _loaded(self, kind: Any, part: str, dtype: torch.dtype) -> Any:
        return loaded(kind, self.found.path / part, dtype, self.place.device)

    def _tidy(self, network: Any) -> Any:
        return network if self.place.device.type == "mps" else network.to(memory_format=torch.channels_last)


@contextmanager
def worded(path: Path) -> Iterator[None]:
    """What the libraries raise over a folder that is none, as ModelError naming it; CUDA's memory is the caller's."""
    try:
        yield
    except torch.OutOfMemoryError:
        raise
    except FAULTS as error:
        lines = [line.strip() for line in str(error).splitlines()] or [type(error).__name__]
        reason = " ".join(lines[:2] if lines[0].endswith(":") else lines[:1]) or type(error).__name__
        raise ModelError(f"{path}: cannot be loaded: {reason}; copy it again") from error


def loaded(kind: Any, path: Path, dtype: torch.dtype, device: torch.device) -> Any:
    """A network as its library's class `kind`: whole, finite, frozen and on its device. Raises ModelError."""
    quiet()
    weights(path)
    variant = VARIANT if all(f".{VARIANT}" in file.name for file in weight_files(path)) else None
    precision = "torch_dtype" if kind.__module__.startswith("diffusers") else "dtype"
    before = torch.get_default_dtype()
    asked = {precision: dtype, "use_safetensors": True, "output_loading_info": True, "variant": variant}
    try:
        with warnings.catch_warnings(), worded(path):
            warnings.simplefilter("ignore")  # the libraries' advice is not the performer's
            network, report = kind.from_pretrained(path, **asked)
    finally:
        torch.set_default_dtype(before)  # a load that fails leaves its own behind
    lacking = sorted(report["missing_keys"])
    if lacking:
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        raise ModelError(f"{path}: the weights lack {lacking[0]}{more}; they are another model's, copy them again")
    with worded(path):
        network = network.to(device).eval().requires_grad_(False)
    check_finite(network, str(path))
    return network


def loaded_beside(kind: Any, path: Path, device: torch.device) -> Any:
    """A network beside the family's, in float32, as `loaded`; where the device has no room for it, ModelError too."""
    try:
        return loaded(kind, path, torch.float32, device)
    except torch.OutOfMemoryError:
        raise ModelError(
            f"{path}: does not fit on {device.type} beside the model; move it out of the folder, or take --device cpu"
        ) from None


def check_finite(network: torch.nn.Module, where: str) -> None:
    """Raise ModelError naming the first tensor that holds NaN or infinity. One pass over the weights."""
    for name, tensor in network.state_dict().items():
        if tensor.is_floating_point() and tensor.numel():
            least, most = torch.aminmax(tensor)
            if not (torch.isfinite(least) and torch.isfinite(most)):
                raise ModelError(f"{where}: {name} holds numbers that are none (NaN or infinity); get the model again")


def choose_device(device: str) -> torch.device:
    """`auto` takes CUDA, then Apple's MPS, then the CPU. Raises ModelError for one that is not there."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if device == "auto":
        return torch.device(next(name for name in ("cuda", "mps", "cpu") if there[name]))
    if not there.get(device, False):
        raise ModelError(f"device {device} is not here; there is {', '.join(n for n, has in there.items() if has)}")
    return torch.device(device)


def precision(device: torch.device, network: str) -> torch.dtype:
    """What a network runs in: transformers overflow float16; a processor takes bfloat16 where that is quicker."""
    if device.type != "cpu":
        return torch.bfloat16 if network == "transformer" else torch.float16
    return torch.bfloat16 if _bfloat16_is_quicker() else torch.float32


@cache
@torch.inference_mode()  # type: ignore[untyped-decorator]
def _bfloat16_is_quicker() -> bool:
    """By a convolution of a small decoder, measured once, in turn and often: without the instructions it is slower,
    with them several times as fast, so that a busy machine decides no otherwise."""
    picture, kernel = torch.rand(1, 32, 96, 96), torch.rand(32, 32, 3, 3)
    pairs = [(picture.to(dtype), kernel.to(dtype)) for dtype in (torch.float32, torch.bfloat16)]
    times = [[_time(*pair) for pair in pairs] for _ in range(40)]
    single, half = (min(column) for column in zip(*times, strict=True))
    return half < 0.8 * single


def _time(picture: torch.Tensor, kernel: torch.Tensor) -> float:
    began = time.perf_counter()
    torch.conv2d(picture, kernel, padding=1)
    return time.perf_counter() - began
