/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A room of nothing but colour: an opening in a wall of light, whose hues pass into each other over minutes.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "light"],
  "INPUTS": [
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 2.0, "LABEL": "how fast the hues change"},
    {"NAME": "size", "TYPE": "float", "DEFAULT": 0.7, "MIN": 0.1, "MAX": 1.2, "LABEL": "size of the opening"},
    {"NAME": "roundness", "TYPE": "float", "DEFAULT": 0.75, "MIN": 0.0, "MAX": 1.0, "LABEL": "a rectangle, or an ellipse"},
    {"NAME": "soft", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 1.0, "LABEL": "how softly it ends"},
    {"NAME": "rings", "TYPE": "float", "DEFAULT": 3.0, "MIN": 1.0, "MAX": 8.0, "LABEL": "openings behind each other"},
    {"NAME": "breath", "TYPE": "float", "DEFAULT": 0.15, "MIN": 0.0, "MAX": 1.0, "LABEL": "how it breathes with the bar"},
    {"NAME": "first", "TYPE": "color", "DEFAULT": [1.0, 0.60, 0.42, 1.0], "LABEL": "a hue"},
    {"NAME": "second", "TYPE": "color", "DEFAULT": [0.82, 0.26, 0.50, 1.0], "LABEL": "another"},
    {"NAME": "third", "TYPE": "color", "DEFAULT": [0.22, 0.26, 0.70, 1.0], "LABEL": "a third"}
  ]
}*/

vec3 hue(float x) {
    // there and back, so that the first and the third never mix
    x = fract(x) * 4.0;
    vec3 a = x < 1.0 ? first.rgb : x < 2.0 || x >= 3.0 ? second.rgb : third.rgb;
    vec3 b = x < 1.0 || (x >= 2.0 && x < 3.0) ? second.rgb : x < 2.0 ? third.rgb : first.rgb;
    float f = fract(x);
    // mixed in light, not in code values: no dirt between two hues
    return sqrt(mix(a * a, b * b, f * f * (3.0 - 2.0 * f)));
}

float shape(vec2 p) {
    vec2 q = abs(p) / vec2(1.45, 0.95);
    float power = mix(9.0, 2.0, roundness);
    return pow(pow(q.x, power) + pow(q.y, power), 1.0 / power);
}

void main() {
    float aspect = RENDERSIZE.x / RENDERSIZE.y;
    vec2 p = (isf_FragNormCoord * 2.0 - 1.0) * vec2(aspect, 1.0);
    float t = TIME * speed * 0.12, swell = 1.0 + breath * 0.12 * sin(BEAT * 1.5707963);
    float n = floor(rings + 0.5), d = shape(aspect < 1.0 ? p.yx / aspect : p);  // it stands upright where the picture does
    vec3 colour = hue(t) * (1.0 - 0.28 * smoothstep(0.7, 1.7, d));
    for (int i = 0; i < 8; i++) {
        if (float(i) >= n) break;
        float k = float(i) / n, edge = size * 1.3 * swell * pow(0.62, float(i));
        float blur = 0.006 + soft * 0.26 * edge;
        float inside = smoothstep(edge + blur, edge - blur, d + 0.03 * soft * sin(p.y * 2.0 + t * 9.0 + float(i)));
        vec3 behind = hue(t + 0.21 * (float(i) + 1.0));
        // each wall catches the light of the opening in it
        colour = mix(colour + behind * 0.10 * exp(-abs(d - edge) * 7.0), behind * (0.86 + 0.22 * k + 0.10 * p.y), inside);
    }
    gl_FragColor = vec4(colour * 0.97, 1.0);
}
