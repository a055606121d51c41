/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A television set: curved glass, scan lines that swell with the light, a mask of phosphor, a hum bar.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "look"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly it shows"},
    {"NAME": "rows", "TYPE": "float", "DEFAULT": 180.0, "MIN": 60.0, "MAX": 480.0, "LABEL": "scan lines"},
    {"NAME": "curve", "TYPE": "float", "DEFAULT": 0.35, "MIN": 0.0, "MAX": 1.0, "LABEL": "how curved the glass is"},
    {"NAME": "mask", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "LABEL": "the mask of red, green and blue"},
    {"NAME": "bleed", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.0, "MAX": 1.0, "LABEL": "how the colours run"},
    {"NAME": "hum", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "LABEL": "a bar that rolls up"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.15, "MIN": 0.0, "MAX": 1.0, "LABEL": "lines that are pulled on the beat"}
  ]
}*/

void main() {
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec2 p = isf_FragNormCoord * 2.0 - 1.0;
    p *= 1.0 + curve * 0.16 * (p.yx * p.yx) * vec2(0.8, 1.0) - curve * 0.02;
    vec2 uv = p * 0.5 + 0.5;
    float n = floor(rows + 0.5), line = floor(uv.y * n), push = kick * exp(-6.0 * fract(BEAT));
    uv.x += push * 0.05 * sin(line * 0.19 + TIME * 40.0) * exp(-abs(fract(uv.y + TIME * 0.9) - 0.5) * 12.0);
    float y = (line + 0.5) / n;
    float run = bleed * 0.006;
    vec3 sharp = IMG_NORM_PIXEL(inputImage, vec2(uv.x, y)).rgb;
    vec3 left = IMG_NORM_PIXEL(inputImage, vec2(uv.x - run, y)).rgb, right = IMG_NORM_PIXEL(inputImage, vec2(uv.x + run, y)).rgb;
    // brightness stays where it is, the colours are as wide as a broadcast leaves them
    vec3 wide = (left + right + sharp) / 3.0;
    vec3 c = wide + dot(sharp - wide, vec3(0.3, 0.59, 0.11));
    c = max(mix(c, vec3(left.r, c.g, right.b), bleed * 0.7), 0.0);
    float level = max(c.r, max(c.g, c.b)), thick = mix(0.30, 0.52, level);
    float away = abs(fract(uv.y * n) - 0.5), seen = clamp(RENDERSIZE.y / n - 2.0, 0.0, 1.0);
    // lines too fine to be seen are as light as those that are, in the mean
    float mean = mix(0.49, 0.80, level), beam = mix(1.0, mix(mean, exp(-away * away / (thick * thick) * 1.9) * 1.28, seen), 0.85);
    float column = mod(floor(gl_FragCoord.x / max(RENDERSIZE.y / 720.0, 1.0)), 3.0);
    vec3 grille = 1.0 - mask * 0.55 + mask * 1.10 * vec3(column == 0.0, column == 1.0, column == 2.0);
    c *= beam * grille * (1.10 + 0.25 * mask);
    c *= 1.0 + hum * 0.28 * sin((uv.y - TIME * 0.13) * 6.2831853) + 0.02 * sin(TIME * 90.0) * hum;
    c += 0.10 * wide * wide;
    vec2 inside = smoothstep(vec2(0.0), vec2(0.006, 0.010), uv) * smoothstep(vec2(0.0), vec2(0.006, 0.010), 1.0 - uv);
    c *= inside.x * inside.y * (1.0 - curve * 0.5 * smoothstep(0.5, 1.9, dot(p, p)));
    gl_FragColor = vec4(mix(picture.rgb, c, amount), picture.a);
}
