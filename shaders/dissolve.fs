/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "One picture comes through the other in growing islands, as a stain through cloth.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["transition", "dissolve"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far it has come"},
    {"NAME": "size", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.05, "MAX": 1.0, "LABEL": "size of the islands"},
    {"NAME": "soft", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.01, "MAX": 1.0, "LABEL": "how softly they end"},
    {"NAME": "drift", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.0, "MAX": 1.0, "LABEL": "how the pictures are pulled along at the edge"}
  ]
}*/

float hash(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

float noise(vec2 p) {
    vec2 i = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    return mix(mix(hash(i), hash(i + vec2(1.0, 0.0)), f.x), mix(hash(i + vec2(0.0, 1.0)), hash(i + 1.0), f.x), f.y);
}

void main() {
    vec2 uv = isf_FragNormCoord, p = uv * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0) / (0.04 + 0.36 * size);
    float a = noise(p), b = noise(p * 2.3 + 11.0), c = noise(p * 5.1 + 37.0), n = clamp((0.55 * a + 0.30 * b + 0.15 * c) * 2.4 - 0.70, 0.0, 1.0);
    float come = smoothstep(n, n + soft, progress * (1.0 + soft));
    float pull = drift * 0.05 * come * (1.0 - come) * 4.0;
    vec2 way = vec2(b - 0.5, c - 0.5) * pull;
    gl_FragColor = mix(IMG_NORM_PIXEL(startImage, uv + way), IMG_NORM_PIXEL(endImage, uv - way), come);
}
