"""Stage one: a 16-fold autoencoder that may be applied to its own output hundreds of times.

The recursive show decodes, moves and encodes each image again, so beside fidelity the losses ask that encoding a
decoded latent gives that latent back. May not know captions.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor, nn
from torch.nn import functional

from perf.records.record import render
from perf.records.sheet import save, tile
from perf.training.device import brief
from perf.training.gallery import Wall, heldout, picture, tensor
from perf.training.loop import Job, Turn, recall, turn
from perf.training.options import TrainOptions

CHANNELS = 8  # of a latent cell: 4 lose the marks of the old processes, 6 stay under 27 dB
LATENT_NOISE = 0.1
ALONE = 0.5  # share of the run without echoes: the echoes of a poor network teach it to paint grey


def build(channels: int) -> AutoencoderTiny:
    """Five stages of equal width. Most residual blocks work on small pictures: at half and full size they would cost
    more than all else together."""
    return AutoencoderTiny(
        latent_channels=CHANNELS,
        encoder_block_out_channels=(channels,) * 5,
        decoder_block_out_channels=(channels,) * 5,
        num_encoder_blocks=(0, 1, 2, 2, 2),
        num_decoder_blocks=(4, 4, 3, 1, 0),
        scaling_factor=1.0,
    )


def job(options: TrainOptions, walls: list[Wall]) -> Job:
    """The stage for the loop."""
    torch.manual_seed(options.seed)
    module = build(options.shape.autoencoder).to(memory_format=torch.channels_last)
    average = copy.deepcopy(module).requires_grad_(False)
    first = _crops(walls, options, turn(options, "echo", 0, 0.0), 4 * options.autoencoder.batch)
    echo = {"seen": first.clone(), "meant": first}

    def loss(now: Turn) -> dict[str, Tensor]:
        fresh = _crops(walls, options, now, options.autoencoder.batch)
        return losses(module, echo, fresh, now) if now.progress >= ALONE else first_losses(module, fresh, now)

    return Job("autoencoder", module, average, loss, lambda net: preview(net, options), decay=0.998, memory=echo)


def decoder_job(options: TrainOptions, walls: list[Wall]) -> Job:
    """A stage of its own: the decoder goes on alone, under the encoder that the image networks know."""
    first = job(options, walls)
    recall(options.work / "autoencoder.pt", first.module)
    recall(options.work / "autoencoder.pt", first.average)
    assert isinstance(first.module, AutoencoderTiny)
    first.module.encoder.requires_grad_(False)
    module, echo = first.module, first.memory

    def loss(now: Turn) -> dict[str, Tensor]:
        return losses(module, echo, _crops(walls, options, now, options.decoder.batch), now)

    return replace(first, name="decoder", loss=loss)


def _crops(walls: list[Wall], options: TrainOptions, now: Turn, count: int) -> Tensor:
    """Random square crops, mirrored half of the time. Small crops see as many pixels in more pictures."""
    wall, side = walls[now.step % len(walls)], options.crop
    width, height = wall.size
    crops = []
    for index in now.rng.integers(len(wall.records), size=count):
        top, left = now.rng.integers(height - side + 1), now.rng.integers(width - side + 1)
        crop = wall.pictures[index, top : top + side, left : left + side]
        crops.append(crop[:, ::-1] if now.rng.random() < 0.5 else crop)
    return tensor(np.stack(crops))


def first_losses(module: nn.Module, images: Tensor, now: Turn) -> dict[str, Tensor]:
    """Fidelity and a latent near unit variance."""
    with brief(module):
        latents = module.encoder(images)
        level = LATENT_NOISE * torch.rand((len(latents), 1, 1, 1), generator=now.torch_rng)
        decoded = module.decoder(latents + level * torch.randn(latents.shape, generator=now.torch_rng))
    return {"pixels": fidelity(decoded.float(), images), "unit": 0.01 * _unit(latents.float())}


def losses(module: nn.Module, echo: dict[str, Tensor], fresh: Tensor, now: Turn) -> dict[str, Tensor]:
    """Fidelity, a latent near unit variance, and on every third step the cycle encode(decode(z)) = z.

    Part of each batch is the network's own earlier output, asked to give the first picture again: an error that would
    grow with every pass is met after many passes and unlearnt (replay as in Mordvintsev et al. 2020, "sample pool").
    """
    old = torch.from_numpy(now.rng.choice(len(echo["seen"]), size=max(1, len(fresh) // 4), replace=False))
    images = torch.cat([fresh[len(old) :], echo["seen"][old]]).contiguous(memory_format=torch.channels_last)
    meant = torch.cat([fresh[len(old) :], echo["meant"][old]])
    with brief(module):
        latents = module.encoder(images)
        noise = torch.randn(latents.shape, generator=now.torch_rng) * LATENT_NOISE
        level = torch.rand((len(latents), 1, 1, 1), generator=now.torch_rng)
        level[-len(old) // 2 :] = 0.0
        decoded = module.decoder(latents + noise * level)
    _remember(echo, old, decoded.detach().float().clamp(-1, 1), meant, now)
    result = {"pixels": fidelity(decoded.float(), meant), "unit": 0.01 * _unit(latents.float())}
    if now.step % 3 == 0:
        result["cycle"] = 0.3 * _cycle(module, latents.detach().float(), now)
    return result


def _remember(echo: dict[str, Tensor], old: Tensor, output: Tensor, meant: Tensor, now: Turn) -> None:
    """Old echoes go on; one in twelve starts anew from this batch's fresh pictures."""
    count = len(output)
    source = torch.arange(count - len(old), count)
    anew = torch.from_numpy(now.rng.random(len(old)) < 1 / 12)
    source[anew] = torch.from_numpy(now.rng.integers(max(1, count - len(old)), size=int(anew.sum())))
    echo["seen"][old], echo["meant"][old] = output[source], meant[source]


