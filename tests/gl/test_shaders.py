"""Every shader that comes with the instrument: compiles, is beautiful enough to measure, and answers to its inputs."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from stagecraft import SIZE, frame, picture, rows

from perf.core.camera import Pose
from perf.core.frame import Layer, Pass
from perf.core.layers import BLENDS
from perf.core.param import Param
from perf.gl.compositor import Compositor
from perf.gl.gallery import GAP, TILE, blend_sheet
from perf.wire import isf

FOLDER = Path(__file__).parents[2] / "shaders"
FILES = sorted(FOLDER.glob("*.fs"))
NEEDS = {"mono": ("paper", "ink"), "split": ("shadows", "lights")}  # inputs that are heard only with another one up


def scene() -> np.ndarray:
    """A bright disc with a soft sky and dark ground: lights, edges, colours."""
    y, x = np.mgrid[0:54, 0:96] / 54.0
    disc = ((x - 0.7) ** 2 + (y - 0.35) ** 2) < 0.03
    sky = np.stack([0.9 - 0.5 * y, 0.5 - 0.2 * y + 0.1 * x, 0.4 + 0.2 * y], -1)
    sky[y > 0.7] = (0.12, 0.08, 0.2)
    sky[disc] = (1.0, 0.95, 0.8)
    return (sky * 255).astype(np.uint8)


def play(compositor: Compositor, shader: isf.IsfShader, inputs: dict, frames: int = 12) -> np.ndarray:
    """The last of some frames of a moving picture, the inputs moved at half time."""
    source = "sampler" if shader.role == "filter" else shader.name
    fresh = Compositor(compositor._tools.context, SIZE)
    fresh.load(shader)
    for n in range(frames):
        if n % 3 == 0:
            fresh.show(picture(np.roll(scene(), n, 1), 20.0 + n / 20, Pose(x=n * 0.01), n))
        use = Pass(shader.name, inputs if n >= frames // 2 else {})
        fresh.draw(frame(20.0 + n / 20, Layer(source, (use,), 1.0, "normal"), pose=Pose(x=n * 0.01)))
    out = rows(fresh)
    fresh.release()
    return out


def other(param: Param) -> object:
    """A value far from the default."""
    if param.kind == "choice":
        return next(c for c in param.choices if c != param.default)
    if param.kind in ("bool", "trigger"):
        return not param.default
    if param.kind == "colour":
        return (*(1.0 - part for part in param.default[:3]), 1.0)
    ends = (param.minimum, param.maximum)
    if param.kind == "point":
        return (param.maximum, param.maximum)
    return max(ends, key=lambda end: abs(end - float(param.default)))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def shader(request: pytest.FixtureRequest) -> isf.IsfShader:
    return isf.parse(request.param.read_text("utf-8"), request.param.stem, str(request.param))


def test_there_are_enough() -> None:
    assert len(FILES) >= 8


def test_it_says_what_it_is(shader: isf.IsfShader) -> None:
    assert shader.credit == "Retrograde"
    assert len(shader.description) > 20
    assert shader.categories
    assert shader.name.isalpha()
    assert shader.name.islower()
    assert shader.role in ("generator", "filter")
    assert all(p.help for p in shader.params)


def test_it_plays_at_its_defaults(compositor: Compositor, shader: isf.IsfShader) -> None:
    out = play(compositor, shader, {})
    assert out.std() > 6, "it is flat"
    assert 4 < out.mean() < 225, "it is black or white"
    assert len(np.unique(out.reshape(-1, 3), axis=0)) > 200, "it bands"


def test_it_answers_to_every_input(compositor: Compositor, shader: isf.IsfShader) -> None:
    base = play(compositor, shader, {}).astype(int)
    deaf = []
    for param in shader.params:
        name = param.address.rpartition("/")[2]
        up = {key: 1.0 for key, heard in NEEDS.items() if name in heard}
        start = play(compositor, shader, up).astype(int) if up else base
        if np.abs(play(compositor, shader, {**up, name: other(param)}).astype(int) - start).max() < 3:
            deaf.append(name)
    # two that need a beat to fall inside these frames
    assert set(deaf) <= {"beat"}


def test_it_is_finite_at_the_ends_of_its_ranges(compositor: Compositor, shader: isf.IsfShader) -> None:
    """The output is guarded, so what is looked for is a hole: a pixel far darker than all its neighbours."""
    for end in ("minimum", "maximum"):
        numbers = {p.address.rpartition("/")[2]: getattr(p, end) for p in shader.params if p.kind == "float"}
        out = play(compositor, shader, numbers, 6).max(-1).astype(int)
        around = np.stack(
            [np.roll(out, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]
        )
        holes = (out == 0) & (around.min(0) > 60)
        assert holes.sum() == 0


def test_identities_are_identities(compositor: Compositor) -> None:
    for path in FILES:
        shader = isf.parse(path.read_text("utf-8"), path.stem)
        if "amount" not in {i.name for i in shader.inputs}:
            continue
        same = play(compositor, shader, {"amount": 0.0}).astype(int)
        plain = isf.parse(
            '/*{"ISFVSN":"2.0","INPUTS":[{"NAME":"inputImage","TYPE":"image"}]}*/'
            "void main() { gl_FragColor = IMG_THIS_PIXEL(inputImage); }",
            "plain",
        )
        assert np.abs(same - play(compositor, plain, {})).max() <= 2, path.stem


def test_a_sheet_has_a_tile_for_each_blend(context) -> None:
    rays = isf.parse((FOLDER / "aurora.fs").read_text("utf-8"), "aurora")
    sheet = np.asarray(Image.open(BytesIO(blend_sheet(context, rays, picture(scene())))))
    rows_ = -(-len(BLENDS) // 4)
    assert sheet.shape == (rows_ * (TILE[1] + GAP) + GAP, 4 * (TILE[0] + GAP) + GAP, 3)
