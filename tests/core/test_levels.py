"""A list of levels is read as shares of its first, or refused in words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.levels import LONGEST, levels
from perf.core.table import table


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("", ()), ("  ", ()), ("1", (1.0,)), ("1 0.7, 0.3", (1.0, 0.7, 0.3)), ("100;70;30;0", (1.0, 0.7, 0.3)),
        ("999 759 499 259", (1.0, 759 / 999, 499 / 999, 259 / 999)),
    ],
)  # fmt: skip
def test_only_ratios_count(text: str, shares: tuple[float, ...]) -> None:
    assert levels(text) == pytest.approx(shares)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 two", "'two' is not a number"), ("0.3 0.7", "0.7 follows 0.3; levels fall"), ("1 1", "levels fall"),
        ("0", "levels fall"), ("0 0", "levels fall"), ("1 -1", "-1 is no level"), ("nan", "nan is no level"),
        ("1 0.9999", "by a thousandth"), ("1 0.0001", "by a thousandth"), ("inf 1", "inf is no level"),
        ("__import__('os')", "not a number"), (" ".join(str(n) for n in range(60, 0, -1)), f"at most {LONGEST}"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_in_words_by_the_parameter_itself(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        table()["/sampler/levels"].coerce((text,))


@given(st.one_of(st.text(max_size=30), st.lists(st.floats(0, 1), max_size=9).map(lambda n: " ".join(map(str, n)))))
def test_any_text_is_falling_shares_or_a_value_error(text: str) -> None:
    try:
        found = levels(text)
    except ValueError as error:
        assert "such as" in str(error)
        return
    assert found[:1] in ((), (1.0,))
    assert all(above > below > 0 for above, below in pairwise(found))
