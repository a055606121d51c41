/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "The picture as the sampler has it: a small grid of numbers in four planes, into which every beat throws noise.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "sampler", "beat"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly it shows"},
    {"NAME": "rows", "TYPE": "float", "DEFAULT": 32.0, "MIN": 8.0, "MAX": 120.0, "LABEL": "rows of the grid"},
    {"NAME": "planes", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.0, "MAX": 1.0, "LABEL": "one colour a cell, or its four numbers"},
    {"NAME": "noise", "TYPE": "float", "DEFAULT": 0.08, "MIN": 0.0, "MAX": 1.0, "LABEL": "noise in the numbers"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "LABEL": "noise that a beat throws in"},
    {"NAME": "steps", "TYPE": "float", "DEFAULT": 4.0, "MIN": 1.0, "MAX": 16.0, "LABEL": "steps in which it is taken out"},
    {"NAME": "gap", "TYPE": "float", "DEFAULT": 0.35, "MIN": 0.0, "MAX": 1.0, "LABEL": "space between the cells"},
    {"NAME": "less", "TYPE": "color", "DEFAULT": [0.16, 0.34, 0.85, 1.0], "LABEL": "numbers below zero"},
    {"NAME": "more", "TYPE": "color", "DEFAULT": [1.0, 0.52, 0.24, 1.0], "LABEL": "numbers above zero"}
  ],
  "PASSES": [
    {"TARGET": "code", "WIDTH": "ceil($rows * $WIDTH / $HEIGHT)", "HEIGHT": "ceil($rows)"},
    {}
  ]
}*/

vec4 hash4(vec3 p) {
    vec4 q = fract(p.xyzx * vec4(0.1031, 0.1030, 0.0973, 0.1099));
    q += dot(q, q.wzxy + 33.33);
    return fract((q.xxyz + q.yzzw) * q.zywx);
}

// Nearly Gaussian: the sum of four even ones.
vec4 gauss(vec3 p) { return (hash4(p) + hash4(p + 17.0) + hash4(p + 41.0) + hash4(p + 73.0) - 2.0) * 1.73; }

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        vec2 e = 0.25 / RENDERSIZE;
        vec3 a = IMG_NORM_PIXEL(inputImage, uv + e).rgb, b = IMG_NORM_PIXEL(inputImage, uv - e).rgb;
        vec3 c = IMG_NORM_PIXEL(inputImage, uv + vec2(e.x, -e.y)).rgb, d = IMG_NORM_PIXEL(inputImage, uv - vec2(e.x, -e.y)).rgb;
        vec3 m = (a + b + c + d) * 0.25;
        float y = dot(m, vec3(0.3, 0.59, 0.11));
        vec4 numbers = vec4(y - 0.45, m.r - y, m.b - y, dot(a + c - b - d, vec3(0.3)) * 0.7) * vec4(2.2, 3.2, 3.2, 4.0);
        // a beat throws the code up the schedule, a few steps bring it down again
        float left = 1.0 - floor(fract(BEAT) * 1.25 * floor(steps + 0.5) + 0.5) / floor(steps + 0.5), sigma = clamp(noise + kick * max(left, 0.0), 0.0, 1.0);
        vec4 grain = gauss(vec3(gl_FragCoord.xy, 1.0 + mod(floor(BEAT), 512.0)));
        gl_FragColor = numbers * sqrt(1.0 - sigma * sigma * 0.96) + grain * sigma;
        return;
    }
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec2 n = IMG_SIZE(code), place = uv * n, in_ = fract(place), quarter = step(0.5, in_);
    vec4 numbers = texelFetch(code, ivec2(min(floor(place), n - 1.0)), 0);
    float one = quarter.y > 0.5 ? (quarter.x > 0.5 ? numbers.y : numbers.x) : (quarter.x > 0.5 ? numbers.w : numbers.z);
    float strength = 1.0 - exp(-abs(one) * 1.3);
    vec3 part = mix(vec3(0.055, 0.055, 0.075), one < 0.0 ? less.rgb : more.rgb, strength) + vec3(0.5) * pow(strength, 6.0);
    float y = numbers.x / 2.2 + 0.45, r = y + numbers.y / 3.2, b = y + numbers.z / 3.2;
    vec3 whole = clamp(vec3(r, (y - 0.3 * r - 0.11 * b) / 0.59, b), 0.0, 1.0);
    vec2 pitch = RENDERSIZE / n, away = (0.5 - abs(in_ - 0.5)) * pitch, inner = (0.25 - abs(fract(in_ * 2.0) * 0.5 - 0.25)) * pitch;
    float wide = gap * pitch.y * 0.10, outer_line = smoothstep(wide - 0.5, wide + 0.5, min(away.x, away.y));
    float inner_line = smoothstep(wide * 0.5 - 0.5, wide * 0.5 + 0.5, min(inner.x, inner.y));
    vec3 c = mix(whole, part * mix(1.0, inner_line, gap) + whole * 0.22, planes) * mix(1.0, outer_line, min(gap * 2.0, 1.0));
    gl_FragColor = vec4(mix(picture.rgb, c, amount), picture.a);
}
