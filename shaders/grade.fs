/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Colour grading: exposure, contrast, temperature, saturation, hue, and colours for shadows and lights.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "colour"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "exposure", "TYPE": "float", "DEFAULT": 0.0, "MIN": -3.0, "MAX": 3.0, "IDENTITY": 0.0, "LABEL": "stops"},
    {"NAME": "contrast", "TYPE": "float", "DEFAULT": 0.12, "MIN": -1.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "contrast"},
    {"NAME": "temperature", "TYPE": "float", "DEFAULT": 0.0, "MIN": -1.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "cold to warm"},
    {"NAME": "saturation", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 2.0, "IDENTITY": 1.0, "LABEL": "saturation"},
    {"NAME": "hue", "TYPE": "float", "DEFAULT": 0.0, "MIN": -180.0, "MAX": 180.0, "IDENTITY": 0.0, "LABEL": "hue, degrees"},
    {"NAME": "split", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "strength of the two colours"},
    {"NAME": "shadows", "TYPE": "color", "DEFAULT": [0.10, 0.35, 0.55, 1.0], "LABEL": "colour of the shadows"},
    {"NAME": "lights", "TYPE": "color", "DEFAULT": [1.0, 0.72, 0.42, 1.0], "LABEL": "colour of the lights"}
  ]
}*/

// What is the same for the whole picture comes from grade.vs.
varying vec3 red, green, blue;      // rows of one matrix: exposure, temperature, hue and saturation
varying vec3 low, high;             // what shadows and lights are given, of no brightness of their own
varying vec2 curve;                 // share of an S curve, and of a flat one

const vec3 LUMA = vec3(0.2126, 0.7152, 0.0722);

void main() {
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec3 c = max(picture.rgb, 0.0);
    c = vec3(dot(red, c), dot(green, c), dot(blue, c));
    float l = clamp(dot(c, LUMA), 0.0, 1.0), d = 1.0 - l;
    c = max(c, 0.0);
    c += curve.x * (c * c * (3.0 - 2.0 * min(c, 1.0)) - c) + curve.y * (0.375 - 0.75 * c);
    c += l * (d * d * low + l * (1.25 - l) * high);
    gl_FragColor = vec4(max(c, 0.0), picture.a);
}
