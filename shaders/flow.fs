/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "The picture as a liquid: currents carry it, and its colours part where the current is strong.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "distortion"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 0.35, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "strength of the current"},
    {"NAME": "scale", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.2, "MAX": 5.0, "LABEL": "size of the eddies; more is finer"},
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.0, "MAX": 3.0, "LABEL": "how fast it changes"},
    {"NAME": "chroma", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.0, "MAX": 2.0, "IDENTITY": 0.0, "LABEL": "how the colours part"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 2.0, "IDENTITY": 0.0, "LABEL": "a push on the beat"}
  ],
  "PASSES": [
    {"TARGET": "current", "WIDTH": "max($WIDTH / 8, 1)", "HEIGHT": "max($HEIGHT / 8, 1)"},
    {}
  ]
}*/

vec3 mirrored(vec2 uv) { return IMG_NORM_PIXEL(inputImage, 1.0 - abs(1.0 - mod(uv, 2.0))).rgb; }

void main() {
    if (PASSINDEX == 0) {
        vec2 p = (isf_FragNormCoord - 0.5) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0) * 5.0 * scale;
        float t = TIME * speed;
        vec2 f = vec2(0.0);
        // rotations of a stream function: no sources, no sinks
        for (int i = 0; i < 4; i++) {
            float k = 1.0 + 0.9 * float(i), w = t * (0.7 + 0.3 * float(i)) + float(i) * 2.1;
            vec2 q = p * k + 0.8 * f.yx;
            f += vec2(-sin(q.y + w) - 0.5 * cos(q.x * 0.7 - w), cos(q.x - w * 0.8) + 0.5 * sin(q.y * 0.6 + w)) / k;
        }
        gl_FragColor = vec4(f, 0.0, 1.0);
        return;
    }
    vec2 move = IMG_THIS_PIXEL(current).rg * 0.05 * amount * (1.0 + kick * exp(-4.0 * fract(BEAT)));
    move.x *= RENDERSIZE.y / RENDERSIZE.x;
    vec2 uv = isf_FragNormCoord + move, part = move * chroma;
    float alpha = IMG_THIS_PIXEL(inputImage).a;
    gl_FragColor = vec4(mirrored(uv + part).r, mirrored(uv).g, mirrored(uv - part).b, alpha);
}
