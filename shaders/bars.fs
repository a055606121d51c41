/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A row of light tubes that plays a rhythm: on every step of the beat other tubes strike and die away.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "beat", "light"],
  "INPUTS": [
    {"NAME": "tubes", "TYPE": "float", "DEFAULT": 16.0, "MIN": 2.0, "MAX": 48.0, "LABEL": "how many tubes"},
    {"NAME": "steps", "TYPE": "long", "VALUES": [1, 2, 4], "LABELS": ["beats", "eighths", "sixteenths"], "DEFAULT": 2, "LABEL": "how often they strike"},
    {"NAME": "share", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.05, "MAX": 1.0, "LABEL": "share of them that strikes"},
    {"NAME": "decay", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.05, "MAX": 4.0, "LABEL": "beats in which the light dies away"},
    {"NAME": "glow", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 1.0, "LABEL": "light round the tubes"},
    {"NAME": "lie", "TYPE": "long", "VALUES": [0, 1, 2, 3], "LABELS": ["upright", "level", "aslant", "round"], "DEFAULT": 0, "LABEL": "how they lie"},
    {"NAME": "mirror", "TYPE": "bool", "DEFAULT": true, "LABEL": "the right plays as the left does"},
    {"NAME": "one", "TYPE": "color", "DEFAULT": [1.0, 0.26, 0.14, 1.0], "LABEL": "colour of the bar's first beat"},
    {"NAME": "two", "TYPE": "color", "DEFAULT": [0.26, 0.40, 1.0, 1.0], "LABEL": "colour of the others"},
    {"NAME": "solid", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "the dark behind; 0 is clear"}
  ]
}*/

float hash(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

// What one tube shines with: the last few strikes that were its own.
vec3 shine(float tube, float count) {
    float which = mirror ? min(tube, count - 1.0 - tube) : tube, now = floor(BEAT * float(steps));
    vec3 sum = vec3(0.0);
    for (int i = 0; i < 6; i++) {
        float stroke = now - float(i);
        float ago = (BEAT * float(steps) - stroke) / float(steps);
        float struck = step(hash(vec2(which + 3.0, mod(stroke, 512.0))), share);
        vec3 tone = mod(stroke, float(steps) * 4.0) < float(steps) ? one.rgb : two.rgb;
        sum = max(sum, tone * struck * exp(-ago / decay * 2.3) * min(ago * 40.0, 1.0));
    }
    return sum;
}

void main() {
    vec2 uv = isf_FragNormCoord, p = (uv * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    float count = floor(tubes + 0.5);
    float x = lie == 0 ? uv.x : lie == 1 ? uv.y : lie == 2 ? fract((p.x + p.y * 0.6) * 0.28 + 0.5) : fract(atan(p.y, p.x) / 6.2831853 + 0.25);
    float end = lie == 0 ? abs(p.y) : lie == 1 ? abs(p.x) * 0.56 : lie == 2 ? abs(p.y) : abs(length(p) - 0.55) * 1.9;
    float tube = min(floor(x * count), count - 1.0), away = abs(x * count - tube - 0.5);
    float width = lie == 3 ? 0.15 / max(length(p), 0.15) : 0.15;
    float blur = 1.5 * count / RENDERSIZE.x;
    float reach = smoothstep(0.86, 0.83, end);
    vec3 own = shine(tube, count);
    float power = max(own.r, max(own.g, own.b));
    float core = smoothstep(width + blur, width - blur, away) * reach;
    float halo = exp(-away * away * 16.0) * 0.75 + 0.10;
    halo *= glow * smoothstep(1.25, 0.6, end) * smoothstep(0.54, 0.30, away);
    vec3 light = core * (own * 2.2 + power * power * 1.1) + own * halo;
    light += core * vec3(0.020, 0.022, 0.030) * solid;
    light += glow * 0.16 * own * smoothstep(1.3, 0.2, end);
    vec3 colour = 1.0 - exp(-light * 1.6);
    float alpha = mix(clamp(max(colour.r, max(colour.g, colour.b)) * 1.3, 0.0, 1.0), 1.0, solid);
    gl_FragColor = vec4((colour + vec3(0.008, 0.008, 0.014) * solid) / max(alpha, 0.04), alpha);
}
