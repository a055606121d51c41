"""What a patch says of its stage, and how its mistakes are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.footage import MediaSpec
from perf.core.layers import layers_of
from perf.core.param import Param
from perf.core.patch import LayerSpec, Patch, ShaderSpec
from perf.errors import PatchError, ShaderError
from perf.wire.patch import parse, save

SHADERS = {
    "glow": ShaderSpec("glow", "filter", (Param("/shader/glow/amount", "float", 0.5),)),
    "rays": ShaderSpec("rays", "generator"),
    "iris": ShaderSpec(
        "iris", "transition", (Param("/shader/iris/progress", "float", 0.0), Param("/shader/iris/soft", "float", 0.1))
    ),
}


def find(name: str) -> ShaderSpec:
    if name not in SHADERS:
        raise ShaderError(f"no shader is called {name!r}; there are glow, iris, rays")
    return SHADERS[name]


def read(text: str) -> Patch:
    return parse(text, find, "p.toml")


WHOLE = """
[deck]
transitions = ["iris"]

[[layer]]
source = "rays"
deck = "a"
group = 3

[[layer]]
source = "text"
text = "bar {bar}"
colour = "#ff8000"
size = 0.2
place = "bottom-left"
scale = 2
crop = { left = 0.1, top = 0.2 }
mask = { by = "luma", layer = 1, invert = true }

[[layer]]
source = "group"
filters = ["glow"]
opacity = 0.5
blend = "screen-luma"

[[layer]]
source = "layer:1"

[[mapping]]
upper-left = [0.1, 0.9]
edge = { right = 0.2 }

