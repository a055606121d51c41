"""Every shader that comes with the instrument: compiles, is beautiful enough to measure, and answers to its inputs."""

import json
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import moderngl
import numpy as np
import pytest
import stagecraft
from numpy.typing import NDArray
from PIL import Image
from stagecraft import IMAGE, SIZE, frame, picture, rows

from perf.core.camera import Pose
from perf.core.frame import Layer, Pass
from perf.core.layers import BLENDS
from perf.core.param import Param
from perf.gl.compositor import Compositor
from perf.gl.gallery import GAP, TILE, blend_sheet, colourful, commonest
from perf.ports.shelf import Shelf
from perf.wire import isf

FOLDER = Path(__file__).parents[2] / "shaders"
FILES = sorted(FOLDER.glob("*.fs"))
SHADERS = [Shelf(FOLDER, FOLDER).shader(path.stem) for path in FILES]
# inputs that are heard only with others up
NEEDS: dict[str, dict[str, Any]] = {
    "paper": {"mono": 1.0},
    "ink": {"mono": 1.0},
    "shadows": {"split": 1.0},
    "lights": {"split": 1.0},
    "spill": {"key": (0.9, 0.5, 0.4, 1.0)},
    "calm": {"detail": 3.0},
    "blur": {"progress": 0.6},
}
FEW = {"dither", "edge", "posterise", "moire", "glyphs", "chromakey"}  # flat tones are what they are for
START = 20.0  # seconds
SECOND_IMAGE = '{"NAME": "still", "TYPE": "image"}'
SCENE = stagecraft.shader("scene", "void main() { gl_FragColor = IMG_THIS_PIXEL(still); }", SECOND_IMAGE)
GROUND = stagecraft.shader(
    "ground",
    "void main() { vec2 p = isf_FragNormCoord; gl_FragColor = vec4(p.x, 0.5 * p.y + 0.2, 0.7 - p.x * p.y, 1.0); }",
)
BALL = stagecraft.shader(
    "ball",
    "void main() { vec2 p = isf_FragNormCoord - vec2(0.2 + 0.3 * fract(TIME * 0.5), 0.5);"
    "gl_FragColor = vec4(mix(vec3(0.1, 0.2, 0.3), vec3(1.0, 0.8, 0.6), smoothstep(0.2, 0.15, length(p))), 1.0); }",
)
PLAIN = stagecraft.shader("plain", "void main() { gl_FragColor = IMG_THIS_PIXEL(inputImage); }", IMAGE)

Played = NDArray[np.int64]
Play = Callable[..., Played]


def scene() -> NDArray[np.uint8]:
    """A bright disc with a soft sky and dark ground: lights, edges, colours."""
    y, x = np.mgrid[0:54, 0:96] / 54.0
    disc = ((x - 0.7) ** 2 + (y - 0.35) ** 2) < 0.03
    sky = np.stack([0.9 - 0.5 * y, 0.5 - 0.2 * y + 0.1 * x, 0.4 + 0.2 * y], -1)
    sky[y > 0.7] = (0.12, 0.08, 0.2)
    sky[disc] = (1.0, 0.95, 0.8)
    return (sky * 255).astype(np.uint8)


@pytest.fixture(scope="module")
def stage(context: moderngl.Context) -> Iterator[Compositor]:
    """A compositor that has every shader loaded, so that each is compiled once."""
    stage = Compositor(context, SIZE)
    for one in (*SHADERS, SCENE, GROUND, BALL, PLAIN):
        stage.load(one)
    yield stage
    stage.release()


