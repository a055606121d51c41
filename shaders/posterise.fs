/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A screen print: a few flat tones, each in an ink of its own, printed a little out of register.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "look", "colour"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly it shows"},
    {"NAME": "tones", "TYPE": "float", "DEFAULT": 5.0, "MIN": 2.0, "MAX": 12.0, "LABEL": "how many tones"},
    {"NAME": "inks", "TYPE": "long", "VALUES": [0, 1, 2, 3, 4], "LABELS": ["its own", "riso", "coast", "night", "desert"], "DEFAULT": 1, "LABEL": "what it is printed with"},
    {"NAME": "rounding", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "how smooth the shapes are"},
    {"NAME": "register", "TYPE": "float", "DEFAULT": 0.35, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far out of register"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "the tones climb on the beat"}
  ],
  "PASSES": [
    {"TARGET": "soft", "WIDTH": "max($WIDTH / 4, 1)", "HEIGHT": "max($HEIGHT / 4, 1)"},
    {}
  ]
}*/

// Four inks from dark to light, and what lies between them.
vec3 ink(float x) {
    vec3 a, b, c, d;
    if (inks == 1) { a = vec3(0.14, 0.16, 0.34); b = vec3(0.91, 0.33, 0.36); c = vec3(0.97, 0.70, 0.42); d = vec3(0.97, 0.94, 0.86); }
    else if (inks == 2) { a = vec3(0.05, 0.16, 0.24); b = vec3(0.09, 0.45, 0.52); c = vec3(0.55, 0.78, 0.70); d = vec3(0.97, 0.93, 0.80); }
    else if (inks == 3) { a = vec3(0.04, 0.03, 0.10); b = vec3(0.24, 0.13, 0.45); c = vec3(0.80, 0.30, 0.55); d = vec3(0.99, 0.82, 0.62); }
    else { a = vec3(0.20, 0.10, 0.14); b = vec3(0.66, 0.27, 0.20); c = vec3(0.90, 0.62, 0.36); d = vec3(0.96, 0.90, 0.78); }
    x = clamp(x, 0.0, 1.0) * 3.0;
    return x < 1.0 ? mix(a, b, x) : x < 2.0 ? mix(b, c, x - 1.0) : mix(c, d, x - 2.0);
}

// A value's tone: the step that it stands on, with an edge as soft as a pixel.
float stepped(float x, float n) {
    float y = clamp(x, 0.0, 0.9999) * n, edge = max(fwidth(y), 1e-4) * 0.8;
    return (floor(y) + smoothstep(1.0 - min(edge, 0.5), 1.0, fract(y))) / (n - 1.0);
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        vec2 e = 0.75 / RENDERSIZE;
        gl_FragColor = 0.25 * (IMG_NORM_PIXEL(inputImage, uv + e) + IMG_NORM_PIXEL(inputImage, uv - e)
                             + IMG_NORM_PIXEL(inputImage, uv + vec2(e.x, -e.y)) + IMG_NORM_PIXEL(inputImage, uv - vec2(e.x, -e.y)));
        return;
    }
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    float n = floor(tones + 0.5), climb = kick * 0.6 * exp(-4.0 * fract(BEAT)) / n;
    vec2 off = register * 0.006 * vec2(RENDERSIZE.y / RENDERSIZE.x, -0.6);
    vec3 c = mix(picture.rgb, IMG_THIS_PIXEL(soft).rgb, rounding), aside = IMG_NORM_PIXEL(soft, uv + off).rgb;
    vec3 few;
    if (inks == 0) {
        c.r = mix(c.r, aside.r, register);
        few = vec3(stepped(c.r + climb, n), stepped(c.g + climb, n), stepped(c.b + climb, n));
    } else {
        float y = smoothstep(-0.05, 0.80, dot(c, vec3(0.3, 0.59, 0.11))), y2 = smoothstep(-0.05, 0.80, dot(aside, vec3(0.3, 0.59, 0.11)));
        vec3 here = ink(stepped(y + climb, n)), there = ink(stepped(y2 + climb, n));
        // where the plates don't meet, ink lies on ink
        few = mix(here, min(here, there), register);
    }
    gl_FragColor = vec4(mix(picture.rgb, min(few, 1.0), amount), picture.a);
}
