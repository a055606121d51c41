"""When a prompt is: what its words say, and the records that they name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.dates import dated, is_dates, year

DATES = {
    "decade": {"1890s": 1895, "eighteen nineties": 1895},
    "process": {"vhs": 1991, "silver print": 1921, "a silver print": 1921, "print": 1},
    "subject": {"sea": 1971, "sea at rest": 1950},
    "palette": {"silver": 1929, "neon": 1989},
}


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("the sea in neon, vhs, 1890s", 1895),
        ("The SEA, VHS!", 1991),
        ("a silver print of the sea", 1921),
        ("the sea at rest", 1950),
        ("the sea in neon", 1980),
        ("seas of vhsneon", None),
        ("", None),
    ],
)
def test_the_surest_word_says_when(text: str, when: float | None) -> None:
    assert dated(text, DATES) == when


def test_prompts_count_by_their_weights_and_negatives_not_at_all() -> None:
    assert year([("vhs", 3.0), ("1890s", 1.0), ("sea", -2.0), ("nothing", 5.0)], DATES) == (3 * 1991 + 1895) / 4
    assert year([("vhs", 0.0), ("sea", -1.0)], DATES) is None
    assert year([("vhs", 1.0)], {}) is None


@given(st.text(max_size=60))
def test_any_text_has_a_year_of_the_archive_or_none(text: str) -> None:
    when = dated(text, DATES)
    assert when is None or 1 <= when <= 1991


@pytest.mark.parametrize("broken", [[], {"process": 3}, {"process": {"vhs": "1991"}}, {"process": {"vhs": True}}, None])
def test_what_is_no_table_of_years_is_none(broken: object) -> None:
    assert is_dates(DATES)
    assert not is_dates(broken)
