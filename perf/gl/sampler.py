"""The sampler's pictures on the stage: interpolated, moved with the camera and with what moves in them, mirrored at the
borders.

A picture is enlarged once when it comes (Catmull-Rom), unless its sampler did so, and each frame costs two plain
samples a pixel. Before the first there is a waiting picture, which the first one fades out, as another model's first
does the last of the one before. No memory is made for a picture of the same size.
"""

from dataclasses import asdict, dataclass, replace

import moderngl

from perf.core.camera import Matrix, Pose, homography, multiply
from perf.core.frame import Frame
from perf.core.job import enlargement
from perf.core.motion import Motion
from perf.core.picture import Picture
from perf.gl import sampler_sources as sources
from perf.gl.instance import Tools
from perf.gl.lending import Lending
from perf.gl.program import Own
from perf.gl.target import Onto, Saved, Size, Target

PERIODS = (1 / 60, 0.5)  # seconds between two pictures that are interpolated over, at least and at most
NEAR, EDGE = 1e-3, 1e-6  # of a lookup: the least depth, and by how much rounding may leave the picture
ENTRANCE = 1.2  # seconds in which a model's first pictures take the place of what was


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a picture is still needed once it is a texture."""

    pose: Pose
    fov: float
    seconds: float
    aspect: float
    cuts: bool = False


def alpha(before: float, after: float, now: float) -> float:
    """How far the newer of two pictures has come in, 0…1: a smooth step over the time that lay between the two."""
    return _smooth(come(before, after, now))


def come(before: float, after: float, now: float) -> float:
    """How much of that time has passed, 0…1."""
    return min(max((now - after) / min(max(after - before, PERIODS[0]), PERIODS[1]), 0.0), 1.0)


def _smooth(x: float) -> float:
    x = min(max(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)


def lookup(move: Pose, fov: float, picture: float, stage: float) -> Matrix:
    """From the stage's 0…1 (y up) to the picture's, homogeneous: cover-fit, then the camera's movement since.

    `picture` and `stage` are aspect ratios, width over height.
    """
    cover = min(1.0, picture / stage)
    here: Matrix = ((2 * stage * cover, 0.0, -stage * cover), (0.0, 2 * cover, -cover), (0.0, 0.0, 1.0))
    there: Matrix = ((0.5 / picture, 0.0, 0.5), (0.0, 0.5, 0.5), (0.0, 0.0, 1.0))
    return multiply(there, multiply(homography(move, fov), here))


def within(matrix: Matrix) -> bool:
    """Whether all that is looked up lies in the picture: where the four corners do, in front of the camera."""
    places = [tuple(row[0] * x + row[1] * y + row[2] for row in matrix) for x in (0.0, 1.0) for y in (0.0, 1.0)]
    return all(z > NEAR and -EDGE <= x / z <= 1.0 + EDGE and -EDGE <= y / z <= 1.0 + EDGE for x, y, z in places)


def columns(matrix: Matrix) -> tuple[float, ...]:
    """A matrix as GL takes it, column by column."""
    return tuple(matrix[row][column] for column in range(3) for row in range(3))


class SamplerLayers:
    """The layers of several samplers by their source's name, each made when it is first needed."""

    def __init__(self, tools: Tools, stage: Size, lending: Lending) -> None:
        self._tools, self.stage, self._lending = tools, stage, lending
        self._made: dict[str, SamplerLayer] = {}

    def __getitem__(self, source: str) -> "SamplerLayer":
        if source not in self._made:
            self._made[source] = SamplerLayer(self._tools, self.stage, self._lending)
        return self._made[source]

    def resize(self, stage: Size) -> None:
        """Enlarge what comes for another stage."""
        self.stage = stage
        for layer in self._made.values():
            layer.stage = stage

    def saved(self) -> Saved:
        """What each has."""
        return {source: layer.saved() for source, layer in self._made.items()}

    def restore(self, saved: Saved) -> None:
        """Go on from there."""
        for source, kept in saved.items():
            self[source].restore(kept)

    def release(self) -> None:
        """Give the memory back."""
        for layer in self._made.values():
            layer.release()


