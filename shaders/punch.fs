/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A cut with a rush of the camera: the old picture flies past, blurred towards its middle, and the new one comes to rest.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["transition", "camera"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far it has come"},
    {"NAME": "zoom", "TYPE": "float", "DEFAULT": 0.6, "MIN": -1.0, "MAX": 1.0, "LABEL": "how far it rushes; negative goes back"},
    {"NAME": "blur", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 1.0, "LABEL": "how blurred it is"},
    {"NAME": "turn", "TYPE": "float", "DEFAULT": 12.0, "MIN": -90.0, "MAX": 90.0, "LABEL": "how it turns, degrees"},
    {"NAME": "flash", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "LABEL": "light at the cut"}
  ]
}*/

float hash(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

vec2 mirrored(vec2 uv) { return 1.0 - abs(1.0 - mod(uv, 2.0)); }

void main() {
    vec2 aspect = vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0), p = (isf_FragNormCoord - 0.5) * aspect;
    // faster and faster into the cut, slower and slower out of it: 0 at both ends, 1 and -1 at the cut
    float near = 1.0 - abs(progress * 2.0 - 1.0), rush = near * near * near * (progress < 0.5 ? 1.0 : -1.0);
    float a = radians(turn) * rush, c = cos(a), s = sin(a), size = exp(-1.3 * zoom * rush);
    float smear = blur * 0.45 * near * near, shake = hash(gl_FragCoord.xy) - 0.5;
    vec4 sum = vec4(0.0);
    for (int i = 0; i < 8; i++) {
        float k = (float(i) + 0.5 + shake) / 8.0 - 0.5;
        vec2 uv = mirrored(0.5 + mat2(c, s, -s, c) * p * size * (1.0 + smear * k) / aspect);
        sum += progress < 0.5 ? IMG_NORM_PIXEL(startImage, uv) : IMG_NORM_PIXEL(endImage, uv);
    }
    sum *= 0.125;
    gl_FragColor = vec4(sum.rgb + (1.0 - min(sum.rgb, 1.0)) * flash * pow(near, 6.0), sum.a);
}
