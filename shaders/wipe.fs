/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A line passes over the picture, or many at once, as the slats of a blind do; a light may run along it.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["transition", "wipe"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far it has come"},
    {"NAME": "angle", "TYPE": "float", "DEFAULT": 20.0, "MIN": -180.0, "MAX": 180.0, "LABEL": "which way it goes, degrees"},
    {"NAME": "soft", "TYPE": "float", "DEFAULT": 0.12, "MIN": 0.0, "MAX": 1.0, "LABEL": "how soft the line is"},
    {"NAME": "slats", "TYPE": "float", "DEFAULT": 1.0, "MIN": 1.0, "MAX": 32.0, "LABEL": "how many lines"},
    {"NAME": "glow", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.0, "MAX": 1.0, "LABEL": "the light along the line"},
    {"NAME": "tint", "TYPE": "color", "DEFAULT": [1.0, 0.90, 0.75, 1.0], "LABEL": "its colour"}
  ]
}*/

void main() {
    float aspect = RENDERSIZE.x / RENDERSIZE.y, a = radians(angle);
    vec2 way = vec2(cos(a), sin(a)), p = (isf_FragNormCoord - 0.5) * vec2(aspect, 1.0);
    // from 0 at the corner that it begins in to 1 at the last
    float reach = abs(way.x) * aspect + abs(way.y), x = dot(p, way) / reach + 0.5, n = floor(slats + 0.5);
    float slat = n > 1.0 ? fract(min(x, 0.99999) * n) : x, edge = max(soft, 0.002);
    float come = smoothstep(slat, slat + edge, progress * (1.0 + edge));
    vec4 c = mix(IMG_THIS_PIXEL(startImage), IMG_THIS_PIXEL(endImage), come);
    float near = exp(-abs(progress * (1.0 + edge) - slat - edge * 0.5) * 26.0 / sqrt(n)) * smoothstep(0.0, 0.08, progress) * smoothstep(1.0, 0.92, progress);
    gl_FragColor = vec4(c.rgb + (1.0 - min(c.rgb, 1.0)) * tint.rgb * glow * near, c.a);
}
