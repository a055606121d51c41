/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Echoes in time: what moved is seen again, a fraction of a beat later and once more, each time in another tint.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "time", "sampler", "beat"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 0.8, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly the echoes show"},
    {"NAME": "gap", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.125, "MAX": 2.0, "LABEL": "beats between two echoes"},
    {"NAME": "fade", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "LABEL": "how much each is fainter than the one before"},
    {"NAME": "grow", "TYPE": "float", "DEFAULT": 0.06, "MIN": -0.3, "MAX": 0.3, "LABEL": "how much each is larger than the one before"},
    {"NAME": "join", "TYPE": "long", "VALUES": [0, 1, 2], "LABELS": ["lighter", "darker", "mean"], "DEFAULT": 0, "LABEL": "what of an echo is seen"},
    {"NAME": "early", "TYPE": "color", "DEFAULT": [0.35, 0.85, 1.0, 1.0], "LABEL": "tint of the first echo"},
    {"NAME": "late", "TYPE": "color", "DEFAULT": [1.0, 0.25, 0.55, 1.0], "LABEL": "tint of the last"}
  ],
  "PASSES": [
    {"TARGET": "past", "PERSISTENT": true},
    {}
  ]
}*/

// The last sixteen pictures lie in a square of four by four; there are 3.5 to a gap, so that four gaps find room.
float counted(float beat) { return beat * 3.5 / max(gap, 0.05); }

vec3 taken(float n, vec2 uv) {
    float slot = mod(n, 16.0);
    vec2 edge = 2.0 / IMG_SIZE(past);
    return IMG_NORM_PIXEL(past, (vec2(mod(slot, 4.0), floor(slot / 4.0)) + clamp(uv, edge, 1.0 - edge)) * 0.25).rgb;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    float now = floor(counted(BEAT));
    if (PASSINDEX == 0) {
        vec2 cell = floor(uv * 4.0);
        float news = now - floor(counted(BEAT - TIMEDELTA * TEMPO / 60.0)), age = mod(now - cell.x - 4.0 * cell.y, 16.0);
        bool write = FRAMEINDEX == 0 || age < news;
        gl_FragColor = write ? IMG_NORM_PIXEL(inputImage, fract(uv * 4.0)) : IMG_THIS_PIXEL(past);
        return;
    }
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec3 sum = picture.rgb;
    float strength = amount;
    for (int i = 1; i <= 4; i++) {
        float k = float(i), at = counted(BEAT) - k * 3.5, first = floor(at);
        vec2 place = 0.5 + (uv - 0.5) * exp(-grow * k);
        vec3 old = mix(taken(first, place), taken(first + 1.0, place), at - first), tint = mix(early.rgb, late.rgb, (k - 1.0) / 3.0);
        if (join == 0) sum += max(old * mix(vec3(1.0), tint, 0.75) - picture.rgb, 0.0) * strength * 0.55;
        else if (join == 1) sum = mix(sum, min(sum, mix(vec3(1.0), old, 0.8) * mix(vec3(1.0), tint, 0.4) + 0.15), strength);
        else sum = mix(sum, old * mix(vec3(1.0), tint, 0.35), strength * 0.45);
        strength *= 1.0 - fade;
    }
    gl_FragColor = vec4(sum, picture.a);
}
