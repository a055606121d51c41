"""Coherence: a recursion is led back to what it looked like, once what is asked for stands still."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from perf.core.frame import Job, Mask, Plane, Planes
from perf.diffusion.coherence import LATEST, SETTLE, Settled, coherence, wish
from perf.diffusion.condition import Voice


def picture(seed: int = 1) -> Tensor:
    """Colours and detail, nowhere near black or white."""
    grain = torch.randn(1, 3, 32, 48, generator=torch.Generator().manual_seed(seed))
    return 0.3 * functional.avg_pool2d(grain, 3, 1, 1) + torch.tensor([0.3, 0.0, -0.2]).view(1, 3, 1, 1)


def settled(image: Tensor, count: int = SETTLE + 1) -> Settled:
    found = Settled()
    for _ in range(count):
        found = found.after("sea", image)
    return found


def looks(one: Tensor) -> tuple[float, float, float, float]:
    """Lightness, its spread, the span of the colours, the detail."""
    grey, colours = one.mean(1, keepdim=True), one.amax(1) - one.amin(1)
    detail = (grey - functional.avg_pool2d(grey, 3, 1, 1, count_include_pad=False)).abs().mean()
    return float(grey.mean()), float(grey.std()), float(colours.mean()), float(detail)


def worn(one: Tensor) -> Tensor:
    """As an image leaves a picture: paler, softer and darker."""
    grey = one.mean(1, keepdim=True)
    pale = grey + 0.9 * (one - grey)
    return 0.8 * pale + 0.2 * functional.avg_pool2d(pale, 3, 1, 1, count_include_pad=False) - 0.02


def test_it_looks_when_a_wish_has_stood_for_some_images_and_then_no_more() -> None:
    before, after = picture(1), picture(2)
    assert not settled(before, SETTLE).look
    found = settled(before)
    assert found.look
    assert found.after("sea", after).look == found.look
    assert found.after("city", after) == Settled("city")


def test_out_of_black_it_looks_when_the_picture_has_come_and_of_what_never_rests_after_a_while() -> None:
    coming, lit = Settled(), picture()
    for n in range(4 * SETTLE):
        coming = coming.after("sea", 0.4 * (n / (4 * SETTLE)) * (lit + 1) - 1)
        assert not coming.look
    for _ in range(2 * SETTLE):
        coming = coming.after("sea", lit)
    assert coming.look == settled(lit).look
    restless = Settled()
    for n in range(LATEST + 1):
        assert not restless.look
        restless = restless.after("sea", lit * (n % 13) / 13 - 0.8)
    assert restless.look


def test_what_has_not_changed_is_left_as_it_is() -> None:
    image = picture()
    assert torch.allclose(settled(image).lead("sea", image, 1.0), image, atol=1e-4)


def test_before_it_looks_under_another_wish_and_at_a_share_of_nothing_nothing_is_led() -> None:
    image, faded = picture(), 0.5 * picture()
    assert torch.equal(Settled("sea", 3).lead("sea", faded, 1.0), faded)
    assert torch.equal(settled(image).lead("city", faded, 1.0), faded)
    assert torch.equal(settled(image).lead("sea", faded, 0.0), faded)


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_recursion_that_wears_each_picture_keeps_its_look(share: float) -> None:
    anchor, image, alone = settled(picture()), picture(), picture()
    for _ in range(100):
        image, alone = anchor.lead("sea", worn(image), share), worn(alone)
    for was, now, without in zip(looks(picture()), looks(image), looks(alone), strict=True):
        assert abs(now - was) < 0.25 * abs(was) + 0.02
        assert abs(without - was) > 0.5 * abs(was)


@given(st.floats(0, 1), st.floats(0.0, 1.0), st.floats(-1, 1))
def test_a_picture_stays_a_picture(share: float, grain: float, grey: float) -> None:
    flat = (torch.full((1, 3, 16, 16), grey) + grain * picture()[..., :16, :16]).clamp(-1, 1)
    led = settled(picture()).lead("sea", flat, share)
    assert torch.isfinite(led).all()
    assert led.abs().max() <= 1


def test_a_recursion_is_led_and_the_less_the_more_of_a_film_is_in_it() -> None:
    assert coherence(Job(coherence=0.5)) == 0.5
    assert coherence(Job(coherence=0.5, mix=0.5)) == 0.25
    assert coherence(Job(coherence=0.5, source="media")) == 0.0


CIRCLE, SEA = Mask("circle"), Voice("sea", 1.0, 1.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Job(index=1, seconds=1.0, seed=3.0), Job(index=2, seconds=2.0, seed=4.0)),
        (Job(mask=Mask(ratio=0.2)), Job(mask=Mask(ratio=0.8))),  # of no mask
        (Job(mask=CIRCLE), Job(mask=Mask("circle", x=0.5, y=0.1))),
    ],
)
def test_the_wish_is_not_where_the_camera_or_a_mask_is(one: Job, other: Job) -> None:
    assert wish(one, (SEA,)) == wish(other, (SEA,))


@pytest.mark.parametrize(
    "other",
    [
        Job(skip=0.6), Job(method="lcm"), Job(spacing="karras"), Job(blend="slerp"), Job(mask=CIRCLE),
        Job(planes=Planes(slices=(Plane(guidance=2.0), Plane(), Plane()))),
    ],
)  # fmt: skip
def test_the_wish_is_what_colours_depend_on(other: Job) -> None:
    assert wish(Job(), (SEA,)) != wish(other, (SEA,))


def test_the_sides_of_a_mask_are_in_the_wish() -> None:
    mask = Mask("circle", size=0.9)
    for other in (replace(mask, invert=True), replace(mask, size=0.2), replace(mask, ratio=0.0)):
        assert wish(Job(mask=mask), (SEA,)) != wish(Job(mask=other), (SEA,))


def test_a_prompt_that_weighs_nothing_is_not_in_the_wish() -> None:
    silent = Voice("city", 0.0, 0.3)
    assert wish(Job(), (SEA,)) == wish(Job(), (SEA, silent))
    assert wish(Job(), (SEA,)) != wish(Job(), (SEA, replace(silent, weight=0.1)))
