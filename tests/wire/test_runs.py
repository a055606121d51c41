"""A patch may be ordered by the parts of its song: rows of one array between others' stay where they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.wire.patch import parse, save
from perf.wire.prompts import rewritten
from perf.wire.runs import apart, together

ROWS = {
    "cue": '[[cue]]\nname = "c{0}"\n',
    "track": '[[track]]   # roll\naddress = "/x/{0}"\nkeys = [[0, 1.0]]\n',
    "layer": '[[layer]]\nsource = "colour"\n[layer.params]\n"/x" = 1\n',
    "osc": "[[osc]]\nport = 90{0:02}\n",
    "prompts": '[[prompts]]\nkeys = [\n  [0, "[[cue]]"],\n]\n',
    "stage": "[stage.x{0}]\nfps = 60\n",
}


@given(st.lists(st.sampled_from(sorted(ROWS)), max_size=12))
def test_rows_between_others_stay_where_they_are(names: list[str]) -> None:
    text = "".join(f"# {n}\n" + ROWS[name].format(n) + "\n" for n, name in enumerate(names)) + "[params]\n"
    assert save(text, {}, ()) == text
    assert together(apart(text)) == text


@given(st.text('[]. \n#="abcdeilkrtuy-2', max_size=80))
def test_any_text_comes_back(text: str) -> None:
    if "--run" not in text:
        assert together(apart(text)) == text


@pytest.mark.parametrize("between", ["", '[[cue]]\nname = "a"\n\n'])
def test_prompts_between_others_get_their_own_places(between: str) -> None:
    rows = [f'[[prompts]]\nkeys = [[{n}, "sea"], [8, "sand", "dissolve 2"]]\n\n' for n in (1, 2)]
    text = between.join(rows)
    tracks = parse(text, lambda name: None).timeline.prompts
    assert rewritten(text, tracks) == text
