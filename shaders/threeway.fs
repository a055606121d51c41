/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A colourist's desk: a look from the film laboratory, and three wheels for shadows, middle tones and lights.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "colour"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "look", "TYPE": "long", "VALUES": [0, 1, 2, 3, 4, 5, 6], "LABELS": ["none", "teal and orange", "bleach bypass", "cross process", "two-strip", "day for night", "sepia"], "DEFAULT": 1, "IDENTITY": 0, "LABEL": "a look to begin with"},
    {"NAME": "strength", "TYPE": "float", "DEFAULT": 0.85, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "strength of the look"},
    {"NAME": "lift", "TYPE": "color", "DEFAULT": [0.5, 0.5, 0.5, 1.0], "IDENTITY": [0.5, 0.5, 0.5, 1.0], "LABEL": "shadows; grey is neutral"},
    {"NAME": "gamma", "TYPE": "color", "DEFAULT": [0.5, 0.5, 0.5, 1.0], "IDENTITY": [0.5, 0.5, 0.5, 1.0], "LABEL": "middle tones; grey is neutral"},
    {"NAME": "gain", "TYPE": "color", "DEFAULT": [0.5, 0.5, 0.5, 1.0], "IDENTITY": [0.5, 0.5, 0.5, 1.0], "LABEL": "lights; grey is neutral"}
  ]
}*/

float luma(vec3 c) { return dot(c, vec3(0.2126, 0.7152, 0.0722)); }

// A curve with a toe and a shoulder round 0.5; k is how steep it is.
vec3 curve(vec3 c, float k) { return mix(c, c * c * (3.0 - 2.0 * c), k); }

vec3 looked(vec3 c) {
    float y = luma(c);
    if (look == 1) {
        float warm = smoothstep(-0.25, 0.30, c.r - c.b + 0.35 * (y - 0.45));
        vec3 teal = vec3(0.20, 0.58, 0.64), orange = vec3(0.98, 0.62, 0.36), aim = mix(teal, orange, warm);
        return curve(mix(c, aim * (y / luma(aim)), 0.62 * (1.0 - y * y)), 0.45);
    }
    if (look == 2) return curve(curve(mix(c, vec3(y), 0.62), 1.0), 0.35) * vec3(1.0, 1.01, 0.98);
    if (look == 3) {
        vec3 s = curve(c, 0.9);
        return vec3(s.r * 1.04, mix(c.g, s.g, 0.7), 0.16 + 0.62 * c.b) * vec3(1.0, 1.0, 0.92) + vec3(0.0, 0.03, 0.02) * (1.0 - y);
    }
    if (look == 4) {
        float red = c.r, cyan = 0.55 * c.g + 0.45 * c.b;
        return curve(vec3(red * 0.98 + 0.02, cyan * 0.84 + red * 0.12, cyan * 0.86 + red * 0.06), 0.3);
    }
    if (look == 5) return curve(mix(vec3(y), c, 0.35), 0.3) * vec3(0.20, 0.36, 0.62) * (0.85 + 0.9 * y * y);
    return mix(vec3(0.10, 0.05, 0.03), vec3(1.0, 0.93, 0.78), pow(y, 0.92)) * vec3(1.0, 0.95, 0.88);
}

void main() {
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec3 c = clamp(picture.rgb, 0.0, 1.0);
    if (look > 0) c = mix(c, clamp(looked(c), 0.0, 1.0), strength);
    // lift, gamma and gain of the American Society of Cinematographers' three wheels: black, middle and white move
    vec3 low = (lift.rgb - 0.5) * 0.5, high = exp2((gain.rgb - 0.5) * 2.0), power = exp2((0.5 - gamma.rgb) * 2.4);
    c = pow(max(c * (1.0 - low) + low, 0.0), power) * high;
    gl_FragColor = vec4(c, picture.a);
}
