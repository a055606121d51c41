/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "The picture in tiles that turn over one after the other, and show the new one on their backs.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["transition", "geometry"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far it has come"},
    {"NAME": "rows", "TYPE": "float", "DEFAULT": 6.0, "MIN": 1.0, "MAX": 24.0, "LABEL": "rows of tiles"},
    {"NAME": "order", "TYPE": "float", "DEFAULT": 0.85, "MIN": 0.0, "MAX": 1.0, "LABEL": "in any order, or from one side to the other"},
    {"NAME": "angle", "TYPE": "float", "DEFAULT": 30.0, "MIN": -180.0, "MAX": 180.0, "LABEL": "which way it goes, degrees"},
    {"NAME": "spread", "TYPE": "float", "DEFAULT": 0.7, "MIN": 0.0, "MAX": 0.9, "LABEL": "how long the first waits for the last"},
    {"NAME": "ground", "TYPE": "color", "DEFAULT": [0.03, 0.03, 0.04, 1.0], "LABEL": "what is behind them"}
  ]
}*/

float hash(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * 0.1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}

void main() {
    float aspect = RENDERSIZE.x / RENDERSIZE.y, n = floor(rows + 0.5), a = radians(angle);
    vec2 grid = vec2(max(floor(n * aspect + 0.5), 1.0), n), place = isf_FragNormCoord * grid, cell = min(floor(place), grid - 1.0), in_ = place - cell - 0.5;
    vec2 way = vec2(cos(a), sin(a)), mid = (cell + 0.5) / grid - 0.5;
    float along = dot(mid, way) / (abs(way.x) + abs(way.y)) + 0.5, wait = spread * mix(hash(cell + 3.0), along, order);
    float t = clamp((progress - wait) / (1.0 - spread), 0.0, 1.0), turned = t * t * (3.0 - 2.0 * t) * 3.1415927;
    // back from the screen to the tile: a turn about its upright axis, seen in perspective
    float c = cos(turned), s = sin(turned) * 0.3, x = in_.x / (c - s * in_.x), y = in_.y * (1.0 + s * x);
    bool back = t >= 0.5, still = t <= 0.0 || t >= 1.0;
    if (back) x = -x;
    if (still) x = in_.x, y = in_.y;
    vec2 uv = (cell + 0.5 + vec2(x, y)) / grid;
    vec4 seen = back ? IMG_NORM_PIXEL(endImage, uv) : IMG_NORM_PIXEL(startImage, uv);
    seen.rgb *= still ? 1.0 : 1.0 - 0.5 * sin(turned) * (back ? 0.4 : 1.0);
    gl_FragColor = still || (abs(x) <= 0.5 && abs(y) <= 0.5) ? seen : vec4(ground.rgb, 1.0);
}
