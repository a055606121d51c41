/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A lattice of lamps through which a wave runs outward from the middle on every beat.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "geometry", "beat"],
  "INPUTS": [
    {"NAME": "cells", "TYPE": "float", "DEFAULT": 14.0, "MIN": 3.0, "MAX": 40.0, "LABEL": "rows of lamps"},
    {"NAME": "pulse", "TYPE": "float", "DEFAULT": 0.7, "MIN": 0.0, "MAX": 1.0, "LABEL": "depth of the wave"},
    {"NAME": "beats", "TYPE": "float", "DEFAULT": 2.0, "MIN": 0.5, "MAX": 8.0, "LABEL": "beats that a wave takes to the edge"},
    {"NAME": "turn", "TYPE": "float", "DEFAULT": 0.08, "MIN": -1.0, "MAX": 1.0, "LABEL": "how it turns"},
    {"NAME": "tilt", "TYPE": "float", "DEFAULT": 0.45, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far it leans away"},
    {"NAME": "shape", "TYPE": "long", "VALUES": [0, 1, 2], "LABELS": ["discs", "diamonds", "rings"], "DEFAULT": 0},
    {"NAME": "near", "TYPE": "color", "DEFAULT": [1.0, 0.55, 0.28, 1.0], "LABEL": "colour of the wave"},
    {"NAME": "far", "TYPE": "color", "DEFAULT": [0.16, 0.26, 0.78, 1.0], "LABEL": "colour at rest"},
    {"NAME": "solid", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "the dark behind; 0 is clear"}
  ]
}*/

void main() {
    vec2 p = (isf_FragNormCoord * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    float lean = 1.0 - 0.45 * tilt * (p.y + 0.25);
    vec2 q = vec2(p.x, p.y + 0.25 * tilt) / max(lean, 0.2) * (1.0 - 0.12 * tilt);
    float a = TIME * turn, c = cos(a), s = sin(a);
    q = mat2(c, s, -s, c) * q * cells * 0.5;
    // two square lattices, the second in the gaps of the first: the nearer lamp counts
    vec2 one = floor(q) + 0.5, two = floor(q + 0.5);
    vec2 to1 = q - one, to2 = q - two;
    bool first = abs(to1.x) + abs(to1.y) < abs(to2.x) + abs(to2.y);
    vec2 lamp = first ? one : two, away = first ? to1 : to2;
    float r = length(lamp) / (cells * 0.5);
    float phase = r - BEAT / max(beats, 0.1);
    float wave = pow(0.5 + 0.5 * cos(6.2831853 * phase), 4.0);
    float chance = fract(sin(dot(lamp, vec2(12.9898, 78.233))) * 43758.5453);
    float glimmer = 0.75 + 0.25 * sin(TIME * (0.6 + chance) + chance * 40.0);
    float power = mix(0.40, 0.14 + wave, pulse) * glimmer;
    float size = 0.10 + 0.21 * min(power, 1.0);
    float d = shape == 1 ? (abs(away.x) + abs(away.y)) * 0.85 : length(away);
    float blur = 2.5 * cells / RENDERSIZE.y;
    float disc = smoothstep(size + blur, size - blur, d);
    disc *= shape == 2 ? smoothstep(size * 0.62 - blur, size * 0.62 + blur, d) : 1.0 - 0.35 * d / max(size, 1e-3);
    float halo = exp(-d * d * 9.0) * power * smoothstep(0.5, 0.15, max(abs(away.x + away.y), abs(away.x - away.y)));
    vec3 tone = mix(far.rgb, near.rgb, smoothstep(0.1, 0.9, power));
    float fog = exp(-r * 0.45);
    vec3 light = tone * (disc * (0.55 + 1.6 * power) + 0.8 * halo) * fog + mix(far.rgb, near.rgb, 0.2) * 0.05 * fog;
    vec3 colour = 1.0 - exp(-1.5 * light);
    float alpha = mix(clamp(max(colour.r, max(colour.g, colour.b)) * 1.4, 0.0, 1.0), 1.0, solid);
    gl_FragColor = vec4((colour + vec3(0.010, 0.011, 0.022) * solid) / max(alpha, 0.04), alpha);
}
