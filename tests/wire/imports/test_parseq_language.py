"""Parseq's language gives the values that its own tests publish, and refuses garbage in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.wire.imports.parseq_language import parse
from perf.wire.imports.parseq_place import Place, natural
from perf.wire.imports.parseq_values import value

FRAMES, VALUES = [0, 5, 10], [5.0, 0.0, 10.0]


def row(text: str) -> list[float | str]:
    """Values at frames 0…10 of keyframes 5, 0, 10 at 0, 5, 10, at 30 frames a second and 140 BPM."""
    place, node = Place(FRAMES, VALUES, 30.0, 140.0), parse(text)
    found = []
    for frame in range(11):
        place.frame, place.active = frame, frame // 5 * 5
        found.append(value(node, place))
    return found


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("L", [5, 4, 3, 2, 1, 0, 2, 4, 6, 8, 10]),
        ("S", [5, 5, 5, 5, 5, 0, 0, 0, 0, 0, 10]),
        ("round(tri(p=5, ps=1, a=2, c=10, li=0.5),2)", [11.6, 10.8, 9.2, 0, 0, 11.6, 10.8, 9.2, 0, 0, 11.6]),
        ("round(saw(p=10, ps=1, a=2, c=10),2)", [10.2, 10.4, 10.6, 10.8, 11, 11.2, 11.4, 11.6, 11.8, 10, 10.2]),
        ("round(pulse(p=10, ps=1),2)", [1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1]),
        ("pulse(p=5, ps=0, a=2, c=10, li=0.5, pw=1)", [12, 10, 10, 0, 0, 12, 10, 10, 0, 0, 12]),
        ("round(bez(), 2)", [5, 4.68, 3.46, 1.54, 0.32, 0, 0.64, 3.09, 6.91, 9.36, 10]),
        ("round(bez(0.1,0.9,0.9,-0.5), 2)", [5, 3.36, 3.5, 3.7, 3.39, 0, 3.28, 3, 2.6, 3.23, 10]),
        ("round(bez(from=-10, to=10, span=3), 2)", [-10, -5.93, 5.93, 10, 10, -10, -5.93, 5.93, 10, 10, -10]),
        ("slide(to=-10, span=3)", [5, 0, -5, -10, -10, 0, -10 / 3, -20 / 3, -10, -10, 10]),
        ("round(_tanh(f), 2)", [0, 0.76, 0.96, 1, 1, 1, 1, 1, 1, 1, 1]),
    ],
)  # fmt: skip
def test_published_values(text: str, values: list[float]) -> None:
    assert row(text) == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1+1*5", 6), ("(1+1)*5", 10), ("5%2", 1), ("5^4", 625), ("-2+3", 1), ("5 - 3 - 1", 3), ("8/4/2", 4),
        ("round(1.555,2)", 1.56), ("ceil(v=1.444,p=2)", 1.45), ("floor(1.555,2)", 1.55), ("true and false", 0),
        ("0 || 1", 1), ('"a" and "a"', None), ('"cat" : 0.5', "(cat:0.5)"), ('"a"+2', "a2"), ('"2"==2', 1),
        ("if (0) 2 else if (0) 3 else 4", 4), ("if (0) 2", 0), ("2s", 60), ("1b", 30 * 60 / 140), ("3f # three", 3),
        ('if (1) "cat" else "dog"', "cat"),
    ],
)  # fmt: skip
def test_operators(text: str, result: float | str | None) -> None:
    if result is None:
        with pytest.raises(ValueError, match="number"):
            row(text)
    else:
        assert row(text)[0] == (result if isinstance(result, str) else pytest.approx(result))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("min()", "lacks its argument a"), ("min(a=1, b=2, q=2)", "has no argument 'q'"), ("min(a=1, 2)", "name all"),
        ("wobble(1)", "'wobble' is not known"), ("nothing", "'nothing' is not known"), ("1 +", "its end"),
        ("(1", "lacks a ')'"), ("1 2", "should end"), ("§", "means nothing"), ("1 / 0", "cannot be computed"),
        ("sin(p=0)", "cannot be computed"), ("(" * 99, "nested deeper"), ("1" * 5000, "too long"),
    ],
)  # fmt: skip
def test_refusals(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(").replace(")", r"\)")):
        row(text)


def test_splines_and_polynomials_go_through_their_keyframes() -> None:
    for text in ("C", "P"):
        found = row(text)
        assert [found[frame] for frame in FRAMES] == pytest.approx(VALUES)
    assert row("P")[1] == pytest.approx(5 - 2.5 * 1 + 0.3 * 1 * (1 - 5), abs=2)
    slopes = natural(FRAMES, VALUES)
    assert slopes == pytest.approx([-1.75, 0.5, 2.75]), "solved by hand: second derivatives 0 at both ends"


def test_chance_keeps_its_range_and_is_named() -> None:
    place = Place(FRAMES, VALUES, 30.0, 140.0)
    for text in ("rand(min=4, max=50, s=1)", "smrand(min=4, max=50)", "perlin(10, 4, 50)", "vibe(min=4, max=50)"):
        for place.frame in range(50):
            assert 4 <= float(value(parse(text), place)) <= 50
    assert place.loose == {"rand", "smrand", "perlin", "vibe"}


WORDS = ["L", "S", "C", "P", "f", "k", "1", "2b", ".5s", "sin(p=3)", "(", ")", "+", "-", "*", "/", "if", "else",
         "min(1,2)", '"x"', "=", ",", " and ", ":", "^", "#", "bez(", "rand("]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=30))
def test_any_text_is_computed_or_refused(text: str) -> None:
    try:
        found = row(text)
    except ValueError as error:
        assert str(error)
        return
    assert len(found) == 11
