"""High dynamic range: what the tables say, against the standard's own figures."""

import numpy as np
import pytest
from PIL import Image

from perf.ports.hdr import HLG, PQ, toned, tones


def seen(transfer: int, *signal: float) -> tuple[int, ...]:
    """A colour of 0…1 each, through the table."""
    pixel = np.array([[[*(round(255 * s) for s in signal), 9]]], np.uint8)
    return tuple(Image.Image.getpixel(toned(Image.fromarray(pixel), tones(transfer)), (0, 0)))  # type: ignore[arg-type]


def pq(light: float) -> float:
    """The signal of so many cd/m², from BT.2100's inverse."""
    y = (light / 10000) ** 0.1593017578125
    return float(((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375)


def test_what_is_not_of_high_range_is_left_alone() -> None:
    picture = Image.new("RGBA", (2, 2))
    assert tones(1) is None
    assert toned(picture, None) is picture


@pytest.mark.parametrize(("light", "grey"), [(0.0, 0), (20.3, 98), (50.0, 142), (100.0, 190)])
def test_below_the_knee_light_is_what_a_screen_of_203_candelas_shows(light: float, grey: int) -> None:
    """255 · (light / 203) ^ (1 / 2.4)."""
    red, green, blue, alpha = seen(PQ, *[pq(light)] * 3)
    assert max(abs(c - grey) for c in (red, green, blue)) <= 3
    assert alpha == 9


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_greys_stay_grey_and_never_fall(transfer: int) -> None:
    greys = [seen(transfer, n / 64, n / 64, n / 64)[:3] for n in range(65)]
    assert all(max(grey) - min(grey) <= 1 for grey in greys)
    assert sorted(greys) == greys
    assert greys[0] == (0, 0, 0)
    assert greys[-1][1] >= 250


def test_a_white_sheet_is_as_bright_in_both() -> None:
    """203 cd/m² are 0.58 of PQ and 0.75 of HLG (BT.2408)."""
    assert seen(PQ, 0.58, 0.58, 0.58)[1] == pytest.approx(seen(HLG, 0.75, 0.75, 0.75)[1], abs=3)


def test_a_colour_of_rec_709_in_rec_2020_is_itself_again() -> None:
    """Red of 709 is (0.6274, 0.0691, 0.0164) in 2020's light."""
    red, green, blue, _ = seen(PQ, *(pq(100 * share) for share in (0.6274, 0.0691, 0.0164)))
    assert red == pytest.approx(190, abs=4)
    assert max(green, blue) < 40
