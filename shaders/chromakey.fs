/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Chroma key: one colour becomes a hole through which the layers below are seen, and its spill is taken away.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "key"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how far the hole opens"},
    {"NAME": "key", "TYPE": "color", "DEFAULT": [0.0, 0.69, 0.25, 1.0], "LABEL": "the colour that becomes a hole"},
    {"NAME": "range", "TYPE": "float", "DEFAULT": 0.22, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far a colour may be from it"},
    {"NAME": "soft", "TYPE": "float", "DEFAULT": 0.20, "MIN": 0.01, "MAX": 1.0, "LABEL": "how softly the hole ends"},
    {"NAME": "spill", "TYPE": "float", "DEFAULT": 0.7, "MIN": 0.0, "MAX": 1.0, "LABEL": "how much of its cast is taken away"},
    {"NAME": "invert", "TYPE": "bool", "DEFAULT": false, "LABEL": "only that colour stays"},
    {"NAME": "view", "TYPE": "long", "VALUES": [0, 1], "LABELS": ["picture", "matte"], "DEFAULT": 0, "LABEL": "the picture, or its matte"}
  ]
}*/

// A colour without its brightness: the two differences of BT.709.
vec2 chroma(vec3 c) { return vec2(dot(c, vec3(-0.1146, -0.3854, 0.5)), dot(c, vec3(0.5, -0.4542, -0.0458))); }

void main() {
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec2 own = chroma(picture.rgb), aim = chroma(key.rgb), way = aim / max(length(aim), 1e-3);
    // along the key's hue distances count less than away from it: a screen is seldom evenly lit
    vec2 off = own - aim;
    float along = dot(off, way), distance_ = length(vec2(max(-along, 0.0) * 0.8, dot(off, vec2(-way.y, way.x))));
    float stays = smoothstep(range * 0.5, range * 0.5 + soft * 0.4, distance_);
    if (invert) stays = 1.0 - stays;
    float tinge = max(dot(own, way), 0.0) * spill * (invert ? 0.0 : 1.0) * stays;
    vec2 less = own - way * tinge;
    float y = dot(picture.rgb, vec3(0.2126, 0.7152, 0.0722));
    vec3 clean = vec3(y + 1.5748 * less.y, y - 0.1873 * less.x - 0.4681 * less.y, y + 1.8556 * less.x);
    vec4 keyed = view == 1 ? vec4(vec3(stays), 1.0) : vec4(max(clean, 0.0), picture.a * stays);
    gl_FragColor = mix(picture, keyed, amount);
}
