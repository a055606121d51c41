"""The benchmark's plain loop draws what the stage draws; else its figure would say nothing."""

import numpy as np

from perf.benchmark.stage import played

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
