"""Films on the stage: where a picture lies, when it is uploaded, and the test card for one that is not there."""

import moderngl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from stagecraft import frame, rows

from perf.core.footage import Footage, Shot
from perf.core.frame import Frame, Layer
from perf.gl.compositor import Compositor
from perf.gl.media import fitted
from perf.ports.hdr import HLG, PQ, toned, tones


def shot(colours: list[list[tuple[int, ...]]], aspect: float = 0.0, larger: int = 1) -> Shot:
    """A picture of these pixels, rows from the top."""
    pixels = np.array([[(*c, 255)[:4] for c in row] for row in colours], np.uint8)
    pixels = pixels.repeat(larger, 0).repeat(larger, 1)
    size = (pixels.shape[1], pixels.shape[0])
    return Shot(size, pixels.tobytes(), aspect or size[0] / size[1])


RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
QUARTERS = [[RED, GREEN], [BLUE, WHITE]]


def film(fit: str = "stretch", **changes: object) -> Frame:
    layer = Layer("media", (), 1.0, "normal", 1, footage=Footage(fit=fit), **changes)  # type: ignore[arg-type]
    return frame(1.0, layer)


def corners(compositor: Compositor) -> list[tuple[int, ...]]:
    picture = rows(compositor)
    return [tuple(int(c) for c in picture[y, x]) for y, x in ((5, 5), (5, -5), (-5, 5), (-5, -5))]


def near(found: list[tuple[int, ...]], wanted: list[tuple[int, ...]]) -> bool:
    return bool((np.abs(np.array(found) - np.array(wanted)) <= 3).all())


@pytest.mark.parametrize("larger", [1, 8, 128])
def test_a_picture_stands_upright(compositor: Compositor, larger: int) -> None:
    compositor.film({1: shot(QUARTERS, larger=larger)})
    compositor.draw(film())
    assert near(corners(compositor), [RED, GREEN, BLUE, WHITE])


def test_fits(compositor: Compositor) -> None:
    """The stage is 160×90; the picture is a square."""
    compositor.film({1: shot([[WHITE] * 4] * 4)})
    for fit, width in (("stretch", 160), ("cover", 160), ("contain", 90)):
        compositor.draw(film(fit))
        assert abs(int((rows(compositor)[45, :, 0] > 127).sum()) - width) <= 1, fit
    assert (rows(compositor)[:, 80, 0] > 250).all()


@given(st.sampled_from(["cover", "contain", "stretch"]), st.floats(0.1, 10.0), st.floats(0.1, 10.0))
def test_a_fit_keeps_the_aspect_and_the_middle(fit: str, picture: float, stage: float) -> None:
    x, y, width, height = fitted(fit, picture, stage)
    assert x + width / 2 == pytest.approx(0.5)
    assert y + height / 2 == pytest.approx(0.5)
    if fit != "stretch":
        assert width * stage / height == pytest.approx(picture)
        assert (max if fit == "contain" else min)(width, height) == pytest.approx(1.0)


def test_alpha_lets_through_what_is_below(compositor: Compositor) -> None:
    below = Layer("colour", (), 1.0, "normal", 2, colour=(0.0, 0.0, 1.0, 1.0))
    above = Layer("media", (), 1.0, "normal", 1, footage=Footage(fit="stretch"))
    compositor.film({1: shot([[(255, 0, 0, 128), (255, 0, 0, 0)]], larger=16)})
    compositor.draw(frame(1.0, below, above))
    assert near(corners(compositor), [(128, 0, 127), BLUE, (128, 0, 127), BLUE])


@pytest.mark.parametrize("larger", [3, 150])
def test_a_logo_has_no_dark_rim(compositor: Compositor, larger: int) -> None:
    """White on white, with the black that programs leave where a picture is transparent; also of one that is made
    smaller in steps."""
    below = Layer("colour", (), 1.0, "normal", 2, colour=(1.0, 1.0, 1.0, 1.0))
    above = Layer("media", (), 1.0, "normal", 1, footage=Footage(fit="stretch"))
    compositor.film({1: shot([[WHITE, (0, 0, 0, 0)], [(0, 0, 0, 0), WHITE]], larger=larger)})
    compositor.draw(frame(1.0, below, above))
    assert rows(compositor).min() == 255


def test_before_its_first_picture_there_is_nothing(compositor: Compositor) -> None:
    compositor.draw(film())
    assert not rows(compositor).any()


def test_what_cannot_be_shown_is_a_card_and_the_rest_plays_on(compositor: Compositor) -> None:
    compositor.film({1: ""})
    compositor.draw(film())
    card = rows(compositor)
    assert len(np.unique(card.reshape(-1, 3), axis=0)) > 8
    compositor.film({1: shot([[GREEN]])})
    compositor.draw(film())
    assert near(corners(compositor), [GREEN] * 4)


def test_the_card_says_why(compositor: Compositor) -> None:
    """In light letters in the middle; another reason is other letters."""
    cards = []
    for reason in ("", "clip.mp4: there is no such file", "clip.mp4: cannot be played: it is cut off"):
        compositor.film({1: reason})
        compositor.draw(film())
        cards.append(rows(compositor).astype(int))
    plain, missing, cut = cards
    assert (missing[:8] == plain[:8]).mean() > 0.9, "the rest is the card as it is"
    assert (missing[30:60] > plain[30:60] + 40).sum() > 200
    assert (missing != cut).any()
    compositor.film({1: shot([[GREEN]])})
    compositor.draw(film())
    assert near(corners(compositor), [GREEN] * 4)


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_high_dynamic_range_is_seen_through_its_table(compositor: Compositor, transfer: int) -> None:
    colours = [[(30, 60, 90), (150, 150, 150)], [(200, 90, 140), (255, 255, 255)]]
    given = shot(colours, larger=8)
    compositor.film({1: Shot(given.size, given.pixels, given.aspect, tones=tones(transfer))})
    compositor.draw(film())
    picture = Image.fromarray(np.array(colours, np.uint8)).convert("RGBA")
    wanted = [tuple(toned(picture, tones(transfer)).getpixel(at)[:3]) for at in ((0, 0), (1, 0), (0, 1), (1, 1))]  # type: ignore[index]
    assert near(corners(compositor), wanted)
    compositor.film({1: given})
    compositor.draw(film())
    assert near(corners(compositor), [c for row in colours for c in row]), "others are as they are"


def test_a_picture_is_uploaded_once_into_one_texture(compositor: Compositor, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    write = moderngl.Texture.write

    def counting(texture: moderngl.Texture, data: object, *args: object, **options: object) -> None:
        written.append(texture.glo)
        write(texture, data, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(moderngl.Texture, "write", counting)
    for picture in (shot(QUARTERS, larger=32), shot([[GREEN] * 2] * 2, larger=32)):
        for _ in range(3):
            compositor.film({1: picture})
            compositor.draw(film())
    assert len(written) == 2
    assert len(set(written)) == 1
    assert near(corners(compositor), [GREEN] * 4)


def test_the_memory_of_a_layer_that_is_gone_is_given_back(compositor: Compositor) -> None:
    films = compositor._stack.parts.films
    compositor.film({1: shot(QUARTERS)})
    compositor.draw(film())
    assert list(films._kept) == [1]
    compositor.film({2: shot(QUARTERS)})
    compositor.draw(frame(1.0))
    assert not films._kept
    compositor.film({1: shot(QUARTERS)})
    compositor.draw(film())
    assert near(corners(compositor), [RED, GREEN, BLUE, WHITE])
