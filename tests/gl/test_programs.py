"""Loading: once, ready to be drawn, in the newest GLSL that bears it; and what is said when it cannot be."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import moderngl
import numpy as np
import pytest
from stagecraft import HEADER, SIZE, filled, frame, generator, rows, shader

from perf.errors import ShaderError
from perf.gl import loaded, programs
from perf.gl.compositor import Compositor
from perf.gl.instance import Instance, Instant, Tools
from perf.gl.loaded import Loaded, compile_error
from perf.gl.programs import TRIED, Programs
from perf.gl.target import OVER, Onto, Target
from perf.wire import isf

PLAIN = "void main() { gl_FragColor = vec4(1.0); }"


@pytest.fixture
def tools(context: moderngl.Context) -> Tools:
    return Tools.made(context)


def test_a_shader_that_has_not_changed_is_not_compiled_again(tools: Tools) -> None:
    shelf = Programs(tools)
    shelf.load(shader("a", PLAIN))
    first = shelf.get("a")
    shelf.load(shader("a", PLAIN))
    assert shelf.get("a") is first
    assert shelf.took["a"] > 0.0
    shelf.load(filled("a", "0.5"))
    assert shelf.get("a") is not first


def tried(tools: Tools, monkeypatch: pytest.MonkeyPatch, seconds: Callable[[int], float]) -> tuple[int, Loaded]:
    """On how many sizes a shader is tried whose draws take so long, by their pixels; and what was found out."""
    seen: list[tuple[int, int]] = []
    draw, clock = Instance.draw, [0.0]

    def slow(self: Instance, onto: Onto, *args: Any) -> None:
        seen.append(onto.box[2:])
        draw(self, onto, *args)
        clock[0] += seconds(onto.box[2] * onto.box[3])

    monkeypatch.setattr(programs, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    monkeypatch.setattr(Instance, "draw", slow)
    shelf = Programs(tools)
    shelf.load(shader("a", PLAIN))
    assert tuple(dict.fromkeys(seen)) == TRIED[: len(set(seen))]
    return len(set(seen)), shelf.get("a")  # type: ignore[return-value]


@pytest.mark.parametrize(("pace", "sizes"), [(1e-7, 4), (1e-5, 3), (1e-4, 2), (1e-3, 1)])
def test_a_slow_shader_is_tried_on_few_pixels_so_that_no_show_waits(
    tools: Tools, monkeypatch: pytest.MonkeyPatch, pace: float, sizes: int
) -> None:
    count, found = tried(tools, monkeypatch, lambda pixels: pace * pixels)
    assert (count, found.takes(640 * 360)) == (sizes, pytest.approx(pace * 640 * 360))


@pytest.mark.parametrize("base", [0.001, 0.02, 0.04])
def test_what_a_draw_takes_anyway_is_not_thought_to_be_its_pixels(
    tools: Tools, monkeypatch: pytest.MonkeyPatch, base: float
) -> None:
    """As a pass of a size of its own does, or a busy machine."""
    count, found = tried(tools, monkeypatch, lambda pixels: base + 1e-8 * pixels)
    assert (count, found.takes(640 * 360)) == (len(TRIED), pytest.approx(base + 0.002304))


def test_nothing_is_compiled_when_it_is_drawn(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Programs(tools)
    for n in range(3):
        shelf.load(shader(f"a{n}", PLAIN))
    monkeypatch.setattr(loaded, "Program", None)
    target = Target(tools.context, (8, 8))
    for n in range(3):
        found = shelf.get(f"a{n}")
        assert found is not None
        assert found.takes(1) > 0.0
        Instance(tools, found).draw(target.onto(), {}, {}, Instant())


def test_a_shader_is_found_as_its_file_is_called(tools: Tools) -> None:
    shelf = Programs(tools)
    shelf.load(shader("Color Bars 2", PLAIN))
    assert shelf.get("Color Bars 2") is shelf.get("Color_Bars_2") is not None
    assert shelf.get("Color Bars") is None


def test_passes_share_a_program_unless_they_ask_which_they_are(tools: Tools) -> None:
    more = ', "PASSES": [{"TARGET": "a"}, {"TARGET": "b"}, {}]'
    same = Loaded(tools.context, shader("a", PLAIN, more=more))
    other = Loaded(tools.context, shader("a", "void main() { gl_FragColor = vec4(PASSINDEX); }", more=more))
    assert (len(set(same.programs)), len(set(other.programs))) == (1, 3)


def test_the_newest_glsl_is_tried_first_and_a_bare_old_one_then(tools: Tools) -> None:
    for body in ("float sample = 1.0;", "float x = float(__VERSION__);"):
        Loaded(tools.context, shader("a", f"void main() {{ {body} gl_FragColor = vec4(1.0); }}"))
    target = Target(tools.context, (1, 1), "f4")
    ask = Loaded(tools.context, shader("a", "void main() { gl_FragColor = vec4(__VERSION__); }"))
    Instance(tools, ask).draw(target.onto(), {}, {}, Instant())
    newest = 420 if tools.context.version_code >= 420 else 330
    assert np.frombuffer(target.texture.read(), np.float32)[0] == newest


def test_a_refusal_is_an_error_at_its_line_and_the_last_good_version_plays(tools: Tools) -> None:
    shelf = Programs(tools)
    shelf.load(filled("a", "0.5"))
    endless = shader("a", "void main() {\n while (true) {}\n}")
    with pytest.raises(ShaderError, match=r"a\.fs:3: the while loop never ends: give it an end.*last good") as caught:
        shelf.load(endless)
    assert caught.value.line == 3
    assert shelf.get("a") is not None
    assert "never ends" in shelf.reasons["a"]
    shelf.load(filled("a", "0.5"))
    assert shelf.reasons == {}


def with_vertex(body: str, vertex: str, file: str = "a.vs") -> isf.IsfShader:
    return isf.parse(HEADER % ("", "") + body, "a", "a.fs", vertex, file)


def test_a_loop_that_an_input_makes_endless_ends(tools: Tools) -> None:
    body = "void main() { float x = 0.0, n = 0.0; while (x < 1.0) { x += by; n++; } gl_FragColor = vec4(n); }"
    target = Target(tools.context, (1, 1), "f4")
    instance = Instance(tools, Loaded(tools.context, shader("a", body, '{"NAME": "by", "TYPE": "float"}')))
    for by, rounds in ((0.25, 4.0), (0.0, 5001.0)):
        instance.draw(target.onto(), {"by": by}, {}, Instant())
        assert np.frombuffer(target.texture.read(), np.float32)[0] == rounds


def test_an_error_in_the_vs_is_there_and_on_its_line(tools: Tools) -> None:
    with pytest.raises(ShaderError, match=r"^a\.vs:3: the GLSL does not compile: .*nothing"):
        Loaded(tools.context, with_vertex(PLAIN, "void main() {\n isf_vertShaderInit();\n nothing;\n}"))
    with pytest.raises(ShaderError, match=r"^a\.fs:2: the GLSL does not compile: .*nothing"):
        Loaded(tools.context, with_vertex("void main() { nothing; }", "void main() { isf_vertShaderInit(); }"))


def test_an_include_is_an_error_on_its_line_and_nothing_in_a_comment(tools: Tools) -> None:
    Loaded(tools.context, shader("a", '// #include "b"\n' + PLAIN))
    with pytest.raises(ShaderError, match=r"^a\.fs:3: the GLSL does not compile: .*include"):
        Loaded(tools.context, shader("a", '\n#include "b"\n' + PLAIN))


def test_a_main_that_is_missing_is_missed_by_its_name(tools: Tools) -> None:
    with pytest.raises(ShaderError, match=r"^a\.fs: the GLSL does not compile: .*\Wmain\W") as caught:
        Loaded(tools.context, shader("a", "float one() { return 1.0; }"))
    assert "isf_main" not in str(caught.value)


def test_a_vs_that_is_missing_is_missed() -> None:
    log = "GLSL Linker failed\n\nProgram\n=======\nerror: fragment shader input `mine' has no matching output\n"
    lone = isf.parse(HEADER % ("", "") + "varying vec2 mine;\nvoid main() {}", "a", "a.fs")
    assert "is a.vs, which should lie beside it, missing?" in str(compile_error(lone, log))


COUNTS = """void main() {
    vec4 image = IMG_PIXEL(inputImage, gl_FragCoord.xy);
    gl_FragColor = vec4(image.rg, float(FRAMEINDEX), hit ? 1.0 : RENDERSIZE.x / 100.0);
}"""
INPUTS = '{"NAME": "inputImage", "TYPE": "image"}, {"NAME": "hit", "TYPE": "event"}'


class Use:
    """One use of a shader that is too slow, drawn 32 pixels wide onto 32-bit floats."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self.instance = Instance(tools, Loaded(tools.context, shader("a", COUNTS, INPUTS)))
        self.target = Target(tools.context, (32, 16), "f4")
        pixels = np.zeros((16, 32, 4), np.float32)
        pixels[..., 0], pixels[..., 1] = (np.mgrid[0:16, 0:32] + 0.5)[::-1] / 100.0
        self.image = tools.context.texture((32, 16), 4, pixels, dtype="f4")

    def draw(self, **inputs: object) -> np.ndarray:
        self.instance.draw(self.target.onto(), inputs, {"inputImage": self.image}, Instant())
        return np.frombuffer(self.target.texture.read(), np.float32).reshape(16, 32, 4)


