"""ISF, rule by rule: each `.fs` in `isf/` draws one rule of the standard and says in `//@` lines what is to be seen.

`//@ role R` is what it counts as, `set NAME VALUE` sets an input (JSON), `hear` lets there be sound, `draw [SECONDS]`
draws a frame, and `at X Y: R G B A` says what its pixel holds there (0 0 is the lower left) in 32-bit floats.
"""

import json
from pathlib import Path

import moderngl
import numpy as np
import pytest
from stagecraft import Heard

from perf.core.moment import Moment
from perf.core.state import State
from perf.core.tick import tick
from perf.gl.compositor import Compositor
from perf.gl.instance import Instance, Instant, Tools
from perf.gl.loaded import Loaded
from perf.gl.target import Target
from perf.ports.library import Library
from perf.ports.shelf import Shelf

FOLDER = Path(__file__).parent / "isf"
RULES = sorted(path.stem for path in FOLDER.glob("*.fs"))
SIZE = (32, 16)
DATE = (2031.0, 5.0, 7.0, 43200.0)
HEARD = Heard(
    np.array([[0.5, 0.0, 0.25, 0.75, 1.0], [0.5, 0.5, 0.5, 0.5, 0.75]], np.float32),
    np.array([[0.5, 1.0, 0.125], [0.0, 0.25, 0.0]], np.float32),
)
RED, GREEN, BLUE, WHITE = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255), (255, 255, 255, 255)
STARTS = [[RED, RED, GREEN, GREEN], [BLUE, BLUE, WHITE, WHITE]]  # rows from the bottom


class Bench:
    """One shader being drawn."""

    def __init__(self, context: moderngl.Context, name: str) -> None:
        self.shader = Shelf(FOLDER, FOLDER).shader(name)
        self.tools, self.target = Tools.made(context), Target(context, SIZE, "f4")
        self.target.framebuffer.clear(0.3, 0.3, 0.3, 0.3)
        start = np.array(STARTS, np.uint8)
        other = np.concatenate([255 - start[..., :3], start[..., 3:]], -1)
        rows = {"inputImage": start, "startImage": start, "endImage": other}
        self.images = {name: context.texture((4, 2), 4, image.tobytes()) for name, image in rows.items()}
        for texture in self.images.values():
            texture.repeat_x = texture.repeat_y = False
        self.instance = Instance(self.tools, Loaded(context, self.shader))
        self.inputs: dict[str, object] = {}
        self.seconds = 0.0

    def play(self, words: str) -> None:
        command, _, rest = words.partition(" ")
        getattr(self, f"do_{command}")(rest.strip())

    def do_role(self, role: str) -> None:
        assert self.shader.role == role

    def do_set(self, rest: str) -> None:
        name, _, value = rest.partition(" ")
        value = json.loads(value)
        self.inputs[name] = tuple(value) if isinstance(value, list) else value

    def do_hear(self, _: str) -> None:
        self.tools.ears.hear(HEARD)

    def do_draw(self, seconds: str) -> None:
        now = float(seconds or self.seconds + 0.5)
        instant = Instant(now, now - self.seconds, DATE, now * 2.0)
        self.seconds = now
        self.instance.draw(self.target.onto(), self.inputs, self.images, instant)

    def do_at(self, rest: str) -> None:
        place, _, colour = rest.partition(":")
        x, y = (int(float(part) * side) for part, side in zip(place.split(), SIZE, strict=True))
        rows = np.frombuffer(self.target.texture.read(), np.float32).reshape(SIZE[1], SIZE[0], 4)
        expected = [float(part) for part in colour.split()]
        assert rows[y, x].tolist() == pytest.approx(expected, abs=2e-3, rel=1e-4)


@pytest.mark.parametrize("name", RULES)
def test_rule(context: moderngl.Context, name: str) -> None:
    bench = Bench(context, name)
    lines = [line[3:].strip() for line in Path(bench.shader.file).read_text().splitlines() if line.startswith("//@")]
    assert any(line.startswith("at ") for line in lines)
    for line in lines:
        bench.play(line)


def test_there_is_a_rule_for_everything() -> None:
    assert len(RULES) >= 36


OTHERS = {
    "ISF-Files/ISF/Color Bars.fs": '/*{"INPUTS": [{"NAME": "level", "TYPE": "float", "DEFAULT": 0.5}]}*/\n'
    "void main() { gl_FragColor = vec4(level, vv_FragNormCoord.x, 0.0, 1.0); }",
    "ISF-Files/ISF/Add Pass.fs": '/*{"ISFVSN": "2", "INPUTS": [{"NAME": "inputImage", "TYPE": "image"}]}*/\n'
    "varying vec2 here;\nvoid main() { gl_FragColor = IMG_NORM_PIXEL(inputImage, here) + vec4(0.0, 0.0, 1.0, 0.0); }",
    "ISF-Files/ISF/Add Pass.vs": "varying vec2 here;\nvoid main() { isf_vertShaderInit(); here = isf_FragNormCoord; }",
    "p.toml": '[params]\n"/shader/Color_Bars/level" = 1.0\n[[layer]]\nsource = "Color Bars"\nfilters = ["Add Pass"]\n',
}


def test_a_folder_of_others_shaders_beside_a_patch_plays(context: moderngl.Context, tmp_path: Path) -> None:
    for name, text in OTHERS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    library = Library(tmp_path / "p.toml")
    patch, compositor = library.load(), Compositor(context, SIZE)
    for name in patch.shaders:
        compositor.load(library.shader(name))
    compositor.draw(tick(patch, State(transport=patch.transport), [], Moment(0, 1.0)).frame)
    pixels = np.frombuffer(compositor.read(), np.uint8).reshape(SIZE[1], SIZE[0], 3)
    compositor.release()
    assert pixels[4, 16].tolist() == pytest.approx([255, 131, 255], abs=2)