[[mapping]]
mesh = [3, 4]
"""


def test_a_stage() -> None:
    patch = read(WHOLE)
    assert patch.layers[0] == LayerSpec("rays", group=3)
    assert patch.layers[2] == LayerSpec("group", ("glow",), 0.5, "screen-luma")
    floor = patch.floor
    assert floor["/layer/2/text"] == "bar {bar}"
    assert floor["/layer/2/colour"] == pytest.approx((1.0, 128 / 255, 0.0, 1.0))
    assert (floor["/layer/2/crop/left"], floor["/layer/2/crop/top"], floor["/layer/2/scale"]) == (0.1, 0.2, 2)
    assert (floor["/layer/2/mask/by"], floor["/layer/2/mask/layer"], floor["/layer/2/mask/invert"]) == ("luma", 1, True)
    assert patch.table["/layer/2/scale"].default == 2  # what panic goes back to
    assert patch.table["/layer/2/mask/layer"].maximum == 4
    assert floor["/deck/transition"] == "iris"
    assert "/shader/iris/soft" in patch.table
    assert "/shader/iris/progress" not in patch.table
    assert [spec.mesh for spec in patch.mapping] == [(0, 0), (3, 4)]
    assert floor["/mapping/1/upper-left"] == (0.1, 0.9)
    assert floor["/mapping/1/edge/right"] == 0.2
    assert "/mapping/2/mesh/3/4" in patch.table
    assert len(layers_of(patch, floor, str)) == 4


def test_a_patch_without_any_of_it_has_one_layer_and_no_mapping() -> None:
    patch = read("")
    assert patch.layers == (LayerSpec(),)
    assert not any(address.startswith("/mapping") or address == "/deck/transition" for address in patch.table)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("[[layer]]\nsource = 'text'\ntxet = 'x'", 3, "did you mean 'text'"),
        ("[[layer]]\nhalflife = 1", 2, "means nothing here"),
        ("[[layer]]\nscale = 99", 2, "0.05…20"),
        ("[[layer]]\nx = 'far'", 2, "not a number"),
        ("[[layer]]\nopacity = 2", 2, "0…1"),
        ("[[layer]]\nmask = { by = 'chroma' }", 2, "one of none, luma, alpha, depth"),
        ("[[layer]]\nmask = { layer = 2 }", 2, "0…1"),
        ("[[layer]]\ncrop = { middle = 1 }", 2, "crop/middle"),
        ("[[layer]]\nsource = 'layer:1'", 2, "no other layer"),
        ("[[layer]]\nsource = 'layer:5'", 2, "there is no other layer"),
        ("[[layer]]\n[[layer]]\nsource = 'layer:2'\n[[layer]]", 3, "another layer: layer:1, layer:3"),
        ("[params]\n'/shader/flim/x' = 1\n[[layer]]\nsource = 'Sampler'", 4, "a source is a generator, or sampler, "),
        ("[[layer]]\nsource = 'layer:x'", 2, "no other layer"),
        ("[[layer]]\ngroup = 2", 2, "0…1"),
        ("[[layer]]\ngroup = 1.5\n[[layer]]", 2, "number of a layer"),
        ("[[layer]]\ngroup = 2\n[[layer]]", 2, 'give it source = "group"'),
        ("[[layer]]\nsource = 'group'\ngroup = 1", 3, "in itself"),
        ("[[layer]]\nsource = 'group'\ngroup = 2\n[[layer]]\nsource = 'group'\ngroup = 1", 3, "in itself"),
        ("[deck]\ntransitions = 'iris'", 2, "list of shader names"),
        ("[deck]\ntransitions = ['glow']", 2, "glow is a filter"),
        ("[deck]\ntransitions = ['gone']", 2, "no shader is called 'gone'"),
        ("[[layer]]\nfilters = ['iris']", 2, "iris is a transition"),
        ("[[mapping]]\nmesh = [1, 2]", 2, "2…9 each"),
        ("[[mapping]]\nmesh = 3", 2, "[columns, rows]"),
        ("[[mapping]]\nupper-left = [5, 0]", 2, "-1…2"),
        ("[[mapping]]\ncorner = 1", 2, "means nothing here"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, place: int, words: str) -> None:
    with pytest.raises(PatchError) as caught:
        read(text)
    assert caught.value.line == place
    assert words in str(caught.value)


def test_what_was_dragged_is_saved() -> None:
    again = read(save(WHOLE, {"/mapping/1/upper-left": (0.2, 0.8), "/mapping/2/mesh/1/1": (0.01, 0.0)}, ()))
    assert again.floor["/mapping/1/upper-left"] == (0.2, 0.8)
    assert again.floor["/mapping/2/mesh/1/1"] == (0.01, 0.0)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["source", "filters", "group", "mask", "crop", "text", "x", "deck", "colour"]),
            st.one_of(st.sampled_from(["group", "text", "layer:1", "layer:2", "a", "rays"]), st.integers(-1, 4)),
        ),
        max_size=4,
    )
)
def test_any_stage_is_read_or_refused(rows: list[dict[str, object]]) -> None:
    text = "".join("[[layer]]\n" + "".join(f"{key} = {value!r}\n" for key, value in row.items()) for row in rows)
    try:
        patch = read(text)
    except PatchError:
        return
    layers_of(patch, patch.floor, str)


def test_a_layer_of_media_names_a_file_or_a_camera() -> None:
    patch = read('[[layer]]\nsource = "media"\nfile = "a.mp4"\nspeed = -1\n[[layer]]\nsource = "media"\ncamera = 0\n')
    assert [spec.media for spec in patch.layers] == [MediaSpec("a.mp4"), MediaSpec(camera="0")]
    assert patch.floor["/layer/1/speed"] == -1.0
    assert "/layer/2/in" in patch.table


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('source = "media"\n', 2, 'it takes file = "FILE" beside the patch, or camera'),
        ('source = "media"\nfile = "a.mp4"\ncamera = "0"\n', 2, "it takes file"),
        ('source = "media"\nfile = 7\n', 3, "file is 7; it takes text"),
        ('source = "media"\nfile = "a.mp4"\nfps = 0\n', 4, "fps is 0; it takes a number 0.01…240"),
        ('source = "media"\nfile = "a.mp4"\nspeed = 9\n', 4, "/layer/1/speed is 9; it takes -4…4"),
        ('source = "colour"\nfile = "a.mp4"\n', 3, "'file' means nothing here"),
    ],
)
def test_mistakes_of_media_are_named(text: str, line: int, words: str) -> None:
    with pytest.raises(PatchError) as caught:
        read("[[layer]]\n" + text)
    assert caught.value.line == line
    assert words in str(caught.value)


def test_a_slice_says_its_monitor() -> None:
    patch = parse("[[layer]]\n[[mapping]]\n[[mapping]]\nmonitor = 2\nmesh = [2, 3]\n", {})
    assert [(part.monitor, part.mesh) for part in patch.mapping] == [(1, (0, 0)), (2, (2, 3))]
    for wrong in ("0", "9", "1.5", "true", '"left"'):
        with pytest.raises(PatchError, match=r"monitor is .*; it takes 1 \(the main window\) to 8"):
            parse(f"[[layer]]\n[[mapping]]\nmonitor = {wrong}\n", {})
