"""The sampler's pictures on the stage: what comes enlarged is as what is enlarged here."""

from dataclasses import replace

import moderngl
import numpy as np
import pytest
import torch
from stagecraft import frame, picture, plain, rows

from perf.core.camera import Pose
from perf.core.frame import Layer
from perf.core.motion import Motion
from perf.core.picture import Picture
from perf.diffusion.enlarge import enlarge
from perf.gl.compositor import Compositor
from perf.gl.instance import Tools
from perf.gl.lending import Lending
from perf.gl.sampler import SamplerLayer


def enlarged(context: moderngl.Context, picture: Picture) -> np.ndarray:
    """What the layer keeps of a picture of 64×48."""
    tools = Tools.made(context)
    layer = SamplerLayer(tools, (1280, 720), Lending())
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


@pytest.mark.parametrize("blend", ["normal", "screen"])
def test_the_first_frame_of_a_picture_has_no_spot_in_its_corner(context: moderngl.Context, blend: str) -> None:
    """Where the program that is not needed yet is compiled."""
    compositor = Compositor(context, (32, 18))
    for seconds in (98.0, 99.0):
        compositor.show(picture(plain((200, 100, 50)), seconds))
    below = Layer("colour", (), 1.0, "normal", 1, colour=(0.5, 0.5, 0.5, 1.0))
    first, second = [], []
    for seen in (first, second):
        compositor.draw(frame(100.0, below, Layer("sampler", (), 0.5, blend, 2)))
        seen.append(rows(compositor))
    assert (first[0] == second[0]).all()
    compositor.release()


def bar(left: int) -> np.ndarray:
    """A white bar on black, 32×18."""
    pixels = plain((0, 0, 0))
    pixels[:, left : left + 6] = 255
    return pixels


def pushed(right: float, up: float = 0.0) -> Motion:
    """What is in a picture has come this far, in shares of it."""
    return Motion((4, 4), np.tile(np.array([-right, -up], np.float16), 16).tobytes())


def test_what_moves_between_two_pictures_is_seen_on_its_way(context: moderngl.Context) -> None:
    seen = {}
    for motion in (None, pushed(8 / 32)):
        compositor = Compositor(context, (32, 18))
        compositor.show(picture(bar(8), 99.0))
        compositor.show(replace(picture(bar(16), 99.5), motion=motion))
        lit = []
        for seconds in (99.5, 99.75, 100.0):
            compositor.draw(frame(seconds))
            lit.append(rows(compositor)[9, :, 0].astype(int))
        seen[motion is not None] = lit
        compositor.release()
    assert np.flatnonzero(seen[True][0] > 200).mean() == pytest.approx(10.5, abs=0.6)  # as it was
    assert np.flatnonzero(seen[True][1] > 200).mean() == pytest.approx(14.5, abs=0.6)  # half-way, and whole
    assert np.flatnonzero(seen[True][2] > 200).mean() == pytest.approx(18.5, abs=0.6)
    assert seen[False][1].max() < 140, "without a motion it dissolves"


def test_a_motion_up_is_up_and_borders_stay_borders(context: moderngl.Context) -> None:
    compositor = Compositor(context, (32, 18))
    before, after = plain((0, 0, 0)), plain((0, 0, 0))
    before[12:15], after[6:9] = 255, 255  # six rows higher
    after[0] = before[0] = 200
    compositor.show(picture(before, 99.0))
    compositor.show(replace(picture(after, 99.5), motion=pushed(0.0, 6 / 18)))
    compositor.draw(frame(99.75))
    column = rows(compositor)[:, 16, 0].astype(int)
    assert np.flatnonzero(column[3:] > 200).mean() + 3 == pytest.approx(10.0, abs=0.6)
    kept = compositor.saved()
    again = Compositor(context, (32, 18))
    again.restore(kept)
    again.draw(frame(99.75))
    assert (rows(again) == rows(compositor)).all()
    for made in (compositor, again):
        made.release()


@pytest.mark.parametrize("cuts", ["cuts", "enters"])
def test_a_cut_follows_nothing(context: moderngl.Context, cuts: str) -> None:
    compositor = Compositor(context, (32, 18))
    compositor.show(picture(bar(8), 98.0))
    compositor.show(replace(picture(bar(16), 99.0), motion=pushed(0.25), **{cuts: True}))
    compositor.draw(frame(99.0 if cuts == "cuts" else 101.0))
    lit = rows(compositor)[9, :, 0]
    assert np.flatnonzero(lit > 128).tolist() == list(range(16, 22))
    compositor.release()


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
