/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "The picture within the picture, for ever: an endless zoom that winds into its own middle.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "geometry"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly it shows"},
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 0.12, "MIN": -2.0, "MAX": 2.0, "LABEL": "pictures a second that are passed"},
    {"NAME": "ratio", "TYPE": "float", "DEFAULT": 3.0, "MIN": 1.5, "MAX": 8.0, "LABEL": "how much smaller each is"},
    {"NAME": "wind", "TYPE": "float", "DEFAULT": 0.5, "MIN": -2.0, "MAX": 2.0, "LABEL": "turns on the way to the next"},
    {"NAME": "soft", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.02, "MAX": 0.9, "LABEL": "how softly one passes into the next"}
  ]
}*/

vec3 look(vec2 p, float level, float turn, vec2 aspect) {
    float a = turn * (level - 0.5) * 6.2831853, c = cos(a), s = sin(a);
    vec2 uv = 0.5 + 0.5 * (mat2(c, s, -s, c) * p) / aspect;
    return IMG_NORM_PIXEL(inputImage, 1.0 - abs(1.0 - mod(uv, 2.0))).rgb;
}

void main() {
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec2 aspect = vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    vec2 p = (isf_FragNormCoord * 2.0 - 1.0) * aspect;
    float scale = log2(ratio);
    float depth = log2(max(length(p), 1e-4)) / scale - TIME * speed;
    // which picture, and how far through it: two neighbours are mixed where they meet
    float level = fract(depth);
    vec2 way = p / max(length(p), 1e-4);
    float turn = wind * 0.5;
    vec3 here = look(way * exp2((level - 0.75) * scale) * 1.6, level, turn, aspect);
    vec3 next = look(way * exp2((level - 1.75) * scale) * 1.6, level - 1.0, turn, aspect);
    vec3 wound = mix(here, next, smoothstep(1.0 - soft, 1.0, level));
    gl_FragColor = vec4(mix(picture.rgb, wound, amount), picture.a);
}
