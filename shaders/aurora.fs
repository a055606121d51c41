/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Curtains of light over a night sky; they sway by themselves and flare on the beat. Set sky to 0 to lay them over a picture.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "light"],
  "INPUTS": [
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 0.35, "MIN": 0.0, "MAX": 2.0, "LABEL": "how fast the curtains sway"},
    {"NAME": "folds", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.3, "MAX": 3.0, "LABEL": "how finely they fold"},
    {"NAME": "height", "TYPE": "float", "DEFAULT": 0.55, "MIN": 0.1, "MAX": 1.2, "LABEL": "how far the light reaches up"},
    {"NAME": "light", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 2.0, "LABEL": "brightness"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.0, "MAX": 1.0, "LABEL": "how much it flares on the beat"},
    {"NAME": "sky", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "the night behind it; 0 is clear"},
    {"NAME": "foot", "TYPE": "color", "DEFAULT": [0.16, 0.95, 0.55, 1.0], "LABEL": "colour at the foot"},
    {"NAME": "crown", "TYPE": "color", "DEFAULT": [0.55, 0.20, 0.85, 1.0], "LABEL": "colour at the crown"}
  ],
  "PASSES": [
    {"TARGET": "curtains", "WIDTH": "max($WIDTH / 2, 1)", "HEIGHT": "max($HEIGHT / 2, 1)"},
    {}
  ]
}*/

float hash(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

// One curtain: a sharp lower hem that wanders, rays above it that thin out.
vec4 curtain(vec2 p, float n, float t) {
    float x = p.x * folds + n * 2.7;
    float fold = sin(x * 1.3 + t + n) + 0.55 * sin(x * 2.9 - t * 1.4) + 0.25 * sin(x * 6.1 + t * 1.9 + n * 4.0);
    float above = p.y - (n * 0.30 - 0.52 + 0.17 * fold);
    float sway = x * 1.0 + 0.35 * fold + 0.10 * above;
    float rays = 0.62 + 0.26 * sin(sway * 19.0 + t * 2.0) + 0.20 * sin(sway * 43.0 - t * 3.1);
    float hem = smoothstep(-0.035, 0.03, above);
    float reach = max(height * (0.75 + 0.3 * sin(x * 1.7 - t * 0.8)), 0.05);
    float body = hem * exp(-max(above, 0.0) / reach * 2.4) * max(rays, 0.0);
    float thick = 0.55 + 0.45 * sin(x * 0.9 + t * 0.5 + n * 5.0);
    float place = clamp(above / (reach * 1.5), 0.0, 1.0);
    return vec4(mix(foot.rgb, crown.rgb, smoothstep(0.0, 0.8, place)), body * thick);
}

void main() {
    if (PASSINDEX == 0) {
        vec2 p = (isf_FragNormCoord * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
        float t = TIME * speed;
        vec3 sum = vec3(0.0);
        for (int i = 0; i < 3; i++) {
            vec4 one = curtain(p, float(i), t * (1.0 - 0.18 * float(i)));
            sum += one.rgb * one.a * (1.0 - 0.22 * float(i));
        }
        float flare = light * (1.0 + kick * exp(-4.0 * fract(BEAT)));
        gl_FragColor = vec4(1.0 - exp(-sum * flare * 1.5), 1.0);
        return;
    }
    vec3 glow = IMG_THIS_PIXEL(curtains).rgb;
    vec2 uv = isf_FragNormCoord;
    vec2 cell = gl_FragCoord.xy / (RENDERSIZE.y / 90.0);
    float chance = hash(floor(cell));
    vec2 place = fract(cell) - 0.5;
    float star = smoothstep(0.982, 1.0, chance) * smoothstep(0.06, 0.0, dot(place, place)) * (0.6 + 0.4 * sin(TIME * 2.0 + chance * 900.0));
    vec3 night = mix(vec3(0.020, 0.035, 0.060), vec3(0.006, 0.008, 0.026), uv.y) + vec3(0.0, 0.03, 0.035) * exp(-uv.y * 5.0);
    night += vec3(0.85, 0.9, 1.0) * star * 0.7 * (1.0 - clamp(glow.g * 1.5, 0.0, 1.0));
    float strength = max(glow.r, max(glow.g, glow.b));
    vec3 colour = glow + night * sky * (1.0 - strength * 0.6);
    float alpha = mix(clamp(strength * 1.4, 0.0, 1.0), 1.0, sky);
    gl_FragColor = vec4(colour / max(alpha, 0.04), alpha);
}
