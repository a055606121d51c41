"""Size expressions: their arithmetic, and that nothing written in them can hurt."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.wire.expression import BOUND, DEPTH, LENGTH, parse

NAMES = ("WIDTH", "HEIGHT", "blur")
VALUES = {"WIDTH": 1280.0, "HEIGHT": 720.0, "blur": 3.0}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$WIDTH", 1280),
        ("$WIDTH / 2.0", 640),
        ("1 + 2 * 3 - 4 / 2", 5),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("-$blur + +5", 2),
        ("2 * -3", -6),
        ("17 % 5", 2),
        ("floor($WIDTH / 3)", 426),
        ("ceil($WIDTH / 3.0)", 427),
        ("min($WIDTH, $HEIGHT, 100)", 100),
        ("max($blur)", 3),
        ("max(1, $blur * 2)", 6),
        ("round(2.5) + abs(-2)", 5),
        ("sqrt($HEIGHT * $HEIGHT)", 720),
        ("sqrt(-1)", 0),
        ("pow(2, 3)", 8),
        ("pow(-8, 0.5)", 0),
        ("pow(0, -1)", BOUND),
        ("pow(1e9, 1e9)", BOUND),
        (".5 * 1e2", 50),
        ("1 / 0", 0),
        ("1 % 0", 0),
        ("1e300 * 1e300", BOUND),
    ],
)
def test_arithmetic(text: str, expected: float) -> None:
    assert parse(text, NAMES).evaluate(VALUES) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "its end"),
        ("1 +", "its end"),
        ("$nothing", r"\$nothing.*\$WIDTH, \$HEIGHT, \$blur"),
        ("WIDTH", "has 'W' in it"),
        ("sin(1)", "calls 'sin'; known are min, max, pow, floor, ceil"),
        ("__import__('os')", "in it; allowed"),
        ("1 2", "is an operator missing"),
        ("(1", r"lacks a '\)'"),
        ("floor 2", r"lacks a '\('"),
        ("floor(1, 2)", "gives floor 2 operands"),
        ("1" * (LENGTH + 1), "too long"),
        ("(" * (DEPTH + 2) + "1" + ")" * (DEPTH + 2), "nested deeper"),
        ("-" * 150 + "1", "nested deeper"),
    ],
)
def test_mistakes_say_what_is_allowed(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text, NAMES)


def test_a_missing_value_counts_nothing() -> None:
    assert parse("$blur + 1", NAMES).evaluate({}) == 1
    assert parse("$blur + 1", NAMES).evaluate({"blur": math.nan}) == 1


pieces = st.sampled_from(
    [
        "pow",
        "sqrt",
        "$WIDTH",
        "$blur",
        "1",
        "0",
        "2.5",
        "1e9",
        "+",
        "-",
        "*",
        "/",
        "%",
        "(",
        ")",
        ",",
        "min",
        "floor",
        " ",
    ]
)


@given(st.one_of(st.text(max_size=80), st.lists(pieces, max_size=60).map("".join)))
def test_any_text_is_refused_or_gives_a_bounded_number(text: str) -> None:
    try:
        expression = parse(text, NAMES)
    except ValueError:
        return
    assert abs(expression.evaluate(VALUES)) <= BOUND


trees = st.recursive(
    st.sampled_from(["$WIDTH", "$HEIGHT", "3", "0.5", "7"]),
    lambda inner: st.tuples(inner, st.sampled_from("+-*/%"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    max_leaves=8,
)


@given(trees)
def test_it_agrees_with_python(text: str) -> None:
    try:
        expected = eval(text.replace("$", ""), {}, {"WIDTH": 1280.0, "HEIGHT": 720.0})
    except ZeroDivisionError:
        return
    if abs(expected) < 1e6 and "%" not in text:
        assert parse(text, NAMES).evaluate(VALUES) == pytest.approx(expected, rel=1e-6, abs=1e-6)
