"""Pictures that stay on the GPU are seen as those that come through the host, or those come in their place."""

import ctypes
from dataclasses import replace

import moderngl
import numpy as np
import pytest
from simulated_cuda import OUT_OF_MEMORY, SimulatedCuda
from stagecraft import picture

from perf.core.picture import Picture
from perf.cuda import Lender
from perf.gl.instance import Tools
from perf.gl.lending import Lending
from perf.gl.sampler import SamplerLayer

SIZE = (64, 48)


class Textures:
    """A context whose textures the simulated GPU knows."""

    def __init__(self, context: moderngl.Context, cuda: SimulatedCuda) -> None:
        self._context, self._cuda = context, cuda

    def texture(self, *values: object, **names: object) -> moderngl.Texture:
        new = self._context.texture(*values, **names)  # type: ignore[arg-type]
        self._cuda.textures[new.glo] = new
        return new

    def __getattr__(self, name: str) -> object:
        return getattr(self._context, name)


class Hall:
    """A layer that takes from a simulated GPU, and what lends there."""

    def __init__(self, context: moderngl.Context) -> None:
        self.cuda = SimulatedCuda()
        tools = Tools.made(context)
        self.lending = Lending(lambda: self.cuda.driver, on=True)
        there = replace(tools, context=Textures(context, self.cuda))  # type: ignore[arg-type]
        self.layer = SamplerLayer(there, (1280, 720), self.lending)
        self.plain = SamplerLayer(tools, (1280, 720), Lending())
        self.lender = Lender(self.cuda.driver, 0, 4 * SIZE[0] * SIZE[1])

    def lent(self, seed: int, *, whole: bool, channels: int = 3) -> Picture:
        pixels = np.random.default_rng(seed).integers(0, 256, (*SIZE[::-1], channels), np.uint8)
        rgba = np.pad(pixels, ((0, 0), (0, 0), (0, 4 - channels)), constant_values=255).tobytes()
        kept = ctypes.create_string_buffer(rgba, len(rgba))
        lent = self.lender.lend(ctypes.addressof(kept), len(rgba))
        given = replace(picture(pixels, float(seed)), lent=lent)
        return given if whole else replace(given, pixels=b"")

    def shown(self) -> bytes:
        ring = self.layer.saved()["ring"][1]
        return bytes(ring["pixels"]) if ring else b""

    def meant(self, seed: int, channels: int = 3) -> bytes:
        self.plain.show(replace(self.lent(seed, whole=True, channels=channels), lent=None))
        return bytes(self.plain.saved()["ring"][1]["pixels"])


@pytest.fixture
def hall(context: moderngl.Context) -> Hall:
    return Hall(context)


@pytest.mark.parametrize("channels", [3, 4])
def test_a_lent_picture_is_seen_as_one_that_comes_whole(hall: Hall, channels: int) -> None:
    assert hall.lending.devices == (0,)
    for seed, whole in enumerate((True, False, False, True)):
        hall.layer.show(hall.lent(seed, whole=whole, channels=channels))
        assert hall.shown() == hall.meant(seed, channels)
    assert hall.lending.said == []


def test_none_without_pixels_is_shown_before_one_was_compared_with_them(hall: Hall) -> None:
    hall.layer.show(hall.lent(1, whole=False))
    assert hall.shown() == b""
    hall.layer.show(hall.lent(2, whole=True))
    hall.layer.show(hall.lent(3, whole=False))
    assert hall.shown() == hall.meant(3)


def test_where_something_else_arrives_pictures_come_through_the_host(hall: Hall) -> None:
    hall.cuda.garbles = True
    hall.layer.show(hall.lent(1, whole=True))
    assert hall.shown() == hall.meant(1)
    assert hall.lending.said == ["images go through the host's memory (what arrives is not the picture)"]
    assert hall.lending.devices == ()


def test_a_driver_that_fails_later_costs_one_picture_at_most(hall: Hall) -> None:
    hall.layer.show(hall.lent(1, whole=True))
    hall.cuda.broken["cuGraphicsMapResources"] = OUT_OF_MEMORY
    hall.layer.show(hall.lent(2, whole=False))
    assert hall.shown() == hall.meant(1), "what was stays"
    hall.layer.show(replace(hall.lent(3, whole=True), lent=None))
    assert hall.shown() == hall.meant(3)
    assert "CUDA_ERROR_OUT_OF_MEMORY" in hall.lending.said[0]
    assert hall.lending.devices == ()


def test_pictures_of_another_size_are_taken_into_another_texture(hall: Hall) -> None:
    hall.layer.show(hall.lent(1, whole=True))
    small = np.full((24, 32, 3), 9, np.uint8)
    hall.layer.show(picture(small, 2.0))
    assert hall.cuda.registered == [None], "the old one was let go before it was released"
    hall.layer.show(hall.lent(3, whole=False))
    assert hall.shown() == hall.meant(3)


def test_where_no_gpu_of_cuda_draws_nothing_is_taken(context: moderngl.Context) -> None:
    cuda = SimulatedCuda()
    cuda.broken["cuGLGetDevices_v2"] = 1
    lending = Lending(lambda: cuda.driver, on=True)
    assert lending.devices == ()
    assert lending.said == []
