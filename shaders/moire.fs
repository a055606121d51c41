/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Two screens of fine lines printed one over the other: where they nearly agree, large figures appear and move.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "geometry"],
  "INPUTS": [
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 2.0, "LABEL": "how fast one screen moves over the other"},
    {"NAME": "lines", "TYPE": "float", "DEFAULT": 26.0, "MIN": 8.0, "MAX": 120.0, "LABEL": "lines from the middle to the edge"},
    {"NAME": "apart", "TYPE": "float", "DEFAULT": 0.35, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far apart the screens lie"},
    {"NAME": "bend", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.0, "MAX": 1.0, "LABEL": "how the lines are bent"},
    {"NAME": "form", "TYPE": "long", "VALUES": [0, 1, 2], "LABELS": ["rings", "lines", "rays"], "DEFAULT": 0, "LABEL": "what the screens are made of"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.0, "MAX": 1.0, "LABEL": "a shift on the beat"},
    {"NAME": "paper", "TYPE": "color", "DEFAULT": [0.95, 0.91, 0.82, 1.0], "LABEL": "paper"},
    {"NAME": "first", "TYPE": "color", "DEFAULT": [0.93, 0.30, 0.24, 1.0], "LABEL": "the first ink"},
    {"NAME": "second", "TYPE": "color", "DEFAULT": [0.08, 0.30, 0.50, 1.0], "LABEL": "the second ink"}
  ]
}*/

// A line's share of this pixel: an even screen whose edges are as soft as a pixel is wide.
float grating(float x, float wide) {
    float blur = max(wide, 1e-4), wave = abs(fract(x) - 0.5) * 2.0;
    return mix(smoothstep(0.56 - blur, 0.56 + blur, wave), 0.44, smoothstep(0.45, 0.9, blur));
}

float screen(vec2 p, float turn) {
    float c = cos(turn), s = sin(turn);
    p = mat2(c, s, -s, c) * p;
    float x = length(p + bend * 0.05 * sin(p.yx * 5.0)) * lines * 0.75;
    if (form == 1) x = p.x * lines * 0.6 + 1.2 * bend * sin(p.y * 4.0);
    if (form != 2) return grating(x, fwidth(x));
    // as many rays on the left of the seam as fit on its right; how wide a pixel is, is told by the side without a seam
    float a = atan(p.y, p.x) / 6.2831853, count = floor(lines * 1.6), bent = 5.0 * bend * length(p);
    return grating(a * count + bent, min(fwidth(a * count + bent), fwidth(fract(a) * count + bent)));
}

void main() {
    vec2 p = (isf_FragNormCoord * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    float t = TIME * speed, push = kick * exp(-5.0 * fract(BEAT));
    vec2 away = apart * (0.5 * vec2(cos(t * 0.9), 0.7 * sin(t * 1.3)) + push * 0.12 * vec2(cos(t * 3.0), sin(t * 3.0)));
    float one = screen(p - away, t * 0.11), two = screen(p + away, -t * 0.13 - apart * 0.25 - push * 0.04);
    vec3 colour = paper.rgb * mix(vec3(1.0), first.rgb, one) * mix(vec3(1.0), second.rgb, two);
    gl_FragColor = vec4(colour, 1.0);
}
