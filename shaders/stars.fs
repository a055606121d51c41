/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Dust and stars that fly past; clear between them, so that they can float over a picture.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "particles"],
  "INPUTS": [
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 0.12, "MIN": -1.0, "MAX": 1.0, "LABEL": "flight; negative flies back"},
    {"NAME": "count", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "how many"},
    {"NAME": "size", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.1, "MAX": 2.0, "LABEL": "how large"},
    {"NAME": "turn", "TYPE": "float", "DEFAULT": 0.03, "MIN": -0.5, "MAX": 0.5, "LABEL": "turns a second, times ten"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.0, "MAX": 2.0, "LABEL": "how much they flash on the beat"},
    {"NAME": "tint", "TYPE": "color", "DEFAULT": [0.62, 0.78, 1.0, 1.0], "LABEL": "colour"},
    {"NAME": "solid", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "the dark behind; 0 is clear"}
  ]
}*/

vec4 hash4(vec2 p) {
    vec4 q = fract(p.xyxy * vec4(0.1031, 0.1030, 0.0973, 0.1099));
    q += dot(q, q.wzxy + 33.33);
    return fract((q.xxyz + q.yzzw) * q.zywx);
}

void main() {
    vec2 p = (isf_FragNormCoord * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    float a = TIME * turn * 0.628, c = cos(a), s = sin(a);
    p = mat2(c, s, -s, c) * p;
    vec3 light = vec3(0.0);
    float flash = 1.0 + kick * exp(-5.0 * fract(BEAT));
    for (int i = 0; i < 5; i++) {
        float depth = fract(float(i) * 0.2 + TIME * speed);
        float scale = mix(13.0, 0.7, depth);
        float fade = depth * smoothstep(1.0, 0.82, depth);
        vec2 q = p * scale + float(i) * 17.3;
        vec4 chance = hash4(floor(q));
        vec2 away = fract(q) - 0.5 - (chance.xy - 0.5) * 0.55;
        float radius = size * (0.05 + 0.09 * chance.z * chance.z) * (0.5 + 0.5 * depth);
        float d = dot(away, away) / (radius * radius);
        float edge = smoothstep(0.25, 0.06, dot(away, away));
        float star = (1.0 / (1.0 + d * d * 5.0) + 0.10 / (1.0 + d)) * edge;
        star *= step(1.0 - count, chance.w) * fade * flash * (0.45 + chance.z);
        light += star * mix(tint.rgb, vec3(1.0, 0.82, 0.62), chance.x * chance.x * 0.9);
    }
    float veil = 0.5 + 0.25 * sin(p.x * 1.9 + 1.3 * sin(p.y * 1.4 + TIME * 0.07)) + 0.25 * sin(p.y * 2.3 - p.x * 0.9 - TIME * 0.05);
    float lane = 0.5 + 0.5 * sin(p.y * 3.1 + p.x * 1.7 + 1.6 * sin(p.x * 1.1 - TIME * 0.04) + veil * 2.0);
    vec3 dark = vec3(0.012, 0.012, 0.030) + tint.rgb * vec3(0.16, 0.07, 0.24) * veil * veil * (0.35 + 0.65 * lane);
    dark += vec3(0.14, 0.045, 0.05) * lane * lane * (1.0 - veil);
    vec3 colour = 1.0 - exp(-(light * 2.4 + dark * solid));
    float alpha = mix(clamp(max(colour.r, max(colour.g, colour.b)) * 1.3, 0.0, 1.0), 1.0, solid);
    gl_FragColor = vec4(colour / max(alpha, 0.04), alpha);
}
