/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Time sliced: the picture in strips, each of them a little further back in the past than its neighbour.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "time"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly the past shows"},
    {"NAME": "strips", "TYPE": "float", "DEFAULT": 12.0, "MIN": 2.0, "MAX": 64.0, "LABEL": "how many strips"},
    {"NAME": "span", "TYPE": "float", "DEFAULT": 1.5, "MIN": 0.1, "MAX": 8.0, "LABEL": "seconds that the last is behind"},
    {"NAME": "order", "TYPE": "long", "VALUES": [0, 1, 2], "LABELS": ["from the left", "from the middle", "mixed"], "DEFAULT": 1, "LABEL": "which strips are behind"},
    {"NAME": "upright", "TYPE": "bool", "DEFAULT": true, "LABEL": "strips from top to bottom"},
    {"NAME": "seam", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.0, "MAX": 1.0, "LABEL": "shadows at the seams"},
    {"NAME": "fade", "TYPE": "float", "DEFAULT": 0.2, "MIN": 0.0, "MAX": 1.0, "LABEL": "how the past darkens"}
  ],
  "PASSES": [
    {"TARGET": "past", "PERSISTENT": true},
    {}
  ]
}*/

// The last sixteen pictures lie in a square of four by four; one is taken `rate` times a second.
float rate() { return 14.0 / max(span, 0.05); }

vec3 taken(float n, vec2 uv) {
    float slot = mod(n, 16.0);
    vec2 edge = 2.0 / IMG_SIZE(past);
    return IMG_NORM_PIXEL(past, (vec2(mod(slot, 4.0), floor(slot / 4.0)) + clamp(uv, edge, 1.0 - edge)) * 0.25).rgb;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    float now = floor(TIME * rate());
    if (PASSINDEX == 0) {
        vec2 cell = floor(uv * 4.0);
        float news = now - floor((TIME - TIMEDELTA) * rate()), age = mod(now - cell.x - 4.0 * cell.y, 16.0);
        bool write = FRAMEINDEX == 0 || age < news;
        gl_FragColor = write ? IMG_NORM_PIXEL(inputImage, fract(uv * 4.0)) : IMG_THIS_PIXEL(past);
        return;
    }
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    float n = floor(strips + 0.5), x = (upright ? uv.x : uv.y) * n, strip = min(floor(x), n - 1.0);
    float behind = order == 0 ? strip / (n - 1.0) : order == 1 ? abs(strip * 2.0 - n + 1.0) / (n - 1.0) : fract(strip * 0.618034);
    float at = TIME * rate() - behind * 14.0, first = floor(at);
    vec3 newer = first + 1.0 > now ? picture.rgb : taken(first + 1.0, uv);
    vec3 old = behind > 0.0 ? mix(taken(first, uv), newer, at - first) : picture.rgb;
    float away = fract(x), side = order == 1 && strip * 2.0 < n - 1.0 ? 1.0 - away : away;
    old *= (1.0 - fade * 0.6 * behind) * (1.0 - seam * 0.5 * exp(-side * 9.0) * step(0.001, behind));
    gl_FragColor = vec4(mix(picture.rgb, old, amount), picture.a);
}
