"""Sets of prompts in time: what is seen when, and that the next set is known before it is needed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.event import Value
from perf.core.patch import Patch
from perf.core.resolve import resolve
from perf.core.state import State
from perf.errors import PatchError
from perf.wire.patch import parse

KEYS = '[[0, "sea"], [8, { "city" = 1, "fog" = -0.5 }, "dissolve 4"], [16, "Black.", "slerp 4"]]'


def read(keys: str, rest: str = "") -> Patch:
    return parse(f"[[prompts]]\nkeys = {keys}\n{rest}\n", lambda name: pytest.fail(name), "p.toml")


def at(patch: Patch, beat: float) -> dict[str, Value]:
    state = State(transport=patch.transport.sought(0.0, beat))
    return resolve(patch, state, state.transport.place(0, 0.0))


def heard(patch: Patch, beat: float) -> dict[str, float]:
    """The texts that weigh something, and how much."""
    values = at(patch, beat)
    rows = ((str(values[f"/prompt/{n}/text"]), values[f"/prompt/{n}/weight"]) for n in range(1, 9))
    return {text: weight for text, weight in rows if weight}  # type: ignore[misc]


def test_a_dissolve_goes_from_set_to_set() -> None:
    patch = read(KEYS)
    assert heard(patch, 4) == {"sea": 1.0}
    assert heard(patch, 9) == {"sea": 0.75, "city": 0.25, "fog": -0.125}
    assert heard(patch, 12) == {"city": 1.0, "fog": -0.5}
    assert heard(patch, 18) == {"city": 0.5, "fog": -0.25, "": 0.5}
    assert heard(patch, 99) == {"": 1.0}, "black is a prompt"


def test_what_comes_next_is_there_before_it_weighs_anything() -> None:
    values = at(read(KEYS), 4)
    assert [values[f"/prompt/{n}/text"] for n in (1, 5, 6)] == ["sea", "city", "fog"]


def test_the_way_is_said_while_it_is_gone() -> None:
    patch = read(KEYS)
    assert [at(patch, beat)["/prompt/blend"] for beat in (9, 17, 21)] == ["linear", "slerp", "linear"]
    assert at(patch, 9)["/prompt/fade"] == 0.0, "the track fades, not the sampler"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_loop_dissolves_from_its_end_to_its_beginning(count: int) -> None:
    keys = ", ".join(f'[{4 * n}, "{n}", "dissolve 2"]' for n in range(count))
    patch = read(f"[{keys}]", f"loop = {4 * count}")
    for turn in (1, 2, 3):
        start = 4 * count * turn
        assert heard(patch, start + 3) == {"0": 1.0}
        assert heard(patch, start + 1) == ({"0": 0.5, str(count - 1): 0.5} if count > 1 else {"0": 0.5}) or count == 1
        assert sum(heard(patch, start + 1).values()) == pytest.approx(1.0) or count == 1


def test_a_loop_knows_nothing_of_a_key_beyond_it() -> None:
    keys = '[[2, "a", "dissolve 2"], [4, "b"], [8, "c"]]'
    patch = read(keys, "loop = 8")
    assert [heard(patch, beat) for beat in (1, 9, 11)] == [{"b": 1.0}, {"b": 1.0}, {"a": 0.5, "b": 0.5}]
    assert "a" in at(patch, 7).values(), "what comes next is encoded meanwhile"
    back = read(keys, 'loop = 8\ntransform = "reverse"')
    assert [heard(back, 16 - beat) for beat in (1, 11)] == [{"b": 1.0}, {"a": 0.5, "b": 0.5}]


@given(st.floats(0, 60), st.sampled_from(["cut", "dissolve 3", "slerp 5"]))
def test_weights_add_up_at_any_time(beat: float, way: str) -> None:
    patch = read(f'[[0, "a", "{way}"], [7, "b", "{way}"], [11, "c", "{way}"]]', "loop = 16")
    assert sum(heard(patch, beat).values()) == pytest.approx(1.0)


def test_a_set_that_is_not_there_yet_is_cut_short_by_the_next() -> None:
    patch = read('[[0, "a"], [4, "b", "dissolve 8"], [6, "c"]]')
    assert heard(patch, 5) == {"a": 0.875, "b": 0.125}
    assert heard(patch, 6) == {"c": 1.0}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("[]", "at least one key"),
        ('[[0, "a", "fly 3"]]', "cut, dissolve LENGTH"),
        ('[[0, "a", "dissolve"]]', "cut, dissolve LENGTH"),
        ('[[0, "a", "cut 3"]]', "cut, dissolve LENGTH"),
        ('[[0, { a = 9 }]]', "-2…2"),
        ("[[0, { a = 1, b = 1, c = 1, d = 1, e = 1 }]]", "up to 4"),
        ("[[0]]", "is not a key"),
    ],
)  # fmt: skip
def test_what_is_no_set_is_said(keys: str, words: str) -> None:
    with pytest.raises(PatchError, match=words):
        read(keys)


def transformed(transform: str, rest: str = "") -> Patch:
    return read(KEYS, f'{rest}\ntransform = ["{transform}"]')


def test_reverse_goes_the_same_ways_back() -> None:
    forth, back = read(KEYS), transformed("reverse")
    for beat in (0.5, 3.0, 5.0, 9.0, 11.0, 15.0, 19.5):
        assert heard(back, 20.0 - beat) == pytest.approx(heard(forth, beat)), beat
    loop, again = read(KEYS, "loop = 24"), transformed("reverse", "loop = 24")
    for beat in (0.5, 7.0, 10.0, 15.0, 17.0, 23.0, 30.0):
        assert heard(again, 48.0 - beat) == pytest.approx(heard(loop, beat)), beat


def test_retrograde_keeps_the_rhythm_and_turns_the_sets_about() -> None:
    patch = transformed("retrograde")
    assert [heard(patch, beat) for beat in (4, 12, 20)] == [{"": 1.0}, {"city": 1.0, "fog": -0.5}, {"sea": 1.0}]


def test_a_prompt_track_is_moved_stretched_and_drawn_to_a_grid() -> None:
    assert heard(transformed("offset 2"), 11) == heard(read(KEYS), 9)
    assert heard(transformed("augment 2"), 18) == heard(read(KEYS), 9)
    assert heard(transformed("quantise 10"), 10) == heard(read(KEYS), 8)
    assert heard(transformed("offset 30", "loop = 24"), 9 + 30) == heard(read(KEYS, "loop = 24"), 9)
    with pytest.raises(PatchError, match="invert means nothing here"):
        transformed("invert 0.5")


def test_a_sequence_has_prompts_of_its_own() -> None:
    text = f"""
    [[sequence]]
    name = "verse"
    length = 24
    [[sequence.prompts]]
    keys = {KEYS}
    [[clip]]
    sequence = "verse"
    at = 8
    rate = 2
    """
    patch = parse('[[prompts]]\nkeys = [[0, "night"]]\n' + text, lambda name: pytest.fail(name), "p.toml")
    assert [heard(patch, beat) for beat in (2, 10, 12.5, 25)] == [
        {"night": 1.0}, {"sea": 1.0}, {"sea": 0.75, "city": 0.25, "fog": -0.125}, {"night": 1.0}
    ]  # fmt: skip