@pytest.fixture(scope="module")
def play(stage: Compositor) -> Play:
    """What a shader shows after some frames: each time on a stage that remembers nothing.

    Filters lie over the sampler's picture, which moves, or over another shader (`below`); transitions lead from a
    ground to that picture. The inputs are moved at half time.
    """
    blank, numbers = stage.saved(), count()

    def played(
        shader: isf.IsfShader, inputs: dict[str, Any], frames: int = 12, rate: float = 20.0, below: str = "scene"
    ) -> Played:
        stage.restore(blank)
        source = f"take{next(numbers)}"  # a layer of its own has a memory of its own
        first = {"filter": (Pass(below, {}),), "transition": (Pass("ground", {}),)}.get(shader.role, ())
        base = {"progress": 0.4} if shader.role == "transition" else {}
        for n in range(frames):
            if n % 3 == 0:
                stage.show(picture(np.roll(scene(), n, 1), START + n / rate, Pose(x=n * 0.01), n))
            use = Pass(shader.name, {**base, **inputs} if n >= frames // 2 else base)
            stage.draw(frame(START + n / rate, Layer(source, (*first, use), 1.0, "normal"), pose=Pose(x=n * 0.01)))
        return rows(stage).astype(int)

    return played


def other(param: Param) -> object:
    """A value far from the default."""
    if param.kind == "choice":
        return next(c for c in param.choices if c != param.default)
    if param.kind in ("bool", "trigger"):
        return not param.default
    if param.kind == "colour":
        return (*(1.0 - part if abs(part - 0.5) > 0.1 else 0.9 for part in param.default[:3]), 1.0)
    ends = (param.minimum, param.maximum)
    if param.kind == "point":
        return (param.maximum, param.maximum)
    return max(ends, key=lambda end: abs(end - float(param.default)))


def input_name(param: Param) -> str:
    return param.address.rpartition("/")[2]


def identity(shader: isf.IsfShader) -> dict[str, Any]:
    """The values at which the header says that a filter does nothing."""
    text = Path(shader.file).read_text("utf-8")
    header = json.loads(text[text.index("/*") + 2 : text.index("*/")])
    found: dict[str, Any] = {}
    for row in header["INPUTS"]:
        if "IDENTITY" in row:
            value = row["IDENTITY"]
            found[row["NAME"]] = row["LABELS"][row["VALUES"].index(value)] if "LABELS" in row else value
    return found


def of(role: str) -> list[isf.IsfShader]:
    return [shader for shader in SHADERS if shader.role == role]


every = pytest.mark.parametrize("shader", SHADERS, ids=lambda shader: shader.name)
filters = pytest.mark.parametrize("shader", of("filter"), ids=lambda shader: shader.name)
transitions = pytest.mark.parametrize("shader", of("transition"), ids=lambda shader: shader.name)


def test_there_are_enough_of_each() -> None:
    assert len(SHADERS) >= 30
    assert len(of("generator")) >= 10
    assert len(of("transition")) >= 6
    assert sum("sampler" in shader.categories for shader in SHADERS) >= 4


@every
def test_it_says_what_it_is(shader: isf.IsfShader) -> None:
    assert shader.credit == "Retrograde"
    assert len(shader.description) > 20
    assert shader.categories[0] == shader.role
    assert shader.name.isalpha()
    assert shader.name.islower()
    assert all(p.help for p in shader.params)


@every
def test_it_squares_by_multiplying(shader: isf.IsfShader) -> None:
    """The power of a negative number is undefined in GLSL: a picture here may be NaN on another driver."""
    text = Path(shader.file).read_text("utf-8")
    assert not re.search(r"\bpow\([^;]*?, 2\.0\)", text)


@every
def test_it_plays_at_its_defaults(play: Play, shader: isf.IsfShader) -> None:
    out = play(shader, {})
    assert out.std() > 6, "it is flat"
    assert 4 < out.mean() < 225, "it is black or white"
    assert shader.name in FEW or len(np.unique(out.reshape(-1, 3), axis=0)) > 200, "it bands"


@every
def test_it_answers_to_every_input(play: Play, shader: isf.IsfShader) -> None:
    base = play(shader, {})
    deaf = []
    for param in shader.params:
        name = input_name(param)
        up = {key: value for key, value in NEEDS.get(name, {}).items() if key in {i.name for i in shader.inputs}}
        start = play(shader, up) if up else base
        if np.abs(play(shader, {**up, name: other(param)}) - start).max() < 3:
            deaf.append(name)
    # one that needs a beat to fall inside these frames
    assert set(deaf) <= {"beat"}


@every
def test_it_is_finite_at_the_ends_of_its_ranges(play: Play, shader: isf.IsfShader) -> None:
    """The output is guarded, so what is looked for is a hole: a pixel far darker than all its neighbours."""
    for end in ("minimum", "maximum"):
        numbers = {input_name(p): getattr(p, end) for p in shader.params if p.kind == "float"}
        out = play(shader, numbers, 6).max(-1)
        around = np.stack(
            [np.roll(out, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]
        )
        holes = (out == 0) & (around.min(0) > 60)
        assert holes.sum() == 0


@pytest.mark.parametrize("shader", of("generator"), ids=lambda shader: shader.name)
def test_a_generator_moves(play: Play, shader: isf.IsfShader) -> None:
    assert np.abs(play(shader, {}, 12) - play(shader, {}, 24)).mean() > 0.2


@pytest.mark.parametrize(
    "shader",
    [s for s in of("filter") if {"colour", "key", "scope"} & set(s.categories)],
    ids=lambda shader: shader.name,
)
def test_what_grades_or_measures_moves_nothing(play: Play, shader: isf.IsfShader) -> None:
    assert np.abs(play(shader, {}, 12, below="ground") - play(shader, {}, 24, below="ground")).max() <= 1


@filters
def test_a_filter_at_its_identity_leaves_the_picture_as_it_is(play: Play, shader: isf.IsfShader) -> None:
    values = identity(shader)
    assert values, "it cannot be taken out"
    assert np.abs(play(shader, values) - play(PLAIN, {})).max() <= 2


@transitions
def test_a_transition_leads_from_one_picture_to_the_other(play: Play, shader: isf.IsfShader) -> None:
    start, end = play(GROUND, {}), play(PLAIN, {})
    assert np.abs(play(shader, {"progress": 0.0}) - start).max() <= 1
    assert np.abs(play(shader, {"progress": 1.0}) - end).max() <= 1
    half = play(shader, {"progress": 0.5})
    assert min(np.abs(half - start).mean(), np.abs(half - end).mean()) > 3


@pytest.mark.parametrize(
    "shader", [s for s in SHADERS if any(p.persistent for p in s.passes)], ids=lambda shader: shader.name
)
def test_what_remembers_looks_the_same_at_any_frame_rate(play: Play, shader: isf.IsfShader) -> None:
    slow, fast = play(shader, {}, 20, 20.0, "ball"), play(shader, {}, 60, 60.0, "ball")
    assert abs(slow.mean() - fast.mean()) < 4
    assert abs(slow.std() - fast.std()) < 6


def test_a_sheet_has_a_tile_for_each_blend(context) -> None:
    rays = isf.parse((FOLDER / "aurora.fs").read_text("utf-8"), "aurora")
    sheet = np.asarray(Image.open(BytesIO(blend_sheet(context, rays, picture(scene())))))
    rows_ = -(-len(BLENDS) // 4)
    assert sheet.shape == (rows_ * (TILE[1] + GAP) + GAP, 4 * (TILE[0] + GAP) + GAP, 3)


def test_a_key_on_a_sheet_is_what_most_of_the_picture_has() -> None:
    rows_ = np.zeros((10, 10, 3), np.uint8)
    rows_[:4], rows_[4:, :5], rows_[4:, 5:] = (250, 120, 20), (10, 20, 90), (12, 22, 92)
    assert colourful(picture(rows_)) > 50.0 > 1.0 > colourful(picture(np.repeat(rows_[..., :1], 3, -1)))
    assert commonest(picture(rows_)) == pytest.approx((11 / 255, 21 / 255, 91 / 255, 1.0), abs=1e-6)