def fidelity(output: Tensor, target: Tensor) -> Tensor:
    """L1 at three scales, and of the finite differences: colour must not drift, edges must stay."""
    error = output - target
    coarse = functional.avg_pool2d(error, 4)
    across, down = error.diff(dim=3).abs().mean(), error.diff(dim=2).abs().mean()
    broad = coarse.abs().mean() + functional.avg_pool2d(coarse, 4).abs().mean()
    return error.abs().mean() + 0.5 * broad + 0.7 * (across + down) + 0.5 * error.square().mean()


def _unit(latents: Tensor) -> Tensor:
    mean, deviation = latents.mean(dim=(0, 2, 3)), latents.std(dim=(0, 2, 3))
    return mean.square().mean() + (deviation - 1).square().mean() + functional.relu(latents.abs() - 2.2).square().mean()


def _cycle(module: nn.Module, latents: Tensor, now: Turn) -> Tensor:
    """Half of the latents are blends of two pictures: what a show meets between records."""
    blend = 0.5 * torch.rand((len(latents), 1, 1, 1), generator=now.torch_rng)
    mixed = latents + blend * (latents.roll(1, 0) - latents)
    mixed[::2] = latents[::2]
    with brief(module):
        again = module.encoder(module.decoder(mixed).clamp(-1, 1))
    return (again.float() - mixed).abs().mean()


@torch.no_grad()
def reconstruct(net: nn.Module, images: Tensor, times: int = 1) -> Tensor:
    """Encodes and decodes, once or again and again as a recursive show does."""
    for _ in range(times):
        images = net.decoder(net.encoder(images)).clamp(-1, 1)
    return images


def psnr(output: Tensor, target: Tensor) -> Tensor:
    """Peak signal-to-noise ratio of each picture in dB, for values in -1..1."""
    error = (output - target).square().mean(dim=(1, 2, 3)).clamp_min(1e-10)
    return 10.0 * torch.log10(4.0 / error)


def preview(net: nn.Module, options: TrainOptions) -> None:
    """Held-out records above, once through in the middle, thirty times through below."""
    records = heldout(options)[:8]
    images = tensor(np.stack([render(record, *options.sizes[0]) for record in records]))
    rows = torch.cat([images, reconstruct(net, images), reconstruct(net, images, 30)])
    save(options.work / "preview-autoencoder.png", tile(list(picture(rows)), 8))
