"""Shaders compiled: what the last good version is worth, where an error lies, and what passes remember."""

from dataclasses import replace
from datetime import datetime

import moderngl
import numpy as np
import pytest
from stagecraft import IMAGE, SIZE, filled, frame, generator, rows, shader

from perf.core.frame import Layer, Pass
from perf.errors import ShaderError
from perf.gl import loaded, program, sources
from perf.gl.compositor import Compositor, since
from perf.gl.instance import Tools
from perf.gl.loaded import compile_error
from perf.gl.target import FIRST, Target
from perf.wire import glsl, isf


def value(compositor: Compositor, *layers: Layer, seconds: float = 1.0) -> list[int]:
    compositor.draw(frame(seconds, *layers))
    return [int(v) for v in rows(compositor)[SIZE[1] // 2, SIZE[0] // 2]]


def test_a_shader_that_never_compiled_has_no_last_good_one(compositor: Compositor) -> None:
    with pytest.raises(ShaderError, match=r"one\.fs:2: .*correct 'one' and save it$"):
        compositor.load(shader("one", "void main() { gl_FragColor = vec4(nothing); }"))


def test_a_shader_that_fails_leaves_the_last_good_one(compositor: Compositor) -> None:
    compositor.load(filled("one", "1.0, 0.0, 0.0, 1.0"))
    bad = "// a comment\nvoid main() {\n    gl_FragColor = vec4(nothing);\n}\n"
    with pytest.raises(ShaderError, match=r"one\.fs:4: the GLSL does not compile: .*nothing.*last good") as caught:
        compositor.load(shader("one", bad))
    assert (caught.value.file, caught.value.line) == ("one.fs", 4)
    assert value(compositor, generator("one")) == [255, 0, 0]
    compositor.load(filled("one", "0.0, 1.0, 0.0, 1.0"))
    assert value(compositor, generator("one")) == [0, 255, 0]


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("fragment_shader\n====\n1:7(31): error: `foo' undeclared\n", 7),
        ('1(12) : error C1008: undefined variable "foo"\n', 12),
        ("ERROR: 1:3: 'foo' : undeclared identifier\n", 3),
        ("1:2(1): warning: unused\n1:9(2): error: no\n", 9),
        ("0:50005(1): error: in what is not the author's\n", None),
        ("something quite different", None),
        ("", None),
    ],
)
def test_the_line_is_found_in_every_driver_s_log(log: str, line: int | None) -> None:
    assert compile_error(filled("one", "1.0"), log).line == line


def test_both_sides_count_the_author_s_lines_alike() -> None:
    assert loaded.OURS == glsl.OURS


def test_ours_and_others_shaders_end_as_they_are_asked_to(context: moderngl.Context) -> None:
    texts = (sources.own(sources.FILL), filled("one", "1.0").fragment)
    assert all(program.ENDS in text for text in texts)
    assert all("uniform bool" not in program.ended(text, (True, False)) for text in texts)
    fill, tools = program.Own(context, sources.FILL), Tools.made(context)
    for dtype, blend, opacity, expected in (
        ("f2", None, 0.5, (2.0, 0.5, 0.25, 0.4)),
        ("f2", FIRST, 0.5, (0.4, 0.2, 0.1, 0.4)),
        ("f1", FIRST, 1.0, (0.8, 0.4, 0.2, 0.8)),
        ("f2", None, 0.5, (2.0, 0.5, 0.25, 0.4)),
    ):
        target = Target(context, (4, 4), dtype)
        fill.run(target.onto(opacity, blend), {}, tools.blank, fill=(2.0, 0.5, 0.25, 0.8))
        kind = {"f1": np.uint8, "f2": np.float16}[dtype]
        here = np.frombuffer(target.texture.read(), kind).reshape(-1, 4) / (255 if dtype == "f1" else 1)
        assert here == pytest.approx(np.tile(expected, (16, 1)), abs=0.004)


def test_the_standard_uniforms(compositor: Compositor) -> None:
    start = Compositor(compositor._tools.context, SIZE, since(datetime(2031, 5, 7, 12)))
    body = "void main() { gl_FragColor = vec4(%s, 1.0); }"
    for words, expected in {
        "TIME / 10.0, BEAT / 10.0, TEMPO / 240.0": [51, 102, 128],
        "RENDERSIZE.x / 320.0, RENDERSIZE.y / 180.0, float(PASSINDEX)": [128, 128, 0],
        "(DATE.x - 2000.0) / 100.0, DATE.y / 10.0, DATE.z / 10.0": [79, 128, 179],
        "DATE.w / 86400.0, isf_FragNormCoord": [128, 128, 128],
    }.items():
        start.load(shader("one", body % words))
        assert value(start, generator("one"), seconds=2.0) == pytest.approx(expected, abs=2)
    start.release()


