"""The GLSL round an ISF shader's own: uniforms, `IMG_…` as macros, a `main` that guards the output.

Macros and not search-and-replace, because authors nest commas and brackets in any way (a regular expression gets
those wrong); `#line` carries the author's own lines into the driver's messages. Only text here.
"""

import re
from collections.abc import Sequence

TYPES = {
    "float": "float",
    "bool": "bool",
    "event": "bool",
    "long": "int",
    "point2D": "vec2",
    "color": "vec4",
    "image": "sampler2D",
    "audio": "sampler2D",
    "audioFFT": "sampler2D",
}
STANDARD = {
    "PASSINDEX": "int",
    "FRAMEINDEX": "int",
    "RENDERSIZE": "vec2",
    "TIME": "float",
    "TIMEDELTA": "float",
    "DATE": "vec4",
}
BEATS = {"BEAT": "float", "TEMPO": "float"}  # ours; a shader's own of that name comes first
OURS = 50_000  # the lines that are not the author's are counted from here, so that a driver's message tells them apart
# The version is the one that every driver has; a newer one is put in its place where there is one (`gl.program`).
_HEAD = f"""#version 330
#extension GL_ARB_shading_language_420pack : enable
#extension GL_ARB_gpu_shader5 : enable
#line {OURS}
"""
# Functions, so that a shader may call a variable of its own `texture`; the second is of fragment shaders only.
_LOOK = "vec4 isf_look(sampler2D image, vec2 place) { return texture(image, place); }\n"
_LOOK_BIASED = "vec4 isf_look(sampler2D image, vec2 place, float bias) { return texture(image, place, bias); }\n"
_MACROS = """
#define texture2D isf_look
#define texture2DRect IMG_PIXEL
#define texture2DLod textureLod
#define texture2DLodEXT textureLod
#define texture2DGrad textureGrad
#define texture2DGradARB textureGrad
#define texture2DProj textureProj
#define vv_FragNormCoord isf_FragNormCoord
#define IMG_SIZE(i) vec2(textureSize(i, 0))
#define IMG_PIXEL(i, c) isf_look(i, (c) / vec2(textureSize(i, 0)))
#define IMG_NORM_PIXEL(i, c) isf_look(i, (c))
#define IMG_THIS_PIXEL(i) isf_look(i, isf_FragNormCoord)
#define IMG_THIS_NORM_PIXEL(i) isf_look(i, isf_FragNormCoord)
#define IMG_NORM_THIS_PIXEL(i) isf_look(i, isf_FragNormCoord)
"""
# Every picture lies the standard's way up and fills its texture before a shader sees it.
_IMAGE = """
#define _{0}_imgRect vec4(0.0, 0.0, 1.0, 1.0)
#define _{0}_imgSize vec2(textureSize({0}, 0))
#define _{0}_flip false
"""
# Before the inputs are declared, because one that is called `mix` or `clamp` would hide GLSL's own.
# `isf_out` is the opacity, the dither and the largest number that the target holds. Whether to dither and to multiply
# by alpha are constants by the time that this is compiled (`gl.program`).
# What leaves a pass is finite (a NaN in a persistent buffer would spread and stay), and on its way into 8 bits it is
# dithered by less than half a step (Jimenez 2014, interleaved gradient noise), so that dark gradients do not band.
_FINISH = """
uniform vec3 isf_out;
uniform bool isf_dithered, isf_multiplied;
vec4 isf_finish(vec4 c) {
    c = mix(vec4(0.0), c, lessThan(abs(c), vec4(1e30)));
    c = clamp(c, -isf_out.z, isf_out.z);
    c.a *= isf_out.x;
    if (isf_dithered) {
        float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
        c = vec4(c.rgb + (noise - 0.5) * isf_out.y, clamp(c.a, 0.0, 1.0));
    }
    if (isf_multiplied) {
        c = clamp(c, 0.0, 1.0);
        c.rgb *= c.a;
    }
    return c;
}
"""
_FRAGMENT = """
in vec2 isf_FragNormCoord;
out vec4 isf_FragColor;
int isf_rounds = 0;
#define varying in
#define gl_FragColor isf_FragColor
#define main isf_main
"""
_MAIN = """
#undef main
#line OURS
void main() {
    isf_FragColor = vec4(0.0);
    isf_main();
    isf_FragColor = isf_finish(isf_FragColor);
}
""".replace("OURS", str(OURS + 500))
_VERTEX = """
out vec2 isf_FragNormCoord;
#define varying out
void isf_vertShaderInit() {
    isf_FragNormCoord = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    gl_Position = vec4(isf_FragNormCoord * 2.0 - 1.0, 0.0, 1.0);
}
#define vv_vertShaderInit isf_vertShaderInit
"""
_PLAIN = "void main() { isf_vertShaderInit(); }\n"
# The head has said both already, and neither may stand behind other text.
_OWN_HEAD = re.compile(r"^[ \t]*#[ \t]*(?:version|extension)\b[^\n]*", re.M)


