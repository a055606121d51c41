/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A ride through a tunnel of glowing ribs; a light runs down it on every beat.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "geometry"],
  "INPUTS": [
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 0.5, "MIN": -3.0, "MAX": 3.0, "LABEL": "ribs a beat; negative goes back"},
    {"NAME": "twist", "TYPE": "float", "DEFAULT": 0.25, "MIN": -2.0, "MAX": 2.0, "LABEL": "how it winds"},
    {"NAME": "sides", "TYPE": "float", "DEFAULT": 6.0, "MIN": 3.0, "MAX": 16.0, "LABEL": "sides of its section"},
    {"NAME": "bend", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far its end wanders"},
    {"NAME": "width", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.05, "MAX": 1.0, "LABEL": "width of the lines"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 1.5, "LABEL": "the light that runs on the beat"},
    {"NAME": "hue", "TYPE": "float", "DEFAULT": 0.45, "MIN": 0.0, "MAX": 1.0, "LABEL": "hue"},
    {"NAME": "solid", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "0 leaves only the lines, clear between"}
  ]
}*/

vec3 palette(float x) { return vec3(0.50, 0.44, 0.56) + vec3(0.44, 0.36, 0.44) * cos(6.2832 * (x + vec3(0.0, 0.30, 0.62))); }

void main() {
    vec2 p = (isf_FragNormCoord * 2.0 - 1.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    vec2 aim = bend * 0.55 * vec2(sin(TIME * 0.31), cos(TIME * 0.23));
    p -= aim * exp(-dot(p, p) * 0.7);
    float around = atan(p.y, p.x) / 6.2831853;
    float r0 = length(p);
    float depth = log2(max(r0, 0.004)) * -1.0;
    around += twist * 0.12 * depth + 0.02 * TIME;
    // the section is a polygon: the radius in units of its edge
    float n = floor(sides + 0.5);
    float wedge = fract(around * n) - 0.5;
    depth -= log2(max(cos(wedge * 6.2831853 / n), 0.2));
    float travel = depth * 2.2 + BEAT * speed;
    float rib = abs(fract(travel) - 0.5) * 2.0;
    float rail = abs(wedge) * 2.0;
    float blur = 0.01 + 4.0 / (RENDERSIZE.y * max(r0, 0.02));
    float core = width * 0.16;
    float ribs = smoothstep(core + blur, core, 1.0 - rib), rails = smoothstep(core + blur, core, 1.0 - rail);
    float halo = exp((rib - 1.0) * 6.0) + 0.8 * exp((rail - 1.0) * 5.0);
    float far = exp(-max(depth, 0.0) * 0.30);
    float run = fract(BEAT) * 7.0 - 1.0;
    float pulse = kick * exp(-abs(depth + 1.0 - run) * 2.2) * (1.0 - 0.6 * fract(BEAT));
    vec3 tone = palette(hue + 0.045 * depth + 0.04 * sin(travel * 0.7 + around * 6.2831853));
    vec3 warm = palette(hue + 0.45 + 0.03 * depth);
    float panel = 0.35 + 0.65 * fract(sin(floor(travel) * 12.9898 + mod(floor(around * n), n) * 78.233) * 43758.5453);
    vec3 light = tone * (0.30 * panel * panel + 0.35 * halo) * far;
    light += mix(tone, vec3(1.0), 0.30) * max(ribs, rails * 0.5) * (0.25 + 0.75 * far);
    light += warm * pulse * (0.25 + 0.9 * halo + 0.8 * ribs);
    light += warm * (0.55 * exp(-r0 * 5.0) + 0.10 * exp(-r0 * 1.6));
    light *= smoothstep(-0.35, 1.2, 6.5 - depth);
    vec3 colour = 1.0 - exp(-light * 1.25);
    float strength = clamp(max(colour.r, max(colour.g, colour.b)) * 1.3, 0.0, 1.0);
    float alpha = mix(strength, 1.0, solid);
    gl_FragColor = vec4((colour + vec3(0.012, 0.010, 0.024) * solid) / max(alpha, 0.04), alpha);
}
