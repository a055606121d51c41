/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A range of lines, each hiding those behind it, that comes nearer; every beat sends a swell through the peaks.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "geometry", "beat"],
  "INPUTS": [
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 4.0, "LABEL": "lines a beat that come nearer"},
    {"NAME": "lines", "TYPE": "float", "DEFAULT": 34.0, "MIN": 8.0, "MAX": 64.0, "LABEL": "how many lines"},
    {"NAME": "height", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 1.0, "LABEL": "height of the peaks"},
    {"NAME": "rough", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "how jagged they are"},
    {"NAME": "width", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.1, "MAX": 1.0, "LABEL": "width of the lines"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "the swell on the beat"},
    {"NAME": "line", "TYPE": "color", "DEFAULT": [0.93, 0.94, 1.0, 1.0], "LABEL": "the lines"},
    {"NAME": "far", "TYPE": "color", "DEFAULT": [0.95, 0.36, 0.50, 1.0], "LABEL": "the lines far off"},
    {"NAME": "solid", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "the dark; 0 leaves only the lines"}
  ],
  "PASSES": [
    {"TARGET": "relief", "WIDTH": "640", "HEIGHT": "80"},
    {}
  ]
}*/

float hash(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

float noise(float x, float row) {
    float i = floor(x), f = x - i;
    return mix(hash(vec2(i, row)), hash(vec2(i + 1.0, row)), f * f * (3.0 - 2.0 * f));
}

// Height of a line at x in -1…1: peaks in the middle, a calm sea at the sides.
float peak(float x, float row, float nth) {
    float sum = noise(x * 5.0 + 40.0, row) * 0.45 + pow(noise(x * 11.0 + 80.0, row), 3.0) * 0.7;
    sum += rough * (0.22 * noise(x * 29.0 + 160.0, row) + 0.10 * noise(x * 71.0 + 300.0, row));
    float bell = exp(-x * x * 5.5) + 0.05;
    float ahead = nth - fract(BEAT) * 1.4 + 0.1, swell = 1.0 + kick * 1.1 * exp(-ahead * ahead * 40.0);
    return sum * bell * swell;
}

void main() {
    float n = floor(lines + 0.5), travel = BEAT * speed, shift = fract(travel), first = floor(travel);
    if (PASSINDEX == 0) {
        // row k of the buffer is the k-th line from the front; the slope beside the height
        float k = floor(gl_FragCoord.y), row = mod(k + first, 499.0), x = isf_FragNormCoord.x * 2.0 - 1.0, e = 1.0 / RENDERSIZE.x;
        float nth = (k - shift) / n;
        gl_FragColor = vec4(peak(x, row, nth), (peak(x + e, row, nth) - peak(x - e, row, nth)) / (2.0 * e), 0.0, 1.0);
        return;
    }
    vec2 uv = isf_FragNormCoord;
    float aspect = RENDERSIZE.x / RENDERSIZE.y, x = (uv.x - 0.5) * aspect / 1.78 / 0.84;
    float inside = smoothstep(0.5, 0.49, abs(x));
    float step_ = 0.80 / n, tall = min(0.26 * height, 9.0 * step_), thick = (0.5 + 2.2 * width) / 720.0, soft = 0.7 / RENDERSIZE.y;
    // the line whose foot is here, and those in front of it, whose peaks may reach as far up
    float foot = (uv.y - 0.07) / step_ + shift;
    vec3 colour = vec3(0.0);
    float cover = 0.0;
    float from = max(ceil(foot - tall * 2.3 / step_ - 1.0), 0.0);
    for (int i = 0; i < 24; i++) {
        float k = from + float(i);
        if (k > foot + 1.0 || k >= n || cover > 0.98) break;
        vec2 one = texture(relief, vec2(x + 0.5, (k + 0.5) / 80.0)).rg;
        float at = 0.07 + (k - shift) * step_ + one.x * tall, steep = length(vec2(1.0, one.y * tall * 0.66));
        float d = (uv.y - at) / steep;
        float ink = smoothstep(thick + soft, thick - soft, abs(d)), below = smoothstep(soft, -soft, d);
        float nth = (k - shift) / n, fade = smoothstep(0.0, 0.04, nth) * smoothstep(1.0, 0.9, nth);
        vec3 tone = mix(line.rgb, far.rgb, smoothstep(0.1, 0.95, nth)) * fade * (0.55 + 0.45 * smoothstep(0.0, 0.5, one.x));
        colour += (1.0 - cover) * ink * tone;
        cover += (1.0 - cover) * max(ink, below);
    }
    colour *= inside;
    float light = clamp(max(colour.r, max(colour.g, colour.b)), 0.0, 1.0), alpha = mix(light, 1.0, solid);
    vec3 dark = vec3(0.022, 0.020, 0.040) + far.rgb * 0.06 * exp(-(uv.y - 0.85) * (uv.y - 0.85) * 9.0);
    gl_FragColor = vec4((colour + dark * solid * (1.0 - light)) / max(alpha, 0.04), alpha);
}