def test_a_slow_shader_is_drawn_smaller_and_sees_the_same(tools: Tools) -> None:
    use = Use(tools)
    whole = use.draw()
    tools.limit.seconds = 1e-3
    use.instance.loaded.pace = 3e-3 / (32 * 16)
    use.instance._governed = None  # as after a reload: what loading has found out counts
    small = use.draw()
    assert use.instance.governor.words == "at 1/2 of its size"
    assert small[8, 16, 3] == pytest.approx(0.16, abs=1e-3)
    assert np.abs(small[1:-1, 1:-1, :2] - whole[1:-1, 1:-1, :2]).max() < 0.006
    tools.limit.seconds = 0.0
    assert use.draw()[8, 16, 3] == pytest.approx(0.32, abs=1e-3)


def test_a_stuck_shader_is_drawn_seldom_and_misses_no_event(tools: Tools) -> None:
    use = Use(tools)
    tools.limit.seconds = 1e-3
    use.instance.loaded.pace = 3.2 / (32 * 16)
    seen = [use.draw(hit=n == 2)[8, 16] for n in range(9)]
    assert use.instance.governor.words == "at 1/32 of its size, every 4 frames"
    assert [int(pixel[2]) for pixel in seen] == [0, 0, 0, 0, 1, 1, 1, 1, 2]
    assert [pixel[3] > 0.9 for pixel in seen] == [False] * 4 + [True] * 4 + [False]


