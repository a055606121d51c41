/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A signal that breaks on the beat: rows are torn aside, blocks repeat, the colours come apart; between the beats it heals.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "glitch", "beat"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how badly it breaks"},
    {"NAME": "steps", "TYPE": "long", "VALUES": [1, 2, 4], "LABELS": ["beats", "eighths", "sixteenths"], "DEFAULT": 2, "LABEL": "how often it breaks anew"},
    {"NAME": "heal", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "how much it heals between beats"},
    {"NAME": "rows", "TYPE": "float", "DEFAULT": 18.0, "MIN": 3.0, "MAX": 80.0, "LABEL": "rows that may tear"},
    {"NAME": "blocks", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "blocks that repeat"},
    {"NAME": "split", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "how the colours come apart"}
  ]
}*/

float hash(vec3 p) {
    p = fract(p * 0.1031);
    p += dot(p, p.zyx + 31.32);
    return fract((p.x + p.y) * p.z);
}

vec3 seen(vec2 uv) { return IMG_NORM_PIXEL(inputImage, fract(uv)).rgb; }

void main() {
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec2 uv = isf_FragNormCoord;
    float count = mod(floor(BEAT * float(steps)), 997.0), power = amount * mix(1.0, exp(-3.5 * fract(BEAT)), heal);
    // rows of uneven height: some are joined with the one below
    float row = floor(uv.y * rows), joined = row - step(hash(vec3(row, count, 1.0)), 0.45);
    float torn = step(hash(vec3(joined, count, 2.0)), power * 0.75), shove = hash(vec3(joined, count, 3.0)) - 0.5;
    vec2 place = uv + vec2(torn * shove * shove * sign(shove) * 0.9 * power, 0.0);
    vec2 grid = vec2(12.0, 7.0) * (1.0 + floor(hash(vec3(count, 4.0, 4.0)) * 2.0)), cell = floor(place * grid);
    float moved = step(hash(vec3(cell, count)), power * blocks * 0.28);
    place += moved * (floor(vec2(hash(vec3(cell, count + 5.0)), hash(vec3(cell, count + 9.0))) * 5.0) - 2.0) / grid * vec2(1.0, 0.5);
    // a repeated block is read coarsely, as a decoder does that has lost the detail
    vec2 coarse = (floor(place * grid * 8.0) + 0.5) / (grid * 8.0);
    place = mix(place, coarse, moved * step(0.5, hash(vec3(cell.yx, count + 3.0))));
    float apart = split * power * (0.004 + 0.030 * torn * abs(shove) + 0.02 * moved);
    vec3 c = vec3(seen(place + vec2(apart, 0.0)).r, seen(place).g, seen(place - vec2(apart, 0.0)).b);
    float line = step(hash(vec3(floor(uv.y * RENDERSIZE.y / 2.0), count, 7.0)), 0.012 * power);
    c = mix(c, c.gbr * 1.2 + 0.08, line);
    gl_FragColor = vec4(power > 0.0 ? c : picture.rgb, picture.a);
}
