"""On a GPU: a network of SD-Turbo's size with random weights in the engine, and how much of the time is not its own."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import torch

from perf.benchmark.row import Row
from perf.core.camera import Pose
from perf.core.frame import Job
from perf.diffusion.engine import Carry, Engine
from perf.diffusion.family import load

SIDE = 512  # pixels
WHAT = "a network of SD-Turbo's size, random weights, 512×512, 1 step, recursion, camera moving, half precision"
LETTERS = [chr(code) for code in range(33, 127)]


@dataclass(frozen=True, slots=True)
class Built:
    """Sizes of a U-Net, its text encoder and the tiny autoencoder; the defaults are those of SD-Turbo and TAESD."""

    widths: tuple[int, ...] = (320, 640, 1280, 1280)
    heads: tuple[int, ...] = (5, 10, 20, 20)
    layers: int = 2
    text: int = 1024
    text_layers: int = 23
    autoencoder: int = 64


def save(folder: Path, built: Built) -> None:
    """A model folder of those sizes, its weights random (seed 7), in half precision."""
    from diffusers import AutoencoderTiny, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    torch.manual_seed(7)
    words = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS), "<|startoftext|>", "<|endoftext|>"]
    crossed = len(built.widths) - 1
    unet = UNet2DConditionModel(
        block_out_channels=built.widths, layers_per_block=built.layers, cross_attention_dim=built.text,
        attention_head_dim=built.heads, use_linear_projection=True, norm_num_groups=min(32, built.widths[0] // 2),
        down_block_types=("CrossAttnDownBlock2D",) * crossed + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * crossed,
    )  # fmt: skip
    text = CLIPTextConfig(
        vocab_size=len(words), hidden_size=built.text, intermediate_size=4 * built.text,
        num_hidden_layers=built.text_layers, num_attention_heads=max(built.text // 64, 1),
    )  # fmt: skip
    blocks = (built.autoencoder,) * 4
    StableDiffusionPipeline(
        vae=AutoencoderTiny(encoder_block_out_channels=blocks, decoder_block_out_channels=blocks),
        unet=unet, text_encoder=CLIPTextModel(text),
        tokenizer=CLIPTokenizer(vocab={word: n for n, word in enumerate(words)}, merges=[], model_max_length=77),
        scheduler=DDIMScheduler(timestep_spacing="trailing"),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    ).to(torch.float16).save_pretrained(folder)  # fmt: skip


def measure(engine: Engine, side: int, seconds: float, *, recorded: bool) -> dict[str, float]:
    """Images a second of a recursion, and of its time the shares of the network and of the autoencoder's two ways."""
    family = engine.family
    if recorded:
        family.record((side, side))
    job, zoom = Job(prompts=(("a", 1.0),), size=(side, side), skip=0.5), count(0.0, 0.01)
    carry: Carry | None = None

    def image() -> None:
        nonlocal carry
        _, carry = engine.step(replace(job, pose=Pose(zoom=next(zoom))), carry)

    cells = side // family.factor
    x = torch.zeros(1, family.channels, cells, cells, device=family.device)
    picture = torch.zeros(1, 3, side, side, device=family.device)
    condition = family.embed("a")
    whole = _each(image, seconds, family.device)
    network = _each(lambda: family.denoise(x, 0.5, condition, 1.0), seconds / 4, family.device)
    ways = _each(lambda: family.decode(family.encode(picture)), seconds / 4, family.device)
    return {"images_s": 1.0 / whole, "network": network / whole, "autoencoder": ways / whole}


@torch.inference_mode()  # type: ignore[untyped-decorator]
def _each(draw: Callable[[], Any], seconds: float, device: torch.device) -> float:
    """Seconds that one takes, of many drawn in a row."""
    for _ in range(3):
        draw()
    wait = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    wait()
    began, drawn = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        draw()
        drawn += 1
        wait()
    return (time.perf_counter() - began) / drawn


def bench_gpu(seconds: float = 8.0) -> Row:
    """Images a second with passes captured as graphs and without."""
    if not torch.cuda.is_available():
        return Row(WHAT, "not measured: no CUDA device here", "", None, {})
    with tempfile.TemporaryDirectory() as name:
        save(Path(name), Built())
        rows = [measure(Engine(load(name, "cuda")), SIDE, seconds, recorded=recorded) for recorded in (False, True)]
    before, after = rows
    rest = 1.0 - after["network"] - after["autoencoder"]
    found = (
        f"{after['images_s']:.1f} images/s, {before['images_s']:.1f} without captured graphs; outside of the network "
        f"{100 * (1 - after['network']):.0f} % of the time, of it the autoencoder {100 * after['autoencoder']:.0f} and "
        f"the rest {100 * rest:.0f}; {torch.cuda.get_device_name()}"
    )
    return Row(WHAT, found, "", None, {**after, "plain_images_s": before["images_s"]})
