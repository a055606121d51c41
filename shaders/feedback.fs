/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A camera that films its own screen: pictures within pictures, each a little older, turned and of another hue.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "feedback"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 0.9, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly the screen shows"},
    {"NAME": "scale", "TYPE": "float", "DEFAULT": 0.80, "MIN": 0.5, "MAX": 1.2, "LABEL": "size of the picture within the picture"},
    {"NAME": "turn", "TYPE": "float", "DEFAULT": 8.0, "MIN": -45.0, "MAX": 45.0, "LABEL": "how the camera is turned, degrees"},
    {"NAME": "shift", "TYPE": "point2D", "DEFAULT": [0.0, 0.0], "MIN": [-0.5, -0.5], "MAX": [0.5, 0.5], "LABEL": "how it is moved aside, heights"},
    {"NAME": "gain", "TYPE": "float", "DEFAULT": 0.95, "MIN": 0.5, "MAX": 1.1, "LABEL": "light that each round keeps"},
    {"NAME": "hue", "TYPE": "float", "DEFAULT": 14.0, "MIN": -90.0, "MAX": 90.0, "LABEL": "how the hue turns each round, degrees"},
    {"NAME": "key", "TYPE": "float", "DEFAULT": 0.55, "MIN": 0.0, "MAX": 1.0, "LABEL": "what is darker lets the screen through"},
    {"NAME": "rate", "TYPE": "float", "DEFAULT": 10.0, "MIN": 1.0, "MAX": 25.0, "LABEL": "rounds a second"}
  ],
  "PASSES": [
    {"TARGET": "screen", "PERSISTENT": true},
    {}
  ]
}*/

vec3 turned(vec3 colour, float angle) {
    vec3 axis = vec3(0.57735);
    float c = cos(angle), s = sin(angle);
    return colour * c + cross(axis, colour) * s + axis * dot(axis, colour) * (1.0 - c);
}

// The picture over what the camera sees on the screen.
vec3 filmed(vec3 now) {
    vec2 aspect = vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    float a = radians(turn), c = cos(a), s = sin(a);
    vec2 uv = 0.5 + mat2(c, s, -s, c) * ((isf_FragNormCoord - 0.5) * aspect - shift) / (aspect * scale);
    vec2 within = smoothstep(vec2(0.0), 1.5 / RENDERSIZE, uv) * smoothstep(vec2(0.0), 1.5 / RENDERSIZE, 1.0 - uv);
    vec3 old = clamp(turned(IMG_NORM_PIXEL(screen, uv).rgb * gain, radians(hue)), 0.0, 1.0);
    float level = dot(now, vec3(0.3, 0.59, 0.11)), hold = smoothstep(key - 0.12, key + 0.12, level);
    return mix(now, old, within.x * within.y * (1.0 - hold));
}

void main() {
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    if (PASSINDEX == 0) {
        // a round is taken at an even rate, whatever the frame rate is
        bool round_ = FRAMEINDEX == 0 || fract(TIME * rate) < rate * TIMEDELTA;
        vec3 old = IMG_THIS_PIXEL(screen).rgb;
        gl_FragColor = vec4(round_ ? filmed(picture.rgb) : old, 1.0);
        return;
    }
    gl_FragColor = vec4(mix(picture.rgb, filmed(picture.rgb), amount), picture.a);
}
