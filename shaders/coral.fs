/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A pattern that grows by itself, as on corals and seashells: near cells help each other, far ones hinder.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "organic"],
  "INPUTS": [
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 3.0, "LABEL": "how fast it grows"},
    {"NAME": "size", "TYPE": "float", "DEFAULT": 1.4, "MIN": 0.5, "MAX": 2.0, "LABEL": "width of its branches"},
    {"NAME": "spots", "TYPE": "float", "DEFAULT": 0.15, "MIN": -1.0, "MAX": 1.0, "LABEL": "holes, a maze, or spots"},
    {"NAME": "drift", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.0, "MAX": 1.0, "LABEL": "how it is carried along"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "a ring that runs through it on every bar"},
    {"NAME": "relief", "TYPE": "float", "DEFAULT": 0.7, "MIN": 0.0, "MAX": 1.0, "LABEL": "light from the side"},
    {"NAME": "low", "TYPE": "color", "DEFAULT": [0.07, 0.05, 0.17, 1.0], "LABEL": "between the branches"},
    {"NAME": "high", "TYPE": "color", "DEFAULT": [0.98, 0.47, 0.38, 1.0], "LABEL": "the branches"},
    {"NAME": "rim", "TYPE": "color", "DEFAULT": [0.99, 0.84, 0.62, 1.0], "LABEL": "their edges"},
    {"NAME": "seed", "TYPE": "event", "LABEL": "sow anew"}
  ],
  "PASSES": [
    {"TARGET": "dish", "PERSISTENT": true, "FLOAT": true, "WIDTH": "ceil($WIDTH / $HEIGHT * 240)", "HEIGHT": "240"},
    {}
  ]
}*/

float hash(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

float cell(vec2 uv) { return IMG_NORM_PIXEL(dish, uv).r; }

// The mean on a ring of this radius, in pixels of a picture of 240 rows. Its points go round, by `turn`, so that
// nothing grows along some directions more than along others.
float ring(vec2 uv, float radius, int count, mat2 turn) {
    float sum = 0.0;
    for (int i = 0; i < 8; i++) {
        if (i >= count) break;
        float a = (float(i) + 0.5) * 6.2831853 / float(count);
        sum += cell(uv + radius * (turn * vec2(cos(a), sin(a))) * vec2(RENDERSIZE.y / RENDERSIZE.x, 1.0) / 240.0);
    }
    return sum / float(count);
}

void main() {
    vec2 uv = isf_FragNormCoord, aspect = vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    vec2 p = (uv * 2.0 - 1.0) * aspect;
    if (PASSINDEX == 0) {
        float dt = min(TIMEDELTA, 0.05), t = TIME * 0.2;
        if (FRAMEINDEX == 0 || seed) {
            gl_FragColor = vec4(hash(floor(uv * aspect * 60.0)), 0.0, 0.0, 1.0);
            return;
        }
        vec2 flow = vec2(sin(p.y * 2.1 + t) + 0.5 * sin(p.y * 4.3 - t * 1.7), sin(p.x * 1.9 - t * 1.2) + 0.5 * cos(p.x * 3.7 + t));
        vec2 from = uv - drift * 0.035 * dt * (flow - 0.5 * p) / aspect;
        float ahead = length(p) - fract(BEAT * 0.25) * 2.6, wave = kick * exp(-40.0 * ahead * ahead) * (1.0 - 0.5 * fract(BEAT * 0.25));
        float spin = TIME * 0.7;
        mat2 turn = mat2(cos(spin), sin(spin), -sin(spin), cos(spin));
        float help = ring(from, 1.6 * size, 5, turn), hinder = ring(from, 4.6 * size, 8, turn);
        float wish = smoothstep(-0.22, 0.22, 1.6 * (help - hinder) - 0.10 * spots + 0.11 * wave + (hash(gl_FragCoord.xy + fract(TIME) * 91.0) - 0.5) * 0.02);
        float old = cell(from);
        gl_FragColor = vec4(mix(old, wish, 1.0 - exp(-dt * 14.0 * speed)), 0.0, 0.0, 1.0);
        return;
    }
    vec2 texel = 1.1 / IMG_SIZE(dish);
    float u = cell(uv), right = cell(uv + vec2(texel.x, 0.0)), up = cell(uv + vec2(0.0, texel.y));
    vec3 normal = normalize(vec3((u - right) * 2.2, (u - up) * 2.2, 0.55));
    float lit = dot(normal, normalize(vec3(-0.55, 0.70, 0.50))), shine = pow(max(dot(normal, normalize(vec3(-0.30, 0.42, 0.85))), 0.0), 30.0);
    float top = smoothstep(0.32, 0.62, u), edge = smoothstep(0.10, 0.38, u) * smoothstep(0.92, 0.5, u);
    vec3 c = mix(low.rgb * (0.7 + 0.5 * u), high.rgb * (0.72 + 0.28 * smoothstep(0.5, 1.0, u)), top);
    c = mix(c, rim.rgb, edge * 0.55);
    c *= mix(1.0, 0.55 + 0.62 * lit, relief);
    c += relief * shine * rim.rgb * 0.22 * (0.3 + top);
    c *= 1.0 - 0.28 * smoothstep(0.6, 2.0, length(p));
    gl_FragColor = vec4(c, 1.0);
}
