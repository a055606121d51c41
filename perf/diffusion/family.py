"""Model families: a diffusers folder as a few functions (encode text, denoise, encode and decode pictures).

What differs between families (prediction, schedule, guidance embedding, autoencoder) ends here. A folder that is not
understood is refused with what was found and what is known. Loads from a folder; only a hub id may touch the network.
"""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from perf.diffusion.sampler import Sampler, sample_consistency, sample_ddim
from perf.diffusion.schedule import Schedule
from perf.errors import ModelError

PARTS = ("unet", "vae", "text_encoder", "tokenizer", "scheduler")
NETWORKS = {"unet": "diffusion_pytorch_model", "vae": "diffusion_pytorch_model", "text_encoder": "model"}
PIPELINES = ("StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline", "LatentConsistencyModelPipeline")
CONSISTENCY = ("LCMScheduler", "TCDScheduler")


@dataclass(frozen=True, slots=True)
class Family:
    """A loaded model. `scale` maps latents to unit variance; `factor` is pixels per latent cell."""

    name: str
    unet: Any
    vae: Any
    tokenizer: Any
    text_encoder: Any
    schedule: Schedule
    prediction: str
    sampler: Sampler
    scale: float
    factor: int
    channels: int
    device: torch.device
    dtype: torch.dtype

    def embed(self, text: str) -> Tensor:
        """The text's embedding (1, tokens, width)."""
        tokens = self.tokenizer(
            [text], padding="max_length", max_length=self._tokens, truncation=True, return_tensors="pt"
        )
        hidden = self.text_encoder(tokens.input_ids.to(self.device))[0]
        return hidden.to(self.dtype)

    @property
    def _tokens(self) -> int:
        return int(min(self.tokenizer.model_max_length, self.text_encoder.config.max_position_embeddings))

    def denoise(self, x: Tensor, level: float, condition: Tensor, guidance: float) -> Tensor:
        """The picture (latent) that the network sees in x at a level; x and condition may be a batch."""
        t = torch.full((x.shape[0],), self.schedule.timestep(level), dtype=self.dtype, device=self.device)
        extra = {"timestep_cond": guidance_embedding(guidance, self._guided, x).to(self.dtype)} if self._guided else {}
        out = self.unet(x.to(self.dtype), t, encoder_hidden_states=condition, return_dict=False, **extra)[0].float()
        return estimate(self.prediction, out, x, self.schedule.marginal(level))

    @property
    def _guided(self) -> int:
        return int(self.unet.config.time_cond_proj_dim or 0)

    def encode(self, pictures: Tensor) -> Tensor:
        """Pictures (n, 3, h, w) in -1…1 to latents (n, channels, h/factor, w/factor)."""
        out = self.vae.encode(pictures.to(self.dtype))
        latents = out.latents if hasattr(out, "latents") else out.latent_dist.mode()
        return latents.float() * self.scale

    def decode(self, latents: Tensor) -> Tensor:
        """Latents to pictures in -1…1."""
        return self.vae.decode((latents / self.scale).to(self.dtype), return_dict=False)[0].float().clamp(-1, 1)


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


def guidance_embedding(guidance: float, width: int, like: Tensor) -> Tensor:
    """The guidance weight as LCM's network is told it (Luo et al. 2023, section 4.2): sinusoids of 1000·(w - 1)."""
    half = width // 2
    rates = torch.exp(torch.arange(half, device=like.device) * -(torch.log(torch.tensor(10000.0)) / (half - 1)))
    angles = 1000.0 * (guidance - 1.0) * rates
    row = torch.cat([angles.sin(), angles.cos()])
    return torch.nn.functional.pad(row, (0, width - 2 * half)).expand(like.shape[0], -1)


def inspect(folder: Path) -> dict[str, Any]:
    """Read a model folder without loading it: its model_index. Raises ModelError naming what is missing or broken."""
    if not folder.is_dir():
        raise ModelError(f"{folder}: no such model folder; give a diffusers folder (it has a model_index.json)")
    index = _json(folder / "model_index.json")
    pipeline = index.get("_class_name", "?")
    if pipeline not in PIPELINES:
        raise ModelError(f"{folder}: holds a {pipeline}; this version plays {', '.join(PIPELINES)}")
    missing = [part for part in PARTS if not (folder / part).is_dir()]
    if missing:
        raise ModelError(f"{folder}: {', '.join(missing)} missing; a {pipeline} has {', '.join(PARTS)}")
    for part, stem in NETWORKS.items():
        _json(folder / part / "config.json")
        _weights(folder / part, stem)
    _json(folder / "scheduler" / "scheduler_config.json")
    return index


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); copy the model folder again, whole") from error
    except ValueError as error:
        raise ModelError(f"{path}: not JSON ({error}); copy the model folder again") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path}: holds a {type(content).__name__}, not an object; copy the model folder again")
    return content


