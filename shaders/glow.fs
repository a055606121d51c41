/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Bloom of the lights and a neon line along the edges.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "light"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "bloom", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 2.0, "IDENTITY": 0.0, "LABEL": "light that spreads"},
    {"NAME": "edges", "TYPE": "float", "DEFAULT": 0.35, "MIN": 0.0, "MAX": 2.0, "IDENTITY": 0.0, "LABEL": "neon along the edges"},
    {"NAME": "dim", "TYPE": "float", "DEFAULT": 0.1, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "darken the picture below"},
    {"NAME": "threshold", "TYPE": "float", "DEFAULT": 0.55, "MIN": 0.0, "MAX": 1.0, "LABEL": "how bright a light must be"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 2.0, "IDENTITY": 0.0, "LABEL": "more on the beat"},
    {"NAME": "tint", "TYPE": "color", "DEFAULT": [0.35, 0.75, 1.0, 1.0], "LABEL": "colour of the edges"}
  ],
  "PASSES": [
    {"TARGET": "lines", "WIDTH": "max($WIDTH / 2, 1)", "HEIGHT": "max($HEIGHT / 2, 1)"},
    {"TARGET": "lights", "WIDTH": "max($WIDTH / 4, 1)", "HEIGHT": "max($HEIGHT / 4, 1)"},
    {"TARGET": "across", "WIDTH": "max($WIDTH / 4, 1)", "HEIGHT": "max($HEIGHT / 4, 1)"},
    {"TARGET": "halo", "WIDTH": "max($WIDTH / 4, 1)", "HEIGHT": "max($HEIGHT / 4, 1)"},
    {}
  ]
}*/

vec3 blurred(sampler2D image, vec2 stride) {
    vec2 uv = isf_FragNormCoord;
    vec3 sum = texture(image, uv).rgb * 0.2270;
    sum += (texture(image, uv + stride * 1.3846).rgb + texture(image, uv - stride * 1.3846).rgb) * 0.3162;
    sum += (texture(image, uv + stride * 3.2308).rgb + texture(image, uv - stride * 3.2308).rgb) * 0.0703;
    return sum;
}

void main() {
    vec2 uv = isf_FragNormCoord, texel = 1.2 / RENDERSIZE;
    if (PASSINDEX == 0) {
        vec3 a = IMG_NORM_PIXEL(inputImage, uv + texel * vec2(1.0, 1.0)).rgb;
        vec3 b = IMG_NORM_PIXEL(inputImage, uv - texel * vec2(1.0, 1.0)).rgb;
        vec3 c = IMG_NORM_PIXEL(inputImage, uv + texel * vec2(1.0, -1.0)).rgb;
        vec3 d = IMG_NORM_PIXEL(inputImage, uv - texel * vec2(1.0, -1.0)).rgb;
        float edge = length(a - b) + length(c - d);
        gl_FragColor = vec4((a + b + c + d) * 0.25, smoothstep(0.10, 0.75, edge));
    } else if (PASSINDEX == 1) {
        vec4 both = IMG_THIS_PIXEL(lines);
        float bright = smoothstep(threshold - 0.1, threshold + 0.4, max(both.r, max(both.g, both.b)));
        gl_FragColor = vec4(both.rgb * bright * bloom + tint.rgb * both.a * edges * 0.8, 1.0);
    } else if (PASSINDEX == 2) {
        gl_FragColor = vec4(blurred(lights, vec2(2.0 / RENDERSIZE.x, 0.0)), 1.0);
    } else if (PASSINDEX == 3) {
        gl_FragColor = vec4(blurred(across, vec2(0.0, 2.0 / RENDERSIZE.y)), 1.0);
    } else {
        vec4 picture = IMG_THIS_PIXEL(inputImage);
        float beat = 1.0 + kick * exp(-5.0 * fract(BEAT));
        vec3 light = (IMG_THIS_PIXEL(halo).rgb + tint.rgb * IMG_THIS_PIXEL(lines).a * edges * 0.7) * beat;
        vec3 base = picture.rgb * (1.0 - dim);
        gl_FragColor = vec4(base + (1.0 - base) * (1.0 - exp(-light)), picture.a);
    }
}
