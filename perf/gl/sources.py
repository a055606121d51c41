"""The compositor's own GLSL 3.30: pictures in, placed, lettered, tested with cards, and out. Only text here."""

VERTEX = """#version 330
out vec2 uv;
void main() {
    uv = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    gl_Position = vec4(uv * 2.0 - 1.0, 0.0, 1.0);
}
"""
# `opacity`, `dither` and what is constant by the time that it is compiled are those of `Onto`; interleaved gradient
# noise (Jimenez 2014) hides the steps of 8 bits.
_HEAD = """#version 330
in vec2 uv;
out vec4 colour;
uniform float opacity;
uniform float dither;
uniform bool isf_dithered, isf_multiplied;
#define main own_main
float grain() {
    if (!isf_dithered) return 0.0;
    return (fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715)))) - 0.5) * dither;
}
"""
_TAIL = """
#undef main
void main() {
    own_main();
    if (isf_multiplied) {
        colour = clamp(colour, 0.0, 1.0);
        colour.rgb *= colour.a;
    }
}
"""


def own(body: str) -> str:
    """One of ours as a whole fragment shader."""
    return _HEAD + body + _TAIL


COPY = """
uniform sampler2D image;
void main() { colour = texture(image, uv); colour.a *= opacity; }
"""
# To the screen: opaque, or a desktop would shine through where it blends windows.
PLAIN = """
uniform sampler2D image;
void main() { colour = vec4(texture(image, uv).rgb, 1.0); }
"""
# Brightness and gamma of what leaves the stage; premultiplied colour on black is the colour itself.
GRADE = """
uniform sampler2D image;
uniform float gain;
uniform float power;
void main() { colour = vec4(pow(texture(image, uv).rgb, vec3(power)) * gain + grain(), 1.0); }
"""
# The same without a gamma: a software rasteriser takes the power of each pixel, asked for or not.
GAIN = """
uniform sampler2D image;
uniform float gain;
void main() { colour = vec4(texture(image, uv).rgb * gain + grain(), 1.0); }
"""
# A picture that was multiplied by its alpha, as it was before; `keep` dims it, by a step of 16 bits at least: what is
# fed back would stay for ever where its loss is rounded away.
DIVIDE = """
uniform sampler2D image;
uniform float keep;
void main() {
    vec4 here = texture(image, uv);
    vec3 light = here.a > 0.0 ? here.rgb / here.a * keep : vec3(0.0);
    colour = vec4(max(light - (keep < 1.0 ? 0.5 / 65535.0 : 0.0), 0.0), here.a * opacity);
}
"""
# From one deck to the other; both are multiplied by their alpha.
DISSOLVE = """
uniform sampler2D before;
uniform sampler2D after;
uniform float fade;
void main() { colour = mix(texture(before, uv), texture(after, uv), fade); }
"""
# Between pixels, whose colours count as far as they are there: a texture's own filter would mix the black of what is
# transparent into the rim of what is not, a dark seam round every letter.
_BETWEEN = """
vec4 between(sampler2D image, vec2 place) {
    ivec2 last = textureSize(image, 0) - 1;
    vec2 at = place * vec2(last + 1) - 0.5, part = fract(at);
    ivec2 low = ivec2(floor(at)), here = clamp(low, ivec2(0), last), there = clamp(low + 1, ivec2(0), last);
    vec4 a = texelFetch(image, here, 0), b = texelFetch(image, ivec2(there.x, here.y), 0);
    vec4 c = texelFetch(image, ivec2(here.x, there.y), 0), d = texelFetch(image, there, 0);
    a.rgb *= a.a; b.rgb *= b.a; c.rgb *= c.a; d.rgb *= d.a;
    vec4 found = mix(mix(a, b, part.x), mix(c, d, part.x), part.y);
    return found.a > 0.0 ? vec4(found.rgb / found.a, found.a) : vec4(0.0);
}
"""
# `from_stage` leads from the stage's 0…1 to the picture's; `inside` is what of it is left (left, right, bottom, top).
# The edges are as soft as a pixel of the stage. `by` is 1 for a luma matte, 2 for alpha; `own` masks it by itself.
PLACE = """
uniform sampler2D image;
uniform sampler2D matte;
uniform mat3 from_stage;
uniform vec4 inside;
uniform int by;
uniform bool invert;
uniform bool own;
void main() {
    vec2 place = (from_stage * vec3(uv, 1.0)).xy;
    vec2 texel = max(fwidth(place), 1e-6);
    vec2 low = (place - inside.xz) / texel, high = (inside.yw - place) / texel;
    vec2 rim = clamp(low + 0.5, 0.0, 1.0) + clamp(high + 0.5, 0.0, 1.0) - 1.0;
    vec2 open = vec2(inside.x <= 0.0 && inside.y >= 1.0, inside.z <= 0.0 && inside.w >= 1.0);
    vec2 whole = vec2(greaterThan(min(place, 1.0 - place), vec2(-1e-5)));
    rim = max(rim, open * whole);
    vec4 here = texture(image, clamp(place, 0.0, 1.0));
    here.a *= rim.x * rim.y;
    if (by > 0) {
        vec4 mask = clamp(own ? here : texture(matte, uv), 0.0, 1.0);
        float level = by == 2 ? mask.a : dot(mask.rgb, vec3(0.3, 0.59, 0.11)) * (own ? 1.0 : mask.a);
        here.a *= invert ? 1.0 - level : level;
    }
    colour = vec4(here.rgb, here.a * opacity);
}
"""
PLACE_CUT_OUT = _BETWEEN + PLACE.replace("= texture(image,", "= between(image,")  # what may be transparent somewhere
# Letters, drawn where they stand: `image` is how much of each pixel they cover, rows from the top.
TITLE = """
uniform sampler2D image;
uniform vec4 fill;
void main() { colour = vec4(fill.rgb, fill.a * texture(image, vec2(uv.x, 1.0 - uv.y)).r * opacity); }
"""
# A film's picture: rows from the top, not multiplied; `box` is where on the stage (x, y, w, h).
FILM = """
uniform sampler2D image;
uniform vec4 box;
void main() {
    vec2 place = (uv - box.xy) / box.zw;
    vec2 within = step(0.0, place) * step(place, vec2(1.0));
    vec4 here = texture(image, vec2(place.x, 1.0 - place.y));
    colour = vec4(here.rgb, here.a * within.x * within.y * opacity);
}
"""
FILM_CUT_OUT = _BETWEEN + FILM.replace("= texture(", "= between(")
FILM_MULTIPLIED = FILM.replace("vec4(here.rgb,", "vec4(here.rgb / max(here.a, 1e-6),")  # of a multiplied picture
# A slice on the window. Corners are carried by a homography as homogeneous coordinates: GL's own division makes the
# picture's places right in between. What grows dark does it as light does: two soft edges add up to one (a smooth
# step and the rest of it), each encoded for a projector of that gamma.
SLICE_VERTEX = """#version 330
in vec2 place;
in vec2 moved;
uniform mat3 corners;
out vec2 at;
void main() {
    at = place;
    vec3 there = corners * vec3(moved, 1.0);
    gl_Position = vec4(there.xy * 2.0 - there.z, 0.0, there.z);
}
"""
SLICE = """#version 330
in vec2 at;
out vec4 colour;
uniform sampler2D image;
uniform vec4 inside;
uniform vec4 edge;
uniform float power;
uniform bool card;
uniform vec3 hue;
uniform float aspect;
float grain() { return (fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715)))) - 0.5) / 255.0; }
vec3 test_card() {
    vec2 p = (at * 2.0 - 1.0) * vec2(aspect, 1.0), px = fwidth(p);
    vec2 grid = abs(fract(p * 4.0 + 0.5) - 0.5) / 4.0 / px;
    vec2 cell = floor(p * 4.0);
    vec3 light = mix(vec3(0.05, 0.055, 0.075), hue * 0.35, step(0.5, fract((cell.x + cell.y) * 0.5)));
    light = mix(vec3(0.75), light, smoothstep(0.5, 1.5, min(grid.x, grid.y)));
    float far = min(px.x, px.y);
    float round = min(abs(length(p) - 0.9), abs(length(p) - 0.45));
    float cross = min(abs(p.x - p.y * aspect), abs(p.x + p.y * aspect)) / sqrt(1.0 + aspect * aspect);
    light = mix(hue, light, smoothstep(1.0, 2.0, min(round, cross) / far));
    vec2 rim = (1.0 - abs(at * 2.0 - 1.0)) / fwidth(at * 2.0);
    return mix(vec3(1.0), light, smoothstep(2.5, 3.5, min(rim.x, rim.y)));
}
void main() {
    vec2 place = mix(inside.xz, inside.yw, at);
    vec4 soft = smoothstep(vec4(0.0), max(edge, vec4(1e-5)), vec4(at.x, 1.0 - at.x, at.y, 1.0 - at.y));
    soft = max(soft, step(edge, vec4(0.0)));
    float dim = pow(soft.x * soft.y * soft.z * soft.w, power);
    vec3 light = card ? test_card() : texture(image, place).rgb;
    colour = vec4(light * dim + (dim < 1.0 ? grain() : 0.0), 1.0);
}
"""
# What the mouse takes hold of, as a disc in a box of its own.
HANDLE = """
uniform vec4 fill;
void main() {
    float r = length(uv * 2.0 - 1.0);
    float ring = smoothstep(0.98, 0.86, r), middle = smoothstep(0.62, 0.5, r);
    colour = vec4(mix(vec3(0.02), fill.rgb, middle), ring);
}
"""
# Sixteen samples, each of which averages four texels: reductions of up to eight do not alias.
REDUCE = """
uniform sampler2D image;
uniform vec2 texel;
uniform float gain;
void main() {
    vec3 sum = vec3(0.0);
    for (int y = 0; y < 4; y++) for (int x = 0; x < 4; x++)
        sum += texture(image, uv + (vec2(x, y) - 1.5) * 0.25 * texel).rgb;
    colour = vec4(sum / 16.0 * gain, 1.0);
}
"""
FILL = """
uniform vec4 fill;
void main() { colour = vec4(fill.rgb, fill.a * opacity); }
"""
# What stands for a shader that is not there: the picture so far, dimmed, in a frame of the classical colours.
CARD = """
uniform sampler2D image;
uniform float aspect;
void main() {
    vec2 p = (uv * 2.0 - 1.0) * vec2(aspect, 1.0);
    vec4 below = texture(image, uv);
    vec3 base = mix(vec3(0.03, 0.035, 0.05), below.rgb * 0.55, below.a);
    vec2 cell = abs(fract(p * 4.0) - 0.5);
    base += 0.05 * (1.0 - below.a) * smoothstep(0.49, 0.497, max(cell.x, cell.y));
    float n = floor(uv.x * 7.0);
    vec3 bar = 0.12 + 0.5 * vec3(n == 0.0 || n == 1.0 || n == 4.0 || n == 5.0, n < 4.0, mod(n, 2.0) == 0.0);
    float rim = max(step(0.93, abs(p.y)), step(aspect - 0.07, abs(p.x)));
    float ring = smoothstep(0.012, 0.006, abs(length(p) - 0.82));
    colour = vec4(mix(base + ring * 0.25, bar, rim) + grain(), opacity);
}
"""
OVERLAY = """
uniform sampler2D image;
void main() { colour = texture(image, vec2(uv.x, 1.0 - uv.y)); }
"""