def _weights(folder: Path, stem: str) -> None:
    """Check that every weights file is as long as its own header says (a broken download is not)."""
    files = sorted(folder.glob(f"{stem}*.safetensors"))
    if not files:
        raise ModelError(f"{folder}: no {stem}.safetensors; only safetensors are loaded, convert other formats first")
    for path in files:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
            length = struct.unpack("<Q", head)[0] if len(head) == 8 else size
            try:
                tensors = json.loads(file.read(length)) if length < min(size, 100_000_000) else None
                whole = tensors is not None and 8 + length + _end(tensors) == size
            except (ValueError, KeyError, TypeError, AttributeError):
                whole = False
        if not whole:
            raise ModelError(f"{path}: {size} bytes, cut short or damaged; copy it again")


def _end(tensors: dict[str, Any]) -> int:
    return max((t["data_offsets"][1] for name, t in tensors.items() if name != "__metadata__"), default=0)


def fetch(model: str) -> Path:
    """The folder of a model: itself, or a hub id's local copy (which may download it). Raises ModelError."""
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    if model.count("/") != 1 or folder.is_absolute() or model.startswith("."):
        raise ModelError(f"{model}: no such folder; give a diffusers folder or a hub id like stabilityai/sd-turbo")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, allow_patterns=["*.json", "*.txt", "*.safetensors"]))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise ModelError(
            f"{model}: neither a folder here nor to be had from the hub ({type(error).__name__})"
        ) from error


def choose_device(device: str) -> torch.device:
    """`auto` takes CUDA, then Apple's MPS, then the CPU. Raises ModelError for one that is not there."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if device == "auto":
        return torch.device(next(name for name in ("cuda", "mps", "cpu") if there[name]))
    if not there.get(device, False):
        raise ModelError(f"device {device} is not here; there is {', '.join(n for n, has in there.items() if has)}")
    return torch.device(device)


def load(model: str, device: str = "auto") -> Family:
    """Load a family from a folder or hub id. Raises ModelError."""
    folder, where = fetch(model), choose_device(device)
    inspect(folder)
    from diffusers import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel
    from transformers import CLIPTextModel, CLIPTokenizer

    dtype = _dtype(where)
    vaes = {"AutoencoderTiny": AutoencoderTiny, "AutoencoderKL": AutoencoderKL}
    kind = _json(folder / "vae" / "config.json").get("_class_name", "?")
    if kind not in vaes:
        raise ModelError(f"{folder}/vae: an {kind}; this version knows {', '.join(vaes)}")
    try:
        unet = UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=dtype)
        vae = vaes[kind].from_pretrained(folder / "vae", torch_dtype=dtype)
        text_encoder = CLIPTextModel.from_pretrained(folder / "text_encoder", dtype=torch.float32)
        tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    except (OSError, ValueError, RuntimeError, TypeError, KeyError) as error:
        raise ModelError(f"{folder}: cannot be loaded: {str(error).splitlines()[0]}") from error
    parts: list[Any] = [unet, vae, text_encoder]
    networks = [network.to(where).eval().requires_grad_(False) for network in parts]
    return _family(folder, (*networks, tokenizer), (where, dtype))


def _dtype(device: torch.device) -> torch.dtype:
    """Half precision on a GPU; bfloat16 where the processor multiplies it natively."""
    if device.type != "cpu":
        return torch.float16
    return torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32


def _family(folder: Path, parts: tuple[Any, ...], place: tuple[torch.device, torch.dtype]) -> Family:
    unet, vae, text_encoder, tokenizer = parts
    config = _json(folder / "scheduler" / "scheduler_config.json")
    prediction = str(config.get("prediction_type", "epsilon"))
    if place[0].type != "mps":
        unet, vae = (network.to(memory_format=torch.channels_last) for network in (unet, vae))
    blocks = getattr(vae.config, "block_out_channels", None) or vae.config.decoder_block_out_channels
    return Family(
        name=folder.resolve().name,
        unet=unet,
        vae=vae,
        tokenizer=tokenizer,
        text_encoder=text_encoder,
        schedule=_schedule(config, prediction),
        prediction=prediction,
        sampler=sample_consistency if config.get("_class_name") in CONSISTENCY else sample_ddim,
        scale=float(vae.config.scaling_factor),
        factor=2 ** (len(blocks) - 1),
        channels=int(unet.config.in_channels),
        device=place[0],
        dtype=place[1],
    )


def _schedule(config: dict[str, Any], prediction: str) -> Schedule:
    """The schedule that the scheduler's config describes; rectified flow for flow prediction."""
    if prediction == "flow_prediction":
        return Schedule()
    from diffusers import DDIMScheduler

    known = ("num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "rescale_betas_zero_snr")
    scheduler = DDIMScheduler(**{key: config[key] for key in known if key in config})
    return Schedule(tuple(scheduler.alphas_cumprod.tolist()))
