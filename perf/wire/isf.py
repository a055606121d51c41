"""ISF 2.0 and 1 (docs.isf.video): a shader's text to its inputs, passes, parameters and GLSL. Opens no file.

Beside the standard's uniforms a shader may read `BEAT` (float, beats since the transport's start, modulo 14400) and
`TEMPO` (float, BPM), so that generators move on the beat; inputs of these names come first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from perf.core.address import name_of
from perf.core.param import Param
from perf.core.patch import ShaderSpec
from perf.errors import ShaderError
from perf.wire import glsl
from perf.wire.header import Source, words
from perf.wire.isf_input import TEXTURES, Input, inputs_of, param_of
from perf.wire.isf_loops import survey
from perf.wire.isf_pass import PassSpec, buffers_of, imports_of, passes_of

TEXT_LIMIT = 1_000_000  # characters of a shader


@dataclass(frozen=True, slots=True)
class Still:
    """An imported image: `pixels` are RGBA of 8 bits, rows from the top; `size` is (width, height)."""

    size: tuple[int, int]
    pixels: bytes


@dataclass(frozen=True, slots=True)
class IsfShader:
    """A parsed shader. `fragment` and `vertex` are whole GLSL sources; the author's lines keep their numbers.

    `imports` are (name, path) of the images that it brings along, `pictures` those images by name, which whoever opens
    files puts here. `suspect` says why nobody can tell, without drawing it, that it compiles and that each of its loops
    ends soon ("" where all do); `refused` is a reason not to draw it at all, on line `refused_line`. `clears`: it may
    leave pixels undrawn.
    """

    name: str
    description: str
    credit: str
    categories: tuple[str, ...]
    role: str
    inputs: tuple[Input, ...]
    passes: tuple[PassSpec, ...]
    params: tuple[Param, ...]
    fragment: str
    vertex: str
    file: str = ""
    vertex_file: str = ""
    imports: tuple[tuple[str, str], ...] = ()
    pictures: Mapping[str, Still] = field(default_factory=dict)
    suspect: str = ""
    refused: str = ""
    refused_line: int | None = None
    clears: bool = False


def spec(shader: IsfShader) -> ShaderSpec:
    """What a patch needs to know of a shader."""
    return ShaderSpec(shader.name, shader.role, shader.params)


def parse(text: str, name: str, file: str = "", vertex: str = "", vertex_file: str = "") -> IsfShader:
    """The shader in `text`; `vertex` is the text of a `.vs` beside it, if there is one, `vertex_file` its name.

    Raises ShaderError naming the bad value, what is allowed and the cure, with the file and its line.
    """
    if max(len(text), len(vertex)) > TEXT_LIMIT:
        raise ShaderError(f"{len(text)} characters are too many; a shader has at most {TEXT_LIMIT}", file)
    source = Source(text.replace("\r\n", "\n").replace("\r", "\n"), file)
    header, body, line = source.split()
    source.check_version(header)
    name = name_of(name)
    inputs = inputs_of(source, header)
    buffers = buffers_of(source, header)
    passes = passes_of(source, header, inputs, buffers)
    targets = list(dict.fromkeys([*(p.target for p in passes if p.target), *buffers]))
    imports = imports_of(source, header, {i.name for i in inputs} | set(targets))
    declared = [
        *((i.name, i.kind) for i in inputs),
        *((n, "image") for n in targets),
        *((n, "image") for n, _ in imports),
    ]
    loops = survey(body, line, {i.name: i.maximum for i in inputs if i.kind in ("float", "long") and not i.labels})
    return IsfShader(
        name=name,
        description=words(header.get("DESCRIPTION")),
        credit=words(header.get("CREDIT")),
        categories=_categories(source, header),
        role=_role(inputs),
        inputs=inputs,
        passes=passes,
        params=tuple(param_of(name, i) for i in inputs if i.kind not in TEXTURES),
        fragment=glsl.fragment(loops.guarded or body, line, declared),
        vertex=glsl.vertex(vertex, declared),
        file=file,
        vertex_file=vertex_file,
        imports=imports,
        suspect=loops.suspect,
        refused=loops.endless,
        refused_line=loops.line,
        clears="discard" in body or bool(vertex.strip()),
    )


def _categories(source: Source, header: Mapping[str, Any]) -> tuple[str, ...]:
    given = header.get("CATEGORIES")
    rows = [given] if isinstance(given, str) else source.rows(header, "CATEGORIES", 32)
    return tuple(filter(None, map(words, rows)))


def _role(inputs: tuple[Input, ...]) -> str:
    images = {i.name for i in inputs if i.kind == "image"}
    if "inputImage" in images:
        return "filter"
    fades = any(i.name == "progress" and i.kind == "float" for i in inputs)
    return "transition" if fades and images >= {"startImage", "endImage"} else "generator"
