"""An ISF shader compiled, and a driver's log read for the author's own line. Knows no layers, and nothing of what a
shader remembers.
"""

import re
from collections.abc import Callable, Iterator

import moderngl
import numpy as np

from perf.errors import ShaderError
from perf.gl.program import Program
from perf.gl.shader import InputSource, ShaderSource, StillSource

OURS = 50_000  # from this line on a shader's text is not its author's (`perf.wire.glsl`)
NEWEST = 420  # the version of GLSL at which the most of others' shaders compile
PASS = "uniform int PASSINDEX;"


class Loaded:
    """An ISF shader compiled: what it was made from, its imported images, and one program a pass, in which PASSINDEX
    is a constant: so the driver leaves out what the other passes do, which a software rasteriser would run and throw
    away. A shader that does not ask which pass it is has one program for all.
    """

    def __init__(self, context: moderngl.Context, source: ShaderSource) -> None:
        if source.refused:
            raise ShaderError(f"{source.refused}; {_cure(source)}", source.file, source.refused_line)
        self.source = source
        self.sounds: list[InputSource] = [i for i in source.inputs if i.kind in ("audio", "audioFFT")]
        targets = [spec.target for spec in source.passes]
        self.persistent = frozenset(spec.target for spec in source.passes if spec.persistent and spec.target)
        self.paired = self.persistent | {name for name in targets if targets.count(name) > 1}
        self.base, self.pace = 0.0, 0.0  # seconds that a draw takes, and each pixel of it, as far as that was tried
        self.images: dict[str, moderngl.Texture] = {}
        self.programs: list[Program] = []
        try:
            self._compile(context)
        except moderngl.Error as error:
            self.release()
            raise compile_error(source, str(error)) from None
        self.images = {name: _uploaded(context, still) for name, still in source.pictures.items()}

    def _compile(self, context: moderngl.Context) -> None:
        several = "PASSINDEX" in (self.source.fragment + self.source.vertex).replace(PASS, "")
        for index in range(len(self.source.passes)):
            if several or not self.programs:
                self.programs.append(_compiled(context, self.source, index))
            else:
                self.programs.append(self.programs[0])

    def takes(self, pixels: int) -> float:
        """The seconds that a draw of so many pixels is thought to take."""
        return self.base + self.pace * pixels

    def set(self, name: str, value: object) -> None:
        """Set a uniform for every pass that has it."""
        for program in dict.fromkeys(self.programs):
            program.set(name, value)

    def release(self) -> None:
        """Give the memory back."""
        for program in dict.fromkeys(self.programs):
            program.release()
        for texture in self.images.values():
            texture.release()


def _compiled(context: moderngl.Context, source: ShaderSource, index: int) -> Program:
    """The program of one pass, in the newest GLSL in which it compiles. Raises the driver's first complaint."""
    first: moderngl.Error | None = None
    for version in _versions(context):
        texts = (
            version(text.replace(PASS, f"const int PASSINDEX = {index};")) for text in (source.vertex, source.fragment)
        )
        try:
            return Program(context, *texts)
        except moderngl.Error as error:
            first = first or error
    assert first is not None
    raise first


def _versions(context: moderngl.Context) -> Iterator[Callable[[str], str]]:
    """Ways to write a source: at 4.20 where there is that, else at 3.30 as it is; and at a bare 3.30, which leaves
    names free that later versions took (`sample`)."""
    if context.version_code >= NEWEST:
        yield lambda text: text.replace("#version 330", f"#version {NEWEST}", 1)
    else:
        yield lambda text: text
    yield lambda text: re.sub(r"^#extension[^\n]*", "", text, flags=re.M)


def _uploaded(context: moderngl.Context, still: StillSource) -> moderngl.Texture:
    """An imported image as a texture, the standard's way up."""
    rows = np.frombuffer(still.pixels, np.uint8).reshape(still.size[1], still.size[0], 4)
    texture = context.texture(still.size, 4, np.ascontiguousarray(rows[::-1]))
    texture.repeat_x = texture.repeat_y = False
    return texture


# Mesa `0:7(31): error: …`, NVIDIA `0(7) : error C1008: …`, Intel, AMD and Apple `ERROR: 0:7: …`.
_LOG = re.compile(r"^(?:ERROR:\s*)?(\d+)(?:\((\d+)\)|:(\d+)(?:\(\d+\))?)\s*:\s*(?:error:?\s*)?(.*)$", re.I)


def _cure(source: ShaderSource) -> str:
    return f"correct {source.name!r} and save it"


def compile_error(source: ShaderSource, log: str) -> ShaderError:
    """A driver's log as an error at the author's line, in the `.vs` where that is to blame; the first error that has
    one, or else the log's first words."""
    log = log.replace("isf_main", "main")
    rows = [match for line in log.splitlines() if "error" in line.lower() and (match := _LOG.match(line.strip()))]
    row = next((match for match in rows if int(match[2] or match[3]) < OURS), None)
    file = source.vertex_file if "vertex_shader" in log and "fragment_shader" not in log else ""
    if row is not None:
        message = f"the GLSL does not compile: {row[4]}; {_cure(source)}"
        return ShaderError(message, file or source.file, int(row[2] or row[3]))
    words = " ".join(line.strip() for line in log.splitlines() if line.strip(" ="))[:300]
    lacks = "input" in words or "varying" in words
    hint = f" (is {source.name}.vs, which should lie beside it, missing?)" if lacks and not source.vertex_file else ""
    return ShaderError(f"the GLSL does not compile: {words}{hint}; {_cure(source)}", source.file)
