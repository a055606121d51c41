"""The shaders of a show by name: compiled and drawn once in small when they are loaded, so that no frame waits for a
compiler; the last good version of each is kept. Knows no layers.
"""

import re
import time

from perf.core.address import name_of
from perf.errors import ShaderError
from perf.gl.instance import Images, Instance, Instant, Tools
from perf.gl.loaded import Loaded
from perf.gl.shader import ShaderSource
from perf.gl.target import FIRST, OVER, SCREEN, Target

# Pixels of the pictures that a shader is tried on, one after the other, and of the images that it is given. Neither
# these nor their halves and quarters are powers of two: a software rasteriser compiles a shader anew for images with
# such sides, which a stage and its usual fractions have not.
TRIED, GIVEN = ((23, 13), (46, 26), (152, 90), (304, 180)), (26, 14)
WAITED = 0.2  # seconds; one that would take longer on the next of them is not tried on that
# How a layer's last shader lands on the stage: alone on 8 bits, first or on others on the canvas. A software rasteriser
# compiles a shader anew for each.
LANDINGS = (("f1", FIRST), ("nu2", FIRST), ("nu2", OVER), ("nu2", SCREEN))


class Programs:
    """Shaders by name. One that fails to compile leaves the last good one in its place.

    `took` are the seconds that each took to load; `reasons` are why the newest version of a shader does not play. With
    `landings` each is drawn as it lands on the stage, too.
    """

    def __init__(self, tools: Tools, *, landings: bool = False) -> None:
        self.tools, self._landings = tools, LANDINGS if landings else ()
        self._loaded: dict[str, Loaded] = {}
        self._names: dict[str, str] = {}
        self.took: dict[str, float] = {}
        self.reasons: dict[str, str] = {}

    def load(self, source: ShaderSource) -> None:
        """Compile a shader and put it in the place of the one before it; the same once more costs nothing.

        Raises ShaderError with the author's line.
        """
        before = self._loaded.get(source.name)
        if before is not None and before.source == source:
            self.reasons.pop(source.name, None)
            return
        began = time.perf_counter()
        try:
            loaded = Loaded(self.tools.context, source)
        except ShaderError as error:
            meanwhile = "; until then its last good version plays" if before is not None else ""
            said = ShaderError(error.message + meanwhile, error.file, error.line)
            self.reasons[source.name] = str(said)
            raise said from error
        self._try(loaded)
        self.took[source.name] = time.perf_counter() - began
        self.reasons.pop(source.name, None)
        self._loaded[source.name] = loaded
        if before is not None:
            before.release()

    def _try(self, loaded: Loaded) -> None:
        """Draw a shader where nobody sees it: drivers compile much of it only then. That tells its pace, too."""
        context = self.tools.context
        image = Target(context, GIVEN)
        images = {entry.name: image.texture for entry in loaded.source.inputs if entry.kind == "image"}
        instance = Instance(self.tools, loaded)
        before, took = 0, 0.0
        for size in TRIED:
            pixels = size[0] * size[1]
            if loaded.takes(pixels) > WAITED:
                break
            took, last = self._took(instance, Target(context, size), images), took
            loaded.pace = max(took - last, 0.0) / (pixels - before)
            loaded.base, before = took - loaded.pace * pixels, pixels
        for dtype, blend in self._landings:
            target = Target(context, TRIED[0], dtype)
            instance.draw(target.onto(0.5, blend), {}, images, Instant())
            context.finish()
            target.release()
        instance.release()
        image.release()

    def _took(self, instance: Instance, target: Target, images: Images) -> float:
        """Seconds of a draw, the less of two: the first may wait for the compiler, and either for other programs."""
        seconds = []
        for _ in range(2):
            began = time.perf_counter()
            instance.draw(target.onto(), {}, images, Instant())
            self.tools.context.finish()
            seconds.append(time.perf_counter() - began)
        target.release()
        return min(seconds)

    def get(self, name: str) -> Loaded | None:
        """The shader of that name, as its file or its address has it, if it has ever compiled."""
        found = self._loaded.get(name)
        if found is not None:
            return found
        if name not in self._names:
            self._names[name] = name_of(name)
        return self._loaded.get(self._names[name])

    def reason(self, name: str) -> str:
        """Why the newest version of a shader does not play, without its folder; "" where it does."""
        return re.sub(r"^\S*[/\\]", "", self.reasons.get(name) or self.reasons.get(name_of(name), ""))

    @property
    def listen(self) -> bool:
        """Whether one of them has a sound input."""
        return any(loaded.sounds for loaded in self._loaded.values())

    def release(self) -> None:
        """Give the memory back."""
        for loaded in self._loaded.values():
            loaded.release()
        self._loaded.clear()