def test_what_is_shown_of_a_slow_shader_lands_as_it_should(tools: Tools) -> None:
    use = Use(tools)
    tools.limit.seconds, use.instance.loaded.pace = 1e-3, 3e-3 / (32 * 16)
    use.target.framebuffer.clear(0.0, 0.0, 1.0, 1.0)
    use.instance.draw(use.target.onto(0.5, OVER), {"hit": True}, {"inputImage": use.image}, Instant())
    assert np.frombuffer(use.target.texture.read(), np.float32)[2::4].mean() == pytest.approx(0.5, abs=1e-2)


def test_one_that_is_quick_is_measured_and_left_alone(tools: Tools) -> None:
    use = Use(tools)
    tools.limit.seconds = 1e3
    for _ in range(6):
        use.draw()
    assert 0.0 < use.instance.governor.cost < 1e3
    assert use.instance.governor.words == ""


def test_a_live_stage_takes_the_limit_from_the_frame_and_says_what_it_did(context: moderngl.Context) -> None:

    stage = Compositor(context, SIZE, live=True)
    stage.load(filled("slow", "1.0, 0.5, 0.25, 1.0"))
    found = stage._programs.get("slow")
    assert found is not None
    found.pace = 1.0 / (SIZE[0] * SIZE[1])
    stage.draw(replace(frame(1.0, generator("slow")), values={"/master/limit": 30.0}))
    assert stage.said() == ["slow takes 1000 ms of each frame, more than 30 ms: it is drawn at 1/8 of its size"]
    assert stage.said() == []
    assert rows(stage)[0, 0].tolist() == pytest.approx([255, 128, 64], abs=1)
    for n in range(6):
        stage.draw(replace(frame(2.0 + n, generator("slow")), values={"/master/limit": 30.0}))
    assert str(stage.status()["/status/shader"]).startswith("slow ")
    stage.release()


def test_a_shader_that_never_compiled_shows_the_test_card_with_the_reason(context: moderngl.Context) -> None:
    stage = Compositor(context, (320, 180))
    with pytest.raises(ShaderError):
        stage.load(shader("bad", "void main() {\n nothing;\n}"))
    assert stage._programs.reason("bad").startswith("bad.fs:3: the GLSL does not compile: ")
    stage.draw(frame(1.0, generator("bad")))
    told = rows(stage)[60:120, 40:280]
    stage._programs.reasons.clear()
    stage.draw(frame(2.0, generator("bad")))
    assert (told > 200).sum() > (rows(stage)[60:120, 40:280] > 200).sum() + 150
    stage.release()
