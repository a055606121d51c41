"""Sheets that show what each shader makes of a picture, and each blend mode of two: for documents, and for choosing.

Draws off-screen and gives a PNG's bytes; opens no file.
"""

from collections.abc import Sequence
from typing import Protocol

import moderngl
import numpy as np
from numpy.typing import NDArray

from perf.core.camera import Pose
from perf.core.frame import Frame, Job, Layer, Pass, Picture
from perf.core.layers import BLENDS
from perf.core.moment import Moment
from perf.gl import overlay
from perf.gl.compositor import Compositor
from perf.gl.shader import ShaderSource

TILE = (416, 234)
GAP = 10
RATE = 30.0  # frames a second
FRAMES = 75  # played before each tile is taken, so that feedback has something to remember
TEMPO = 120.0


class GalleryShader(ShaderSource, Protocol):
    """A shader that also says whether it is a filter."""

    @property
    def role(self) -> str: ...


def contact_sheet(
    context: moderngl.Context, shaders: Sequence[GalleryShader], pictures: Sequence[Picture], columns: int = 3
) -> bytes:
    """A PNG with one tile a shader, filters over the pictures in turn. Raises ShaderError, and ValueError for none."""
    if not shaders or not pictures:
        raise ValueError(
            f"{len(shaders)} shaders and {len(pictures)} pictures make no sheet; give at least one of each"
        )
    return _sheet([_tile(context, shader, pictures[n % len(pictures)]) for n, shader in enumerate(shaders)], columns)


def blend_sheet(context: moderngl.Context, generator: GalleryShader, picture: Picture, columns: int = 4) -> bytes:
    """A PNG with one tile a blend mode: the generator on the picture. Raises ShaderError."""
    compositor = Compositor(context, (TILE[0] * 2, TILE[1] * 2))
    compositor.load(generator)
    compositor.show(picture)
    tiles = []
    for blend in BLENDS:
        above = Layer(generator.name, (Pass(generator.name, {}),), 1.0, blend)
        compositor.draw(_frame(20.0, picture, Layer("sampler", (), 1.0, "normal"), above))
        tiles.append(_taken(compositor, blend))
    compositor.release()
    return _sheet(tiles, columns)


def _sheet(tiles: Sequence[NDArray[np.uint8]], columns: int) -> bytes:
    rows = -(-len(tiles) // columns)
    width, height = TILE[0] + GAP, TILE[1] + GAP
    sheet = np.full((rows * height + GAP, columns * width + GAP, 3), 18, np.uint8)
    for n, tile in enumerate(tiles):
        y, x = n // columns * height + GAP, n % columns * width + GAP
        sheet[y : y + TILE[1], x : x + TILE[0]] = tile
    return overlay.png(sheet)


def _tile(context: moderngl.Context, shader: GalleryShader, picture: Picture) -> NDArray[np.uint8]:
    compositor = Compositor(context, (TILE[0] * 2, TILE[1] * 2))
    compositor.load(shader)
    filters = shader.role != "generator"
    layer = Layer("sampler" if filters else shader.name, (Pass(shader.name, {}),), 1.0, "normal")
    compositor.show(picture)
    for n in range(FRAMES):
        compositor.draw(_frame(10.0 + n / RATE, picture, layer))
    tile = _taken(compositor, shader.name)
    compositor.release()
    return tile


def _taken(compositor: Compositor, name: str) -> NDArray[np.uint8]:
    """What the compositor shows, as a tile with a name."""
    width, height, pixels = compositor.thumbnail(TILE[0])
    tile = np.frombuffer(pixels, np.uint8).reshape(height, width, 3).copy()
    _label(tile, name)
    return tile


def _frame(seconds: float, picture: Picture, *layers: Layer) -> Frame:
    """A moment with a camera that moves a little, as on a stage."""
    going = seconds - 10.0
    pose = Pose(picture.pose.pan, picture.pose.tilt, x=picture.pose.x + 0.04 * going, zoom=picture.pose.zoom + 0.05)
    moment = Moment(0, seconds, seconds, seconds * TEMPO / 60.0, 0, TEMPO)
    return Frame(moment, {}, Job(seconds=seconds), layers, pose, picture.fov)


def _label(tile: NDArray[np.uint8], name: str) -> None:
    """Write the shader's name into the tile's lower left corner."""
    text = overlay.panel([name], 15)
    height, width = min(text.shape[0], tile.shape[0] - 8), min(text.shape[1], tile.shape[1] - 8)
    place = tile[-8 - height : -8, 8 : 8 + width]
    alpha = text[:height, :width, 3:].astype(np.float32) / 255.0
    place[:] = (place * (1.0 - alpha) + text[:height, :width, :3] * alpha).round().astype(np.uint8)
