/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A kaleidoscope: the picture folded into a star of mirrors that turns.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "geometry"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how far the mirrors close"},
    {"NAME": "mirrors", "TYPE": "float", "DEFAULT": 6.0, "MIN": 2.0, "MAX": 24.0, "LABEL": "how many"},
    {"NAME": "turn", "TYPE": "float", "DEFAULT": 0.1, "MIN": -2.0, "MAX": 2.0, "LABEL": "how fast they turn"},
    {"NAME": "angle", "TYPE": "float", "DEFAULT": 0.0, "MIN": -180.0, "MAX": 180.0, "LABEL": "where in the picture they look, degrees"},
    {"NAME": "zoom", "TYPE": "float", "DEFAULT": 0.9, "MIN": 0.3, "MAX": 4.0, "LABEL": "zoom"},
    {"NAME": "wander", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far the tube strolls over the picture"},
    {"NAME": "centre", "TYPE": "point2D", "DEFAULT": [0.5, 0.5], "MIN": [0.0, 0.0], "MAX": [1.0, 1.0], "LABEL": "where the star stands"}
  ]
}*/

// What is the same for the whole picture comes from kaleido.vs.
varying vec4 turned;                // a mirror's angle, how far they have turned, the picture's angle, and one over the zoom
varying vec2 stroll;

void main() {
    vec2 aspect = vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    vec2 p = (isf_FragNormCoord - centre) * aspect;
    float a = atan(p.y, p.x) - turned.y;
    a = abs(mod(a, 2.0 * turned.x) - turned.x) + turned.z;
    vec2 folded = vec2(cos(a), sin(a)) * length(p) * turned.w;
    vec2 uv = mix(isf_FragNormCoord, stroll + folded / aspect, amount);
    gl_FragColor = IMG_NORM_PIXEL(inputImage, 1.0 - abs(1.0 - mod(uv, 2.0)));
}
