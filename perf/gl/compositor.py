"""The compositor: a frame's layers, filters and blend modes to one picture, and that to screen, film and page.

Filters run in half floats, layers are composed in 16 bits, premultiplied on black, and dithered once, on their way into
8. A layer that is plain, or the lowest, lands without a pass of its own; one that is alone lands in 8 bits at once. A
missing shader shows a test card: nothing here raises while a show runs.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import moderngl

from perf.core.event import Value
from perf.core.footage import Shot
from perf.core.frame import Frame
from perf.core.picture import Picture
from perf.gl.hearing import Heard
from perf.gl.instance import Instant, Tools
from perf.gl.lending import Lending
from perf.gl.output import Output
from perf.gl.programs import Programs
from perf.gl.resolution import Resolution
from perf.gl.sampler import SamplerLayers
from perf.gl.shader import ShaderSource
from perf.gl.stack import Stack
from perf.gl.stage import is_software
from perf.gl.target import Saved, Size

SELDOM = 4  # frames of a GPU of which one is waited for, and so measured
WRAP = 14400.0  # seconds and beats after which TIME and BEAT begin anew: as 32-bit floats they stay finer than 1 ms

Dated = Callable[[float], datetime]


def since(start: datetime) -> Dated:
    """The date of each second of a show that began at `start`."""
    return lambda seconds: start + timedelta(seconds=seconds)


UNDATED = since(datetime(2000, 1, 1))  # of a film that no take dates: the same each time


class Compositor:
    """Everything between a frame and the screen. `dated` gives the date of a second of the show, which DATE tells;
    `live` lets no shader take longer of a frame than the frame's `/master/limit`, and holds its `/master/hold`."""

    def __init__(self, context: moderngl.Context, size: Size, dated: Dated = UNDATED, *, live: bool = False) -> None:
        self._tools = Tools.made(context)
        self._programs = Programs(self._tools)
        self._software, self._live = is_software(context), live
        self._lending = Lending(on=live and not self._software)
        self._samplers = SamplerLayers(self._tools, size, self._lending)
        self._stack = Stack(self._tools, size, self._samplers, self._programs)
        self._output = Output(self._tools, size)
        self._dated, self._seconds, self._draws = dated, 0.0, 0
        self._gain, self._gamma = 1.0, 1.0
        self._resolution, self._hold, self._known = Resolution(), 0.0, False
        self.size = size

    def load(self, shader: ShaderSource) -> None:
        """Compile a shader; from the next draw on it plays. Raises ShaderError and keeps the last good version."""
        self._programs.load(shader)

    @property
    def listens(self) -> bool:
        """Whether a shader that is loaded has a sound input."""
        return self._programs.listen

    def hear(self, heard: Heard) -> None:
        """Take what is heard; shaders with sound inputs see it from the next draw on."""
        self._tools.ears.hear(heard)

    def said(self) -> list[str]:
        """What was done about slow shaders, and about images that could not stay on their GPU, since the last call."""
        said = self._tools.limit.said + self._lending.said
        self._tools.limit.said, self._lending.said = [], []
        return said

    @property
    def borrows(self) -> tuple[int, ...]:
        """The GPUs whose images are shown without a trip through the host's memory."""
        return self._lending.devices

    def status(self) -> dict[str, Value]:
        """The shader that takes longest, as last measured, and how it is drawn ("" where none was measured); and
        `share`."""
        return {"/status/shader": self._stack.parts.slowest(), "/status/resolution": self.share}

    @property
    def share(self) -> float:
        """Of the stage's sides: how finely the layers are composed, 0.25…1."""
        return self._resolution.share

    def show(self, picture: Picture, source: str = "sampler") -> None:
        """Take a sampler's newest picture, for layers of that source. Where the processor draws, it is drawn when this
        returns, and events that come meanwhile still reach the frame."""
        self._samplers[source].show(picture)
        if self._software:
            self._tools.context.finish()

    def film(self, shots: Mapping[int, Shot | str]) -> None:
        """Take what layers of source media show from now on, by their numbers; words are the test card's reason."""
        self._stack.parts.films.show(shots)

    def draw(self, frame: Frame, whole: "Compositor | None" = None) -> None:
        """Draw a frame off-screen. A frozen one keeps what was composed last; opacity and blackout act all the same.
        `whole` has what source `stage` shows where that is not this compositor's own last frame."""
        if self._live:
            self._tools.limit.seconds = float(frame.values.get("/master/limit", 0.0)) / 1000.0  # type: ignore[arg-type]
            self._hold = float(frame.values.get("/master/hold", 0.0))  # type: ignore[arg-type]
        frozen = frame.freeze and self._draws > 0
        instant = self._instant(frame)  # of a frozen one, too: nothing ages in what stands
        if not frozen:
            self._stack.compose(frame, instant, whole._stack.kept if whole else None)
            self._draws += 1
        self._known = not frozen and self._waited()
        self._gain = 0.0 if frame.blackout else frame.opacity
        self._gamma = frame.gamma
        self._output.grade(self._stack.kept, self._gain, self._gamma)
        self._output.lay(frame.mapping, frame.card)

    def _waited(self) -> bool:
        """Whether what a frame takes can be told from the clock: a GPU is waited for now and then."""
        if self._software:
            return True
        due = self._hold > 0.0 and self._draws % SELDOM == 0
        if due:
            self._tools.context.finish()
        return due

    @property
    def monitors(self) -> tuple[int, ...]:
        """The monitors beside the main window's, 2 and on, that slices of the last frame are for."""
        return self._output.monitors

    def present(self, framebuffer: moderngl.Framebuffer, monitor: int = 1) -> None:
        """Put the picture on a screen, mapped or whole with black at the sides; the overlay on that of monitor 1."""
        self._output.present(framebuffer, monitor)

    def read(self) -> memoryview:
        """The picture as RGB bytes, rows from the top. The memory is used again by the next `read`."""
        return self._output.read()

    def read_cut(self) -> bytes:
        """What was composed as RGBA bytes, not multiplied, rows from the top: what no layer covers is transparent."""
        return self._output.cut(self._stack.kept, self._gain, self._gamma)

    def saved(self) -> Saved:
        """What the next frame needs of those before it, so that a film can be gone on with."""
        samplers = self._samplers.saved()
        return {"seconds": self._seconds, "draws": self._draws, "samplers": samplers, **self._stack.saved()}

    def restore(self, saved: Saved) -> None:
        """Go on from there, at the same size and with the same shaders loaded."""
        self._seconds, self._draws = saved["seconds"], saved["draws"]
        self._samplers.restore(saved["samplers"])
        self._stack.restore(saved)

    def thumbnail(self, width: int) -> tuple[int, int, bytes]:
        """A small copy: width, height and RGB bytes, rows from the top."""
        return self._output.thumbnail(width)

    def overlay(self, rgba: object, corner: tuple[float, float] = (0.0, 1.0)) -> None:
        """Letters over the window only: an array of height × width × 4 bytes, or None to take them away.

        `corner` is where they lie: (0, 0) the lower left, (1, 1) the upper right, (0.5, 0.5) the middle.
        """
        self._output.overlay(rgba, corner)

    def took(self, busy: float, swap: float) -> None:
        """A live frame took `busy` seconds, of which `swap` went into presenting it. Where frames come too seldom for
        `/master/hold`, the next are composed smaller, and larger again when there is room."""
        if self._hold and not self._known:
            return
        # A GPU's swap waits for the screen; the processor's draws.
        if self._resolution.took(busy if self._software else busy - swap, self._hold):
            size = self._resolution.of(self.size)
            self._samplers.resize(size)
            self._stack.resize(size)

    def _instant(self, frame: Frame) -> Instant:
        moment = frame.moment
        date = self._dated(min(max(moment.seconds, 0.0), 1e9))
        day = date.hour * 3600.0 + date.minute * 60.0 + date.second + date.microsecond / 1e6
        delta = max(moment.seconds - self._seconds, 0.0) if self._draws else 0.0
        self._seconds = moment.seconds
        ymd = (float(date.year), float(date.month), float(date.day), day)
        return Instant(moment.seconds % WRAP, delta, ymd, moment.beat % WRAP, moment.tempo)

    def release(self) -> None:
        """Give all of GL's memory back."""
        for part in (self._stack, self._programs, self._samplers, self._output, self._tools):
            part.release()
