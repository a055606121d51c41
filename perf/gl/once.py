"""Drawing a shader once, to know whether it compiles here: what `retrograde check` does with a `.fs`."""

from perf.core.event import Value
from perf.core.frame import Frame, Job, Layer, Pass
from perf.core.moment import Moment
from perf.core.param import Param
from perf.gl.compositor import Compositor
from perf.gl.program import ShaderSource
from perf.gl.stage import StageOptions, open_stage

SIZE = (160, 96)


def draw_once(shader: ShaderSource, params: tuple[Param, ...]) -> None:
    """Compile and draw a shader at its defaults. Raises ShaderError with file and line, DeviceError without GL."""
    stage = open_stage(StageOptions(SIZE, headless=True))
    compositor = Compositor(stage.context, SIZE)
    try:
        compositor.load(shader)
        values: dict[str, Value] = {p.address.rpartition("/")[2]: p.default for p in params}
        layer = Layer("sampler", (Pass(shader.name, values),), 1.0, "normal")
        compositor.draw(Frame(Moment(0, 0.0), {}, Job(), (layer,)))
        compositor.read()
    finally:
        compositor.release()
        stage.close()
