"""Knobs inside the U-Net: nothing at 1, something elsewhere, and as trained again afterwards."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
import torch

from perf.core.frame import Knobs
from perf.diffusion.family import Family, load
from perf.diffusion.knobs import has_knobs, turned


@pytest.fixture(scope="module")
def family(model_folder: Callable[[str], Path]) -> Family:
    return load(str(model_folder("turbo")), "cpu")


def seen(family: Family, knobs: Knobs, text: str = "sea") -> torch.Tensor:
    x = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(5))
    with torch.inference_mode(), turned(family.unet, knobs):
        return family.denoise(x, 0.6, family.embed(text), 1.0)


def test_at_1_nothing_is_touched(family: Family) -> None:
    state = dict(vars(family.unet)), [dict(vars(module)) for module in family.unet.modules()]
    with turned(family.unet, Knobs()):
        assert state == (dict(vars(family.unet)), [dict(vars(module)) for module in family.unet.modules()])
    plain = family.denoise(torch.ones(1, 4, 8, 8), 0.6, family.embed("sea"), 1.0)
    with turned(family.unet, Knobs()):
        assert torch.equal(family.denoise(torch.ones(1, 4, 8, 8), 0.6, family.embed("sea"), 1.0), plain)


@pytest.mark.parametrize("name", [field.name for field in fields(Knobs)])
@pytest.mark.parametrize("gain", [0.0, 0.5, 2.0])
def test_each_knob_acts_and_leaves_no_trace(family: Family, name: str, gain: float) -> None:
    plain = seen(family, Knobs())
    other = seen(family, replace(Knobs(), **{name: gain}))
    assert torch.isfinite(other).all()
    assert not torch.equal(other, plain)
    assert torch.equal(seen(family, Knobs()), plain)


def test_near_1_a_knob_is_near_nothing(family: Family) -> None:
    near, plain = seen(family, Knobs(1.001, 0.999, 1.001, 0.999, 1.001)), seen(family, Knobs())
    assert (near - plain).abs().mean() < 0.01 * plain.abs().mean()


def test_without_attention_the_prompt_is_not_heard(family: Family) -> None:
    deaf = Knobs(attention=0.0)
    assert torch.equal(seen(family, deaf, "sea"), seen(family, deaf, "city"))
    assert not torch.equal(seen(family, Knobs(), "sea"), seen(family, Knobs(), "city"))


def test_a_step_that_fails_leaves_no_trace(family: Family) -> None:
    plain = seen(family, Knobs())
    with pytest.raises(RuntimeError, match="lost"), turned(family.unet, Knobs(b1=2.0, attention=3.0)):
        raise RuntimeError("lost")
    assert torch.equal(seen(family, Knobs()), plain)


def test_only_a_u_net_has_knobs(family: Family) -> None:
    assert has_knobs(family.unet)
    assert not has_knobs(family.vae)
    assert not has_knobs(None)
