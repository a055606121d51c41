"""How what is in an image has come from the one before, once that has moved with the camera: what the stage's
in-betweens follow.

A coarse optical flow: Lucas & Kanade (1981) over a pyramid (Bouguet 2000) of cells, both ways at once; where the two
ways disagree, or the flow explains no more than no flow, there is none, and the stage dissolves. Knows no network.
"""

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, grid_sample, interpolate, pad

from perf.core.camera import Pose, homography
from perf.core.frame import Job
from perf.core.motion import Motion
from perf.diffusion.camera import warp

LONG = 40  # cells along the longer side
LEVELS, ROUNDS = 3, 2
WINDOW = 5  # cells that are taken to move alike
RIDGE = 1e-3  # what keeps a cell of one colour where it is
AGREE = 0.05, 0.1  # by how much the two ways may differ: in square cells, and of the square of the way itself
STILL = 0.005  # mean difference of the cells (of -1…1) below which nothing has moved


def motion(job: Job, before: Tensor, pose: Pose, after: Tensor, deep: bool = True) -> Motion | None:
    """The motion from an image (1, 3, h, w) at `pose` to the job's; None where nothing moves or is moved but by the
    camera: what a recursion paints anew has no way that could be followed. `deep`: planes of depth were told apart."""
    if job.source != "media" and job.mix <= 0.0 and not (deep and job.planes.parallax > 0.0):
        return None
    height, width = after.shape[-2:]
    share = LONG / max(height, width)
    coarse = 1 << (LEVELS - 1)
    size = [max(round(side * share / coarse), 2) * coarse for side in (height, width)]
    small, now = (torch.nn.functional.adaptive_avg_pool2d(image.float(), size) for image in (before, after))
    then = warp(small, homography(job.pose.minus(pose), job.fov))
    if float((now - then).abs().mean()) < STILL:
        return None
    shares = flow(then, now)[0].permute(1, 2, 0).flip(0) * torch.tensor([0.5, -0.5], device=after.device)
    return Motion((size[1], size[0]), shares.to(torch.float16).cpu().numpy().tobytes())


def flow(before: Tensor, after: Tensor) -> Tensor:
    """Where what is in each cell of `after` (1, c, h, w) was in `before`, less where it is: (1, 2, h, w), to the right
    and down, in half widths and half heights. The sides are divisible by four."""
    levels = [(torch.cat([before, after]), torch.cat([after, before]))]
    while len(levels) < LEVELS:
        levels.append((avg_pool2d(levels[-1][0], 2), avg_pool2d(levels[-1][1], 2)))
    found = torch.zeros(2, 2, *levels[-1][0].shape[-2:], device=after.device)
    for then, now in reversed(levels):
        found = interpolate(found, size=now.shape[-2:], mode="bilinear", align_corners=False)
        for _ in range(ROUNDS):
            found = _mean(found + _step(_seen(then, found), now), 3)
    return found[:1] * _mean(_agreed(found), 3) * _gained(before, after, found[:1])


def _step(then: Tensor, now: Tensor) -> Tensor:
    """One of Gauss and Newton's, of a cell at most."""
    rim = pad(then, (1, 1, 1, 1), mode="replicate")
    dx, dy = (rim[..., 1:-1, 2:] - rim[..., 1:-1, :-2]) / 2, (rim[..., 2:, 1:-1] - rim[..., :-2, 1:-1]) / 2
    rest = now - then
    products = [(one * other).sum(1) for one, other in ((dx, dx), (dx, dy), (dy, dy), (dx, rest), (dy, rest))]
    a, b, c, d, e = _mean(torch.stack(products, 1), WINDOW).unbind(1)
    a, c = a + RIDGE, c + RIDGE
    cells = torch.stack([c * d - b * e, a * e - b * d], 1) / (a * c - b * b)[:, None]
    return cells.clamp(-1, 1) * _cell(now)


def _agreed(found: Tensor) -> Tensor:
    """0…1: how far the way back leads to where the way there began."""
    cell, (near, far) = _cell(found), AGREE
    there, back = found.split(1)
    off, way = ((x / cell).square().sum(1, keepdim=True) for x in (there + _seen(back, there), there))
    return torch.exp(-off / (near + far * way))


def _gained(before: Tensor, after: Tensor, found: Tensor) -> Tensor:
    """0…1: how much less is left to be explained."""
    still, moved = (
        _mean((after - seen).abs().mean(1, keepdim=True), WINDOW) for seen in (before, _seen(before, found))
    )
    return ((still - moved) / (still + 0.01) * 1.5).clamp(0, 1)


def _cell(image: Tensor) -> Tensor:
    """A cell's width and height in half widths and half heights."""
    return torch.tensor([2 / image.shape[-1], 2 / image.shape[-2]], device=image.device).view(1, 2, 1, 1)


def _seen(image: Tensor, found: Tensor) -> Tensor:
    """An image looked up along a flow."""
    height, width = image.shape[-2:]
    x = (torch.arange(width, device=image.device) + 0.5) / width * 2 - 1
    y = (torch.arange(height, device=image.device) + 0.5) / height * 2 - 1
    places = torch.stack([x.expand(height, width), y[:, None].expand(height, width)], -1)
    return grid_sample(image, places + found.permute(0, 2, 3, 1), padding_mode="border", align_corners=False)


def _mean(image: Tensor, cells: int) -> Tensor:
    return avg_pool2d(image, cells, 1, cells // 2, count_include_pad=False)
