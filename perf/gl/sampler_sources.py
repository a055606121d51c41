"""The sampler's layer in GLSL 3.30: its pictures enlarged, warped to the camera, and what waits for them. Only text."""

# Rows come from the top; what leaves is y up, the alpha with it. Catmull-Rom in five bilinear samples (Jimenez 2016:
# the four corners of the nine are left out and the weights made whole again).
ENLARGE = """
uniform sampler2D image;
void main() {
    vec2 size = vec2(textureSize(image, 0));
    vec2 place = vec2(uv.x, 1.0 - uv.y) * size;
    vec2 centre = floor(place - 0.5) + 0.5;
    vec2 f = place - centre;
    vec2 w0 = f * (-0.5 + f * (1.0 - 0.5 * f));
    vec2 w1 = 1.0 + f * f * (-2.5 + 1.5 * f);
    vec2 w3 = f * f * (-0.5 + 0.5 * f);
    vec2 w12 = 1.0 - w0 - w3;
    vec2 t0 = (centre - 1.0) / size, t12 = (centre + (w12 - w1) / w12) / size, t3 = (centre + 2.0) / size;
    vec4 sum = texture(image, t12) * w12.x * w12.y;
    sum += texture(image, vec2(t12.x, t0.y)) * w12.x * w0.y;
    sum += texture(image, vec2(t12.x, t3.y)) * w12.x * w3.y;
    sum += texture(image, vec2(t0.x, t12.y)) * w0.x * w12.y;
    sum += texture(image, vec2(t3.x, t12.y)) * w3.x * w12.y;
    sum /= w12.x * (w0.y + w12.y + w3.y) + w12.y * (w0.x + w3.x);
    colour = vec4(sum.rgb + grain(), sum.a);
}
"""
# Two pictures, each looked up through its homography (linear, so the corners' suffice): by `MIRRORED`, mirrored at
# their borders, or by `INSIDE` where no border is seen, which spares a software rasteriser a fifth of the work.
WARP_VERTEX = """#version 330
uniform mat3 from_before;
uniform mat3 from_after;
out vec2 uv;
out vec3 place_before;
out vec3 place_after;
void main() {
    uv = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    place_before = from_before * vec3(uv, 1.0);
    place_after = from_after * vec3(uv, 1.0);
    gl_Position = vec4(uv * 2.0 - 1.0, 0.0, 1.0);
}
"""
# The same over a grid of `CELLS`, whose corners follow the motion from the one picture to the other as far as it has
# `come`: a place that is in a picture stays in it.
CELLS = 20 * 12
FLOW_VERTEX = """#version 330
uniform mat3 from_before;
uniform mat3 from_after;
uniform sampler2D motion;
uniform float come;
out vec2 uv;
out vec3 place_before;
out vec3 place_after;
const ivec2 grid = ivec2(20, 12);
bool within(vec2 at) { return all(lessThan(abs(at - 0.5), vec2(0.5001))); }
vec3 moved(vec3 q, vec2 by) {
    vec2 at = q.xy / max(q.z, 1e-3), to = at + by;
    return within(at) ? vec3(clamp(to, 0.0, 1.0) * max(q.z, 1e-3), max(q.z, 1e-3)) : q;
}
void main() {
    int cell = gl_VertexID / 6, n = gl_VertexID % 3;
    ivec2 corner = gl_VertexID % 6 < 3 ? ivec2(n & 1, n >> 1) : 1 - ivec2(n & 1, n >> 1);
    uv = vec2(ivec2(cell % grid.x, cell / grid.x) + corner) / vec2(grid);
    vec3 before = from_before * vec3(uv, 1.0), after = from_after * vec3(uv, 1.0);
    vec2 way = textureLod(motion, after.xy / max(after.z, 1e-3), 0.0).xy;
    place_before = moved(before, way * come);
    place_after = moved(after, way * (come - 1.0));
    gl_Position = vec4(uv * 2.0 - 1.0, 0.0, 1.0);
}
"""
WARP = """
uniform sampler2D before;
uniform sampler2D after;
uniform float alpha;
in vec3 place_before;
in vec3 place_after;
vec4 look(sampler2D image, vec3 q);
vec3 shown(vec4 here);
void main() {
    vec4 mixed = mix(look(before, place_before), look(after, place_after), alpha);
    colour = vec4(shown(mixed) + grain(), opacity);
}
"""
MIRRORED = """
vec4 look(sampler2D image, vec3 q) {
    vec2 place = mod(q.xy / max(q.z, 1e-3), 2.0);
    return texture(image, 1.0 - abs(1.0 - place));
}
"""
INSIDE = """
vec4 look(sampler2D image, vec3 q) { return texture(image, q.xy / q.z); }
"""
# The picture, or how near things are in it.
SEEN = """
vec3 shown(vec4 here) { return here.rgb; }
"""
NEARNESS = """
vec3 shown(vec4 here) { return vec3(here.a); }
"""
# Before the first picture: bodies on their orbits, going round the way that planets seem to when they turn back.
WAITING = """
uniform float time;
uniform float aspect;
float line(float d, float width) { return exp(-d * d / (width * width)); }
void main() {
    vec2 p = (uv * 2.0 - 1.0) * vec2(aspect, 1.0);
    vec2 tilt = mat2(0.94, -0.34, 0.34, 0.94) * p;
    vec3 light = mix(vec3(0.012, 0.014, 0.035), vec3(0.045, 0.022, 0.065), smoothstep(-1.2, 1.3, tilt.y));
    light += vec3(0.07, 0.03, 0.11) * exp(-dot(p - vec2(0.7, 0.5), p - vec2(0.7, 0.5)) * 0.9);
    light += vec3(0.00, 0.06, 0.08) * exp(-dot(p + vec2(0.9, 0.6), p + vec2(0.9, 0.6)) * 0.8);
    vec2 q = vec2(tilt.x, tilt.y * 2.6);
    float r = length(q), sun = length(p);
    for (int i = 0; i < 4; i++) {
        float radius = 0.42 + 0.33 * float(i), turn = -time * 0.5 / (radius * sqrt(radius)) + float(i) * 1.9;
        vec2 body = vec2(cos(turn), sin(turn)) * radius;
        vec3 hue = 0.5 + 0.5 * cos(vec3(0.0, 1.1, 2.3) + float(i) * 0.75);
        float behind = clamp(0.5 + 0.5 * dot(q, body) / max(r * radius, 1e-3), 0.0, 1.0);
        light += hue * line(r - radius, 0.012) * (0.05 + 0.30 * pow(behind, 8.0));
        vec2 away = tilt - vec2(body.x, body.y / 2.6);
        light += hue * (line(length(away), 0.016) + 0.10 * exp(-length(away) * 11.0));
    }
    light += vec3(1.0, 0.72, 0.45) * (line(sun, 0.035) + 0.16 * exp(-sun * 5.0) + 0.04 * exp(-sun * 1.6));
    colour = vec4(1.0 - exp(-light * 1.3) + grain(), opacity);
}
"""
