"""The sampler's pictures on the stage: what comes enlarged is as what is enlarged here."""

import moderngl
import numpy as np
import pytest
import torch
from stagecraft import frame, picture, plain, rows

from perf.core.camera import Pose
from perf.core.frame import Layer, Picture
from perf.diffusion.enlarge import enlarge
from perf.gl.compositor import Compositor
from perf.gl.instance import Tools
from perf.gl.sampler import SamplerLayer


def enlarged(context: moderngl.Context, picture: Picture) -> np.ndarray:
    """What the layer keeps of a picture of 64×48."""
    tools = Tools.made(context)
    layer = SamplerLayer(tools, (1280, 720))
    layer.show(picture)
    pixels = layer.saved()["ring"][1]["pixels"]
    layer.release()
    return np.frombuffer(pixels, np.uint8).reshape(96, 128, 4).astype(int)


def test_each_sampler_has_layers_of_its_own(context: moderngl.Context) -> None:
    compositor = Compositor(context, (32, 18))
    for seconds in (98.0, 99.0):
        compositor.show(picture(plain((200, 0, 0)), seconds))
        compositor.show(picture(plain((0, 0, 200)), seconds), "second")
    for source, colour in (("sampler", (200, 0, 0)), ("second", (0, 0, 200))):
        compositor.draw(frame(100.0, Layer(source, (), 1.0, "normal")))
        assert np.abs(rows(compositor).astype(int) - colour).max() <= 1
    kept = compositor.saved()
    again = Compositor(context, (32, 18))
    again.restore(kept)
    again.draw(frame(100.0, Layer("second", (), 1.0, "normal")))
    assert (rows(again) == rows(compositor)).all()
    for made in (compositor, again):
        made.release()


@pytest.mark.parametrize("channels", [3, 4])
def test_a_picture_that_comes_enlarged_is_as_one_that_is_enlarged_here(
    context: moderngl.Context, channels: int
) -> None:
    y, x = np.mgrid[0:48, 0:64]
    slope = np.stack([x * 4, y * 5, 128 + 100 * np.sin(x / 9) * np.cos(y / 7), 2 * x + 2 * y], axis=2).astype(np.uint8)
    rows = np.ascontiguousarray(slope[..., :channels])
    large = enlarge(torch.from_numpy(rows), 2)
    here = enlarged(context, Picture(0, rows.tobytes(), (64, 48), Pose(), 60.0, 0.0))
    there = enlarged(context, Picture(0, large.numpy().tobytes(), (128, 96), Pose(), 60.0, 0.0, times=2))
    difference = np.abs(here - there)
    assert difference.mean() < 1.0
    assert difference.max() <= 4  # five of nine samples, and grain, against all of them
