/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Pixels of four sizes: large where the picture is calm, small where there is something to see.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "look"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly it shows"},
    {"NAME": "rows", "TYPE": "float", "DEFAULT": 7.0, "MIN": 2.0, "MAX": 40.0, "LABEL": "rows of the largest"},
    {"NAME": "detail", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 1.0, "LABEL": "how soon they divide; 0 is one size"},
    {"NAME": "gap", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0, "MAX": 1.0, "LABEL": "dark lines between them"},
    {"NAME": "relief", "TYPE": "float", "DEFAULT": 0.2, "MIN": 0.0, "MAX": 1.0, "LABEL": "bevelled, as tiles are"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "they divide on the beat"}
  ],
  "PASSES": [
    {"TARGET": "small", "WIDTH": "max($WIDTH / 8, 1)", "HEIGHT": "max($HEIGHT / 8, 1)"},
    {"TARGET": "detailed", "WIDTH": "ceil($rows * $WIDTH / $HEIGHT) * 4", "HEIGHT": "ceil($rows) * 4"},
    {}
  ]
}*/

vec2 grid() { float n = ceil(rows - 0.001); return vec2(ceil(n * RENDERSIZE.x / RENDERSIZE.y), n); }

void main() {
    vec2 uv = isf_FragNormCoord;
    if (PASSINDEX == 0) {
        vec2 e = 2.0 / IMG_SIZE(inputImage);
        gl_FragColor = 0.25 * (IMG_NORM_PIXEL(inputImage, uv + e) + IMG_NORM_PIXEL(inputImage, uv - e)
                             + IMG_NORM_PIXEL(inputImage, uv + vec2(e.x, -e.y)) + IMG_NORM_PIXEL(inputImage, uv - vec2(e.x, -e.y)));
        return;
    }
    if (PASSINDEX == 1) {
        // how much a quarter of a large pixel holds: the spread of nine places
        vec2 cell = 0.5 / RENDERSIZE;
        vec3 least = vec3(9.0), most = vec3(-9.0);
        for (int i = 0; i < 9; i++) {
            vec3 c = IMG_NORM_PIXEL(small, uv + cell * 0.9 * vec2(i % 3 - 1, i / 3 - 1)).rgb;
            least = min(least, c);
            most = max(most, c);
        }
        gl_FragColor = vec4(length(most - least), 0.0, 0.0, 1.0);
        return;
    }
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec2 n = IMG_SIZE(detailed) * 0.25;
    float asked = detail * (1.0 + kick * exp(-4.0 * fract(BEAT))), scale = 1.0;
    for (int i = 0; i < 3; i++) {
        vec2 middle = (floor(uv * n * scale) + 0.5) / (n * scale);
        vec2 q = 0.25 / (n * scale);
        float busy = max(max(IMG_NORM_PIXEL(detailed, middle + q).r, IMG_NORM_PIXEL(detailed, middle - q).r),
                         max(IMG_NORM_PIXEL(detailed, middle + vec2(q.x, -q.y)).r, IMG_NORM_PIXEL(detailed, middle - vec2(q.x, -q.y)).r));
        if (busy * asked < 0.10 + 0.07 * float(i)) break;
        scale *= 2.0;
    }
    vec2 place = uv * n * scale, away = abs(fract(place) - 0.5) * 2.0;
    vec3 c = IMG_NORM_PIXEL(small, (floor(place) + 0.5) / (n * scale)).rgb;
    vec2 pitch = RENDERSIZE / (n * scale), edge = (1.0 - away) * pitch * 0.5;
    float line = smoothstep(0.0, 1.0 + RENDERSIZE.y / 720.0, min(edge.x, edge.y));
    vec2 lean = fract(place) - 0.5;
    c *= 1.0 + relief * 0.55 * (lean.y - lean.x) + relief * 0.25 * smoothstep(0.7, 1.0, max(away.x, away.y)) * sign(lean.y - lean.x);
    c *= mix(1.0, line, gap);
    gl_FragColor = vec4(mix(picture.rgb, c, amount), picture.a);
}
