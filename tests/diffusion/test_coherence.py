"""Coherence: a recursion is led back to what it looked like, once what is asked for stands still."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from perf.core.frame import Job
from perf.diffusion.coherence import SETTLE, Settled, wish


def picture(seed: int = 1) -> Tensor:
    """Colours and detail, nowhere near black or white."""
    grain = torch.randn(1, 3, 32, 48, generator=torch.Generator().manual_seed(seed))
    return 0.3 * functional.avg_pool2d(grain, 3, 1, 1) + torch.tensor([0.3, 0.0, -0.2]).view(1, 3, 1, 1)


def settled(image: Tensor, count: int = SETTLE + 1) -> Settled:
    found = Settled()
    for _ in range(count):
        found = found.after("sea", image)
    return found


def test_it_looks_when_a_wish_has_stood_for_some_images_and_then_no_more() -> None:
    before, after = picture(1), picture(2)
    assert not settled(before, SETTLE).look
    found = settled(before)
    assert found.look
    assert found.after("sea", after).look == found.look
    assert found.after("city", after) == Settled("city")


def test_what_has_not_changed_is_left_as_it_is() -> None:
    image = picture()
    assert torch.allclose(settled(image).lead(image, 1.0), image, atol=1e-4)


def test_before_it_looks_and_at_a_share_of_nothing_nothing_is_led() -> None:
    image, faded = picture(), 0.5 * picture()
    assert torch.equal(Settled("sea", 3).lead(faded, 1.0), faded)
    assert torch.equal(settled(image).lead(faded, 0.0), faded)


def test_faded_colours_and_lost_detail_come_back_step_by_step() -> None:
    image = picture()
    anchor = settled(image)
    faded = 0.7 * functional.avg_pool2d(image, 3, 1, 1, count_include_pad=False) + 0.1

    def apart(one: Tensor) -> tuple[float, float, float]:
        detail = (one - functional.avg_pool2d(one, 3, 1, 1, count_include_pad=False)).square().mean().sqrt()
        return float(one.mean()), float(one.std()), float(detail)

    steps = [faded]
    for _ in range(30):
        steps.append(anchor.lead(steps[-1], 0.2))
    for was, first, half, last in zip(*map(apart, (image, faded, steps[3], steps[-1])), strict=True):
        assert abs(half - was) < abs(first - was)
        assert abs(last - was) < 0.1 * abs(first - was) + 0.005


@given(st.floats(0, 1), st.floats(0.0, 1.0), st.floats(-1, 1))
def test_a_picture_stays_a_picture(share: float, grain: float, grey: float) -> None:
    flat = torch.full((1, 3, 16, 16), grey) + grain * picture()[..., :16, :16]
    led = settled(picture()).lead(flat.clamp(-1, 1), share)
    assert torch.isfinite(led).all()
    assert led.abs().max() <= 1


def test_the_wish_is_what_colours_depend_on_and_not_where_the_camera_is() -> None:
    assert wish(Job(index=1, seconds=1.0, seed=3.0), ()) == wish(Job(index=2, seconds=2.0, seed=4.0), ())
    assert wish(Job(skip=0.5), ()) != wish(Job(skip=0.6), ())
