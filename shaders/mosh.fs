/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Datamosh: movement drags the old picture along instead of the new one, until a refresh lets it through.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "feedback", "glitch"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 0.7, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how much of the dragged picture shows"},
    {"NAME": "drag", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 4.0, "LABEL": "how far movement carries it"},
    {"NAME": "refresh", "TYPE": "float", "DEFAULT": 0.8, "MIN": 0.0, "MAX": 8.0, "LABEL": "how fast the new picture comes through, a second"},
    {"NAME": "blocks", "TYPE": "float", "DEFAULT": 0.35, "MIN": 0.0, "MAX": 1.0, "LABEL": "blocks, as of a video codec"},
    {"NAME": "beat", "TYPE": "bool", "DEFAULT": false, "LABEL": "a fresh picture on every fourth beat"},
    {"NAME": "key", "TYPE": "event", "LABEL": "a fresh picture now"}
  ],
  "PASSES": [
    {"TARGET": "motion", "PERSISTENT": true, "WIDTH": "max($WIDTH / 16, 1)", "HEIGHT": "max($HEIGHT / 16, 1)"},
    {"TARGET": "last", "PERSISTENT": true, "WIDTH": "max($WIDTH / 8, 1)", "HEIGHT": "max($HEIGHT / 8, 1)"},
    {"TARGET": "memory", "PERSISTENT": true, "WIDTH": "max($WIDTH / 2, 1)", "HEIGHT": "max($HEIGHT / 2, 1)"},
    {}
  ]
}*/

float level(vec3 c) { return dot(c, vec3(0.3, 0.59, 0.11)); }
float before(vec2 uv) { return level(IMG_NORM_PIXEL(last, uv).rgb); }

void main() {
    vec2 uv = isf_FragNormCoord;
    float dt = min(TIMEDELTA, 0.1);
    if (PASSINDEX == 0) {
        // one step of Lucas and Kanade's gradient, smoothed over time
        vec2 texel = 1.5 / IMG_SIZE(last);
        vec2 slope = vec2(before(uv + vec2(texel.x, 0.0)) - before(uv - vec2(texel.x, 0.0)),
                          before(uv + vec2(0.0, texel.y)) - before(uv - vec2(0.0, texel.y)));
        float change = level(IMG_THIS_PIXEL(inputImage).rgb) - before(uv);
        vec2 move = -slope * change / (dot(slope, slope) + 0.004);
        vec2 old = IMG_THIS_PIXEL(motion).rg * exp(-dt * 3.0);
        gl_FragColor = vec4(FRAMEINDEX == 0 ? vec2(0.0) : clamp(mix(old, move, 0.25), -2.0, 2.0), 0.0, 1.0);
    } else if (PASSINDEX == 1) {
        gl_FragColor = IMG_THIS_PIXEL(inputImage);
    } else if (PASSINDEX == 2) {
        vec2 grid = IMG_SIZE(motion);
        vec2 place = mix(uv, (floor(uv * grid) + 0.5) / grid, step(0.001, blocks));
        vec2 soft = IMG_NORM_PIXEL(motion, uv).rg, hard = IMG_NORM_PIXEL(motion, place).rg;
        vec2 move = mix(soft, hard, blocks) * drag * dt * 0.8;
        vec3 old = IMG_NORM_PIXEL(memory, uv - move).rgb;
        vec3 now = IMG_THIS_PIXEL(inputImage).rgb;
        bool fresh = key || FRAMEINDEX == 0 || (beat && fract(BEAT * 0.25) * 240.0 < TEMPO * max(dt, 0.016));
        gl_FragColor = vec4(fresh ? now : mix(old, now, 1.0 - exp(-refresh * dt)), 1.0);
    } else {
        vec4 picture = IMG_THIS_PIXEL(inputImage);
        gl_FragColor = vec4(mix(picture.rgb, IMG_THIS_PIXEL(memory).rgb, amount), picture.a);
    }
}
