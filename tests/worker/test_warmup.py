"""The number of threads: the quickest under a clock of our own, never more than half of the processors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf.worker.warmup import BUDGET, ROUNDS, counts, quickest


@pytest.mark.parametrize(
    ("processors", "among"), [(1, [1]), (2, [1]), (3, [1]), (4, [1, 2]), (6, [1, 2, 3]), (16, [1, 2, 4, 8])]
)
def test_half_of_the_processors_are_the_stages(processors: int, among: list[int]) -> None:
    assert counts(processors) == among


@given(st.dictionaries(st.integers(1, 64), st.floats(0.0001, 0.01), min_size=2, max_size=6))
def test_the_quickest_is_found_and_left_in_use(seconds: dict[int, float]) -> None:
    now, used = [0.0], [0]

    def step() -> None:
        now[0] += seconds[used[0]]

    def use(count: int) -> None:
        used[0] = count

    found = quickest(step, list(seconds), use, lambda: now[0])
    assert used[0] == found
    assert seconds[found] <= min(seconds.values()) + 1e-9


def test_one_slow_step_decides_nothing_and_a_single_count_costs_nothing() -> None:
    steps, used = [0], [0]
    now = [0.0]

    def step() -> None:
        steps[0] += 1
        now[0] += 0.5 if steps[0] == 3 else 0.01 * used[0]

    def use(count: int) -> None:
        used[0] = count

    assert quickest(step, [1, 2], use, lambda: now[0]) == 1
    assert steps[0] == 2 * (ROUNDS + 1)
    assert quickest(step, [4], use, lambda: now[0]) == 4
    assert steps[0] == 2 * (ROUNDS + 1)


@pytest.mark.parametrize(("seconds", "tried"), [(30.0, [8]), (0.9, [8]), (0.1, [8, 4, 2])])
def test_a_slow_model_is_not_silent_for_long(seconds: float, tried: list[int]) -> None:
    now, used = [0.0], []

    def step() -> None:
        now[0] += seconds

    assert quickest(step, [1, 2, 4, 8], used.append, lambda: now[0]) == used[-1]
    assert used[:-1] == tried
    assert now[0] <= BUDGET + seconds
