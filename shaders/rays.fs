/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Shafts of light: what is bright throws rays away from a point, as the sun does through clouds or dust.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "light"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 0.8, "MIN": 0.0, "MAX": 2.0, "IDENTITY": 0.0, "LABEL": "strength of the rays"},
    {"NAME": "reach", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.05, "MAX": 1.0, "LABEL": "how far they reach"},
    {"NAME": "threshold", "TYPE": "float", "DEFAULT": 0.55, "MIN": 0.0, "MAX": 1.0, "LABEL": "how bright a light must be"},
    {"NAME": "dust", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.0, "MAX": 1.0, "LABEL": "dust that the rays move through"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.0, "MAX": 2.0, "LABEL": "more on the beat"},
    {"NAME": "from", "TYPE": "point2D", "DEFAULT": [0.5, 0.62], "MIN": [0.0, 0.0], "MAX": [1.0, 1.0], "LABEL": "where they come from"},
    {"NAME": "tint", "TYPE": "color", "DEFAULT": [1.0, 0.88, 0.70, 1.0], "LABEL": "colour of the rays"}
  ],
  "PASSES": [
    {"TARGET": "lights", "WIDTH": "max($WIDTH / 4, 1)", "HEIGHT": "max($HEIGHT / 4, 1)"},
    {"TARGET": "near", "WIDTH": "max($WIDTH / 4, 1)", "HEIGHT": "max($HEIGHT / 4, 1)"},
    {"TARGET": "far", "WIDTH": "max($WIDTH / 4, 1)", "HEIGHT": "max($HEIGHT / 4, 1)"},
    {}
  ]
}*/

// Eight samples on the way to the point; two passes of them make sixty-four.
vec3 drawn(sampler2D image, float length_) {
    vec2 way = (from - isf_FragNormCoord) * length_;
    vec3 sum = vec3(0.0);
    for (int i = 0; i < 8; i++) sum += texture(image, isf_FragNormCoord + way * float(i) / 8.0).rgb * (1.0 - 0.07 * float(i));
    return sum / 6.0;
}

void main() {
    if (PASSINDEX == 0) {
        vec3 c = IMG_THIS_PIXEL(inputImage).rgb;
        vec2 way = isf_FragNormCoord - from;
        float a = atan(way.y, way.x);
        float motes = 0.5 + 0.25 * sin(a * 23.0 + TIME * 0.7) + 0.25 * sin(a * 41.0 - TIME * 1.1 + 2.0 * sin(a * 7.0));
        float bright = smoothstep(threshold, threshold + 0.4, max(c.r, max(c.g, c.b)));
        gl_FragColor = vec4(c * bright * mix(1.0, motes * 1.4, dust), 1.0);
    } else if (PASSINDEX == 1) {
        gl_FragColor = vec4(drawn(lights, reach), 1.0);
    } else if (PASSINDEX == 2) {
        gl_FragColor = vec4(drawn(near, reach * 0.125), 1.0);
    } else {
        vec4 picture = IMG_THIS_PIXEL(inputImage);
        float beat = 1.0 + kick * exp(-4.0 * fract(BEAT));
        vec3 light = IMG_THIS_PIXEL(far).rgb * tint.rgb * amount * beat * 1.1;
        gl_FragColor = vec4(picture.rgb + (1.0 - min(picture.rgb, 1.0)) * (1.0 - exp(-light)), picture.a);
    }
}
