"""Cues as a patch writes them: every mistake has its line and what is allowed."""

import pytest

from perf.core.patch import Patch
from perf.errors import PatchError
from perf.wire.patch import parse


def read(text: str) -> Patch:
    return parse(text, lambda name: pytest.fail(name), "p.toml")


SEQUENCE = '[[sequence]]\nname = "swell"\n'
CUE = '[[cue]]\nname = "a"\n'


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (CUE + "quantise = [1]", 3, 'quantise is [1]; it takes "beat", "bar" or a number of beats'),
        (CUE + "quantise = { a = 1 }", 3, "quantise is {'a': 1}"),
        (CUE + "quantise = 'phrase'", 3, '"beat", "bar" or a number'),
        (CUE + "quantise = true", 3, "quantise is True"),
        (SEQUENCE + CUE + "plays = { a = 1 }", 5, "no sequence is called {'a': 1}; there are: swell"),
        (SEQUENCE + CUE + "plays = [\n 'swell',\n [1],\n]", 7, "no sequence is called [1]"),
        (CUE + "plays = 3", 3, "there are: none"),
        (CUE + "follow = 'b'\nafter = 1", 3, "follow is 'b'; it takes one of a"),
        (CUE + "[[cue.jump]]\nwhen = '1'\nto = 'b'", 5, "to is 'b'; it takes one of a"),
        ("[[cue]]\nname = 'a/b'", 2, "without /"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, place: int, words: str) -> None:
    with pytest.raises(PatchError) as caught:
        read(text)
    assert words in str(caught.value)
    assert caught.value.line == place


@pytest.mark.parametrize(("raw", "grid"), [('"beat"', 1.0), ('"bar"', -1.0), ("0.5", 0.5), ("0", 0.0)])
def test_a_cue_waits_for_its_grid(raw: str, grid: float) -> None:
    assert read(CUE + f"quantise = {raw}").timeline.cues[0].quantise == grid


@pytest.mark.parametrize("raw", ['"swell"', '["swell"]'])
def test_a_cue_plays_one_sequence_or_several(raw: str) -> None:
    assert read(SEQUENCE + CUE + f"plays = {raw}").timeline.cues[0].plays == ("swell",)


def test_a_cue_may_be_placed_in_bars_and_seconds() -> None:
    text = '[clock]\ntempo = 90\nsignature = [[0, "3/4"], [2, "5/4"]]\n'
    for n, unit in enumerate(("beats", "bars", "seconds")):
        text += f'[[cue]]\nname = "{n}"\nunit = "{unit}"\nat = 3\nseek = 1\n'
    cues = parse(text, lambda name: pytest.fail(name), "p.toml").timeline.cues
    assert [(cue.at, cue.seek) for cue in cues] == [(3.0, 1.0), (11.0, 3.0), (4.5, 1.5)]
    course = '[[track]]\naddress = "/transport/tempo"\nkeys = [[0, 60, "hold"], [2, 120]]\n'
    assert parse(course + text, lambda name: pytest.fail(name), "p.toml").timeline.cues[2].at == pytest.approx(4.0)
