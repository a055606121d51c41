/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Light that stays: what was bright drifts on, zooms, turns, shifts its hue and fades.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "feedback"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 0.85, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly the trails show"},
    {"NAME": "fade", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.05, "MAX": 8.0, "LABEL": "seconds in which they halve"},
    {"NAME": "zoom", "TYPE": "float", "DEFAULT": 0.25, "MIN": -2.0, "MAX": 2.0, "IDENTITY": 0.0, "LABEL": "how they grow, a second"},
    {"NAME": "turn", "TYPE": "float", "DEFAULT": 0.0, "MIN": -180.0, "MAX": 180.0, "LABEL": "how they turn, degrees a second"},
    {"NAME": "drift", "TYPE": "point2D", "DEFAULT": [0.0, 0.0], "MIN": [-1.0, -1.0], "MAX": [1.0, 1.0], "LABEL": "how they move, heights a second"},
    {"NAME": "hue", "TYPE": "float", "DEFAULT": 0.03, "MIN": -1.0, "MAX": 1.0, "LABEL": "how their hue turns, a second"},
    {"NAME": "threshold", "TYPE": "float", "DEFAULT": 0.45, "MIN": 0.0, "MAX": 1.0, "LABEL": "what is dark leaves no trail"},
    {"NAME": "wipe", "TYPE": "event", "LABEL": "begin anew"}
  ],
  "PASSES": [
    {"TARGET": "trail", "PERSISTENT": true, "FLOAT": true, "WIDTH": "max($WIDTH / 2, 1)", "HEIGHT": "max($HEIGHT / 2, 1)"},
    {}
  ]
}*/

vec3 turned(vec3 colour, float angle) {
    vec3 axis = vec3(0.57735);
    float c = cos(angle), s = sin(angle);
    return colour * c + cross(axis, colour) * s + axis * dot(axis, colour) * (1.0 - c);
}

void main() {
    if (PASSINDEX == 0) {
        float dt = min(TIMEDELTA, 0.1);
        vec2 aspect = vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
        vec2 p = (isf_FragNormCoord - 0.5) * aspect - drift * dt;
        float a = radians(turn) * dt, c = cos(a), s = sin(a);
        p = mat2(c, -s, s, c) * p * exp(-zoom * dt);
        vec3 old = IMG_NORM_PIXEL(trail, 0.5 + p / aspect).rgb * exp2(-dt / max(fade, 0.02));
        old = max(turned(old, hue * dt * 6.2832), 0.0);
        vec3 now = IMG_THIS_PIXEL(inputImage).rgb;
        float bright = max(now.r, max(now.g, now.b));
        now *= smoothstep(threshold - 0.15, threshold + 0.25, bright);
        gl_FragColor = wipe ? vec4(now, 1.0) : vec4(min(max(old, now), 8.0), 1.0);
        return;
    }
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec3 light = IMG_THIS_PIXEL(trail).rgb;
    gl_FragColor = vec4(picture.rgb + max(light - picture.rgb, 0.0) * amount, picture.a);
}
