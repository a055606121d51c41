"""A value of any type means what a performer expects of it, is clamped to the range, or is refused with words."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.param import KINDS, Param, Table
from perf.core.table import table

LEVEL = Param("/level", "float", 0.5, -1.0, 2.0)
COUNT = Param("/count", "int", 1, 1, 8)
KIND = Param("/kind", "choice", "b", choices=("a", "b", "c"))
TINT = Param("/tint", "colour", (0.0, 0.0, 0.0, 1.0))
SPOT = Param("/spot", "point", (0.0, 0.0), -1, 1)
ON = Param("/on", "bool", False)
WORDS = Param("/words", "text", "")


@pytest.mark.parametrize(
    ("param", "args", "value", "clamped"),
    [
        (LEVEL, (1,), 1.0, False),
        (LEVEL, (True,), 1.0, False),
        (LEVEL, ("0.25",), 0.25, False),
        (LEVEL, (9.0,), 2.0, True),
        (LEVEL, (-9,), -1.0, True),
        (COUNT, (2.6,), 3, False),
        (COUNT, (99,), 8, True),
        (COUNT, ("2",), 2, False),
        (KIND, ("c",), "c", False),
        (KIND, (0,), "a", False),
        (KIND, (7.0,), "c", True),
        (KIND, ("1",), "b", False),
        (TINT, ("#ff000080",), (1.0, 0.0, 0.0, 128 / 255), False),
        (TINT, ("00ff00",), (0.0, 1.0, 0.0, 1.0), False),
        (TINT, (255, 0, 0, 255), (1.0, 0.0, 0.0, 1.0), False),
        (TINT, (0.5, 0.5, 2.0), (0.5, 0.5, 1.0, 1.0), True),
        (TINT, ((0.1, 0.2, 0.3, 0.4),), (0.1, 0.2, 0.3, 0.4), False),
        (SPOT, (0.5, 9), (0.5, 1.0), True),
        (ON, ("off",), False, False),
        (ON, (0.6,), True, False),
        (WORDS, (12,), "12", False),
        (WORDS, ("a\x00b",), "ab", False),
    ],
)
def test_coercion(param: Param, args: tuple, value: object, clamped: bool) -> None:
    found, cut = param.coerce(args)
    assert found == pytest.approx(value) if isinstance(value, tuple | float) else found == value
    assert cut is clamped


@pytest.mark.parametrize(
    ("param", "args"),
    [
        (LEVEL, ()), (LEVEL, ("loud",)), (LEVEL, (math.nan,)), (LEVEL, (math.inf,)), (LEVEL, (b"x",)), (LEVEL, (None,)),
        (KIND, ("d",)), (TINT, ("red",)), (TINT, (1.0,)), (TINT, ("#12",)), (SPOT, (1.0,)), (WORDS, (b"x",)),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_with_the_address(param: Param, args: tuple) -> None:
    with pytest.raises(ValueError, match=param.address):
        param.coerce(args)


ARGUMENT = st.one_of(
    st.floats(), st.integers(-(2**63), 2**63), st.booleans(), st.text(max_size=50), st.binary(max_size=8), st.none(),
    st.tuples(st.floats(), st.floats()),
)  # fmt: skip


@given(st.sampled_from(list(table().values())), st.lists(ARGUMENT, max_size=5).map(tuple))
def test_any_arguments_give_a_value_in_range_or_a_refusal(param: Param, args: tuple) -> None:
    try:
        value, _ = param.coerce(args)
    except ValueError:
        return
    again, clamped = param.coerce((value,))
    assert again == value
    assert not clamped


@given(st.sampled_from([LEVEL, Param("/rate", "float", 1.0, 0.5, 120.0, warp="exp")]), st.floats(0, 1))
def test_normalised_places_come_back(param: Param, place: float) -> None:
    assert param.normalise(param.denormalise(place)) == pytest.approx(place, abs=1e-9)


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u3000", "\u2009", "\u2028", "\r", "\x0b"])
def test_a_space_of_any_kind_keeps_words_apart(space: str) -> None:
    assert WORDS.coerce((f"a harbour{space}in rain",)) == ("a harbour in rain", False)


def test_lines_and_what_joins_letters_stay_and_what_has_no_shape_goes() -> None:
    assert (
        WORDS.coerce(("two\r\nlines\x07, \u0645\u06cc\u200c\u062e\u0648",))[0]
        == "two\nlines, \u0645\u06cc\u200c\u062e\u0648"
    )


def test_texts_have_no_place_between_0_and_1() -> None:
    with pytest.raises(ValueError, match="/words is a text"):
        WORDS.denormalise(0.5)


def test_the_table_is_whole() -> None:
    for param in table().values():
        assert param.kind in KINDS
        assert param.help, param.address
        if param.kind not in ("trigger", "text"):
            assert param.coerce((param.default,)) == (param.default, False)


def test_an_address_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        Table([LEVEL, LEVEL])
