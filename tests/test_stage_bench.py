"""What the benchmarks are compared with and built on: else their figures would say nothing."""

import numpy as np

from perf.benchmark.comings import CONSTANT, EDITED
from perf.benchmark.plain import PlainSampler
from perf.benchmark.stage import played
from perf.ports.library import shipped
from perf.worker.client import SamplerClient

SIZE = (320, 180)


def test_the_plain_loop_draws_the_stages_picture() -> None:
    for _, ours, bare in played(SIZE):
        for _ in range(4):
            frame = ours.ticked()
            ours.compositor.draw(frame)
            bare.draw(frame.moment)
        own = np.frombuffer(ours.compositor.read(), np.uint8).reshape(SIZE[1], SIZE[0], 3).astype(int)
        raw = np.frombuffer(bare.shown.framebuffer.read(components=3, alignment=1), np.uint8)
        other = raw.reshape(SIZE[1], SIZE[0], 3)[::-1].astype(int)
        assert own.std() > 20.0
        assert np.abs(own - other).mean() < 0.5
        assert np.abs(own - other).max() < 12


def test_the_plain_sampler_has_all_that_a_show_asks_of_a_sampler() -> None:
    plain = PlainSampler((8, 8), lambda: None)
    asked = {name for name in vars(SamplerClient) if not name.startswith("_")} - {"pid", "cut", "gone"}  # of a second
    assert not {name for name in asked if not hasattr(plain, name)}


def test_the_shader_that_is_edited_has_the_constant_that_is() -> None:
    assert (shipped("shaders") / f"{EDITED}.fs").read_text().count(CONSTANT) == 1
