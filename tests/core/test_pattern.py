"""Patterns: rhythms, chance by seed, chains."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.core.pattern import Markov, Steps, euclidean


def played(pattern: Steps | Markov, count: int, step: float = 1.0) -> str:
    return "".join(str(pattern.at(n * step)) for n in range(count))


def test_the_tresillo() -> None:
    heard = ["".join(".x"[hit] for hit in euclidean(*rhythm)) for rhythm in ((3, 8), (5, 8), (5, 8, 2))]
    assert heard == ["x..x..x.", "x.x.xx.x", ".xx.x.xx"]


def test_steps_turn_on_the_hits() -> None:
    assert played(Steps(("a", "b", "c")), 7) == "abcabca"
    tresillo = Steps(("a", "b"), 0.5, euclidean(3, 8))
    assert played(tresillo, 16, 0.5) == "aaabbbaabbbaaabb"
    assert tresillo.span == 8.0
    assert played(Steps(("a", "b"), rhythm=euclidean(3, 8), rest="-"), 8) == "a--b--a-"


def test_steps_last_until_just_before_the_next() -> None:
    steps = Steps((0.0, 1.0), 0.1)
    assert [steps.at(n * 0.1) for n in range(8)] == [0.0, 1.0] * 4
    assert steps.at(0.0999) == 0.0


def test_chance_is_drawn_by_seed() -> None:
    rare = Steps(("a", "b", "c", "d"), chance=0.5, rest="-", seed=3)
    heard = played(rare, 4000)
    assert 0.45 < heard.count("-") / 4000 < 0.55
    assert heard == played(rare, 4000) != played(Steps(rare.values, chance=0.5, rest="-", seed=4), 4000)
    held = played(Steps(rare.values, chance=0.5, seed=3), 4000)
    assert all(
        h == (r if r != "-" else held[i - 1]) for i, (h, r) in enumerate(zip(held, heard, strict=True)) if i > 20
    )


def test_a_chain_walks_as_its_rows_say() -> None:
    walk = Markov(("a", "b"), ((0.0, 1.0), (0.25, 0.75)), 1.0, 5)
    heard = played(walk, 8000)
    assert "aa" not in heard
    pairs = Counter(pairwise(heard))
    assert pairs["b", "a"] / (pairs["b", "a"] + pairs["b", "b"]) == pytest.approx(0.25, abs=0.03)
    assert walk.at(4321.0) == Markov(walk.states, ((0.0, 1.0), (0.25, 0.75)), 1.0, 5).at(4321.5), "sought or played"


@pytest.mark.parametrize("matrix", [((1.0,),), ((1.0, 0.0), (0.0, 0.0)), ((1.0, -1.0), (1.0, 0.0))])
def test_a_chain_that_leads_nowhere_is_refused(matrix: tuple) -> None:
    with pytest.raises(ValueError, match="chain"):
        Markov(("a", "b"), matrix, 1.0, 0)


RHYTHMS = st.tuples(st.integers(1, 16), st.integers(1, 16))


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 100), RHYTHMS, st.floats(0, 1), st.integers(0, 9))
def test_a_pattern_has_a_value_everywhere(place: float, step: float, rhythm: tuple, chance: float, seed: int) -> None:
    values = (0.0, 1.0, 2.0)
    assert Steps(values, step, euclidean(*rhythm), chance=chance, seed=seed).at(place) in values
    assert Markov(values, [(1.0, 1.0, 0.0)] * 3, step, seed).at(min(place, 1e4)) in values
