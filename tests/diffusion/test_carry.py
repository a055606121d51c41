"""A recursion goes on at another size, and begins anew in another epoch."""

import torch

from perf.core.camera import Pose
from perf.diffusion.carry import Carry
from perf.diffusion.coherence import Settled
from perf.diffusion.condition import Voice

MIX = (Voice("sea", 1.0, 1.0),)
CARRY = Carry(torch.linspace(-1, 1, 16).expand(1, 3, 8, 16), Pose(pan=3.0), MIX, 2.0, 1, 9, Settled("sea", 8))


def test_at_its_own_size_it_is_itself() -> None:
    assert CARRY.taken_up(1, (8, 16)) is CARRY


def test_at_another_size_it_is_the_same_picture_and_goes_on() -> None:
    smaller = CARRY.taken_up(1, (4, 8))
    assert (smaller.count, smaller.pose, smaller.mix, smaller.seconds) == (9, CARRY.pose, MIX, 2.0)
    assert torch.allclose(smaller.image, torch.nn.functional.avg_pool2d(CARRY.image, 2), atol=1e-6)
    assert smaller.settled == Settled(), "how fine a picture looks goes by its size"


def test_another_epoch_keeps_where_the_camera_and_the_prompts_were() -> None:
    anew = CARRY.taken_up(2, (4, 8))
    assert (anew.count, anew.epoch, anew.pose, anew.mix) == (0, 2, CARRY.pose, MIX)
