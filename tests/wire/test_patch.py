"""A patch says what it says; every mistake is named with its line; saving keeps comments."""

import re
import struct

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from perf.core.clock import ClockSpec
from perf.core.event import Value
from perf.core.hearing import SoundSpec
from perf.core.param import Param
from perf.core.patch import Binding, Patch, SecondSpec, ShaderSpec
from perf.errors import PatchError, ShaderError
from perf.wire.patch import parse, save

GLOW = ShaderSpec("glow", "filter", (Param("/shader/glow/amount", "float", 0.5),))
RAYS = ShaderSpec("rays", "generator", (Param("/shader/rays/speed", "float", 0.5),))


def find(name: str) -> ShaderSpec:
    if name not in ("glow", "rays"):
        raise ShaderError(f"no shader is called {name!r}; there are glow, rays")
    return {"glow": GLOW, "rays": RAYS}[name]


def read(text: str) -> Patch:
    return parse(text, find, "p.toml")


WHOLE = """
name = "harbour"        # a comment

[model]
path = "embedded"
size = [256, 256]

[stage]
size = [640, 360]
fps = 50

[clock]
tempo = 96
beats_per_bar = 3

[params]
"/prompt/1/text" = "a harbour in the fog"
"/source/colour" = "#ff8000"
"/shader/glow/amount" = 0.25

[[layer]]
source = "sampler"
filters = ["glow"]

[[layer]]
source = "rays"
opacity = 0.5
blend = "add"

[[track]]
address = "/camera/zoom"
unit = "beats"
loop = 8
keys = [[0, 0.1, "in-out-sine"], [4, 0.3]]

[[cue]]
name = "city"
fade = 2
values = { "/prompt/1/text" = "a city at night" }

[[midi]]
kind = "cc"
number = 21
address = "/camera/zoom"

[[osc]]
host = "127.0.0.1"
port = 9100
"""


def at(patch: Patch, beat: float) -> dict[str, Value]:
    """What the timeline says at a beat."""
    values = patch.floor
    patch.timeline.resolve(values, patch.transport.sought(0.0, beat).place(0, 0.0))
    return values


def test_a_whole_patch() -> None:
    patch = read(WHOLE)
    assert (patch.name, patch.model, patch.model_size, patch.size) == ("harbour", "embedded", (256, 256), (640, 360))
    assert (patch.fps, patch.tempo, patch.meter.changes) == (50, 96, ((0, 3.0),))
    assert patch.floor["/source/colour"] == pytest.approx((1.0, 128 / 255, 0.0, 1.0))
    assert patch.floor["/layer/2/opacity"] == 0.5
    assert at(patch, 12.0)["/camera/zoom"] == pytest.approx(0.3)
    assert patch.timeline.cues[0].values == {"/prompt/1/text": "a city at night"}
    assert patch.bindings == (Binding("cc", 21, "/camera/zoom"),)
    assert (patch.outputs[0].port, len(patch.digest)) == (9100, 64)


