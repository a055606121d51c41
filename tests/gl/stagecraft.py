"""What the stage's tests share: shaders, pictures and frames in few words."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perf.core.camera import Pose
from perf.core.frame import Frame, Job, Layer, Pass
from perf.core.moment import Moment
from perf.core.picture import Picture
from perf.gl.compositor import Compositor
from perf.wire import isf

SIZE = (160, 90)
STILL = Pose()
HEADER = '/*{"ISFVSN": "2.0", "INPUTS": [%s]%s}*/\n'
IMAGE = '{"NAME": "inputImage", "TYPE": "image"}'


def shader(name: str, body: str, inputs: str = "", more: str = "") -> isf.IsfShader:
    return isf.parse(HEADER % (inputs, more) + body, name, f"{name}.fs")


def filled(name: str, colour: str) -> isf.IsfShader:
    return shader(name, f"void main() {{ gl_FragColor = vec4({colour}); }}")


def picture(pixels: NDArray[np.uint8], seconds: float = 0.0, pose: Pose = STILL, index: int = 0) -> Picture:
    size = (pixels.shape[1], pixels.shape[0])
    return Picture(index, np.ascontiguousarray(pixels).tobytes(), size, pose, 60.0, seconds)


def plain(value: tuple[int, int, int], size: tuple[int, int] = (32, 18)) -> NDArray[np.uint8]:
    return np.full((size[1], size[0], 3), value, np.uint8)


def frame(seconds: float = 100.0, *layers: Layer, pose: Pose = STILL, **rest: object) -> Frame:
    layers = layers or (Layer("sampler", (), 1.0, "normal"),)
    moment = Moment(0, seconds, seconds, seconds * 2, 0, 120.0)
    return Frame(moment, {}, Job(seconds=seconds), layers, pose, **rest)  # type: ignore[arg-type]


def generator(name: str, opacity: float = 1.0, blend: str = "normal", **inputs: object) -> Layer:
    return Layer(name, (Pass(name, inputs),), opacity, blend)  # type: ignore[arg-type]


def rows(compositor: Compositor) -> NDArray[np.uint8]:
    width, height = compositor.size
    return np.frombuffer(compositor.read(), np.uint8).reshape(height, width, 3).copy()


@dataclass(frozen=True, eq=False)
class Heard:
    """Rows that are there; the newest columns of the waveform, the first of the spectrum."""

    waves: NDArray[np.float32]
    bins: NDArray[np.float32]

    def wave(self, columns: int = 0) -> NDArray[np.float32]:
        return self.waves[:, -columns:]

    def spectrum(self, columns: int = 0) -> NDArray[np.float32]:
        return self.bins[:, : columns or None]
