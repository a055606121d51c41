/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "The blades of a lens open on the new picture: a polygon that turns as it grows, or a plain circle.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["transition", "wipe"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far it has come"},
    {"NAME": "blades", "TYPE": "float", "DEFAULT": 7.0, "MIN": 3.0, "MAX": 16.0, "LABEL": "how many blades"},
    {"NAME": "roundness", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "LABEL": "straight blades, or a circle"},
    {"NAME": "turn", "TYPE": "float", "DEFAULT": 60.0, "MIN": -180.0, "MAX": 180.0, "LABEL": "how it turns, degrees"},
    {"NAME": "soft", "TYPE": "float", "DEFAULT": 0.02, "MIN": 0.0, "MAX": 0.5, "LABEL": "how softly it ends"},
    {"NAME": "shade", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "the shadow of the blades"},
    {"NAME": "centre", "TYPE": "point2D", "DEFAULT": [0.5, 0.5], "MIN": [0.0, 0.0], "MAX": [1.0, 1.0], "LABEL": "where it opens"},
    {"NAME": "closing", "TYPE": "bool", "DEFAULT": false, "LABEL": "it closes on the old one instead"}
  ]
}*/

void main() {
    vec2 aspect = vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0), p = (isf_FragNormCoord - centre) * aspect;
    float grown = closing ? 1.0 - progress : progress, n = floor(blades + 0.5), wedge = 6.2831853 / n;
    float a = atan(p.y, p.x) + radians(turn) * grown, r = length(p);
    float side = cos(mod(a, wedge) - wedge * 0.5) / cos(wedge * 0.5), d = r * mix(side * cos(wedge * 0.5), 1.0, roundness);
    // as far as to the farthest corner
    vec2 corner = (0.5 + abs(centre - 0.5)) * aspect;
    float edge = max(soft, 1.0 / RENDERSIZE.y), open = grown * (length(corner) + 2.0 * edge) - edge;
    float inside = smoothstep(open + edge, open - edge, d);
    vec4 start = IMG_THIS_PIXEL(startImage), end = IMG_THIS_PIXEL(endImage);
    vec4 inner = closing ? start : end, outer = closing ? end : start;
    // the blades lie in front, and darken what is seen through the hole beside them
    float between = smoothstep(0.0, 0.1, progress) * smoothstep(1.0, 0.9, progress);
    inner.rgb *= 1.0 - shade * between * 0.8 * exp(-max(open - d, 0.0) * 16.0);
    float blade = fract(a / wedge);
    outer.rgb *= 1.0 - shade * between * 0.35 * (1.0 - roundness) * smoothstep(0.75, 1.0, blade) * exp(-max(d - open, 0.0) * 3.0);
    gl_FragColor = mix(outer, inner, inside);
}
