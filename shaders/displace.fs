/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Relief: a second picture, the sampler's, is taken for hills of glass that bend this one and catch a light.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "distortion", "sampler"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "hills", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 0.5, "MIN": -1.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how far the picture is bent"},
    {"NAME": "relief", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 1.5, "IDENTITY": 0.0, "LABEL": "light and shade on the hills"},
    {"NAME": "rounding", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.0, "MAX": 1.0, "LABEL": "how rounded the hills are"},
    {"NAME": "prism", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "LABEL": "how the colours part"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 2.0, "LABEL": "more on the beat"},
    {"NAME": "angle", "TYPE": "float", "DEFAULT": 125.0, "MIN": -180.0, "MAX": 180.0, "LABEL": "where the light comes from, degrees"}
  ],
  "PASSES": [
    {"TARGET": "small", "WIDTH": "max($WIDTH / 6, 1)", "HEIGHT": "max($HEIGHT / 6, 1)"},
    {"TARGET": "slope", "WIDTH": "max($WIDTH / 3, 1)", "HEIGHT": "max($HEIGHT / 3, 1)"},
    {}
  ]
}*/

float level(vec2 uv) { return dot(IMG_NORM_PIXEL(hills, uv).rgb, vec3(0.3, 0.59, 0.11)); }

vec3 bent(vec2 uv) { return IMG_NORM_PIXEL(inputImage, 1.0 - abs(1.0 - mod(uv, 2.0))).rgb; }

void main() {
    vec2 uv = isf_FragNormCoord, aspect = vec2(RENDERSIZE.y / RENDERSIZE.x, 1.0);
    if (PASSINDEX == 0) {
        vec2 e = aspect * (0.004 + 0.016 * rounding);
        float sum = level(uv) * 0.28;
        for (int i = 0; i < 8; i++) {
            float a = float(i) * 0.7853982;
            sum += level(uv + e * vec2(cos(a), sin(a)) * (i % 2 == 0 ? 1.0 : 0.6)) * 0.09;
        }
        gl_FragColor = vec4(sum);
    } else if (PASSINDEX == 1) {
        vec2 e = aspect * (0.004 + 0.014 * rounding);
        float right = IMG_NORM_PIXEL(small, uv + vec2(e.x, 0.0)).r - IMG_NORM_PIXEL(small, uv - vec2(e.x, 0.0)).r;
        float up = IMG_NORM_PIXEL(small, uv + vec2(0.0, e.y)).r - IMG_NORM_PIXEL(small, uv - vec2(0.0, e.y)).r;
        gl_FragColor = vec4(right, up, 0.0, 1.0);
    } else {
        vec4 picture = IMG_THIS_PIXEL(inputImage);
        vec2 hill = IMG_THIS_PIXEL(slope).rg;
        vec2 move = hill * amount * (1.0 + kick * exp(-4.0 * fract(BEAT))) * 0.32 * aspect, part = move * prism * 0.35;
        vec3 c = vec3(bent(uv - move - part).r, bent(uv - move).g, bent(uv - move + part).b);
        float a = radians(angle), lit = dot(hill, -vec2(cos(a), sin(a)));
        vec3 normal = normalize(vec3(-hill * 5.0, 1.0)), half_ = normalize(vec3(cos(a), sin(a), 1.6));
        c *= 1.0 + relief * clamp(lit * 3.0, -0.6, 0.6);
        c += relief * 0.30 * pow(max(dot(normal, half_), 0.0), 26.0) * smoothstep(0.02, 0.12, length(hill));
        gl_FragColor = vec4(max(c, 0.0), picture.a);
    }
}
