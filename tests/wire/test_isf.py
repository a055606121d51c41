"""ISF headers: what a shader declares becomes parameters; what it says wrong, an error with its line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.param import Table
from perf.errors import ShaderError
from perf.wire import isf

BODY = "\nvoid main() { gl_FragColor = vec4(1.0); }\n"


def parsed(*inputs: dict, **header: object) -> isf.IsfShader:
    return isf.parse(f"/*{json.dumps({'ISFVSN': '2.0', 'INPUTS': inputs, **header})}*/{BODY}", "look", "look.fs")


def test_inputs_become_parameters() -> None:
    shader = parsed(
        {"NAME": "level", "TYPE": "float", "DEFAULT": 0.5, "MIN": -1, "MAX": 2, "LABEL": "how much"},
        {"NAME": "on", "TYPE": "bool", "DEFAULT": 1},
        {"NAME": "kind", "TYPE": "long", "VALUES": [0, 4], "LABELS": ["soft", "hard"], "DEFAULT": 4},
        {"NAME": "rows", "TYPE": "long", "MIN": 1, "MAX": 9, "DEFAULT": 3},
        {"NAME": "place", "TYPE": "point2D", "DEFAULT": [0.5, 0.25], "MIN": [0, 0], "MAX": [1, 1]},
        {"NAME": "tint", "TYPE": "color", "DEFAULT": [1, 0.5, 0]},
        {"NAME": "hit", "TYPE": "event"},
        {"NAME": "inputImage", "TYPE": "image"},
        {"NAME": "sound", "TYPE": "audioFFT"},
        DESCRIPTION="a look",
        CREDIT="me",
        CATEGORIES=["a", "b"],
    )
    rows = {p.address: (p.kind, p.default, p.minimum, p.maximum) for p in shader.params}
    assert rows == {
        "/shader/look/level": ("float", 0.5, -1.0, 2.0),
        "/shader/look/on": ("bool", True, 0.0, 1.0),
        "/shader/look/kind": ("choice", "hard", 0.0, 1.0),
        "/shader/look/rows": ("int", 3, 1.0, 9.0),
        "/shader/look/place": ("point", (0.5, 0.25), 0.0, 1.0),
        "/shader/look/tint": ("colour", (1.0, 0.5, 0.0, 1.0), 0.0, 1.0),
        "/shader/look/hit": ("trigger", False, 0.0, 1.0),
    }
    assert (shader.role, shader.description, shader.credit, shader.categories) == ("filter", "a look", "me", ("a", "b"))
    assert shader.params[0].help == "how much"
    assert isf.spec(shader).params == shader.params
    table = Table(shader.params)
    for param in table.values():
        default = param.default if isinstance(param.default, tuple) else (param.default,)
        assert param.coerce(default) == (param.default, False)


def test_roles() -> None:
    assert parsed().role == "generator"
    ends = [{"NAME": n, "TYPE": "image"} for n in ("startImage", "endImage")]
    assert parsed(*ends, {"NAME": "progress", "TYPE": "float"}).role == "transition"
    assert parsed(*ends).role == "generator"


def test_a_range_reaches_its_default() -> None:
    assert parsed({"NAME": "far", "TYPE": "float", "DEFAULT": 12}).params[0].maximum == 12


@pytest.mark.parametrize(
    ("given", "span"),
    [({}, (0, 1)), ({"MIN": 2}, (2, 3)), ({"MAX": -1}, (-2, -1)), ({"MIN": -1}, (-1, 1)), ({"MAX": 9}, (0, 9))],
)
def test_half_a_range_is_completed(given: dict, span: tuple[float, float]) -> None:
    (param,) = parsed({"NAME": "x", "TYPE": "float", **given}).params
    assert (param.minimum, param.maximum) == span
    assert span[0] <= param.default <= span[1]


def test_passes() -> None:
    shader = parsed(
        {"NAME": "q", "TYPE": "float"},
        PASSES=[{"TARGET": "a", "PERSISTENT": True, "FLOAT": True, "WIDTH": "$WIDTH / 4", "HEIGHT": 64}, {}],
    )
    first, last = shader.passes
    assert (first.target, first.persistent, first.wide, last.target) == ("a", True, True, "")
    values = {"WIDTH": 640.0, "HEIGHT": 360.0}
    assert (first.width.evaluate(values), first.height.evaluate(values)) == (160, 64)
    assert (last.width.evaluate(values), last.height.evaluate(values)) == (640, 360)
    assert "uniform sampler2D a;" in shader.fragment
    assert len(parsed().passes) == 1


def test_the_author_s_lines_are_kept() -> None:
    text = '// first line\r\n\n/*{\n"ISFVSN": "2"\n}*/ float x;\r\n#version 120\r\nvoid main() {}\n'
    assert "#line 5\n float x;\n\nvoid main() {}\n" in isf.parse(text, "look").fragment


def test_a_name_becomes_an_address() -> None:
    assert isf.parse('/*{"ISFVSN":"2"}*/', "Colour Wash/2").name == "Colour_Wash_2"


@pytest.mark.parametrize("buffers", [["a"], {"a": {"WIDTH": "$WIDTH / 2", "FLOAT": True}}])
def test_version_1_has_its_buffers_beside_the_passes(buffers: object) -> None:
    header = {"PERSISTENT_BUFFERS": buffers, "PASSES": [{"TARGET": "a"}, {"TARGET": "b"}, {}]}
    kept, thrown, _ = isf.parse(f"/*{json.dumps(header)}*/{BODY}", "old").passes
    assert (kept.persistent, thrown.persistent) == (True, False)
    assert kept.wide == isinstance(buffers, dict)
    assert kept.width.evaluate({"WIDTH": 640.0}) == (320 if isinstance(buffers, dict) else 640)


def test_passes_into_one_buffer_agree_in_size_and_kind() -> None:
    first, second, _ = parsed(
        PASSES=[{"TARGET": "a"}, {"TARGET": "a", "WIDTH": "8", "PERSISTENT": True, "FLOAT": True}, {}]
    ).passes
    assert first == second
    assert (first.width.text, first.height.text, first.persistent, first.wide) == ("8", "$HEIGHT", True, True)


@pytest.mark.parametrize("imported", [{"a": {"PATH": "a.png"}}, {"a": "a.png"}, [{"NAME": "a", "PATH": "a.png"}]])
def test_imported_images_are_named(imported: object) -> None:
    shader = parsed(IMPORTED=imported)
    assert shader.imports == (("a", "a.png"),)
    assert "uniform sampler2D a;" in shader.fragment


def test_what_others_write_is_completed() -> None:
    shader = parsed(
        {"NAME": "turned", "TYPE": "float", "MIN": 10, "MAX": 1.5, "DEFAULT": 2},
        {"NAME": "still", "TYPE": "float", "MIN": 0, "MAX": 0},
        {"NAME": "near", "TYPE": "long", "VALUES": [1, 2, 8], "DEFAULT": 7},
        {"NAME": "few", "TYPE": "long", "VALUES": [1, 2], "LABELS": ["a"]},
        {"NAME": "twice", "TYPE": "long", "VALUES": [1, 2, 3], "LABELS": ["a", "a", 7]},
        {"NAME": "counted", "TYPE": "long", "LABELS": ["a", "b", "c"], "DEFAULT": 1},
        CATEGORIES="Blur",
    )
    turned, still, near, few, twice, counted = shader.inputs
    assert (turned.minimum, turned.maximum, still.minimum, still.maximum) == (1.5, 10, 0, 1)
    assert (near.default, few.labels, twice.labels) == ("8", ("a", "2"), ("a", "a 2", "7"))
    assert (counted.labels, counted.values, counted.default) == (("a", "b", "c"), (0, 1, 2), "b")
    assert shader.categories == ("Blur",)


def test_a_licence_may_stand_before_the_header() -> None:
    assert isf.parse('/* free for all */\n/*\n {"ISFVSN": "2", "CREDIT": "me"}*/', "look").credit == "me"


def test_an_input_called_as_our_uniforms_comes_first() -> None:
    assert parsed({"NAME": "BEAT", "TYPE": "float"}).fragment.count("BEAT;") == 1


def test_a_sound_says_how_many_columns_it_wants() -> None:
    shader = parsed({"NAME": "wave", "TYPE": "audio", "MAX": 128}, {"NAME": "bins", "TYPE": "audioFFT"})
    assert [i.columns for i in shader.inputs] == [128, 0]
    assert shader.params == ()


def test_loops_that_never_end_are_refused_and_those_that_may_not_are_suspect() -> None:
    header = '/*{"ISFVSN": "2", "INPUTS": [{"NAME": "n", "TYPE": "float", "MAX": 9}]}*/\n'
    endless = isf.parse(header + "void main() {\n while (true) { }\n}", "look")
    assert (endless.refused, endless.refused_line) == ("the while loop never ends: give it an end, or a break", 3)
    assert isf.parse(header + "void main() { while (TIME < 3.0) {} }", "look").suspect
    assert not isf.parse(header + "void main() { for (float i = 0.0; i < n; i++) {} }", "look").suspect


F = {"NAME": "x", "TYPE": "float"}


@pytest.mark.parametrize(
    ("header", "message", "line"),
    [
        ({"ISFVSN": "3"}, "ISFVSN is '3'; allowed are", 2),
        ({"ISFVSN": json.loads("[" * 500 + "]" * 500)}, "ISFVSN is .*; allowed are", 2),
        ({"MODE": "VERTEX_SHADER_ART"}, "MODE 'VERTEX_SHADER_ART' is another player's", 2),
        ({"PERSISTENT_BUFFERS": "a"}, "PERSISTENT_BUFFERS is 'a'; it takes a list", 2),
        ({"PERSISTENT_BUFFERS": ["a b"]}, "PERSISTENT_BUFFERS has a name that is 'a b'", 2),
        ({"IMPORTED": {"a": {"PATH": 3}}}, "PATH of the imported 'a' is 3; it takes the file", 2),
        ({"IMPORTED": {"vec2": {"PATH": "a.png"}}}, "IMPORTED has a name that is 'vec2'", 2),
        ({"IMPORTED": "a.png"}, "IMPORTED is 'a.png'; it takes an object", 2),
        ({"IMPORTED": {"a": {"PATH": ["a.png"] * 6}}}, "PATH of the imported 'a' is", 2),
        ({"INPUTS": {}}, r"INPUTS is \{\}; it takes a list", 2),
        ({"INPUTS": ["x"]}, "an entry of INPUTS is 'x'; each is an object", 2),
        ({"INPUTS": [{"NAME": "a b", "TYPE": "float"}]}, "NAME is 'a b'; allowed are letters", 4),
        ({"INPUTS": [{"TYPE": "float"}]}, "NAME is None", 2),
        ({"INPUTS": [{"NAME": "TIME", "TYPE": "float"}]}, "NAME is 'TIME'", 4),
        ({"INPUTS": [{"NAME": "sample", "TYPE": "float"}]}, "NAME is 'sample'", 4),
        ({"INPUTS": [{"NAME": "active", "TYPE": "float"}]}, "NAME is 'active'", 4),
        ({"PASSES": [{"TARGET": "dmat3x2"}]}, "TARGET that is 'dmat3x2'", 4),
        ({"INPUTS": [{"NAME": "usampler2DArray", "TYPE": "float"}]}, "NAME is 'usampler2DArray'", 4),
        ({"INPUTS": [{"NAME": "x", "TYPE": "point3D"}]}, "TYPE 'point3D'; allowed are float, bool", 4),
        ({"INPUTS": [F, F]}, "'x' is declared twice; give one", 4),
        ({"INPUTS": [{"NAME": f"i{n}", "TYPE": "float"} for n in range(4000)]}, "4000 entries; .* at most 256", 4),
        ({"INPUTS": [{"NAME": "x", "TYPE": "audioFFT", "MAX": 0}]}, "MAX of input 'x' is 0; a sound has 1…4096", 4),
        ({"INPUTS": [{**F, "DEFAULT": "much"}]}, "DEFAULT of input 'x' is 'much'; it takes a number", 4),
        ({"INPUTS": [{**F, "MAX": 1e300}]}, "within ±1e9", 4),
        ({"INPUTS": [{**F, "MAX": float("inf")}]}, "within ±1e9", 4),
        ({"INPUTS": [{"NAME": "x", "TYPE": "bool", "DEFAULT": "yes"}]}, "takes true or false", 4),
        ({"INPUTS": [{"NAME": "x", "TYPE": "color", "DEFAULT": [1, 2]}]}, "a list of 3 or 4 numbers", 4),
        ({"INPUTS": [{"NAME": "x", "TYPE": "point2D", "DEFAULT": 1}]}, "a list of 2 numbers", 4),
        ({"INPUTS": [{"NAME": "x", "TYPE": "long", "VALUES": ["soft"]}]}, "VALUES of input 'x' is 'soft'", 4),
        ({"PASSES": [{"TARGET": "x y"}]}, "TARGET that is 'x y'", 4),
        ({"PASSES": [{"TARGET": 0.0}, {"TARGET": []}]}, "TARGET that is 0.0; allowed", 4),
        ({"INPUTS": [F], "PASSES": [{"TARGET": "x"}]}, "TARGET that is 'x'; .*no input's name", 4),
        ({"PASSES": [{"TARGET": "a", "WIDTH": "$WIDTH * 1e6"}]}, "is 1000000000 pixels .* at most 16384", 5),
        ({"PASSES": [{"TARGET": "a", "WIDTH": 1e300}]}, "is 1000000000 pixels", 5),
        ({"PASSES": [{"TARGET": "a", "WIDTH": "1 + " * 60 + "1"}]}, "too long; at most 200", 5),
        ({"PASSES": [{"TARGET": "a", "WIDTH": "$DEPTH"}]}, r"WIDTH of a pass: .*\$DEPTH.*known are \$WIDTH", 5),
        ({"PASSES": [{"TARGET": "a", "HEIGHT": [1]}]}, r"HEIGHT is \[1\]", 5),
        ({"PASSES": [{"FLOAT": 7}]}, "FLOAT of pass '' is 7", 4),
        ({"PASSES": [{}] * 33}, "33 entries; it takes at most 32", 2),
    ],
)
def test_mistakes_name_value_cure_and_line(header: dict, message: str, line: int) -> None:
    text = (
        "//\n/*" + json.dumps({"ISFVSN": "2.0"} | header, indent=0).replace("[\n{", "[{").replace("{\n", "{", 1) + "*/"
    )
    with pytest.raises(ShaderError, match=message) as caught:
        isf.parse(text, "look", "look.fs")
    assert caught.value.file == "look.fs"
    assert caught.value.line is not None
    key = caught.value.line
    assert abs(key - line) <= 4


def test_an_error_is_on_the_line_of_its_input() -> None:
    text = '/*{\n"ISFVSN": "2.0",\n"INPUTS": [\n{"NAME": "a", "TYPE": "float"},\n{"NAME": "b", "TYPE": "flaot"}\n]}*/'
    with pytest.raises(ShaderError, match=r"look\.fs:5: input 'b' has TYPE 'flaot'"):
        isf.parse(text, "look", "look.fs")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no header"),
        ("void main() {}", "there is no header"),
        ("/*{", "there is no header"),
        ("/* just words */", "look.fs:1: the header is not JSON"),
        ('\n/*{\n"ISFVSN": "2",\n}*/', "look.fs:4: the header is not JSON"),
        ("/*[1]*/", "must be a JSON object"),
        ("/*" + "[" * 50_000 + "*/", "nested too deep"),
        ("/*{" + " " * 400_001 + "}*/", "too long"),
        ('/*{"a": ' + "9" * 9000 + "}*/", "number too long"),
        ("x" * 1_000_001, "too many"),
    ],
)
def test_headers_that_are_none(text: str, message: str) -> None:
    with pytest.raises(ShaderError, match=message):
        isf.parse(text, "look", "look.fs")


values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.sampled_from(["float", "x"])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=10,
)
INPUT_KEYS = ["NAME", "TYPE", "DEFAULT", "MIN", "MAX", "VALUES", "LABELS", "LABEL", "IDENTITY"]
sane = {"NAME": st.sampled_from(["a", "b", "inputImage"]), "TYPE": st.sampled_from([*isf.glsl.TYPES])}
entry = st.fixed_dictionaries({}, optional={k: st.one_of(values, sane.get(k, st.just(1))) for k in INPUT_KEYS})
a_pass = st.fixed_dictionaries(
    {}, optional={k: st.one_of(values, st.just("a")) for k in ["TARGET", "PERSISTENT", "FLOAT", "WIDTH", "HEIGHT"]}
)
headers = st.fixed_dictionaries(
    {},
    optional={
        "ISFVSN": st.one_of(st.just("2.0"), values),
        "INPUTS": st.one_of(st.lists(entry, max_size=5), values),
        "PASSES": st.one_of(st.lists(a_pass, max_size=4), values),
        "DESCRIPTION": values,
        "CATEGORIES": values,
        "IMPORTED": values,
        "PERSISTENT_BUFFERS": values,
    },
)


@given(headers)
def test_only_shader_errors_come_out_of_a_header(header: dict) -> None:
    try:
        shader = isf.parse(f"/*{json.dumps(header)}*/{BODY}", "look", "look.fs")
    except ShaderError:
        return
    for param in shader.params:
        if param.kind in ("float", "int"):
            assert param.minimum <= param.default <= param.maximum
    shader.fragment.encode("ascii")


@given(st.one_of(st.text(max_size=200), st.text('/*{}[]":,x0 \n', max_size=60)), st.text(max_size=10))
def test_only_shader_errors_come_out_of_a_text(text: str, name: str) -> None:
    for whole in (text, f"/*{text}*/", f'/*{{"ISFVSN": "2.0"}}*/{text}'):
        try:
            isf.parse(whole, name)
        except ShaderError:
            continue
