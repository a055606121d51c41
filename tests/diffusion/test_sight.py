"""What an image looks like, in numbers that can be told without looking."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from perf.diffusion.sight import INKS, LONGEST, Eye, cells, look


def plain(red: int, green: int, blue: int) -> torch.Tensor:
    return torch.tensor([red, green, blue], dtype=torch.uint8).expand(64, 96, 3)


def test_a_plain_picture_is_its_colour() -> None:
    sight = look(cells(plain(255, 0, 0)))
    assert (sight.saturation, sight.hue, sight.motion, sight.palette) == (1.0, 0.0, 0.0, ("#ff0000",))
    assert sight.brightness == pytest.approx(0.2126)
    assert look(cells(plain(0, 0, 255))).hue == pytest.approx(2 / 3)


def test_grey_has_no_hue() -> None:
    sight = look(cells(plain(128, 128, 130)))
    assert sight.hue == 0.0
    assert sight.saturation < 0.01


def test_the_palette_begins_with_what_is_most_of_the_picture() -> None:
    image = plain(10, 20, 200).clone()
    image[:20] = torch.tensor([250, 240, 10], dtype=torch.uint8)
    assert look(cells(image)).palette[:2] == ("#0a14c8", "#faf00a")


def test_motion_is_how_far_it_changes_in_a_second() -> None:
    dark, light = cells(plain(0, 0, 0)), cells(plain(51, 51, 51))
    assert look(light, dark, 0.1).motion == pytest.approx(2.0)
    assert look(light, dark, 0.2).motion == pytest.approx(1.0)
    assert look(light, dark, 2 * LONGEST).motion == look(light, dark, 0.0).motion == 0.0


@given(st.integers(0, 2**31), st.integers(1, 70), st.integers(1, 70))
def test_any_picture_has_numbers_within_their_range(seed: int, height: int, width: int) -> None:
    image = torch.randint(0, 256, (height, width, 3), generator=torch.Generator().manual_seed(seed), dtype=torch.uint8)
    sight = look(cells(image))
    assert all(0.0 <= value <= 1.0 for value in (sight.brightness, sight.saturation, sight.hue))
    assert 1 <= len(sight.palette) <= INKS


def test_an_eye_compares_each_image_with_the_one_before() -> None:
    eye = Eye()
    assert eye.see(plain(0, 0, 0), 0.0, looking=True).motion == 0.0  # type: ignore[union-attr]
    assert eye.see(plain(51, 51, 51), 0.1, looking=False) is None
    assert eye.see(plain(102, 102, 102), 0.2, looking=True).motion == pytest.approx(2.0)  # type: ignore[union-attr]
