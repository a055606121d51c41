/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A film that catches fire in the gate: a hole with a glowing rim eats the old picture away, and the new one lies behind it.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["transition", "film"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far it has come"},
    {"NAME": "size", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.1, "MAX": 1.0, "LABEL": "size of the holes"},
    {"NAME": "ragged", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "how ragged they are"},
    {"NAME": "charred", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "how wide the charred rim is"},
    {"NAME": "ember", "TYPE": "color", "DEFAULT": [1.0, 0.45, 0.10, 1.0], "LABEL": "colour of the fire"},
    {"NAME": "from", "TYPE": "point2D", "DEFAULT": [0.45, 0.55], "MIN": [0.0, 0.0], "MAX": [1.0, 1.0], "LABEL": "where it catches fire"}
  ]
}*/

float hash(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

float noise(vec2 p) {
    vec2 i = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    return mix(mix(hash(i), hash(i + vec2(1.0, 0.0)), f.x), mix(hash(i + vec2(0.0, 1.0)), hash(i + 1.0), f.x), f.y);
}

void main() {
    vec2 aspect = vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0), p = isf_FragNormCoord * aspect, q = p / (0.08 + 0.34 * size);
    float coarse = noise(q), fine = noise(q * 3.1 + 7.0) * 0.6 + noise(q * 7.3 + 3.0) * 0.4;
    float far = length(p - from * aspect) / length((0.5 + abs(from - 0.5)) * aspect);
    // rather the square of the way, so that about as much burns in every moment
    float n = clamp((0.62 * far * (0.4 + 0.6 * far) + 0.30 * coarse + 0.22 * ragged * (fine - 0.5) - 0.08) * 1.35, 0.0, 1.0);
    // how far inside of the hole: the rim is charred, then it glows
    float rim = 0.03 + 0.14 * charred, hole = progress * (1.0 + 2.0 * rim) - rim - n;
    vec4 start = IMG_THIS_PIXEL(startImage), end = IMG_THIS_PIXEL(endImage);
    float burnt = smoothstep(-rim, 0.0, hole), heat = exp(-abs(hole + 0.012) * 70.0), warm = exp(-abs(hole) * 14.0);
    float going = smoothstep(0.0, 0.04, progress) * smoothstep(1.0, 0.96, progress);
    vec3 film = start.rgb * mix(vec3(1.0), vec3(0.32, 0.14, 0.06), burnt * going) * (1.0 - 0.85 * burnt * burnt * going);
    float through = progress >= 1.0 ? 1.0 : progress <= 0.0 ? 0.0 : smoothstep(0.0, 0.012, hole);
    vec3 c = mix(film, end.rgb, through);
    c += going * (ember.rgb * (1.2 * heat * (0.6 + 0.6 * fine) + 0.22 * warm * (1.0 - through)) + vec3(1.0, 0.85, 0.5) * pow(heat, 3.0) * 0.6);
    gl_FragColor = vec4(c, mix(start.a, end.a, through));
}