def test_frames_are_counted_and_timed_from_the_first(compositor: Compositor) -> None:
    compositor.load(
        shader("one", "void main() { gl_FragColor = vec4(float(FRAMEINDEX) / 10.0, TIMEDELTA, 0.0, 1.0); }")
    )
    seen = [value(compositor, generator("one"), seconds=5.0 + n * 0.5) for n in range(3)]
    assert seen == [[0, 0, 0], pytest.approx([26, 128, 0], abs=1), pytest.approx([51, 128, 0], abs=1)]


INPUTS = """{"NAME": "f", "TYPE": "float"}, {"NAME": "b", "TYPE": "bool"}, {"NAME": "e", "TYPE": "event"},
 {"NAME": "l", "TYPE": "long", "VALUES": [3, 7], "LABELS": ["three", "seven"], "DEFAULT": 7},
 {"NAME": "p", "TYPE": "point2D"}, {"NAME": "c", "TYPE": "color"}, {"NAME": "unused", "TYPE": "float"}"""


@pytest.mark.parametrize(
    ("words", "inputs", "expected"),
    [
        ("vec3(f)", {"f": 0.5}, [128] * 3),
        ("vec3(b)", {"b": True}, [255] * 3),
        ("vec3(l) / 10.0", {"l": "three"}, [77] * 3),
        ("vec3(l) / 10.0", {}, [179] * 3),
        ("vec3(p, 0.0)", {"p": (0.25, 1.0)}, [64, 255, 0]),
        ("c.rgb", {"c": (1.0, 0.0, 0.5, 1.0)}, [255, 0, 128]),
        # what a reload has changed under a frame falls back to the default
        ("vec3(l) / 10.0", {"l": "gone"}, [179] * 3),
        ("c.rgb", {"c": 0.5}, [255] * 3),
        ("vec3(f)", {"f": "text"}, [0] * 3),
        ("vec3(0.2)", {"unused": 1.0, "unknown": 3}, [51] * 3),
    ],
)
def test_inputs_arrive(compositor: Compositor, words: str, inputs: dict, expected: list[int]) -> None:
    compositor.load(shader("one", f"void main() {{ gl_FragColor = vec4({words}, 1.0); }}", INPUTS))
    assert value(compositor, generator("one", **inputs)) == pytest.approx(expected, abs=1)


def test_an_event_is_true_for_one_frame(compositor: Compositor) -> None:
    compositor.load(shader("one", "void main() { gl_FragColor = vec4(vec3(e), 1.0); }", INPUTS))
    seen = [value(compositor, generator("one", e=pressed))[0] for pressed in (False, True, True, False, True)]
    assert seen == [0, 255, 0, 0, 255]


COUNT = """void main() {
    if (PASSINDEX == 0) gl_FragColor = IMG_THIS_PIXEL(memory) + vec4(0.1);
    else gl_FragColor = vec4(IMG_THIS_PIXEL(memory).rgb, 1.0);
}"""


@pytest.mark.parametrize("wide", ["true", "false"])
def test_a_persistent_buffer_remembers(compositor: Compositor, wide: str) -> None:
    passes = f', "PASSES": [{{"TARGET": "memory", "PERSISTENT": true, "FLOAT": {wide}, "WIDTH": "4"}}, {{}}]'
    compositor.load(shader("one", COUNT, more=passes))
    seen = [value(compositor, generator("one"))[0] for _ in range(4)]
    assert seen == pytest.approx([26, 51, 77, 102], abs=1)
    compositor.load(shader("one", COUNT, more=passes.replace('"4"', '"$WIDTH / 2"')))  # it takes its picture along
    assert value(compositor, generator("one"))[0] == pytest.approx(128, abs=1)


SEED = """void main() {
    if (PASSINDEX == 0) gl_FragColor = FRAMEINDEX == 0 ? vec4(0.5) : IMG_THIS_PIXEL(memory) + vec4(0.1);
    else gl_FragColor = vec4(IMG_THIS_PIXEL(memory).rgb, 1.0);
}"""


def test_a_buffer_that_is_added_while_it_plays_is_seeded_and_other_edits_keep_it(compositor: Compositor) -> None:
    memory = ', "PASSES": [{"TARGET": "memory", "PERSISTENT": true}, {}]'
    compositor.load(filled("one", "1.0"))
    assert [value(compositor, generator("one"))[0] for _ in range(3)] == [255] * 3
    compositor.load(shader("one", SEED, more=memory))
    assert [value(compositor, generator("one"))[0] for _ in range(2)] == pytest.approx([128, 153], abs=1)
    compositor.load(shader("one", SEED.replace("0.1", "0.2"), more=memory))
    assert value(compositor, generator("one"))[0] == pytest.approx(204, abs=1)


