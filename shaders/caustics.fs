/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Sunlight on the floor of a pool: waves bend the light as a lens does, and it gathers in a net that sways.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "light", "flow"],
  "INPUTS": [
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 3.0, "LABEL": "how fast the waves run"},
    {"NAME": "scale", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.3, "MAX": 4.0, "LABEL": "how fine the net is"},
    {"NAME": "depth", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.1, "MAX": 1.5, "LABEL": "depth of the water, which focuses the light"},
    {"NAME": "prism", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.0, "MAX": 1.0, "LABEL": "how the colours of the light part"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "LABEL": "how much it flares on the beat"},
    {"NAME": "water", "TYPE": "color", "DEFAULT": [0.02, 0.30, 0.40, 1.0], "LABEL": "the water"},
    {"NAME": "sun", "TYPE": "color", "DEFAULT": [0.78, 1.0, 0.90, 1.0], "LABEL": "the light"},
    {"NAME": "solid", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "the water behind the light; 0 is clear"}
  ],
  "PASSES": [
    {"TARGET": "net", "WIDTH": "max($WIDTH / 2, 1)", "HEIGHT": "max($HEIGHT / 2, 1)"},
    {}
  ]
}*/

// How near one is to where the light gathers: folded lines that cross each other, brightest at their knots.
float knots(vec2 q, float t) {
    for (int i = 0; i < 3; i++) {
        float k = 1.0 + 0.7 * float(i);
        q += depth * vec2(sin(q.y * k + t * (0.9 + 0.2 * k) + float(i) * 2.3), cos(q.x * k - t * (0.7 + 0.3 * k) + float(i) * 4.1)) / k;
    }
    return abs(sin(q.x) * sin(q.y));
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        vec2 p = (uv * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0) * 3.2 * scale;
        float t = TIME * speed;
        // two sets of waves; the one turned against the other
        vec2 q = mat2(0.79, 0.61, -0.61, 0.79) * p * 1.33 + 7.0;
        float one = knots(p, t), two = knots(q, -t * 0.8), part = prism * 0.05;
        vec3 fine = vec3(one + part, one, one + part * 0.5) * 0.9, coarse = vec3(two + part * 0.6, two, two);
        vec3 light = 0.10 / (fine + 0.10) * 0.75 + 0.08 / (coarse + 0.09) * 0.55;
        gl_FragColor = vec4(light * light * 1.25, 1.0);
        return;
    }
    vec3 light = IMG_THIS_PIXEL(net).rgb * sun.rgb * (1.0 + kick * exp(-4.0 * fract(BEAT)));
    float far = smoothstep(1.25, -0.1, length((uv - vec2(0.45, 0.75)) * vec2(1.1, 0.8)));
    light *= 0.35 + 0.9 * far;
    vec3 floor_ = water.rgb * (0.25 + 0.95 * far) + water.rgb * water.rgb * far * 0.6;
    vec3 colour = 1.0 - exp(-(floor_ * solid + light * (0.7 + 0.9 * water.rgb)) * 1.25);
    float alpha = mix(clamp(max(light.r, max(light.g, light.b)) * 1.1, 0.0, 1.0), 1.0, solid);
    gl_FragColor = vec4(colour / max(alpha, 0.04), alpha);
}
