/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Mountains behind mountains in the mist, past which one travels; the sun breathes with the beat.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "landscape"],
  "INPUTS": [
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 0.3, "MIN": -2.0, "MAX": 2.0, "LABEL": "how fast one travels"},
    {"NAME": "height", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.1, "MAX": 1.2, "LABEL": "height of the mountains"},
    {"NAME": "rough", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "hills, or crags"},
    {"NAME": "mist", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 1.0, "LABEL": "mist in the valleys"},
    {"NAME": "breath", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.0, "MAX": 1.0, "LABEL": "how the sun breathes with the beat"},
    {"NAME": "sun", "TYPE": "point2D", "DEFAULT": [0.64, 0.66], "MIN": [0.0, 0.0], "MAX": [1.0, 1.0], "LABEL": "where the sun stands"},
    {"NAME": "near", "TYPE": "color", "DEFAULT": [0.05, 0.12, 0.17, 1.0], "LABEL": "what is near"},
    {"NAME": "far", "TYPE": "color", "DEFAULT": [0.62, 0.70, 0.72, 1.0], "LABEL": "what is far"},
    {"NAME": "light", "TYPE": "color", "DEFAULT": [1.0, 0.83, 0.66, 1.0], "LABEL": "the light"}
  ]
}*/

float hash(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

float noise(float x, float row) {
    float i = floor(x), f = x - i;
    return mix(hash(vec2(mod(i, 1009.0), row)), hash(vec2(mod(i + 1.0, 1009.0), row)), f * f * (3.0 - 2.0 * f));
}

float skyline(float x, float row) {
    float broad = noise(x * 1.3, row), crag = 1.0 - abs(noise(x * 3.1, row + 0.3) * 2.0 - 1.0);
    float fine = 0.22 * (1.0 - abs(noise(x * 8.3, row + 0.6) * 2.0 - 1.0)) + 0.09 * noise(x * 23.0, row + 0.9);
    return broad * 0.75 + mix(0.25, 0.40 * crag, 0.3 + 0.7 * rough) + (0.15 + 0.85 * rough) * fine;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    float aspect = RENDERSIZE.x / RENDERSIZE.y, soft = 1.0 / RENDERSIZE.y;
    vec2 from = (uv - sun) * vec2(aspect, 1.0);
    float r = length(from), pulse = 1.0 + breath * 0.5 * (exp(-3.0 * fract(BEAT)) - 0.3);
    vec3 sky = mix(mix(far.rgb, light.rgb, 0.75), far.rgb * vec3(0.72, 0.86, 0.98), smoothstep(0.25, 1.05, uv.y));
    sky += light.rgb * (0.22 * exp(-r * 3.0) * pulse + 0.9 * smoothstep(0.085 + soft, 0.085 - soft, r));
    vec3 colour = sky;
    // from the front: the first that reaches up here is seen
    for (int i = 0; i < 7; i++) {
        float k = float(i) / 6.0, size = mix(1.0, 0.34, k), foot = mix(-0.20, 0.40, pow(k, 0.8));
        float x = (uv.x - 0.5) * aspect / size * 0.8 + TIME * speed * mix(0.5, 0.05, pow(k, 0.6)) + 31.7 * k;
        float top = foot + height * 0.62 * mix(0.75, 0.42, k) * skyline(x, float(i) * 7.0 + 2.0);
        float inside = smoothstep(top + soft, top - soft, uv.y);
        if (inside > 0.0) {
            vec3 rock = mix(near.rgb, far.rgb, pow(k, 1.15) * 0.92);
            rock = mix(rock, light.rgb, 0.22 * k * exp(-abs(from.x) * 1.6));
            float veil = mist * smoothstep(top, foot - 0.10, uv.y) * (0.30 + 0.55 * k);
            rock = mix(rock, mix(far.rgb, light.rgb, 0.45), veil);
            colour = mix(sky, rock, inside);
            if (inside < 1.0) continue;
            break;
        }
    }
    gl_FragColor = vec4(colour, 1.0);
}
