/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Few colours and large pixels, as on the first home computers: an ordered pattern makes the tones between.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "look"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly it shows"},
    {"NAME": "rows", "TYPE": "float", "DEFAULT": 180.0, "MIN": 40.0, "MAX": 540.0, "LABEL": "rows of pixels"},
    {"NAME": "tones", "TYPE": "float", "DEFAULT": 2.0, "MIN": 2.0, "MAX": 8.0, "LABEL": "tones of each colour"},
    {"NAME": "palette", "TYPE": "long", "VALUES": [0, 1, 2, 3], "LABELS": ["its own", "two inks", "pocket", "amber"], "DEFAULT": 1, "LABEL": "its own colours, two inks, or those of an old screen"},
    {"NAME": "coarse", "TYPE": "bool", "DEFAULT": false, "LABEL": "a pattern of 4 by 4 instead of 8 by 8"},
    {"NAME": "contrast", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "LABEL": "contrast"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.1, "MIN": 0.0, "MAX": 0.5, "LABEL": "brighter on the beat"},
    {"NAME": "dark", "TYPE": "color", "DEFAULT": [0.13, 0.10, 0.28, 1.0], "LABEL": "the dark ink"},
    {"NAME": "light", "TYPE": "color", "DEFAULT": [1.0, 0.84, 0.70, 1.0], "LABEL": "the light ink"}
  ]
}*/

// Bayer's matrix of 2 by 2, and from it those of 4 and 8, in 0…1.
float two(vec2 a) { a = floor(a); return fract(dot(a, vec2(0.5, a.y * 0.75))); }
float four(vec2 a) { return two(a * 0.5) * 0.25 + two(a); }
float eight(vec2 a) { return four(a * 0.5) * 0.25 + two(a); }

vec3 screen(float level) {
    int n = int(clamp(level, 0.0, 1.0) * 3.0 + 0.5);
    if (palette == 2) return n == 0 ? vec3(0.07, 0.19, 0.14) : n == 1 ? vec3(0.20, 0.38, 0.25) : n == 2 ? vec3(0.53, 0.65, 0.26) : vec3(0.84, 0.88, 0.62);
    return vec3(1.0, 0.68, 0.20) * pow(float(n) / 3.0, 1.3) + vec3(0.07, 0.03, 0.02);
}

void main() {
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec2 grid = vec2(floor(rows * RENDERSIZE.x / RENDERSIZE.y + 0.5), floor(rows + 0.5)), cell = floor(isf_FragNormCoord * grid);
    vec3 c = clamp(IMG_NORM_PIXEL(inputImage, (cell + 0.5) / grid).rgb * (1.0 + kick * exp(-5.0 * fract(BEAT))), 0.0, 1.0);
    c = mix(c, c * c * (3.0 - 2.0 * c), contrast);
    float threshold = coarse ? four(cell) + 1.0 / 32.0 : eight(cell) + 1.0 / 128.0, steps = floor(tones + 0.5) - 1.0;
    float level = dot(c, vec3(0.3, 0.59, 0.11));
    vec3 few;
    if (palette == 0) few = min(floor(c * steps + threshold) / steps, 1.0);
    else if (palette == 1) few = mix(dark.rgb, light.rgb, min(floor(level * steps + threshold) / steps, 1.0));
    else few = screen(floor(level * 3.0 + threshold) / 3.0);
    gl_FragColor = vec4(mix(picture.rgb, few, amount), picture.a);
}
