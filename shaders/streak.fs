/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "An anamorphic lens: lights draw long streaks across the picture, and cast a ghost on its other side.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "light"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "streaks", "TYPE": "float", "DEFAULT": 0.9, "MIN": 0.0, "MAX": 2.0, "IDENTITY": 0.0, "LABEL": "strength of the streaks"},
    {"NAME": "ghosts", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "strength of the ghosts"},
    {"NAME": "reach", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.05, "MAX": 1.0, "LABEL": "how far they reach"},
    {"NAME": "threshold", "TYPE": "float", "DEFAULT": 0.65, "MIN": 0.0, "MAX": 1.0, "LABEL": "how bright a light must be"},
    {"NAME": "upright", "TYPE": "bool", "DEFAULT": false, "LABEL": "streaks up and down"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.0, "MAX": 2.0, "LABEL": "more on the beat"},
    {"NAME": "tint", "TYPE": "color", "DEFAULT": [0.32, 0.58, 1.0, 1.0], "LABEL": "colour of the streaks"}
  ],
  "PASSES": [
    {"TARGET": "lights", "WIDTH": "max($WIDTH / 4, 1)", "HEIGHT": "max($HEIGHT / 4, 1)"},
    {"TARGET": "near", "WIDTH": "max($WIDTH / 4, 1)", "HEIGHT": "max($HEIGHT / 4, 1)"},
    {"TARGET": "far", "WIDTH": "max($WIDTH / 4, 1)", "HEIGHT": "max($HEIGHT / 4, 1)"},
    {}
  ]
}*/

// Nine samples along the streak, thinning out.
vec3 drawn(sampler2D image, float stride) {
    vec2 way = upright ? vec2(0.0, stride) : vec2(stride * RENDERSIZE.y / RENDERSIZE.x, 0.0);
    vec3 sum = texture(image, isf_FragNormCoord).rgb * 0.12;
    for (int i = 1; i <= 4; i++) {
        float k = float(i);
        sum += (texture(image, isf_FragNormCoord + way * k).rgb + texture(image, isf_FragNormCoord - way * k).rgb) * (0.14 - 0.012 * k);
    }
    return sum;
}

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        vec3 c = IMG_THIS_PIXEL(inputImage).rgb;
        float bright = max(c.r, max(c.g, c.b));
        gl_FragColor = vec4(c * smoothstep(threshold, threshold + 0.35, bright), 1.0);
    } else if (PASSINDEX == 1) {
        gl_FragColor = vec4(drawn(lights, 0.030 * reach), 1.0);
    } else if (PASSINDEX == 2) {
        gl_FragColor = vec4(drawn(near, 0.17 * reach), 1.0);
    } else {
        vec4 picture = IMG_THIS_PIXEL(inputImage);
        float beat = 1.0 + kick * exp(-5.0 * fract(BEAT));
        vec3 c = IMG_THIS_PIXEL(far).rgb;
        float strength = max(c.r, max(c.g, c.b));
        vec3 light = streaks * beat * mix(c, tint.rgb * strength, 0.8) * 3.6;
        vec2 across = 0.5 - (uv - 0.5) * 0.62, back = 0.5 - (uv - 0.5) * 1.5;
        vec3 ghost = IMG_NORM_PIXEL(near, across).rgb * vec3(0.35, 0.8, 0.55) + IMG_NORM_PIXEL(near, back).rgb * vec3(0.75, 0.35, 0.9) * 0.6;
        light += ghosts * ghost * smoothstep(0.9, 0.2, length(uv - 0.5));
        gl_FragColor = vec4(picture.rgb + (1.0 - min(picture.rgb, 1.0)) * (1.0 - exp(-light)), picture.a);
    }
}
