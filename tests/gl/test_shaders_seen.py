"""What somebody who looks at the shaders sees, and no measure of all of them would: one thing a test."""

from pathlib import Path

import moderngl
import numpy as np
import pytest
from numpy.typing import NDArray

from perf.gl.instance import Instance, Instant, Tools
from perf.gl.loaded import Loaded
from perf.gl.target import Target
from perf.ports.shelf import Shelf

FOLDER = Path(__file__).parents[2] / "shaders"
SIZE = (160, 90)
TRANSITIONS = ["burn", "dissolve", "glitchcut", "iris", "slide", "wipe"]


class Wall:
    """Draws a shader that ships, over a picture that runs from dark to light grey."""

    def __init__(self, context: moderngl.Context) -> None:
        self.context, self.tools = context, Tools.made(context)
        grey = np.repeat(np.linspace(20, 235, 64).astype(np.uint8), 3).reshape(1, 64, 3)
        self.images = {"inputImage": self.texture(grey), "startImage": self.texture(grey // 8)}
        self.images["endImage"] = self.texture(255 - grey // 8)

    def texture(self, rows: NDArray[np.uint8]) -> moderngl.Texture:
        texture = self.context.texture((rows.shape[1], rows.shape[0]), 3, rows.tobytes(), alignment=1)
        texture.repeat_x = texture.repeat_y = False
        return texture

    def draw(self, name: str, size: tuple[int, int] = SIZE, frames: int = 1, **inputs: object) -> NDArray[np.float32]:
        """The last frame: rows from the bottom, RGBA."""
        loaded = Loaded(self.context, Shelf(FOLDER, FOLDER).shader(name))
        instance, target = Instance(self.tools, loaded), Target(self.context, size, "f4")
        for n in range(frames):
            instant = Instant(10.0 + n / 30.0, 1.0 / 30.0, beat=20.9)
            instance.draw(target.onto(), inputs, self.images, instant)  # type: ignore[arg-type]
        pixels = np.frombuffer(target.texture.read(), np.float32).reshape(size[1], size[0], 4).copy()
        for part in (instance, target, loaded):
            part.release()
        return pixels


@pytest.fixture
def wall(context: moderngl.Context) -> Wall:
    return Wall(context)


def test_a_chroma_key_leaves_grey_as_it_is(wall: Wall) -> None:
    assert np.abs(wall.draw("chromakey") - wall.draw("chromakey", amount=0.0)).max() < 0.02


def test_a_television_with_lines_too_fine_to_be_seen_burns_no_lights(wall: Wall) -> None:
    still = {"hum": 0.0, "mask": 0.0, "curve": 0.0, "bleed": 0.0}
    lights = wall.draw("crt", rows=480.0, **still)[20:70, 110:150, :3]
    assert lights.mean() / wall.draw("crt", amount=0.0)[20:70, 110:150, :3].mean() == pytest.approx(1.0, abs=0.1)


def test_rays_have_no_seam(wall: Wall) -> None:
    rays = wall.draw("moire", form="rays", apart=0.0, bend=0.0, kick=0.0, speed=0.0)[..., :3]
    assert np.abs(rays[44:46, :30] - rays[43, :30]).max() < 0.1


def test_coral_grows_alike_in_all_directions(wall: Wall) -> None:
    rows = wall.draw("coral", (427, 240), 160, drift=0.0, kick=0.0, relief=0.0)[:, 94:334, 0]
    along = np.abs(np.fft.fftshift(np.fft.fft2(rows - rows.mean()))) ** 2
    y, x = np.mgrid[-120:120, -120:120]
    ring = (np.hypot(x, y) > 12) & (np.hypot(x, y) < 40)
    share, _ = np.histogram(np.arctan2(y, x)[ring] % np.pi, 8, (-np.pi / 16, np.pi - np.pi / 16), weights=along[ring])
    assert share.max() < 1.35 * share.mean()


@pytest.mark.parametrize("name", TRANSITIONS)
def test_a_transition_is_under_way_in_its_first_quarter_and_in_its_last(wall: Wall, name: str) -> None:
    start, end = (wall.draw(name, progress=progress)[..., :3] for progress in (0.0, 1.0))
    for progress in (0.25, 0.75):
        now = wall.draw(name, progress=progress)[..., :3]
        far = np.abs(now - start).mean() / np.abs(end - start).mean()
        assert 0.03 < far < 0.99, progress


@pytest.mark.parametrize(("kind", "end"), [("cover", 0.0), ("cover", 1.0), ("reveal", 0.0), ("reveal", 1.0)])
def test_no_shadow_jumps_in_or_out_at_an_end_of_a_slide(wall: Wall, kind: str, end: float) -> None:
    there, near = (wall.draw("slide", kind=kind, progress=p)[..., :3] for p in (end, abs(end - 1e-3)))
    assert np.abs(near - there).max() < 0.01


def test_on_an_upright_picture_the_wall_opens_upright(wall: Wall) -> None:
    colours = wall.draw("ganzfeld", (90, 160))[..., :3]
    assert np.abs(colours[80, 2] - colours[2, 2]).max() < 0.2
    assert np.abs(colours[80, 2] - colours[80, 45]).max() > 0.2


def test_on_an_upright_picture_there_is_room_for_every_scope(wall: Wall) -> None:
    row = wall.draw("scopes", (90, 160), ground=1.0, gain=0.2)[8, :, 0]
    bare = wall.draw("scopes", (90, 160), amount=0.0)[8, :, 0]
    assert (row < 0.6 * bare)[7:32].all()  # the first of the three is as wide as it is high
