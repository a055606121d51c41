"""Live text in titles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.moment import Moment
from perf.core.table import table
from perf.core.title import written

VALUES = table().defaults | {"/prompt/1/text": "the sea", "/prompt/2/text": "a city", "/camera/zoom": 0.126}
MOMENT = Moment(0, 75.4, position=75.4, beat=9.5, bars=2.375, tempo=127.96)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("no live text", "no live text"),
        ("{prompt}", "the sea"),
        ("bar {bar}, beat {beat}", "bar 3, beat 10"),
        ("{ tempo } BPM at {time}", "128 BPM at 1:15"),
        ("now: {cue}", "now: drop"),
        ("{/camera/zoom} {/sampler/steps} {/master/freeze} {/prompt/2/text}", "0.13 1 off a city"),
        ("{/source/colour}", "0.05 0.05 0.08 1"),
        ("{nothing} {} {/no/where} {{beat}}", "{nothing} {} {/no/where} {10}"),
    ],
)
def test_a_template_is_filled_in(template: str, expected: str) -> None:
    assert written(template, VALUES, MOMENT, "drop", {}) == expected


def test_the_prompt_is_the_heaviest() -> None:
    assert written("{prompt}", VALUES | {"/prompt/2/weight": 1.5}, MOMENT, "", {}) == "a city"


def test_the_year_is_the_prompts_and_goes_with_their_weights() -> None:
    dates = {"subject": {"sea": 1971.0, "city": 1961.0}}
    both = VALUES | {"/prompt/1/weight": 0.5, "/prompt/2/weight": 0.5}
    assert written("{year}", VALUES, MOMENT, "", dates) == "1971"
    assert written("c. {year}", both, MOMENT, "", dates) == "c. 1966"
    assert written("[{year}]", VALUES, MOMENT, "", {}) == "[]"


@given(st.text(alphabet="{}/beatyrx \n", max_size=40))
def test_any_text_is_a_template(text: str) -> None:
    written(text, VALUES, MOMENT, "", {})
