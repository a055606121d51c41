/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "What the sampler changed: what grew lighter glows in one colour, what grew darker in another, and both fade.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "sampler", "feedback", "time"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly it shows"},
    {"NAME": "gain", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 2.0, "LABEL": "how small a change is seen"},
    {"NAME": "against", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.05, "MAX": 4.0, "LABEL": "seconds that it is compared over"},
    {"NAME": "fade", "TYPE": "float", "DEFAULT": 0.8, "MIN": 0.05, "MAX": 6.0, "LABEL": "seconds in which a trail halves"},
    {"NAME": "rise", "TYPE": "float", "DEFAULT": 0.10, "MIN": -1.0, "MAX": 1.0, "LABEL": "how trails rise, heights a second"},
    {"NAME": "under", "TYPE": "float", "DEFAULT": 0.22, "MIN": 0.0, "MAX": 1.0, "LABEL": "how much of the picture stays below"},
    {"NAME": "lighter", "TYPE": "color", "DEFAULT": [1.0, 0.62, 0.25, 1.0], "LABEL": "what grew lighter"},
    {"NAME": "darker", "TYPE": "color", "DEFAULT": [0.20, 0.50, 1.0, 1.0], "LABEL": "what grew darker"}
  ],
  "PASSES": [
    {"TARGET": "trail", "PERSISTENT": true, "WIDTH": "max($WIDTH / 2, 1)", "HEIGHT": "max($HEIGHT / 2, 1)"},
    {"TARGET": "past", "PERSISTENT": true, "WIDTH": "max($WIDTH / 2, 1)", "HEIGHT": "max($HEIGHT / 2, 1)"},
    {}
  ]
}*/

float level(vec3 c) { return dot(c, vec3(0.3, 0.59, 0.11)); }

void main() {
    vec2 uv = isf_FragNormCoord;
    float dt = min(TIMEDELTA, 0.1);
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    if (PASSINDEX == 0) {
        // the past follows the present slowly, so a change counts the same at any frame rate
        float change = FRAMEINDEX == 0 ? 0.0 : level(picture.rgb) - IMG_THIS_PIXEL(past).r;
        vec2 both = max(vec2(change, -change) - 0.012, 0.0) * gain * 9.0;
        vec2 old = IMG_NORM_PIXEL(trail, uv - vec2(0.0, rise * dt)).rg * exp2(-dt / max(fade, 0.02));
        gl_FragColor = vec4(max(old, min(both, 1.5)), 0.0, 1.0);
    } else if (PASSINDEX == 1) {
        float now = level(picture.rgb);
        gl_FragColor = vec4(FRAMEINDEX == 0 ? now : mix(IMG_THIS_PIXEL(past).r, now, 1.0 - exp(-dt / max(against, 0.02))), 0.0, 0.0, 1.0);
    } else {
        vec2 both = IMG_THIS_PIXEL(trail).rg;
        vec3 light = lighter.rgb * both.x + darker.rgb * both.y + vec3(1.0, 0.95, 0.9) * pow(min(both.x, 1.0), 4.0) * 0.35;
        vec3 base = mix(vec3(level(picture.rgb)), picture.rgb, 0.35) * under;
        vec3 c = base + (1.0 - base) * (1.0 - exp(-light * 1.5));
        gl_FragColor = vec4(mix(picture.rgb, c, amount), picture.a);
    }
}
