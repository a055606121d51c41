/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A cut through a broken signal: blocks of the new picture burst in, torn and out of colour, until all of it is there.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["transition", "glitch"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far it has come"},
    {"NAME": "size", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "size of the blocks"},
    {"NAME": "tear", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far they are torn aside"},
    {"NAME": "split", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "how the colours come apart"},
    {"NAME": "bursts", "TYPE": "float", "DEFAULT": 9.0, "MIN": 1.0, "MAX": 30.0, "LABEL": "bursts on the way"}
  ]
}*/

float hash(vec3 p) {
    p = fract(p * 0.1031);
    p += dot(p, p.zyx + 31.32);
    return fract((p.x + p.y) * p.z);
}

vec3 torn(sampler2D image, vec2 uv, float apart) {
    return vec3(texture(image, fract(uv + vec2(apart, 0.0))).r, texture(image, fract(uv)).g, texture(image, fract(uv - vec2(apart, 0.0))).b);
}

void main() {
    vec2 uv = isf_FragNormCoord;
    vec4 start = IMG_THIS_PIXEL(startImage), end = IMG_THIS_PIXEL(endImage);
    if (progress <= 0.0 || progress >= 1.0) {
        gl_FragColor = progress <= 0.0 ? start : end;
        return;
    }
    float burst = floor(progress * bursts), power = 4.0 * progress * (1.0 - progress);
    vec2 grid = mix(vec2(40.0, 28.0), vec2(6.0, 5.0), size), wide = floor(uv * grid * vec2(0.5, 1.0)), fine = floor(uv * grid * vec2(1.5, 3.0));
    float row = floor(uv.y * grid.y * 2.0), shove = hash(vec3(row, burst, 2.0)) - 0.5;
    bool rips = hash(vec3(row, burst, 3.0)) < power * 0.55;
    // each block has its own moment, and some come and go before it
    float own = 0.7 * hash(vec3(wide, 5.0)) + 0.3 * hash(vec3(fine, 6.0)), flicker = (hash(vec3(fine, burst)) - 0.5) * 0.35 * power;
    bool come = own + flicker < progress;
    vec2 place = uv + (rips ? vec2(shove * shove * shove * 2.2 * tear * power, 0.0) : vec2(0.0));
    float apart = split * power * (rips ? 0.035 * abs(shove) + 0.006 : 0.003);
    vec3 c = come ? torn(endImage, place, apart) : torn(startImage, place, apart);
    gl_FragColor = vec4(c, come ? end.a : start.a);
}
