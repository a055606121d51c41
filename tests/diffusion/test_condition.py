"""Prompts as a mix: shares sum to one, a new text fades in, a fader is live."""

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from perf.diffusion.condition import NOTHING, Voice, blended, cancelling, mixed, opposed, shares, within
from perf.diffusion.embedding import Condition

WEIGHTS = st.floats(-2, 2)


@example([-5e-324])  # a quarter of the smallest float is 0
@example([1e-300, -1e-300])
@given(st.lists(WEIGHTS, min_size=1, max_size=8))
def test_shares_sum_to_one_unless_the_weights_cancel(weights: list[float]) -> None:
    mix = tuple(Voice(str(i), w, 1.0) for i, w in enumerate(weights))
    total, magnitude = sum(weights), sum(map(abs, weights))
    if total > 0.26 * magnitude or magnitude < NOTHING:
        assert sum(shares(mix).values()) == pytest.approx(1.0)
    assert all(abs(share) <= 4.0 for share in shares(mix).values())


def test_the_authors_operating_point() -> None:
    assert shares((Voice("sea", 5.0, 1.0), Voice("crosses", -1.0, 1.0))) == {"sea": 1.25, "crosses": -0.25}


def test_a_changed_prompt_fades_and_passes_the_middle() -> None:
    mix = mixed((), [("sea", 1.0)], 1.0)
    assert shares(mix) == {"sea": 1.0}
    mix = mixed(mix, [("city", 1.0)], 0.5)
    assert shares(mix) == {"city": 0.5, "sea": 0.5}
    mix = mixed(mix, [("city", 1.0)], 0.5)
    assert shares(mix) == {"city": 1.0}


def test_a_fader_on_a_known_prompt_is_live() -> None:
    mix = mixed((), [("sea", 1.0), ("city", 0.0)], 1.0)
    mix = mixed(mix, [("sea", 1.0), ("city", 1.0)], 0.01)
    assert shares(mix) == {"sea": 0.5, "city": 0.5}


def test_a_text_in_two_slots_is_one_voice() -> None:
    assert mixed((), [("sea", 0.5), ("sea", 0.25)], 1.0) == (Voice("sea", 0.75, 1.0),)


def test_a_blend_is_the_weighted_sum() -> None:
    one, two = torch.zeros(1, 2, 3), torch.ones(1, 2, 3)
    assert torch.equal(blended({"a": 0.25, "b": 0.75}, {"a": one, "b": two}), torch.full((1, 2, 3), 0.75))


def test_guidance_turns_negative_weights_into_the_other_side() -> None:
    towards, away = opposed((Voice("sea", 1.0, 1.0), Voice("city", -0.5, 1.0)))
    assert (towards, away) == ({"sea": 1.0}, {"city": 0.5, "": 0.5})
    assert opposed((Voice("sea", 1.0, 1.0),)) == ({"sea": 1.0}, {"": 1.0})


@given(st.lists(st.floats(-3, 0), min_size=1, max_size=4))
def test_what_is_kept_away_from_grows_out_of_the_empty_prompt(weights: list[float]) -> None:
    away = opposed(tuple(Voice(str(i), weight, 1.0) for i, weight in enumerate(weights)))[1]
    assert sum(away.values()) == pytest.approx(1.0)
    assert away.get("", 0.0) == pytest.approx(max(0.0, 1.0 + sum(weights)))


def test_a_text_of_no_weight_guides_nowhere() -> None:
    assert opposed((Voice("sea", 0.0, 1.0), Voice("city", -1.0, 1.0))) == ({"": 1.0}, {"city": 1.0})


def test_each_side_of_a_mask_has_its_own_voices() -> None:
    prompts, regions = [("sea", 1.0), ("city", 1.0), ("fog", 1.0)], ["inside", "outside"]
    mix = mixed((), prompts, 1.0, regions)
    assert shares(within(mix, "inside")) == {"sea": 0.5, "fog": 0.5}
    assert shares(within(mix, "outside")) == {"city": 0.5, "fog": 0.5}
    assert shares(within(mix[:1], "outside")) == {"": 1.0}
    assert shares(within((Voice("sea", 0.0, 1.0),), "inside")) == {"": 1.0}


def test_a_prompt_on_a_plane_is_heard_everywhere_where_there_are_none() -> None:
    mix = mixed((), [("sea", 1.0), ("city", 1.0), ("fog", 1.0)], 1.0, ["both", "near", "inside"])
    assert shares(within(mix, "inside")).keys() == {"sea", "city", "fog"}
    assert shares(within(mix, "outside")).keys() == {"sea", "city"}


def test_a_prompt_that_changes_sides_fades_over() -> None:
    mix = mixed(mixed((), [("sea", 1.0)], 1.0), [("sea", 1.0)], 0.25, ["inside"])
    assert mix == (Voice("sea", 1.0, 0.25, "inside"), Voice("sea", 1.0, 0.75, "both"))
    assert shares(mix) == {"sea": 1.0}


@given(st.lists(WEIGHTS, min_size=1, max_size=8))
def test_weights_that_cancel_out_are_known(weights: list[float]) -> None:
    mix = tuple(Voice(str(i), w, 1.0) for i, w in enumerate(weights))
    assert cancelling(mix) or sum(shares(mix).values()) == pytest.approx(1.0)


def test_next_to_nothing_on_the_arc_is_nothing() -> None:
    a, b = Condition(torch.tensor([[[1.0, 2.0]]])), Condition(torch.tensor([[[3.0, 4.0]]]))
    found = blended({"a": 1e-300, "b": -2.0}, {"a": a, "b": b}, arc=True)
    assert torch.equal(found.tokens, b.tokens * -2.0)
