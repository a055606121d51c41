/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "The beam of an oscilloscope that draws knots and roses on a screen which glows on after it.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "geometry", "feedback"],
  "INPUTS": [
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.1, "MAX": 4.0, "LABEL": "figures a beat"},
    {"NAME": "across", "TYPE": "float", "DEFAULT": 3.0, "MIN": 1.0, "MAX": 9.0, "LABEL": "waves from left to right"},
    {"NAME": "up", "TYPE": "float", "DEFAULT": 4.0, "MIN": 1.0, "MAX": 9.0, "LABEL": "waves from bottom to top"},
    {"NAME": "rose", "TYPE": "float", "DEFAULT": 0.35, "MIN": 0.0, "MAX": 1.0, "LABEL": "a knot, or a rose"},
    {"NAME": "drift", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.0, "MAX": 2.0, "LABEL": "how the figure turns"},
    {"NAME": "glow", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.05, "MAX": 4.0, "LABEL": "seconds in which the screen halves its light"},
    {"NAME": "width", "TYPE": "float", "DEFAULT": 0.35, "MIN": 0.1, "MAX": 1.0, "LABEL": "width of the beam"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.0, "MAX": 1.0, "LABEL": "how it swells on the beat"},
    {"NAME": "tint", "TYPE": "color", "DEFAULT": [0.20, 1.0, 0.62, 1.0], "LABEL": "colour of the screen"},
    {"NAME": "solid", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "the dark behind; 0 is clear"}
  ],
  "PASSES": [
    {"TARGET": "screen", "PERSISTENT": true, "FLOAT": true, "WIDTH": "max($WIDTH / 2, 1)", "HEIGHT": "max($HEIGHT / 2, 1)"},
    {}
  ]
}*/

const int PIECES = 14;

vec2 figure(float beat) {
    float a = beat * speed * 6.2831853, turn = TIME * drift;
    vec2 knot = vec2(1.25 * sin(a * floor(across + 0.5) / 2.0 + turn), 0.78 * sin(a * floor(up + 0.5) / 2.0));
    float r = 0.30 + 0.50 * cos(a * floor(up + 0.5) / 2.0);
    vec2 petal = r * 1.05 * vec2(cos(a * 0.5 + turn * 0.5), sin(a * 0.5 + turn * 0.5));
    return mix(knot, petal, rose) * (1.0 + 0.25 * kick * exp(-4.0 * fract(beat)));
}

void main() {
    vec2 uv = isf_FragNormCoord, p = (uv * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    if (PASSINDEX == 0) {
        float dt = min(TIMEDELTA, 0.1), beats = dt * TEMPO / 60.0, thin = 0.004 + 0.016 * width, light = 0.0;
        vec2 from = figure(BEAT - beats);
        for (int i = 1; i <= PIECES; i++) {
            vec2 to = figure(BEAT - beats * (1.0 - float(i) / float(PIECES)));
            vec2 way = to - from, rel = p - from;
            float along = clamp(dot(rel, way) / max(dot(way, way), 1e-8), 0.0, 1.0), d = length(rel - way * along);
            light = max(light, exp(-d * d / (thin * thin)) + 0.10 * exp(-d / (thin * 5.0)));
            from = to;
        }
        float old = IMG_NORM_PIXEL(screen, uv).r * exp2(-dt / max(glow, 0.02));
        gl_FragColor = vec4(max(old, light * step(1e-5, dt)), 0.0, 0.0, 1.0);
        return;
    }
    float light = IMG_THIS_PIXEL(screen).r;
    vec3 colour = tint.rgb * (light * 0.9 + light * light * 0.5) + vec3(0.9, 1.0, 0.95) * pow(light, 5.0) * 0.8;
    vec2 lines = abs(fract(p * 4.0 + 0.5) - 0.5) / (4.0 * 2.0 / RENDERSIZE.y);
    float grid = max(smoothstep(1.0, 0.0, lines.x), smoothstep(1.0, 0.0, lines.y));
    vec3 glass = tint.rgb * (0.028 * exp(-dot(p, p) * 0.5) + 0.055 * grid * exp(-dot(p, p) * 0.35)) + vec3(0.006, 0.009, 0.010);
    colour = 1.0 - exp(-(colour + glass * solid) * 1.3);
    float alpha = mix(clamp(max(colour.r, max(colour.g, colour.b)) * 1.3, 0.0, 1.0), 1.0, solid);
    gl_FragColor = vec4(colour / max(alpha, 0.04), alpha);
}
