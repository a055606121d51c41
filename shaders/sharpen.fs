/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Unsharp masking in two sizes: fine detail, and the clarity of larger forms, without halos.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "look"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "detail", "TYPE": "float", "DEFAULT": 0.8, "MIN": 0.0, "MAX": 3.0, "IDENTITY": 0.0, "LABEL": "fine detail"},
    {"NAME": "clarity", "TYPE": "float", "DEFAULT": 0.5, "MIN": -1.0, "MAX": 2.0, "IDENTITY": 0.0, "LABEL": "larger forms; negative is a soft-focus lens"},
    {"NAME": "radius", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.3, "MAX": 4.0, "LABEL": "size of the fine detail, pixels of 720 rows"},
    {"NAME": "calm", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.0, "MAX": 1.0, "LABEL": "how much noise is left alone"}
  ],
  "PASSES": [
    {"TARGET": "half_", "WIDTH": "max($WIDTH / 8, 1)", "HEIGHT": "max($HEIGHT / 8, 1)"},
    {"TARGET": "wide", "WIDTH": "max($WIDTH / 8, 1)", "HEIGHT": "max($HEIGHT / 8, 1)"},
    {}
  ]
}*/

vec3 round_(sampler2D image, vec2 d) {
    vec2 uv = isf_FragNormCoord;
    return (texture(image, uv + d).rgb + texture(image, uv - d).rgb + texture(image, uv + vec2(d.x, -d.y)).rgb + texture(image, uv - vec2(d.x, -d.y)).rgb) * 0.25;
}

void main() {
    if (PASSINDEX == 0) {
        gl_FragColor = vec4(round_(inputImage, 0.25 / RENDERSIZE), 1.0);
    } else if (PASSINDEX == 1) {
        gl_FragColor = vec4(0.5 * round_(half_, 1.5 / RENDERSIZE) + 0.5 * round_(half_, 3.2 / RENDERSIZE), 1.0);
    } else {
        vec4 picture = IMG_THIS_PIXEL(inputImage);
        vec3 c = picture.rgb, near = round_(inputImage, radius / 720.0 * vec2(RENDERSIZE.y / RENDERSIZE.x, 1.0));
        vec3 fine = c - near;
        float level = dot(abs(fine), vec3(0.3, 0.59, 0.11));
        fine *= mix(1.0, smoothstep(0.0, 0.03, level), calm);
        float broad = dot(c - IMG_THIS_PIXEL(wide).rgb, vec3(0.3, 0.59, 0.11)), y = dot(c, vec3(0.3, 0.59, 0.11));
        // bounded, so that an edge becomes clearer and not a halo
        vec3 sharp = c + detail * fine / (1.0 + 2.0 * detail * abs(fine));
        sharp *= 1.0 + clarity * clamp(broad, -0.25, 0.25) * 1.6 * (1.0 - 0.7 * y);
        gl_FragColor = vec4(max(sharp, 0.0), picture.a);
    }
}