def test_an_empty_patch_plays() -> None:
    assert read("").layers[0].source == "sampler"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("name = =", 1, "not TOML"),
        ("nmae = 'x'", 1, "did you mean 'name'"),
        ("[model]\nsize = [1]", 2, "[width, height]"),
        ("[stage]\nfps = 'fast'", 2, "it takes a number 1…240"),
        ('[params]\n"/camera/zom" = 1', 2, "did you mean /camera/zoom"),
        ('[params]\n"/camera/zoom" = 99', 2, "-2…2"),
        ('[params]\n"/camera/zoom" = "far"', 2, "not a number"),
        ('[params]\n"/status/fps" = 1', 2, "read only"),
        ("[[layer]]\nsource = 'glow'", 2, "glow is a filter"),
        ("[[layer]]\nfilters = ['blur']", 2, "no shader is called 'blur'"),
        ("[[layer]]\nblend = 'mix'", 2, "one of normal, add"),
        ("[[layer]]\nfilters = 'glow'", 2, "list of shader names"),
        ("[[track]]\naddress = '/camera/zoom'", 1, "at least one key"),
        ("[[track]]\naddress = '/camera/zoom'\nkeys = [[0, 1, 'bouncy']]", 3, "'bouncy' is not an easing"),
        ("[[track]]\naddress = '/camera/zoom'\nkeys = [['a', 1]]", 3, "is not a key"),
        ("[[track]]\naddress = '/camera/zoom'\nunit = 'hours'\nkeys = [[0, 1]]", 3, "one of beats, bars, seconds"),
        ("[[cue]]\nname = 'a'\n[[cue]]\nname = 'a'", 4, "a name of its own"),
        ("[[midi]]\naddress = '/camera/zoom'\nnumber = 200", 3, "0…127"),
        ("[[midi]]\naddress = '/nowhere'", 2, "no parameter is called '/nowhere'"),
        ("[[osc]]\nport = 0", 2, "1…65535"),
        ("layer = 3", 1, "[[layer]]"),
        ("params = 3", 1, "a line each"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, place: int, words: str) -> None:
    with pytest.raises(PatchError) as caught:
        read(text)
    assert caught.value.line == place
    assert str(caught.value).startswith(f"p.toml:{place}: ")
    assert words in str(caught.value)


def test_all_mistakes_are_counted() -> None:
    with pytest.raises(PatchError, match=r"\(and 2 more\)"):
        read('a = 1\nb = 2\n[params]\n"/x" = 1')


TOML = st.recursive(
    st.one_of(st.integers(), st.floats(), st.booleans(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=2)),
    max_leaves=4,
)


@given(
    st.sampled_from(["model", "stage", "clock", "params", "layer", "track", "cue", "midi", "osc", "output"]),
    st.sampled_from(["size", "path", "source", "filters", "keys", "address", "values", "name", "number", "loop"]),
    TOML,
)
def test_a_wrong_type_anywhere_is_a_patch_error(section: str, key: str, value: object) -> None:
    import tomlkit

    for document in ({section: value}, {section: {key: value}}, {section: [{key: value}]}):
        try:
            read(tomlkit.dumps(document))
        except PatchError as error:
            assert str(error)


@given(st.text(max_size=60))
def test_any_text_is_a_patch_or_a_patch_error(text: str) -> None:
    try:
        read(text)
    except PatchError as error:
        assert error.file == "p.toml"


def test_saving_keeps_comments_and_order() -> None:
    learned = (Binding("cc", 21, "/camera/zoom"), Binding("cc14", 3, "/sampler/skip", channel=2, port="nano"))
    text = save(WHOLE, {"/prompt/1/text": "the sea", "/camera/roll": 3.0}, learned)
    assert "# a comment" in text
    assert text.index("[model]") < text.index("[params]") < text.index("[[cue]]")
    patch = read(text)
    assert patch.values["/prompt/1/text"] == "the sea"
    assert patch.values["/camera/roll"] == 3.0
    assert patch.bindings == learned
    assert save(WHOLE, {}, read(WHOLE).bindings) == WHOLE


def test_loras_are_parameters_with_a_weight() -> None:
    patch = read('[model]\nloras = ["ink wash.safetensors"]\n[params]\n"/lora/ink_wash/weight" = 0.5\n')
    assert [(lora.name, lora.path) for lora in patch.loras] == [("ink_wash", "ink wash.safetensors")]
    assert patch.values == {"/lora/ink_wash/weight": 0.5}
    assert patch.table["/lora/ink_wash/weight"].maximum == 2.0


@pytest.mark.parametrize(
    ("text", "words"),
    [("loras = 3", r"p.toml:2: .*list of .safetensors"), ('loras = ["a/x", "b/x"]', r"p.toml:2: x is the name of two")],
)
def test_loras_that_are_none_are_refused(text: str, words: str) -> None:
    with pytest.raises(PatchError, match=words):
        read(f"[model]\n{text}\n")