def test_a_buffer_that_an_edit_renames_is_given_back(compositor: Compositor) -> None:
    for name in ("one", "two", "three"):
        passes = f', "PASSES": [{{"TARGET": "{name}", "PERSISTENT": true}}, {{}}]'
        compositor.load(shader("one", COUNT.replace("memory", name), more=passes))
        value(compositor, replace(generator("one"), number=1))
        (instance,) = compositor._stack.parts._instances.values()
        assert set(instance._buffers) == {name}


def test_a_last_pass_with_a_target_is_seen_too(compositor: Compositor) -> None:
    more = ', "PASSES": [{"TARGET": "memory", "PERSISTENT": true}]'
    compositor.load(shader("one", "void main() { gl_FragColor = IMG_THIS_PIXEL(memory) + vec4(0.2); }", more=more))
    value(compositor, generator("one"))
    # what is seen lies on black by its alpha
    assert value(compositor, generator("one"))[0] == pytest.approx(0.4 * 0.4 * 255, abs=1)


def test_sizes_follow_inputs(compositor: Compositor) -> None:
    more = ', "PASSES": [{"TARGET": "small", "WIDTH": "floor($WIDTH / $f)", "HEIGHT": "3"}, {}]'
    body = "void main() { gl_FragColor = PASSINDEX == 0 ? vec4(1.0) : vec4(IMG_SIZE(small) / 100.0, 0.0, 1.0); }"
    compositor.load(shader("one", body, '{"NAME": "f", "TYPE": "float", "MAX": 10.0, "DEFAULT": 2.0}', more))
    assert value(compositor, generator("one"))[:2] == pytest.approx([204, 8], abs=1)
    assert value(compositor, generator("one", f=4.0))[:2] == pytest.approx([102, 8], abs=1)
    assert value(compositor, generator("one", f=0.0))[:2] == pytest.approx([3, 8], abs=1)


def test_what_is_not_a_number_does_not_spread(compositor: Compositor) -> None:
    more = ', "PASSES": [{"TARGET": "memory", "PERSISTENT": true, "FLOAT": true}, {}]'
    body = """void main() {
        vec4 old = IMG_THIS_PIXEL(memory);
        if (PASSINDEX == 0) gl_FragColor = FRAMEINDEX == 0 ? vec4(sqrt(-1.0 - TIME)) : old + vec4(0.5);
        else gl_FragColor = vec4(old.rgb, 1.0);
    }"""
    compositor.load(shader("one", body, more=more))
    assert [value(compositor, generator("one"))[0] for _ in range(2)] == pytest.approx([0, 128], abs=1)


def test_further_images_show_the_sampler_s_picture(compositor: Compositor) -> None:
    compositor.load(
        shader("one", "void main() { gl_FragColor = IMG_THIS_PIXEL(other); }", '{"NAME": "other", "TYPE": "image"}')
    )
    compositor.draw(frame(3.0))
    waiting = rows(compositor)
    compositor.draw(frame(3.0, generator("one")))
    assert np.abs(rows(compositor).astype(int) - waiting).max() <= 2


def test_macros_bear_commas_and_brackets(compositor: Compositor) -> None:
    body = """varying vec2 mine;
    void main(void) {
        vec2 s = IMG_SIZE(inputImage);
        vec4 a = IMG_NORM_PIXEL(inputImage, mix(vec2(0.5, 0.5), vec2(max(0.1, 0.2), 0.3), 0.0));
        vec4 b = IMG_PIXEL(inputImage, vec2(min(s.x, 9999.0), s.y) * 0.5) + texture2D(inputImage, mine) * 0.0;
        gl_FragColor = vec4((a.rgb + b.rgb) * 0.5, 1.0);
    }"""
    vertex = "varying vec2 mine;\nvoid main() { isf_vertShaderInit(); mine = isf_FragNormCoord * 0.5; }"
    text = f'/*{{"ISFVSN": "2", "INPUTS": [{IMAGE}]}}*/\n#version 120\n{body}'
    compositor.load(isf.parse(text, "one", "one.fs", vertex))
    compositor.load(filled("white", "1.0"))
    layer = Layer("white", (Pass("white", {}), Pass("one", {})), 1.0, "normal")
    assert value(compositor, layer) == [255, 255, 255]


def test_a_context_is_given_back(context: moderngl.Context) -> None:
    for _ in range(3):
        one = Compositor(context, SIZE)
        one.load(filled("one", "1.0"))
        one.draw(frame(1.0, generator("one")))
        one.release()
