"""A compositor that goes on from what another one saved draws what that one would have drawn."""

import numpy as np
import pytest
from stagecraft import IMAGE, SIZE, filled, frame, generator, picture, plain, rows, shader

from perf.core.camera import Pose
from perf.core.frame import Layer, Pass
from perf.gl.compositor import Compositor

TRAIL = shader(
    "trail",
    """void main() {
    if (PASSINDEX == 0) gl_FragColor = mix(IMG_NORM_PIXEL(memory, isf_FragNormCoord), IMG_THIS_PIXEL(inputImage), 0.2);
    else gl_FragColor = IMG_NORM_PIXEL(memory, isf_FragNormCoord) + vec4(0.001 * float(FRAMEINDEX));
}""",
    IMAGE,
    ', "PASSES": [{"TARGET": "memory", "PERSISTENT": true, "FLOAT": true}, {}]',
)
LAYERS = (Layer("sampler", (Pass("trail", {}),), 1.0, "normal"), generator("red", 0.4, "screen"))


def made(context) -> Compositor:
    compositor = Compositor(context, SIZE)
    compositor.load(TRAIL)
    compositor.load(filled("red", "0.8, 0.1, 0.1, 0.5"))
    return compositor


def play(compositor, first, last, **more):
    seen = []
    for n in range(first, last):
        if n % 3 == 0:
            compositor.show(picture(plain((20 * n % 256, 90, 200 - n)), n / 30, Pose(roll=float(n)), n))
        compositor.draw(frame(n / 30, *LAYERS, pose=Pose(roll=n + 0.5), **more))
        seen.append(rows(compositor))
    return np.stack(seen)


@pytest.mark.parametrize("frozen", [False, True])
def test_it_goes_on_as_if_nothing_had_been(context, frozen):
    one, two = made(context), made(context)
    whole = play(one, 0, 10)
    saved = one.saved()
    rest = play(one, 10, 20, freeze=frozen)
    two.restore(saved)
    assert np.array_equal(play(two, 10, 20, freeze=frozen), rest)
    assert not np.array_equal(whole[-1], rest[-1]) or frozen
    for compositor in (one, two):
        compositor.release()


def test_before_the_first_picture_too(context):
    one, two = made(context), made(context)
    two.restore(one.saved())
    assert np.array_equal(play(one, 1, 5), play(two, 1, 5))
    for compositor in (one, two):
        compositor.release()


def test_a_layer_alone_keeps_its_edges(compositor):
    compositor.load(filled("red", "0.8, 0.4, 0.2, 0.5"))
    compositor.draw(frame(0.0, generator("red", 0.5)))
    cut = np.frombuffer(compositor.read_cut(), np.uint8).reshape(SIZE[1], SIZE[0], 4).astype(int)
    assert np.abs(cut - (204, 102, 51, 64)).max() <= 4
    compositor.draw(frame(0.0, generator("red", 0.5), opacity=0.5))
    cut = np.frombuffer(compositor.read_cut(), np.uint8).reshape(SIZE[1], SIZE[0], 4).astype(int)
    assert np.abs(cut - (102, 51, 26, 64)).max() <= 3
