/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "The picture drawn: only its outlines, in chalk on slate, ink on paper, or its own colours.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "look"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly it shows"},
    {"NAME": "width", "TYPE": "float", "DEFAULT": 1.6, "MIN": 0.5, "MAX": 6.0, "LABEL": "width of the lines"},
    {"NAME": "detail", "TYPE": "float", "DEFAULT": 0.85, "MIN": 0.0, "MAX": 1.0, "LABEL": "how faint an edge still counts"},
    {"NAME": "tone", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "LABEL": "how much of the shading is rubbed in"},
    {"NAME": "drawn", "TYPE": "long", "VALUES": [0, 1, 2], "LABELS": ["chalk", "ink", "colours"], "DEFAULT": 0, "LABEL": "what it is drawn with"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.2, "MIN": 0.0, "MAX": 1.0, "LABEL": "lines that thicken on the beat"},
    {"NAME": "light", "TYPE": "color", "DEFAULT": [0.94, 0.93, 0.88, 1.0], "LABEL": "chalk, or paper"},
    {"NAME": "dark", "TYPE": "color", "DEFAULT": [0.09, 0.13, 0.15, 1.0], "LABEL": "slate, or ink"}
  ]
}*/

float hash(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

vec3 at(vec2 offset) { return sqrt(max(IMG_NORM_PIXEL(inputImage, isf_FragNormCoord + offset).rgb, 0.0)); }

void main() {
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec2 d = width * (1.0 + kick * exp(-5.0 * fract(BEAT))) / 720.0 * vec2(RENDERSIZE.y / RENDERSIZE.x, 1.0);
    vec3 nw = at(vec2(-d.x, d.y)), n = at(vec2(0.0, d.y)), ne = at(d), w = at(vec2(-d.x, 0.0)), e = at(vec2(d.x, 0.0));
    vec3 sw = at(-d), s = at(vec2(0.0, -d.y)), se = at(vec2(d.x, -d.y));
    // Sobel's operator on each colour, the strongest counts
    vec3 across = ne + 2.0 * e + se - nw - 2.0 * w - sw, up = nw + 2.0 * n + ne - sw - 2.0 * s - se;
    vec3 steep = sqrt(across * across + up * up);
    float edge = max(steep.r, max(steep.g, steep.b)), least = mix(0.9, 0.06, detail);
    float line = smoothstep(least, least * 2.6 + 0.12, edge);
    float level = dot(picture.rgb, vec3(0.3, 0.59, 0.11));
    float grit = hash(floor(gl_FragCoord.xy / max(RENDERSIZE.y / 540.0, 1.0)));
    vec3 c;
    if (drawn == 0) {
        float chalk = line * (0.72 + 0.28 * grit) + tone * level * level * (0.35 + 0.5 * grit);
        c = mix(dark.rgb * (0.92 + 0.12 * grit), light.rgb, clamp(chalk, 0.0, 1.0));
    } else if (drawn == 1) {
        float ink = max(line, tone * 1.6 * smoothstep(0.5, 0.05, level) * (0.6 + 0.4 * grit));
        c = mix(light.rgb, dark.rgb, clamp(ink, 0.0, 1.0));
    } else {
        vec3 own = picture.rgb / max(max(picture.r, max(picture.g, picture.b)), 0.05);
        c = mix(picture.rgb * tone, own, line);
    }
    gl_FragColor = vec4(mix(picture.rgb, c, amount), picture.a);
}
