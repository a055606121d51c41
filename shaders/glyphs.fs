/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A poster of signs that mean nothing: discs, arcs, bars and leaves on paper, some of which turn on every beat.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "geometry", "beat"],
  "INPUTS": [
    {"NAME": "rows", "TYPE": "float", "DEFAULT": 5.0, "MIN": 2.0, "MAX": 16.0, "LABEL": "rows of signs"},
    {"NAME": "change", "TYPE": "float", "DEFAULT": 0.35, "MIN": 0.0, "MAX": 1.0, "LABEL": "share of them that changes on a beat"},
    {"NAME": "snap", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.05, "MAX": 1.0, "LABEL": "share of a beat that a turn takes"},
    {"NAME": "blanks", "TYPE": "float", "DEFAULT": 0.12, "MIN": 0.0, "MAX": 0.9, "LABEL": "share of the cells that are empty"},
    {"NAME": "gap", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 0.4, "LABEL": "space between the signs"},
    {"NAME": "paper", "TYPE": "color", "DEFAULT": [0.94, 0.90, 0.82, 1.0], "LABEL": "paper"},
    {"NAME": "ink", "TYPE": "color", "DEFAULT": [0.10, 0.11, 0.16, 1.0], "LABEL": "the first ink"},
    {"NAME": "accent", "TYPE": "color", "DEFAULT": [0.90, 0.31, 0.18, 1.0], "LABEL": "the second"},
    {"NAME": "third", "TYPE": "color", "DEFAULT": [0.93, 0.68, 0.24, 1.0], "LABEL": "the third"},
    {"NAME": "fourth", "TYPE": "color", "DEFAULT": [0.16, 0.42, 0.52, 1.0], "LABEL": "the fourth"}
  ]
}*/

vec4 hash4(vec2 p) {
    vec4 q = fract(p.xyxy * vec4(0.1031, 0.1030, 0.0973, 0.1099));
    q += dot(q, q.wzxy + 33.33);
    return fract((q.xxyz + q.yzzw) * q.zywx);
}

// How far outside of a sign a point is, in cells; p is in -0.5…0.5.
float sign_(float kind, vec2 p) {
    vec2 c = p + 0.5;
    if (kind < 1.0) return length(c) - 1.0;
    if (kind < 2.0) return length(p) - 0.5;
    if (kind < 3.0) return abs(length(c) - 0.75) - 0.25;
    if (kind < 4.0) return max(length(c) - 1.0, length(p - 0.5) - 1.0);
    if (kind < 5.0) return max(length(p - vec2(0.0, -0.5)) - 0.5, -1.0);
    if (kind < 6.0) return abs(abs(p.x) - 0.25) - 0.125;
    if (kind < 7.0) return abs(length(p) - 0.34) - 0.16;
    if (kind < 8.0) return (c.x + c.y - 1.0) * 0.7071;
    return length(vec2(abs(p.x) - 0.25, abs(p.y) - 0.25)) - 0.18;
}

vec3 tint(float chance) {
    return chance < 0.42 ? ink.rgb : chance < 0.66 ? accent.rgb : chance < 0.83 ? third.rgb : fourth.rgb;
}

void main() {
    vec2 grid = (isf_FragNormCoord - 0.5) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0) * rows;
    // the grid begins at an edge, so that no row is cut
    grid += 0.5 * vec2(floor(rows * RENDERSIZE.x / RENDERSIZE.y + 0.5), floor(rows + 0.5));
    vec2 cell = floor(grid), p = (fract(grid) - 0.5) / (1.0 - gap);
    float beat = floor(BEAT);
    // how often the cell has been chosen so far: in each four beats, at one that is its own
    vec4 own = hash4(cell + 7.0);
    float turns = 0.0, last = 1e3, clock = BEAT + floor(own.w * 4.0), round_ = floor(clock * 0.25);
    for (int i = 0; i < 2; i++) {
        float start = (round_ - float(i)) * 4.0;
        bool chosen = hash4(cell + vec2(mod(round_ - float(i), 61.0) * 3.7, 19.0)).x < change * 4.0 * 0.25 + change * 0.4;
        if (chosen) last = min(last, clock - start);
        if (chosen && i == 0) turns = 1.0;
    }
    float ease = turns > 0.0 ? smoothstep(0.0, snap, last) : 1.0;
    vec4 chance = hash4(cell + vec2(13.0, 1.0) * (turns > 0.0 && ease > 0.5 ? mod(round_, 61.0) + 1.0 : mod(round_ - 1.0, 61.0) + 1.0) * (change > 0.0 ? 1.0 : 0.0));
    float a = (floor(chance.z * 4.0) + (turns > 0.0 ? ease : 0.0)) * 1.5707963, c = cos(a), s = sin(a);
    vec2 q = mat2(c, s, -s, c) * p;
    float blur = 0.75 * fwidth(grid.y) / (1.0 - gap);
    // where signs touch, two of one colour are one
    float border = gap > 0.0 ? smoothstep(0.5 + blur, 0.5 - blur, max(abs(p.x), abs(p.y))) : 1.0;
    float inside = smoothstep(blur, -blur, sign_(floor(chance.x * 9.0), q)) * border;
    vec3 front = tint(chance.y), back = chance.w > 0.80 ? tint(fract(chance.y + 0.45)) : paper.rgb;
    if (fract(chance.w * 7.0) < blanks) inside = 0.0;
    back = mix(paper.rgb, back, border);
    gl_FragColor = vec4(mix(back, front, inside), 1.0);
}