class SamplerLayer:
    """The two newest pictures, and the program that draws them at any moment between."""

    def __init__(self, tools: Tools, stage: Size, lending: Lending) -> None:
        self._tools, self.stage, self._lending = tools, stage, lending
        self._enlarge = Own(tools.context, sources.ENLARGE)
        self._warps = {(False, False): self._made(False, False)}  # by whether it is depth, and follows a motion
        self._tried: set[tuple[bool, bool]] = set()  # a software rasteriser compiles a program when it is first drawn
        self._waiting = Own(tools.context, sources.WAITING)
        self._upload: moderngl.Texture | None = None
        self._motion: Motion | None = None
        self._ways: moderngl.Texture | None = None  # the motion
        self._ring: list[Target | None] = [None, None]  # before, after
        self._before: Shown | None = None
        self._after: Shown | None = None
        self._seen = False  # the waiting picture was
        self._entered: float | None = None  # when a model's first picture came, while `before` is what was

    def show(self, picture: Picture) -> None:
        """Take the newest picture, unless it was lent in vain: from the next on they come whole. Raises ValueError when
        its bytes are not its size."""
        lent, (width, height) = picture.lent, picture.size
        taken = lent is not None and self._lending.take(picture, lent, self._texture(picture.size, 4))
        if lent is not None and not (taken or picture.pixels):
            return
        channels = 4 if taken else picture.channels
        shown = Shown(picture.pose, picture.fov, picture.seconds, width / height, picture.cuts)
        if picture.enters or picture.cuts or self._entered is None or picture.seconds > self._entered + ENTRANCE:
            enters = picture.enters if self._after else self._seen
            self._entered = picture.seconds if enters else None
            self._before = self._after or self._waited(shown, picture)
            self._ring.reverse()
        self._after = shown
        self._follow(picture.motion)
        target = self._slot(1, picture)
        if picture.times == 1:
            image = self._texture(picture.size, channels)
            if not taken:
                image.write(picture.pixels, alignment=1)
            self._enlarge.run(target.onto(), {"image": image}, self._tools.blank)
        else:
            target.texture.write(picture.pixels)

    def _follow(self, motion: Motion | None) -> None:
        """Take what leads from the picture before to this one."""
        self._motion = motion
        if motion is None:
            return
        if self._ways is None or self._ways.size != motion.size:
            if self._ways is not None:
                self._ways.release()
            self._ways = self._tools.context.texture(motion.size, 2, dtype="f2")
            self._ways.repeat_x = self._ways.repeat_y = False
        self._ways.write(motion.cells)

    def _texture(self, size: Size, channels: int) -> moderngl.Texture:
        """What a picture of this size is put into."""
        texture = self._upload
        if texture is None or (texture.size, texture.components) != (size, channels):
            if texture is not None:
                self._lending.release(texture)
            texture = self._upload = self._tools.context.texture(size, channels, alignment=1)
            texture.repeat_x = texture.repeat_y = False
        return texture

    def _slot(self, index: int, picture: Picture) -> Target:
        """The ring's slot at the size that this picture needs."""
        times = enlargement(picture.size, self.stage) if picture.times == 1 else 1
        size = (picture.size[0] * times, picture.size[1] * times)
        target = self._ring[index]
        if target is None or target.size != size:
            if target is not None:
                target.release()
            target = self._ring[index] = Target(self._tools.context, size, "f1")
        return target

    def _waited(self, first: Shown, picture: Picture) -> Shown:
        """Put the waiting picture where the first picture will have come from."""
        target = self._slot(1, picture)
        values = {"time": first.seconds, "aspect": first.aspect}
        self._waiting.run(target.onto(), {}, self._tools.blank, **values)
        return Shown(first.pose, first.fov, first.seconds - PERIODS[1], first.aspect)

    def draw(self, onto: Onto, frame: Frame, depth: bool = False) -> None:
        """Draw what is to be seen at the frame's moment from the frame's pose, or how near it is, white being near."""
        before, after = self._before, self._after
        aspect = onto.box[2] / onto.box[3]
        if before is None or after is None or self._ring[0] is None or self._ring[1] is None:
            self._waiting.run(onto, {}, self._tools.blank, time=frame.moment.seconds, aspect=aspect)
            self._seen = True
            return
        moves = [lookup(frame.pose.minus(s.pose), frame.fov, s.aspect, aspect) for s in (before, after)]
        images = {"before": self._ring[0].texture, "after": self._ring[1].texture}
        values = {
            "from_before": columns(moves[0]),
            "from_after": columns(moves[1]),
            "alpha": self._alpha(before, after, frame.moment.seconds),
        }
        kind = (depth, self._motion is not None and self._entered is None and not after.cuts)
        if kind[1] and self._ways is not None:
            images["motion"] = self._ways
            values["come"] = come(before.seconds, after.seconds, frame.moment.seconds)
        bordered = not all(map(within, moves))
        if kind not in self._warps:
            self._warps[kind] = self._made(*kind)
        warps = self._warps[kind]
        if kind not in self._tried:
            self._tried.add(kind)
            unseen = replace(onto, box=(*onto.box[:2], 1, 1), opacity=0.0)  # what is blended would be there twice
            warps[not bordered].run(unseen, images, self._tools.blank, **values)
        warps[bordered].run(onto, images, self._tools.blank, **values)

    def _made(self, depth: bool, moves: bool) -> dict[bool, Own]:
        """The programs, by whether a border may be seen."""
        shown = sources.WARP + (sources.NEARNESS if depth else sources.SEEN)
        looks = ((True, sources.MIRRORED), (False, sources.INSIDE))
        vertex, cells = (sources.FLOW_VERTEX, sources.CELLS) if moves else (sources.WARP_VERTEX, 0)
        return {bordered: Own(self._tools.context, shown + look, vertex, cells=cells) for bordered, look in looks}

    def _alpha(self, before: Shown, after: Shown, now: float) -> float:
        """Between two pictures their own time; from what was to a model's first ones longer; none before a cut."""
        if after.cuts:
            return 1.0
        if self._entered is not None:
            return _smooth((now - self._entered) / ENTRANCE)
        return alpha(before.seconds, after.seconds, now)

    def saved(self) -> Saved:
        """The two pictures and when they came."""
        ring = [target and target.saved() for target in self._ring]
        shown = [shown and asdict(shown) for shown in (self._before, self._after)]
        motion = self._motion and asdict(self._motion)
        return {"ring": ring, "shown": shown, "seen": self._seen, "entered": self._entered, "motion": motion}

    def restore(self, saved: Saved) -> None:
        """Go on from there."""
        for target in filter(None, self._ring):
            target.release()
        self._ring = [target and Target.restored(self._tools.context, target) for target in saved["ring"]]
        self._before, self._after = (
            shown and Shown(**shown | {"pose": Pose(**shown["pose"])}) for shown in saved["shown"]
        )
        self._seen, self._entered = saved["seen"], saved["entered"]
        motion = saved.get("motion")
        self._follow(motion and Motion(tuple(motion["size"]), motion["cells"]))

    def release(self) -> None:
        """Give the memory back."""
        for target in self._ring:
            if target is not None:
                target.release()
        if self._upload is not None:
            self._lending.release(self._upload)
        if self._ways is not None:
            self._ways.release()
        for program in (self._enlarge, *(one for both in self._warps.values() for one in both.values()), self._waiting):
            program.release()
