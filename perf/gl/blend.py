"""The blend modes as GLSL: W3C Compositing and Blending Level 1, section 10, all of them, and four of the field's own.

`add` and `subtract`; `screen-luma`, a screen in which the source's luma stands for its channels, so that what is dark
in it lets the colours below through as they are; `add-light`, which adds light and not its encoding (a power of 2.2).
One program a mode, because a software rasteriser runs every arm of a switch; none for what the GL's own blending does.
Only text here.
"""

from perf.core.layers import BLENDS
from perf.gl.canvas import UNIT

_SEPARABLE = {
    "add": "min(b + s, 1.0)",
    "subtract": "max(b - s, 0.0)",
    "multiply": "b * s",
    "overlay": "b <= 0.5 ? 2.0 * b * s : 1.0 - 2.0 * (1.0 - b) * (1.0 - s)",
    "darken": "min(b, s)",
    "lighten": "max(b, s)",
    "difference": "abs(b - s)",
    "exclusion": "b + s - 2.0 * b * s",
    "hard-light": "s <= 0.5 ? 2.0 * b * s : 1.0 - 2.0 * (1.0 - b) * (1.0 - s)",
    "soft-light": "s <= 0.5 ? b - (1.0 - 2.0 * s) * b * (1.0 - b) : b + (2.0 * s - 1.0) * (lit(b) - b)",
    "colour-dodge": "b <= 0.0 ? 0.0 : s >= 1.0 ? 1.0 : min(1.0, b / (1.0 - s))",
    "colour-burn": "b >= 1.0 ? 1.0 : s <= 0.0 ? 0.0 : 1.0 - min(1.0, (1.0 - b) / s)",
    "add-light": "min(pow(pow(b, 2.2) + pow(s, 2.2), 1.0 / 2.2), 1.0)",
}
_WHOLE = {
    "luminosity": "set_lum(b, lum(s))",
    "hue": "set_lum(set_sat(s, sat(b)), lum(b))",
    "saturation": "set_lum(set_sat(b, sat(s)), lum(b))",
    "colour": "set_lum(s, lum(b))",
    "screen-luma": "min(s + b * (1.0 - lum(s)), 1.0)",
}
_LUM = """
float lum(vec3 c) { return dot(c, vec3(0.3, 0.59, 0.11)); }
float lowest(vec3 c) { return min(c.r, min(c.g, c.b)); }
float highest(vec3 c) { return max(c.r, max(c.g, c.b)); }
float sat(vec3 c) { return highest(c) - lowest(c); }
vec3 set_sat(vec3 c, float s) { return (c - lowest(c)) * s / max(sat(c), 1e-6); }
vec3 set_lum(vec3 b, float level) {
    vec3 c = b + (level - lum(b));
    float l = lum(c), low = lowest(c), high = highest(c);
    if (low < 0.0) c = l + (c - l) * l / max(l - low, 1e-6);
    if (high > 1.0) c = l + (c - l) * (1.0 - l) / max(high - l, 1e-6);
    return c;
}
"""
# Backdrop premultiplied, source not (section 5.5 and 9.1, source-over).
_MAIN = """
uniform sampler2D below;
uniform sampler2D image;
%s
void main() {
    vec4 under = texture(below, uv);
    vec4 over = clamp(texture(image, uv), 0.0, 1.0);
    over.a *= opacity;
    vec3 b = under.a > 0.0 ? min(under.rgb / under.a, 1.0) : vec3(0.0);
    vec3 mixed = over.a * (1.0 - under.a) * over.rgb + over.a * under.a * blend(b, over.rgb);
    colour = vec4(mixed + (1.0 - over.a) * under.rgb + grain(), over.a + under.a - over.a * under.a);
}
"""


def source(mode: str) -> str:
    """The body of the fragment shader for `mode`, one of `perf.core.layers.BLENDS`."""
    if mode in _WHOLE:
        return _MAIN % f"{_LUM}vec3 blend(vec3 b, vec3 s) {{ return {_WHOLE[mode]}; }}"
    lit = "float lit(float b) { return b <= 0.25 ? ((16.0 * b - 12.0) * b + 4.0) * b : sqrt(b); }\n"
    one = f"float one(float b, float s) {{ return {_SEPARABLE[mode]}; }}\n"
    each = "vec3 blend(vec3 b, vec3 s) { return vec3(one(b.r, s.r), one(b.g, s.g), one(b.b, s.b)); }"
    return _MAIN % (lit + one + each)


assert set(BLENDS) == {*_SEPARABLE, *_WHOLE, *UNIT}
