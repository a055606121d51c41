"""Values by frame as few keys, and prompts by frame: nothing is lost but what the tolerance allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imported import no_shader, shown, values

from perf.wire.imports.draft import Asked, Draft, Lane, Set
from perf.wire.imports.prompts import composed, held, moving, weighted
from perf.wire.imports.series import joined, runs, simplified
from perf.wire.patch import parse

numbers = st.lists(st.floats(-100, 100), min_size=1, max_size=80)


@given(numbers, st.floats(0, 20))
def test_the_frames_that_are_kept_give_the_others_within_the_tolerance(found: list[float], tolerance: float) -> None:
    kept = simplified(found, tolerance)
    assert joined([(n, found[n]) for n in kept], len(found)) == pytest.approx(found, abs=tolerance + 1e-6)
    assert kept[0] == 0
    assert kept[-1] == len(found) - 1


def test_a_line_is_two_frames() -> None:
    assert simplified([n * 0.1 for n in range(1000)], 0.0) == [0, 999]


@given(st.lists(st.integers(0, 3), max_size=30))
def test_runs_are_where_a_value_changes(found: list[int]) -> None:
    starts = runs(found)
    assert [found[max(start for start in starts if start <= n)] for n in range(len(found))] == found


texts = st.sampled_from(["sea", "ice", "fog", "gold", "moon", "field", "tunnel", "city", "river", "eye", ""])
sets = st.lists(
    st.dictionaries(texts, st.floats(0.1, 1).map(lambda w: round(w, 2)), min_size=1, max_size=5), max_size=12
)


def played(draft: Draft, frames: int) -> list[dict[str, float]]:
    patch = parse(draft.finished().text, no_shader, "piece.toml")
    return [shown(row) for row in values(patch, [n / draft.fps for n in range(frames)])]


@given(sets.filter(bool))
def test_held_sets_are_shown_from_their_frames_on(rows: list[dict[str, float]]) -> None:
    draft = Draft(Asked(tolerance=0.0), "a test")
    held(draft, {n * 2: tuple(row.items()) for n, row in enumerate(rows)}, "")
    wanted = [rows[n // 2] for n in range(2 * len(rows))]
    assert played(draft, 2 * len(rows)) == wanted


@given(sets.filter(bool))
def test_moving_sets_are_shown_at_every_frame(rows: list[dict[str, float]]) -> None:
    draft = Draft(Asked(tolerance=0.0), "a test")
    moving(draft, [tuple(row.items()) for row in rows], "")
    found = played(draft, len(rows))
    if not any("more than 8" in note for note in draft.notes):
        for one, row in zip(found, rows, strict=True):
            assert {text: weight for text, weight in one.items() if text in row} == pytest.approx(row, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a sea :0.5 AND ice:.5 --neg fog", (("a sea", 0.5), ("ice", 0.5), ("fog", -1.0))),
        ("at 12:30", (("at 12:30", 1.0),)),
        ("sea --neg fog:2 AND rain:-1", (("sea", 1.0), ("fog", -2.0), ("rain", -1.0))),
        ("", (("", 1.0),)),
    ],
)
def test_prompts_as_they_are_composed(text: str, wanted: Set) -> None:
    assert composed(Draft(Asked(), ""), text) == wanted


def test_a_weight_that_nobody_meant_is_no_infinity() -> None:
    assert weighted("x:" + "9" * 400) == ("x", 1e6)


def test_a_lane_is_a_value_a_formula_keys_or_frames() -> None:
    def written(lane: Lane) -> str:
        draft = Draft(Asked(), "a test", fps=10.0)
        draft.lane(lane)
        return draft.finished().text

    line = [n / 10 for n in range(11)]
    assert '"/sampler/skip" = 0.5' in written(Lane("/sampler/skip", [0.5] * 11, ""))
    assert 'formula = "t"' in written(Lane("/sampler/skip", line, "", "t"))
    assert "keys = [[0, 0], [1, 1]]" in written(Lane("/sampler/skip", line, "", "2 * t")), "the formula says otherwise"
    eased = [x * x for x in line]
    assert '[[0, 0, "in-quad"], [1, 1]]' in written(
        Lane("/sampler/skip", eased, "", keys=((0, 0.0, "in-quad"), (10, 1.0, "")))
    )


def test_what_lies_outside_of_the_range_is_brought_into_it_and_said() -> None:
    draft = Draft(Asked(), "a test")
    draft.lane(Lane("/sampler/skip", [0.0, 2.0, float("nan")], ""))
    assert draft.notes == ["/sampler/skip: 2 of 3 values lie outside of 0…1 and are brought into it"]
