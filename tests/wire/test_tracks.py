"""Tracks, sequences and clips as a patch writes them play what they say; every mistake has its line."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.event import Value
from perf.core.patch import Patch
from perf.errors import PatchError
from perf.wire.patch import parse


def read(text: str) -> Patch:
    return parse(text, lambda name: pytest.fail(name), "p.toml")


def at(patch: Patch, beat: float, address: str = "/camera/zoom") -> Value:
    values = patch.floor
    patch.timeline.resolve(values, patch.transport.sought(0.0, beat).place(0, 0.0))
    return values[address]


def row(patch: Patch, beats: list[float], address: str = "/camera/zoom") -> list[Value]:
    return [at(patch, beat, address) for beat in beats]


def track(text: str, address: str = "/camera/zoom") -> str:
    return f'[[track]]\naddress = "{address}"\n{text}\n'


def test_keys_in_bars_follow_the_signature() -> None:
    patch = read('[clock]\nsignature = [[0, "4/4"], [2, "7/8"]]\n' + track('unit = "bars"\nkeys = [[0, 0], [4, 1]]'))
    assert row(patch, [0, 8, 11.5, 15, 99]) == pytest.approx([0, 0.5, 0.75, 1, 1])


def test_a_key_may_be_a_formula() -> None:
    patch = read(track('formula = "beat / 10"', "/camera/roll") + track('keys = [[0, 0], [4, "= [/camera/roll] * 2"]]'))
    assert row(patch, [0, 2, 4, 8]) == pytest.approx([0, 0.2, 0.8, 1.6])


def test_keys_that_are_formulas_are_turned_upside_down() -> None:
    keys = track('keys = [[0, "= beat / 10"], [4, 0.5]]\ntransform = ["invert 0.5"]')
    assert row(read(keys), [0, 2, 4]) == pytest.approx([1.0, 0.65, 0.5])


def test_offset_and_augment_move_a_formulas_time() -> None:
    text = '[clock]\ntempo = 60\nsignature = "3/4"\n' + track('formula = "(beat + 10 * bar + 100 * t) / 1000"\n{}')
    bar = 1 / 3
    late = row(read(text.format('transform = ["offset 2"]')), [3, 5])
    assert late == pytest.approx([(1 + 10 * bar + 100) / 1000, (3 + 30 * bar + 300) / 1000])
    slow = row(read(text.format('transform = ["augment 2", "offset 1"]\nunit = "bars"')), [4])
    assert slow == pytest.approx([(0.5 + 5 * bar + 50) / 1000])


@pytest.mark.parametrize(("unit", "formula"), [("seconds", "beat / 100"), ("beats", "t / 100")])
def test_a_formula_that_is_offset_does_not_leap_where_the_tempo_changes(unit: str, formula: str) -> None:
    tempo = track('keys = [[0, 60], [8, 180, "hold"]]', "/transport/tempo")
    patch = read(tempo + track(f'formula = "{formula}"\nunit = "{unit}"\ntransform = ["offset 1.5"]'))
    course = patch.timeline.course
    assert course is not None
    there = [
        course.beat(course.seconds(beat) - 1.5) if unit == "seconds" else course.seconds(beat - 1.5)
        for beat in (4, 6, 9)
    ]
    assert row(patch, [4, 6, 9]) == pytest.approx([one / 100 for one in there])


def test_a_formula_stays_in_its_parameters_range_and_kind() -> None:
    patch = read(track('formula = "beat * 1000"') + track('formula = "beat + 0.6"', "/sampler/steps"))
    assert row(patch, [0, 1, 99]) == [0.0, 2.0, 2.0]
    assert row(patch, [0, 1, 99], "/sampler/steps") == [1, 2, 50]
    assert at(read(track('formula = "2"', "/source/kind")), 0, "/source/kind") == "black"


def test_a_formula_sees_the_floor_below_and_its_loop() -> None:
    patch = read('[params]\n"/camera/zoom" = 0.5\n' + track('loop = 8\nformula = "below + place"'))
    assert row(patch, [0, 2, 10]) == pytest.approx([0.5, 0.75, 0.75])


def test_what_titles_say_of_what_is_measured_is_read() -> None:
    title = (
        '[[layer]]\nsource = "text"\ntext = "{/status/images} and { /status/motion } of {/camera/zoom}, {/no/where}"\n'
    )
    patch = read(title + track('keys = [[0, "{/status/hue}"]]', "/layer/1/text"))
    assert patch.timeline.reads == {"/status/images", "/status/motion", "/status/hue"}


def test_steps_of_words_on_a_rhythm() -> None:
    patch = read(track('steps = ["sea", "city"]\nstep = 0.5\nrhythm = "x.x."', "/prompt/1/text"))
    assert row(patch, [0, 0.5, 1, 1.5, 2], "/prompt/1/text") == ["sea", "sea", "city", "city", "sea"]


def test_a_chain_of_words() -> None:
    text = 'states = ["sea", "city"]\nmatrix = [[0, 1], [1, 0]]\nstep = 4'
    assert row(read(track(text, "/prompt/1/text")), [0, 4, 8, 13], "/prompt/1/text") == ["sea", "city", "sea", "city"]


def test_transforms_apply_in_their_order() -> None:
    keys = "loop = 4\nkeys = [[0, 0], [4, 1]]\n"
    assert row(read(track(keys + 'transform = ["reverse"]')), [1, 2, 5]) == pytest.approx([0.75, 0.5, 0.75])
    assert row(read(track(keys + 'transform = ["augment 2", "offset 1"]')), [1, 5]) == pytest.approx([0, 0.5])
    assert row(read(track(keys + 'transform = ["offset 1", "augment 2"]')), [2, 6]) == pytest.approx([0, 0.5])
    assert row(read(track(keys + 'transform = "invert 1"')), [0, 1]) == pytest.approx([2, 1.75])
    steps = 'keys = [[0, 0, "hold"], [1, 1, "hold"]]\n'
    on_grid = read(track(steps + 'transform = ["offset 0.3", "quantise 0.5"]'))
    assert row(on_grid, [1.4, 1.6]) == [0, 1], "the second key lies at 1.3, then at 1.5"
    off_grid = read(track(steps + 'transform = ["quantise 0.5", "offset 0.3"]'))
    assert row(off_grid, [1.2, 1.4]) == [0, 1]
    slow = read(track(steps + 'transform = ["augment 1.3", "quantise 0.5"]'))
    assert row(slow, [1.4, 1.6]) == [0, 1], "the second key lies at 1.3, then at 1.5"
    late = read(track(keys + 'transform = ["offset 1", "reverse"]'))
    assert row(late, [0, 2, 2.5]) == pytest.approx([0.75, 0.25, 0.125]), "late by one, and then backwards"


def test_a_tempo_curve_moves_the_beat() -> None:
    patch = read(track("keys = [[0, 60], [8, 60, 'hold'], [16, 120]]", "/transport/tempo"))
    moments = [patch.transport.place(0, seconds) for seconds in (0.0, 8.0, 16.0, 20.0)]
    assert [moment.beat for moment in moments] == pytest.approx([0, 8, 16, 24])
    assert moments[-1].tempo == 120
    by_hand = patch.transport.with_tempo(8.0, 240.0)
    assert by_hand.place(0, 9.0).beat == pytest.approx(12.0), "a hand on the tempo takes it over"


SEQUENCE = """
[[sequence]]
name = "swell"
length = 4
[[sequence.track]]
address = "/camera/zoom"
keys = [[0, 0], [4, 1]]
"""


def test_a_clip_plays_its_sequence_over_what_is_below() -> None:
    patch = read(track("keys = [[0, -1]]") + SEQUENCE + '[[clip]]\nsequence = "swell"\nat = 8\n')
    assert row(patch, [7.99, 8, 10, 12]) == pytest.approx([-1, 0, 0.5, -1])


@pytest.mark.parametrize(
    ("words", "beats", "values"),
    [
        ("length = 12\nloop = true", [8, 13, 19.99], [0, 0.25, 0.9975]),
        ("rate = 2", [9, 10], [0.5, -1]),
        ("reverse = true", [8, 9], [1, 0.75]),
        ("offset = 3", [8, 8.5, 9], [0.75, 0.875, -1]),
        ("fade = 2", [9, 10, 11], [-0.375, 0.5, -0.125]),
    ],
)
def test_how_a_clip_plays(words: str, beats: list[float], values: list[float]) -> None:
    patch = read(track("keys = [[0, -1]]") + SEQUENCE + f'[[clip]]\nsequence = "swell"\nat = 8\n{words}\n')
    assert row(patch, beats) == pytest.approx(values)


def test_a_sequence_has_a_tempo_of_its_own() -> None:
    slow = SEQUENCE.replace("length = 4", "length = 4\ntempo = 60")
    patch = read("[clock]\ntempo = 120\n" + slow + '[[clip]]\nsequence = "swell"\n')
    assert row(patch, [0, 4, 7.99]) == pytest.approx([0, 0.5, 0.99875])


def test_sequences_lie_in_sequences() -> None:
    outer = '[[sequence]]\nname = "two"\nlength = 8\n[[sequence.clip]]\nsequence = "swell"\nat = 4\n'
    patch = read(SEQUENCE + outer + '[[clip]]\nsequence = "two"\nlength = 32\nloop = true\n')
    assert row(patch, [2, 6, 14]) == pytest.approx([0, 0.5, 0.5])
    assert patch.timeline.addresses == {"/camera/zoom"}


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (track('formula = "1 +"'), 3, "where a number"),
        (track('formula = "sin(1)"', "/prompt/1/text"), 3, "gives numbers only"),
        (track('formula = "[/nowhere]"'), 3, "no parameter"),
        (track("steps = []"), 3, "a list of values"),
        (track("steps = [0.1]\nrhythm = \"9 of 8\""), 4, "x..x..x."),
        (track("steps = [0.1]\nchance = 2"), 4, "0…1"),
        (track("states = [0.1]\nmatrix = [[1, 1]]"), 4, "1 rows of 1"),
        (track("keys = [[1e300, 0]]"), 3, "is not a key"),
        (track("keys = [[0, 0]]\ntransform = ['sideways']"), 4, "known are reverse"),
        (track("formula = \"1\"\ntransform = ['reverse']"), 4, "write reverse into it"),
        (track("keys = [[0, '= beat']]", "/transport/tempo"), 3, "takes numbers"),
        (track("keys = [[0, 10000]]", "/transport/tempo"), 3, "20…999"),
        (track("keys = [[0, 60],\n [-4, 90]]", "/transport/tempo"), 4, "the key at -4 lies before the beginning"),
        (SEQUENCE + "[[sequence.track]]\naddress = '/transport/tempo'\nkeys = [[-1, 90]]", 10, "from beat 0 on"),
        (track("keys = [\n  [0, 0.1],\n  [1, 0.2, 'bouncy'],\n]"), 5, "'bouncy' is not an easing"),
        (track("steps = [\n 0.1,\n 'far']"), 5, "not a number"),
        (track("states = [1, 2]\nmatrix = [\n [0, 1],\n ['a', 0],\n]"), 6, "['a', 0] is no row of a chain"),
        (track("states = [1]\nmatrix = 3"), 4, "3 is no row of a chain"),
        (track("states = [1]\nmatrix = [[inf]]"), 4, "numbers 0…1e+09"),
        (track("keys = [[0, 0]]\ntransform = [\n'reverse',\n'sideways']"), 6, "known are reverse"),
        (track("keys = [\n[0, 'static'],\n[4, 'fly']]", "/camera/shot"), 5, "'fly' is no shot"),
        ("[clock]\nsignature = '4/5'", 2, '"7/8"'),
        ("[clock]\nsignature = 7", 2, "signature is 7; it takes"),
        ("[clock]\nsignature = { a = 1 }", 2, "signature is {'a': 1}"),
        ("[clock]\nsignature = []", 2, "that of bar 0"),
        ("[clock]\nsignature = [\n [0, '4/4'],\n [8.7, '7/8']]", 4, "[8.7, '7/8'] is no time signature"),
        ("[clock]\nsignature = [[0, '4/4'], [inf, '7/8']]", 2, "with whole bars in order"),
        ("[clock]\nsignature = [[0, 4]]", 2, "[0, 4] is no time signature"),
        ("[clock]\nsignature = [[0, '4/4'], [0, '3/4']]", 2, "put them in order"),
        ("[[clip]]\nsequence = 'a'", 2, "there are: none"),
        (SEQUENCE + "[[sequence.track]]\naddress = '/camera/zoom'\nkeys = 3\n", 10, "at least one key"),
        (SEQUENCE + '[[sequence.clip]]\nsequence = "swell"\n', 9, "'swell' cannot play itself"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(text: str, place: int, words: str) -> None:
    with pytest.raises(PatchError) as caught:
        read(text)
    assert words in str(caught.value)
    assert caught.value.line == place


def test_sequences_do_not_lie_without_end() -> None:
    nest = "".join(
        f'[[sequence]]\nname = "s{n}"\n' + (f'[[sequence.clip]]\nsequence = "s{n - 1}"\n' if n else "")
        for n in range(9)
    )
    with pytest.raises(PatchError, match="deeper than 8"):
        read(nest)


def test_many_clips_in_many_depths_are_counted_once_each() -> None:
    nest = "".join(
        f'[[sequence]]\nname = "s{n}"\n' + f'[[sequence.clip]]\nsequence = "s{n - 1}"\n' * 12 * bool(n)
        for n in range(8)
    )
    assert len(read(nest).timeline.sequences) == 8, "12 to the power of 7 would not be over today"


def test_a_sequence_plays_only_those_above_it_and_the_cure_is_said() -> None:
    def playing(name: str, other: str) -> str:
        return f'[[sequence]]\nname = "{name}"\n[[sequence.clip]]\nsequence = "{other}"\n'

    with pytest.raises(PatchError, match=r"p.toml:4: 'b' stands below, .* put 'b' above 'a'; .* in a circle cannot"):
        read(playing("a", "b") + playing("b", "a"))
    with pytest.raises(PatchError, match="no sequence is called 'c'; there are: none"):
        read(playing("a", "c"))


WORDS = st.sampled_from(["keys", "formula", "steps", "states", "matrix", "rhythm", "transform", "loop", "unit", "step"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=6) | st.just("= beat"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries({"address": st.sampled_from(["/camera/zoom", "/prompt/1/text", "/transport/tempo"])}),
    st.dictionaries(WORDS, VALUES, max_size=5),
    st.floats(-1e6, 1e6),
)
def test_any_table_is_played_or_refused(head: dict, rest: dict, beat: float) -> None:
    import tomlkit

    try:
        text = tomlkit.dumps({"track": [head | rest]})
        tomllib.loads(text)
    except Exception:  # noqa: BLE001 - not TOML at all: None has no notation there
        return
    try:
        patch = read(text)
    except PatchError as error:
        assert str(error)
        return
    value = at(patch, beat, head["address"])
    assert isinstance(value, float | int | str)
