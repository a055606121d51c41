/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Engraved, as on a banknote: lines that swell in the shadows and bend round the forms; a second set crosses the darkest.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "look"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly it shows"},
    {"NAME": "lines", "TYPE": "float", "DEFAULT": 64.0, "MIN": 20.0, "MAX": 240.0, "LABEL": "how many lines"},
    {"NAME": "angle", "TYPE": "float", "DEFAULT": -18.0, "MIN": -90.0, "MAX": 90.0, "LABEL": "how they lie, degrees"},
    {"NAME": "bend", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "how they bend round the forms"},
    {"NAME": "crossing", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 1.0, "LABEL": "lines across in the shadows"},
    {"NAME": "colour", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "printed in the picture's own colours"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.2, "MIN": 0.0, "MAX": 1.0, "LABEL": "lines that swell on the beat"},
    {"NAME": "paper", "TYPE": "color", "DEFAULT": [0.93, 0.92, 0.84, 1.0], "LABEL": "paper"},
    {"NAME": "ink", "TYPE": "color", "DEFAULT": [0.06, 0.22, 0.20, 1.0], "LABEL": "ink"}
  ],
  "PASSES": [
    {"TARGET": "form", "WIDTH": "max($WIDTH / 8, 1)", "HEIGHT": "max($HEIGHT / 8, 1)"},
    {}
  ]
}*/

float level(vec3 c) { return clamp(dot(c, vec3(0.3, 0.59, 0.11)), 0.0, 1.0); }

// The ink of one set of lines: `x` counts lines, `dark` is the share that they cover.
float cut(float x, float dark) {
    float away = abs(fract(x) - 0.5) * 2.0, blur = min(lines * 2.0 / RENDERSIZE.y * 1.1, 1.0);
    return smoothstep(dark + blur, dark - blur, away);
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        vec2 e = 1.0 / RENDERSIZE;
        vec3 sum = IMG_NORM_PIXEL(inputImage, uv + e).rgb + IMG_NORM_PIXEL(inputImage, uv - e).rgb
                 + IMG_NORM_PIXEL(inputImage, uv + vec2(e.x, -e.y)).rgb + IMG_NORM_PIXEL(inputImage, uv - vec2(e.x, -e.y)).rgb;
        gl_FragColor = vec4(vec3(level(sum * 0.25)), 1.0);
        return;
    }
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    float a = radians(angle), tall = IMG_THIS_PIXEL(form).r, y = level(picture.rgb);
    vec2 p = (uv - 0.5) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    float wave = bend * (tall * 2.6 + 0.35 * sin(p.x * 5.0 + p.y * 3.0)), dark = (1.0 - smoothstep(0.0, 0.85, y)) * (1.0 + kick * exp(-5.0 * fract(BEAT)));
    float x = dot(p, vec2(-sin(a), cos(a))) * lines + wave, across = dot(p, vec2(cos(a), sin(a))) * lines * 0.8 - wave * 0.7;
    float print = cut(x, dark * 1.08 - 0.04);
    print = max(print, crossing * cut(across, (dark - 0.55) * 1.5));
    vec3 own = picture.rgb * 0.45, light = mix(paper.rgb, sqrt(max(picture.rgb, 0.0)) * 0.6 + 0.4, colour);
    vec3 c = mix(light, mix(ink.rgb, own, colour), print);
    gl_FragColor = vec4(mix(picture.rgb, c, amount), picture.a);
}
