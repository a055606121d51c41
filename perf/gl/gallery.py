"""Sheets that show what each shader makes of a picture, and each blend mode of two: for documents, and for choosing.

Draws off-screen and gives a PNG's bytes; opens no file.
"""

from collections.abc import Sequence
from typing import Protocol

import moderngl
import numpy as np
from numpy.typing import NDArray

from perf.core.camera import Pose
from perf.core.frame import Frame, Job, Layer, Pass
from perf.core.layers import BLENDS
from perf.core.moment import Moment
from perf.core.picture import Picture
from perf.gl import overlay
from perf.gl.compositor import Compositor
from perf.gl.instance import Instance, Instant, Tools
from perf.gl.loaded import Loaded
from perf.gl.shader import InputSource, ShaderSource
from perf.gl.target import Target

TILE = (320, 180)
GAP = 8
START = 10.1  # seconds; so the tiles are taken just after a beat
RATE = 30.0  # frames a second
FRAMES = 75  # played before each tile is taken, so that feedback has something to remember
TEMPO = 120.0
ROLES = ("generator", "filter", "transition")  # in this order on the sheet
GROUND = (0.86, 0.80, 0.70, 1.0)  # seen where a shader leaves a hole


class GalleryShader(ShaderSource, Protocol):
    """A shader that also says whether it is a generator, a filter or a transition."""

    @property
    def role(self) -> str: ...


def contact_sheet(
    context: moderngl.Context, shaders: Sequence[GalleryShader], pictures: Sequence[Picture], columns: int = 4
) -> bytes:
    """A PNG with one tile a shader, by role and name: filters over the pictures in turn, transitions half-way from one
    picture to the next. Raises ShaderError, and ValueError for none."""
    if not shaders or not pictures:
        raise ValueError(
            f"{len(shaders)} shaders and {len(pictures)} pictures make no sheet; give at least one of each"
        )
    ordered = sorted(shaders, key=lambda shader: (ROLES.index(shader.role), shader.name))
    turns = [(pictures[n % len(pictures)], pictures[(n + 1) % len(pictures)]) for n in range(len(ordered))]
    rich = max(pictures, key=colourful)
    tiles = []
    for shader, (picture, following) in zip(ordered, turns, strict=True):
        keyed = any(map(_keys, shader.inputs))
        tiles.append(_tile(context, shader, rich if keyed else picture, following))
    return _sheet(tiles, columns)


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


def _tile(context: moderngl.Context, shader: GalleryShader, picture: Picture, following: Picture) -> NDArray[np.uint8]:
    if shader.role == "transition":
        return _transition(context, shader, picture, following)
    return _played(context, shader, picture)


def _played(context: moderngl.Context, shader: GalleryShader, picture: Picture) -> NDArray[np.uint8]:
    """A generator, or a filter over a picture, after it has played for a while."""
    compositor = Compositor(context, (TILE[0] * 2, TILE[1] * 2))
    compositor.load(shader)
    compositor.show(picture)
    ground = Layer("colour", (), 1.0, "normal", colour=GROUND)
    keys = {entry.name: commonest(picture) for entry in filter(_keys, shader.inputs)}
    layer = Layer("sampler" if shader.role == "filter" else shader.name, (Pass(shader.name, keys),), 1.0, "normal")
    for n in range(FRAMES):
        compositor.draw(_frame(START + n / RATE, picture, ground, layer))
    tile = _taken(compositor, shader.name)
    compositor.release()
    return tile


def _keys(entry: InputSource) -> bool:
    """Whether it is a colour to be keyed out: that must be found in the picture, and others beside it."""
    return entry.kind == "color" and entry.name == "key"


def colourful(picture: Picture) -> float:
    """How far a picture's colours lie apart, whatever their brightness."""
    red, green, blue = np.frombuffer(picture.pixels, np.uint8).reshape(-1, 3).T.astype(np.float32)
    return float((red - green).std() + (blue - green).std())


def commonest(picture: Picture) -> tuple[float, float, float, float]:
    """The colour that most of a picture has, as 0…1 of red, green, blue and alpha: a key finds little of any other."""
    pixels = np.frombuffer(picture.pixels, np.uint8).reshape(-1, 3)
    bins = (pixels >> 5).astype(np.int32) @ np.array([64, 8, 1], np.int32)
    red, green, blue = pixels[bins == np.bincount(bins).argmax()].mean(axis=0) / 255.0
    return float(red), float(green), float(blue), 1.0


def _taken(compositor: Compositor, name: str) -> NDArray[np.uint8]:
    """What the compositor shows, as a tile with a name."""
    width, height, pixels = compositor.thumbnail(TILE[0])
    tile = np.frombuffer(pixels, np.uint8).reshape(height, width, 3).copy()
    _label(tile, name)
    return tile


def _transition(context: moderngl.Context, shader: GalleryShader, start: Picture, end: Picture) -> NDArray[np.uint8]:
    """A transition half-way between two pictures."""
    tools = Tools.made(context)
    loaded, target = Loaded(context, shader), Target(context, TILE, "f1")
    instance = Instance(tools, loaded)
    images = {"startImage": _texture(context, start), "endImage": _texture(context, end)}
    instance.draw(target.onto(), {"progress": 0.5}, images, Instant(10.0, 1 / RATE, beat=20.0, tempo=TEMPO))
    tile = np.frombuffer(target.texture.read(), np.uint8).reshape(TILE[1], TILE[0], 4)[::-1, :, :3].copy()
    for part in (instance, loaded, target, tools):
        part.release()
    for texture in images.values():
        texture.release()
    _label(tile, shader.name)
    return tile


def _texture(context: moderngl.Context, picture: Picture) -> moderngl.Texture:
    """The picture's middle, cut to the tile's shape, with the first row at the bottom."""
    width, height = picture.size
    pixels = np.frombuffer(picture.pixels, np.uint8).reshape(height, width, 3)
    rows = min(height, round(width * TILE[1] / TILE[0]))
    top = (height - rows) // 2
    cut = np.ascontiguousarray(pixels[top : top + rows][::-1]).tobytes()
    texture = context.texture((width, rows), 3, cut, alignment=1)
    texture.repeat_x = texture.repeat_y = False
    return texture


def _frame(seconds: float, picture: Picture, *layers: Layer) -> Frame:
    """A moment with a camera that moves a little, as on a stage."""
    going = seconds - START - FRAMES / RATE
    start = picture.pose
    pose = Pose(start.pan, start.tilt, x=start.x + 0.12 * going, zoom=start.zoom + 0.05)
    moment = Moment(0, seconds, seconds, seconds * TEMPO / 60.0, 0, TEMPO)
    return Frame(moment, {}, Job(seconds=seconds), layers, pose, picture.fov)


def _label(tile: NDArray[np.uint8], name: str) -> None:
    """Write the shader's name into the tile's lower left corner."""
    text = overlay.panel([name], 13)
    height, width = min(text.shape[0], tile.shape[0] - 6), min(text.shape[1], tile.shape[1] - 6)
    place = tile[-6 - height : -6, 6 : 6 + width]
    alpha = text[:height, :width, 3:].astype(np.float32) / 255.0
    place[:] = (place * (1.0 - alpha) + text[:height, :width, :3] * alpha).round().astype(np.uint8)
