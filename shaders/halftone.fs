/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Printed: the picture through turned screens of dots, in its own colours or in ink on paper.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "look"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 0.8, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly it shows"},
    {"NAME": "dots", "TYPE": "float", "DEFAULT": 90.0, "MIN": 20.0, "MAX": 240.0, "LABEL": "rows of dots"},
    {"NAME": "angle", "TYPE": "float", "DEFAULT": 25.0, "MIN": -90.0, "MAX": 90.0, "LABEL": "angle of the screen, degrees"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.15, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "dots that swell on the beat"},
    {"NAME": "mono", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "one ink instead of the picture's colours"},
    {"NAME": "paper", "TYPE": "color", "DEFAULT": [0.95, 0.91, 0.83, 1.0], "LABEL": "paper"},
    {"NAME": "ink", "TYPE": "color", "DEFAULT": [0.08, 0.07, 0.12, 1.0], "LABEL": "ink"}
  ]
}*/

// What is the same for the whole picture comes from halftone.vs.
varying vec2 way;                   // along a row of dots, a pixel in dots
varying vec3 grow;                  // how soft an edge is and how large the largest dot, of a dot; a dot in square pixels

void main() {
    vec2 grid = mat2(way.x, way.y, -way.y, way.x) * gl_FragCoord.xy;
    vec2 away = fract(grid) - 0.5;
    vec2 middle = mat2(way.x, -way.y, way.y, way.x) * (floor(grid) + 0.5) * grow.z / RENDERSIZE;
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec3 tone = IMG_NORM_PIXEL(inputImage, middle).rgb;
    float dark = 1.0 - clamp(dot(tone, vec3(0.3, 0.59, 0.11)), 0.0, 1.0);
    float radius = sqrt(dark) * grow.y;
    float dot_ = smoothstep(radius + grow.x, radius - grow.x, length(away));
    vec3 own = mix(tone * 0.35 + 0.65 * sqrt(max(tone, 0.0)), tone * 0.55, dot_);
    vec3 print = mix(own, mix(paper.rgb, ink.rgb, dot_), mono);
    gl_FragColor = vec4(mix(picture.rgb, print, amount), picture.a);
}
