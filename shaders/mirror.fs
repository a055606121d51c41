/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A mirror in the picture: one half, a quarter or a slanting side is shown twice, along a line that may wander.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "geometry"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly the reflection shows"},
    {"NAME": "angle", "TYPE": "float", "DEFAULT": 0.0, "MIN": -180.0, "MAX": 180.0, "LABEL": "how the mirror stands, degrees"},
    {"NAME": "place", "TYPE": "float", "DEFAULT": 0.0, "MIN": -1.0, "MAX": 1.0, "LABEL": "where it stands"},
    {"NAME": "second", "TYPE": "bool", "DEFAULT": false, "LABEL": "a second one across it"},
    {"NAME": "wander", "TYPE": "float", "DEFAULT": 0.15, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far it wanders"},
    {"NAME": "flip", "TYPE": "bool", "DEFAULT": false, "LABEL": "on every other beat the other side is shown"},
    {"NAME": "shade", "TYPE": "float", "DEFAULT": 0.15, "MIN": 0.0, "MAX": 1.0, "LABEL": "how much darker the reflection is"}
  ]
}*/

// What is the same for the whole picture comes from mirror.vs.
varying vec3 line;                  // the way across the mirror, and how far off it stands

void main() {
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec2 aspect = vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0), p = (isf_FragNormCoord * 2.0 - 1.0) * aspect;
    vec2 way = line.xy, along = vec2(-way.y, way.x);
    float out_by = dot(p, way) - line.z;
    vec2 q = p - 2.0 * max(out_by, 0.0) * way;
    float up = second ? max(dot(q, along), 0.0) : 0.0;
    q -= 2.0 * up * along;
    vec2 uv = 0.5 + 0.5 * q / aspect;
    vec4 seen = IMG_NORM_PIXEL(inputImage, 1.0 - abs(1.0 - mod(uv, 2.0)));
    float reflected = clamp(smoothstep(-0.004, 0.004, out_by) + smoothstep(0.0, 0.004, up), 0.0, 1.0);
    seen.rgb *= 1.0 - shade * reflected;
    gl_FragColor = mix(picture, seen, amount);
}
