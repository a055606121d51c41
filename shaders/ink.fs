/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Ink in water: three colours that fold into each other and breathe with the beat. A ground for other layers, or a veil.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "flow"],
  "INPUTS": [
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 0.2, "MIN": 0.0, "MAX": 2.0, "LABEL": "how fast it folds"},
    {"NAME": "scale", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.2, "MAX": 4.0, "LABEL": "how finely"},
    {"NAME": "fold", "TYPE": "float", "DEFAULT": 0.7, "MIN": 0.0, "MAX": 1.5, "LABEL": "how deeply"},
    {"NAME": "breath", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "LABEL": "how much it breathes with the beat"},
    {"NAME": "deep", "TYPE": "color", "DEFAULT": [0.03, 0.04, 0.13, 1.0], "LABEL": "the water"},
    {"NAME": "ink", "TYPE": "color", "DEFAULT": [0.10, 0.45, 0.62, 1.0], "LABEL": "the ink"},
    {"NAME": "rim", "TYPE": "color", "DEFAULT": [1.0, 0.46, 0.34, 1.0], "LABEL": "where it folds"}
  ],
  "PASSES": [
    {"TARGET": "fluid", "WIDTH": "max($WIDTH / 2, 1)", "HEIGHT": "max($HEIGHT / 2, 1)"},
    {}
  ]
}*/

void main() {
    if (PASSINDEX == 1) {
        gl_FragColor = vec4(IMG_THIS_PIXEL(fluid).rgb, 1.0);
        return;
    }
    vec2 p = (isf_FragNormCoord * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0) * scale * 1.15;
    float t = TIME * speed;
    vec2 q = p;
    float crease = 0.0;
    for (int i = 0; i < 4; i++) {
        float k = 1.0 + 0.75 * float(i);
        vec2 turn = vec2(sin(q.y * k * 1.35 + t + float(i) * 1.7), cos(q.x * k * 1.25 - t * 0.8 + float(i) * 2.9));
        q += fold * turn / (0.75 + 0.55 * k);
        crease += (turn.x * turn.y) / k;
    }
    float a = 0.5 + 0.5 * sin(q.x * 1.6 + q.y * 0.9 + t * 0.4);
    float b = 0.5 + 0.5 * sin(q.y * 2.1 - q.x * 0.7 - t * 0.3 + crease);
    float swell = 1.0 + breath * (exp(-3.0 * fract(BEAT)) - 0.25);
    float line = pow(1.0 - abs(2.0 * a - 1.0), 5.0) * (0.35 + 0.65 * b);
    vec3 c = mix(deep.rgb, ink.rgb, smoothstep(0.15, 0.95, a) * (0.35 + 0.65 * b));
    c += rim.rgb * line * 0.55 * swell + rim.rgb * pow(b, 6.0) * a * 0.30;
    c += ink.rgb * ink.rgb * pow(a * b, 3.0) * 0.9 * swell;
    gl_FragColor = vec4(1.0 - exp(-1.35 * c), 1.0);
}
