/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "The look of film: grain in the middle tones, halation round the lights, a soft shoulder, vignette and weave.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "look"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "grain", "TYPE": "float", "DEFAULT": 0.28, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "grain"},
    {"NAME": "halation", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.5, "IDENTITY": 0.0, "LABEL": "red light round the highlights"},
    {"NAME": "vignette", "TYPE": "float", "DEFAULT": 0.35, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "darker corners"},
    {"NAME": "fade", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "lifted blacks and a soft shoulder"},
    {"NAME": "weave", "TYPE": "float", "DEFAULT": 0.2, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how the gate weaves"},
    {"NAME": "warmth", "TYPE": "float", "DEFAULT": 0.15, "MIN": -1.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "warm or cold"}
  ],
  "PASSES": [
    {"TARGET": "lights", "WIDTH": "max($WIDTH / 4, 1)", "HEIGHT": "max($HEIGHT / 4, 1)"},
    {"TARGET": "across", "WIDTH": "max($WIDTH / 4, 1)", "HEIGHT": "max($HEIGHT / 4, 1)"},
    {"TARGET": "halo", "WIDTH": "max($WIDTH / 4, 1)", "HEIGHT": "max($HEIGHT / 4, 1)"},
    {}
  ]
}*/

// What is the same for the whole picture comes from film.vs.
varying vec2 place;     // where the gate holds the film
varying vec2 turn;      // of the grain: another one for each image
varying vec3 warm;

// Two numbers of one place (Hoskins' way: no sine).
vec2 hash(vec3 p) {
    p = fract(p * vec3(0.1031, 0.1030, 0.0973));
    p += dot(p, p.yzx + 33.33);
    return fract((p.xx + p.yz) * p.zy);
}

// Nine Gaussian samples in five bilinear ones.
vec3 blurred(sampler2D image, vec2 stride) {
    vec2 uv = isf_FragNormCoord;
    vec3 sum = texture(image, uv).rgb * 0.2270;
    sum += (texture(image, uv + stride * 1.3846).rgb + texture(image, uv - stride * 1.3846).rgb) * 0.3162;
    sum += (texture(image, uv + stride * 3.2308).rgb + texture(image, uv - stride * 3.2308).rgb) * 0.0703;
    return sum;
}

void main() {
    if (PASSINDEX == 0) {
        vec3 c = IMG_THIS_PIXEL(inputImage).rgb;
        gl_FragColor = vec4(c * smoothstep(0.55, 1.0, max(c.r, max(c.g, c.b))), 1.0);
    } else if (PASSINDEX == 1) {
        gl_FragColor = vec4(blurred(lights, vec2(1.6 / RENDERSIZE.x, 0.0)), 1.0);
    } else if (PASSINDEX == 2) {
        gl_FragColor = vec4(blurred(across, vec2(0.0, 1.6 / RENDERSIZE.y)), 1.0);
    } else {
        vec4 picture = IMG_NORM_PIXEL(inputImage, place);
        vec3 c = picture.rgb;
        vec3 round = IMG_NORM_PIXEL(halo, place).rgb;
        c += halation * vec3(0.85, 0.26, 0.09) * max(round - c * 0.35, 0.0) * (1.0 - 0.6 * c);
        c *= warm;
        c = mix(c, 0.045 + c * (1.0 - 0.13 * c) * 0.955, fade);
        vec2 q = isf_FragNormCoord - 0.5;
        c *= 1.0 - vignette * smoothstep(0.12, 0.75, dot(q, q) * 1.6);
        float level = dot(c, vec3(0.3, 0.6, 0.1));
        vec2 noise = hash(vec3(gl_FragCoord.xy + turn, turn.x));
        c += grain * 0.22 * (noise.x + noise.y - 1.0) * (0.15 + level * (1.0 - level) * 2.2);
        gl_FragColor = vec4(max(c, 0.0), picture.a);
    }
}
