"""Formulas: arithmetic as everybody writes it, oscillators, seeded chance; a stranger's text does no harm."""

import math
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.formula import BOUND, FUNCTIONS, NAMES, Scope, euclid, logistic_exponent
from perf.wire.formula import exponents, parse

NUMBERS = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))


def value(text: str, **scope: object) -> float:
    return parse(text, {"/camera/zoom", "/prompt/1/text"}).at(Scope(**scope))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("2 ^ 3 ^ 2", 512), ("-2 ^ 2", -4), ("2 ^ -1", 0.5), ("7 % 4", 3),
        ("1 - 2 - 3", -4), ("8 / 4 / 2", 1), ("1 < 2 and 3 >= 3", 1), ("0 or !1", 0), ("!0 + 1", 2), ("1 + 1 == 2", 1),
        ("min(3, 1, 2)", 1), ("clamp(5, 0, 1)", 1), ("map(5, 0, 10, 100, 200)", 150), ("if(0, 1, 2)", 2),
        ("pick(4, 10, 20, 30)", 20), ("sine(0.25)", 1), ("tri(0.25)", 1), ("tri(0)", 0), ("saw(0.25)", -0.5),
        ("square(0.6)", -1), ("square(0.6, 0.7)", 1), ("pulse(1.2)", 1), (" pi ", math.pi), (".5", 0.5), ("1e3", 1000),
        ("smooth(0, 2, 1)", 0.5), ("round(2.5)", 3), ("fract(-0.25)", 0.75),
    ],
)  # fmt: skip
def test_arithmetic(text: str, result: float) -> None:
    assert value(text) == pytest.approx(result)


def test_what_a_formula_may_look_at() -> None:
    scope = {"seconds": 2.0, "beat": 4.5, "bars": 1.0, "tempo": 140.0, "place": 0.25, "below": 7.0}
    assert value("t + beat + bar + tempo + place + below", **scope) == 2 + 4.5 + 1 + 140 + 0.25 + 7
    assert value("2 * [/camera/zoom]", values={"/camera/zoom": 3.0}) == 6
    assert value("[ /prompt/1/text ] + 1", values={"/prompt/1/text": "sea"}) == 1


@pytest.mark.parametrize(
    "text", ["1 / 0", "5 % 0", "sqrt(-1)", "log(0)", "(-8) ^ 0.5", "map(1, 2, 2, 0, 1)", "smooth(1, 1, 1)"]
)
def test_what_is_undefined_is_nothing(text: str) -> None:
    assert value(text) == 0


@pytest.mark.parametrize("text", ["exp(1e6)", "10 ^ 10 ^ 10", "1e400", "1e9 * 1e9", "tan(pi / 2) * 1e9"])
def test_results_stay_finite(text: str) -> None:
    assert abs(value(text)) <= BOUND


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "its end"), ("1 +", "its end"), ("1 2", "is an operator missing"), ("(1", "lacks a ')'"),
        ("1)", "goes on with"),
        ("sinn(1)", "did you mean sin"), ("beats", "did you mean beat"), ("[/nowhere]", "is no parameter"),
        ("clamp(1)", "takes 3…3"), ("noise()", "takes 1…2"), ("1 ; 2", "';' in it"), ("__import__('os')", "in it"),
        ("(" * 40 + "1" + ")" * 40, "nested deeper"), ("-" * 40 + "1", "nested deeper"), ("1+" * 600 + "1", "too long"),
        ("zzz", "known are"), ("sin", "says 'sin'"), ("[/camera/zoom", "in it"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_cure(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(").replace(")", r"\)").replace("[", r"\[")):
        value(text)


@pytest.mark.parametrize("text", ["(" * 400 + "1" + ")" * 400, "1 " * 400, "oops" * 200, "1" + "+" * 400])
def test_a_long_formula_is_not_said_whole(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        value(text)
    assert text[:60] in str(caught.value)
    assert text[:70] not in str(caught.value)


@given(st.text(alphabet="0123456789.+-*/%^<>=!(), []/abceintrsz", max_size=60))
def test_any_text_is_a_formula_or_an_error(text: str) -> None:
    try:
        formula = parse(text, ())
    except ValueError:
        return
    assert abs(formula.at(Scope(seconds=1e7, beat=-3.0))) <= BOUND


@given(
    NUMBERS,
    NUMBERS,
    st.sampled_from([("+", operator.add), ("-", operator.sub), ("*", operator.mul), ("<", operator.lt)]),
)
def test_operators_are_pythons(a: float, b: float, sign) -> None:
    assert value(f"({a}) {sign[0]} ({b})") == pytest.approx(min(max(float(sign[1](a, b)), -BOUND), BOUND))


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=6))
def test_no_function_leaves_its_bounds(name: str, operands: list[float]) -> None:
    least, most, _ = FUNCTIONS[name]
    given_ = (operands * 6)[: min(max(len(operands), least), most)]
    assert abs(value(f"{name}({', '.join(f'({x!r})' for x in given_)})")) <= BOUND


@given(st.integers(-1000, 1000), st.integers(0, 100), st.floats(0, 0.999))
def test_chance_is_the_same_for_ever_and_even(n: int, seed: int, share: float) -> None:
    assert value(f"rand({n} + {share}, {seed})") == value(f"rand({n}, {seed})")
    assert 0 <= value(f"drift({n} + {share}, {seed})") <= 1
    assert value(f"drift({n}, {seed})") == value(f"rand({n}, {seed})")
    assert value(f"noise({n}, {seed})") == 0
    assert abs(value(f"noise({n} + {share}, {seed})")) <= 1


def test_chance_is_even_and_seeds_differ() -> None:
    values = [value(f"rand({n})") for n in range(2000)]
    assert sum(values) / 2000 == pytest.approx(0.5, abs=0.02)
    assert value("rand(3, 1)") != value("rand(3, 2)")


@pytest.mark.parametrize(
    ("hits", "steps", "rhythm"),
    [(3, 8, "x..x..x."), (5, 8, "x.x.xx.x"), (4, 4, "xxxx"), (0, 3, "..."), (2, 5, "x.x..")],
)
def test_euclidean_rhythms_are_even(hits: int, steps: int, rhythm: str) -> None:
    made = "".join("x" if euclid(hits, steps, n) else "." for n in range(steps))
    assert made.count("x") == hits
    assert made in {(rhythm * 2)[i : i + steps] for i in range(steps)}


def test_chaos_has_its_exponent() -> None:
    assert logistic_exponent(4.0, 0.3) == pytest.approx(math.log(2), abs=0.02)
    assert logistic_exponent(3.2) < 0
    assert value("logistic(1e9)") <= 1


def test_every_name_means_something() -> None:
    for name in NAMES:
        assert math.isfinite(value(name))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("logistic(beat, 4)", [math.log(2)]),
        ("0.2 * logistic(floor(beat / 2), 3.2) + sine(t)", [-0.92]),
        ("logistic(n) + lorenz(t / 3, 1)", [0.91, 0.50]),
        ("logistic(beat, [/camera/zoom])", []),
        ("sine(beat)", []),
    ],
)
def test_the_exponents_of_chaos_are_told(text: str, found: list[float]) -> None:
    assert exponents(text) == pytest.approx(found, abs=0.06)
