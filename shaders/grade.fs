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

void main() {
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec3 c = max(picture.rgb, 0.0) * exp2(exposure);
    c *= 1.0 + temperature * vec3(0.22, 0.03, -0.25);
    float a = radians(hue), ca = cos(a), sa = sin(a);
    vec3 axis = vec3(0.57735);
    c = c * ca + cross(axis, c) * sa + axis * dot(axis, c) * (1.0 - ca);
    float y = dot(c, vec3(0.2126, 0.7152, 0.0722));
    c = max(mix(vec3(y), c, saturation), 0.0);
    vec3 curve = c * c * (3.0 - 2.0 * min(c, 1.0));
    c = contrast >= 0.0 ? mix(c, curve, contrast) : mix(c, vec3(0.5) + (c - 0.5) * 0.25, -contrast);
    float l = clamp(y, 0.0, 1.0);
    float ys = dot(shadows.rgb, vec3(0.2126, 0.7152, 0.0722)), yl = dot(lights.rgb, vec3(0.2126, 0.7152, 0.0722));
    vec3 low = (shadows.rgb - ys) * (1.0 - l) * (1.0 - l) * l * 2.2, high = (lights.rgb - yl) * l * l * (1.25 - l) * 1.6;
    gl_FragColor = vec4(max(c + split * (low + high), 0.0), picture.a);
}