def clean(text: str) -> str:
    """`text` with one kind of line end and nothing that a GLSL compiler may choke on; the lines stay where they are."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")
    text = text.replace("#include", "# include")  # the one that moderngl looks for, also in comments, and fails over
    return _OWN_HEAD.sub("", text.encode("ascii", "replace").decode("ascii"))


def _uniforms(declared: Sequence[tuple[str, str]]) -> str:
    """Uniforms for the standard's names and for what is declared, as (name, ISF type), and what goes with images."""
    ours = {name: kind for name, kind in BEATS.items() if name not in dict(declared)}
    rows = [(kind, name) for name, kind in (STANDARD | ours).items()]
    rows += [(TYPES[kind], name) for name, kind in declared]
    images = [name for name, kind in declared if TYPES[kind] == "sampler2D" and not name.startswith("_")]
    return "".join(f"uniform {kind} {name};\n" for kind, name in rows) + "".join(map(_IMAGE.format, images))


def fragment(body: str, line: int, declared: Sequence[tuple[str, str]]) -> str:
    """The whole fragment shader. `body` begins on `line` of its file; `declared` are (name, ISF type) of its inputs,
    buffers and imported images.
    """
    head = f"{_HEAD}{_FINISH}{_LOOK}{_LOOK_BIASED}{_uniforms(declared)}{_MACROS}{_FRAGMENT}"
    return f"{head}#line {line}\n{clean(body)}\n{_MAIN}"


def vertex(body: str, declared: Sequence[tuple[str, str]]) -> str:
    """The whole vertex shader: the author's `.vs`, or one that only places the corners of the picture."""
    body = f"#line 1\n{clean(body)}\n" if body.strip() else _PLAIN
    return f"{_HEAD}{_LOOK}{_uniforms(declared)}{_MACROS}{_VERTEX}{body}"


# What GLSL 3.30 keeps for itself. Later versions took more; a shader that uses those compiles at a bare 3.30.
_WORDS = """
    active asm attribute bool break case cast centroid class common const continue default discard do double else enum
    extern external false filter fixed flat float for goto half highp if in inline inout input int interface invariant
    layout long lowp main mediump namespace noinline noperspective out output packed partition patch precision public
    return row_major sample short sizeof smooth static struct superp switch template texture texture2D this true typedef
    uint union unsigned using uniform varying void volatile while
"""
KEYWORDS = frozenset(_WORDS.split())
_TYPES = re.compile(
    r"[bdfhiu]?vec[234]|d?mat[234](?:x[234])?|"
    r"[iu]?(?:sampler|image)(?:[123]D|Cube|[23]DRect|Buffer|[12]DArray|2DMS|2DMSArray|CubeArray)(?:Shadow)?"
)


def usable(name: str) -> bool:
    """Whether GLSL and ISF leave `name` free for a uniform."""
    reserved = name in KEYWORDS or name in STANDARD or _TYPES.fullmatch(name) is not None
    ours = name.startswith(("gl_", "isf_", "vv_", "IMG_")) or "__" in name
    return re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", name, re.A) is not None and not (reserved or ours)