def test_the_clock_has_a_source_and_ports() -> None:
    patch = read(
        """[clock]
        source = "mtc"
        out = ["Synth", "Drums"]
        mtc_start = "01:00:00;00"
        freewheel = inf
        """
    )
    assert patch.clock == ClockSpec("mtc", ("Synth", "Drums"), "01:00:00;00", float("inf"))
    assert patch.floor["/clock/source"] == "mtc"
    assert (read("").clock, read("").floor["/clock/source"]) == (ClockSpec(), "auto")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('source = "sun"', "source is 'sun'; it takes one of auto, internal, midi, mtc, link, audio"),
        ('source = "audio"', "which sound"),
        ('out = "Synth"', "out is 'Synth'; it takes a list of names of MIDI ports"),
        ('out = [""]', "it takes a list of names"),
        ('mtc_start = "1:00"', "'1:00' is not a time code; it is written HH:MM:SS:FF"),
        ("freewheel = -1", "freewheel is -1; it takes a number 0…inf"),
        ("loop = 1", "loop is 1; it takes true or false"),
        ("soruce = 1", "did you mean 'source'"),
    ],
)
def test_a_mistake_in_the_clock_is_named(line: str, wrong: str) -> None:
    with pytest.raises(PatchError, match=re.escape(wrong)) as caught:
        read(f"[clock]\n{line}")
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("section", "hearing", "source"),
    [
        ("", SoundSpec(), "none"),
        ('[sound]\nfile = "song.flac"', SoundSpec("song.flac"), "file"),
        ('[sound]\ninput = ""', SoundSpec(), "input"),
        ('[sound]\ninput = "Line"\nfile = "a.wav"\nsource = "input"', SoundSpec("a.wav", "Line"), "input"),
        ('[sound]\nfile = "a.wav"\n[params]\n"/sound/source" = "none"', SoundSpec("a.wav"), "none"),
    ],
)
def test_what_is_listened_to(section: str, hearing: SoundSpec, source: str) -> None:
    patch = read(section)
    assert (patch.hearing, patch.floor["/sound/source"]) == (hearing, source)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('source = "ears"', "source is 'ears'; it takes one of none, input, file"),
        ("file = 3", "file is 3; it takes text"),
        ('fiel = "a.wav"', "did you mean 'file'"),
    ],
)
def test_a_mistake_in_what_is_listened_to_is_named(line: str, wrong: str) -> None:
    with pytest.raises(PatchError, match=re.escape(wrong)) as caught:
        read(f"[sound]\n{line}")
    assert caught.value.line == 2


def test_the_sound_of_a_film_is_the_patchs_to_say() -> None:
    assert read('[output]\nsound = "song.flac"').sound == "song.flac"
    assert read("").sound == ""
    with pytest.raises(PatchError, match="sound is 3; it takes text"):
        read("[output]\nsound = 3")


def test_a_second_sampler_has_a_model_a_size_and_parameters() -> None:
    second = '[second]\npath = "other"\nsize = [64, 32]\n'
    patch = read(second + '[params]\n"/second/sampler/skip" = 0.3\n[[layer]]\nsource = "second"\n')
    assert patch.second == SecondSpec("other", (64, 32))
    assert patch.values["/second/sampler/skip"] == 0.3
    assert read("[second]\n").second == SecondSpec()
    assert read("").second is None
    assert "/second/sampler/skip" not in read("").table


def test_a_layer_of_a_second_sampler_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(PatchError, match=r"needs a \[second\] table") as found:
        read('[[layer]]\n[[layer]]\nsource = "second"\n')
    assert found.value.line == 3


def test_what_came_in_single_precision_is_saved_as_it_was_sent() -> None:
    single = struct.unpack("f", struct.pack("f", 0.2))[0]
    values = {"/camera/zoom": single, "/camera/pan": 0.8027777777777778, "/mapping/1/upper-left": (single, 0.5)}
    text = save("", values, ())
    assert '"/camera/zoom" = 0.2\n' in text
    assert '"/camera/pan" = 0.8027777777777778\n' in text
    assert "= [0.2, 0.5]" in text


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_saved_number_is_the_same_in_single_precision(value: float) -> None:
    found = tomlkit.parse(save("", {"/x": value}, ()))["params"]["/x"]  # type: ignore[index]
    assert struct.pack("f", float(found)) == struct.pack("f", value)
