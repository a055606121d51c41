/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A flock of starlings at dusk: thousands of birds that turn as one, and draw together on the beat.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["generator", "particles"],
  "INPUTS": [
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 2.0, "LABEL": "how fast they fly"},
    {"NAME": "count", "TYPE": "float", "DEFAULT": 0.7, "MIN": 0.05, "MAX": 1.0, "LABEL": "how many"},
    {"NAME": "spread", "TYPE": "float", "DEFAULT": 0.7, "MIN": 0.2, "MAX": 1.2, "LABEL": "size of the flock"},
    {"NAME": "size", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.2, "MAX": 1.0, "LABEL": "size of a bird"},
    {"NAME": "kick", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.0, "MAX": 1.0, "LABEL": "how they draw together on the beat"},
    {"NAME": "bird", "TYPE": "color", "DEFAULT": [0.07, 0.06, 0.13, 1.0], "LABEL": "the birds"},
    {"NAME": "high", "TYPE": "color", "DEFAULT": [0.36, 0.44, 0.66, 1.0], "LABEL": "the sky above"},
    {"NAME": "low", "TYPE": "color", "DEFAULT": [0.98, 0.70, 0.52, 1.0], "LABEL": "the sky at the horizon"},
    {"NAME": "solid", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "the sky; at 0 there are only birds"}
  ],
  "PASSES": [
    {"TARGET": "birds", "PERSISTENT": true, "FLOAT": true, "WIDTH": "ceil($WIDTH / $HEIGHT * 100)", "HEIGHT": "100"},
    {}
  ]
}*/

float hash(vec3 p) {
    p = fract(p * 0.1031);
    p += dot(p, p.zyx + 31.32);
    return fract((p.x + p.y) * p.z);
}

vec2 leader(float t) { return vec2(0.75 * sin(t * 0.43) + 0.25 * sin(t * 1.07), 0.16 + 0.26 * sin(t * 0.71 + 1.0)); }

// How thick the flock is at a place: a body that leans into its flight, folded, with a tail.
float flock(vec2 p, float t) {
    vec2 q = p - leader(t), way = leader(t + 0.1) - leader(t - 0.1);
    float a = atan(way.y, way.x) * 0.6, c = cos(a), s = sin(a);
    q = mat2(c, -s, s, c) * q;
    q.y += 0.22 * sin(q.x * 2.6 + t * 0.9) + 0.08 * sin(q.x * 6.1 - t * 1.4);
    float wide = spread * (1.0 - 0.22 * kick * exp(-3.0 * fract(BEAT)));
    float body = exp(-dot(q * vec2(1.0, 2.2), q * vec2(1.0, 2.2)) / (wide * wide * 0.9));
    float folds = 0.55 + 0.45 * sin(q.x * 7.0 / spread + 2.6 * sin(q.y * 6.0 + t) - t * 1.5);
    return body * mix(1.0, folds, 0.75);
}

vec2 flight(vec2 p, float t) {
    vec2 q = (p - leader(t)) * 3.2;
    vec2 eddy = vec2(sin(q.y + t * 1.1) + 0.6 * sin(q.y * 2.3 - t * 1.7), sin(q.x - t * 0.8) + 0.6 * cos(q.x * 1.9 + t * 1.3));
    return (leader(t + 0.1) - leader(t - 0.1)) * 3.0 + 0.20 * eddy - 0.12 * q / max(length(q), 1.0);
}

void main() {
    vec2 aspect = vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0), uv = isf_FragNormCoord;
    float t = TIME * speed;
    if (PASSINDEX == 0) {
        // a bird lives in the cell that it is over: place in rg, heading in b, and in a how far it is in sight
        float dt = min(TIMEDELTA, 0.1);
        ivec2 here = ivec2(gl_FragCoord.xy), most = ivec2(RENDERSIZE) - 1;
        vec4 mine = vec4(0.0);
        for (int i = 0; i < 9; i++) {
            vec4 one = texelFetch(birds, clamp(here + ivec2(i % 3 - 1, i / 3 - 1), ivec2(0), most), 0);
            if (one.a <= 0.0) continue;
            vec2 to = one.xy + vec2(cos(one.b), sin(one.b)) * 0.16 * speed * dt / aspect;
            if (ivec2(floor(to * RENDERSIZE)) == here && one.a > mine.a) mine = vec4(to, one.ba);
        }
        vec2 at = mine.a > 0.0 ? mine.xy : (gl_FragCoord.xy - 0.5 + vec2(hash(vec3(gl_FragCoord.xy, 1.0)), hash(vec3(gl_FragCoord.xy, 2.0)))) / RENDERSIZE;
        vec2 p = (at * 2.0 - 1.0) * aspect;
        float thick = flock(p, t) * 1.25;
        vec2 way = flight(p, t);
        float heading = atan(way.y, way.x);
        if (mine.a <= 0.0) {
            float chance = hash(vec3(gl_FragCoord.xy, 3.0 + 97.0 * fract(TIME * 1.37)));
            float born = FRAMEINDEX == 0 ? 1.0 : 1.0 - exp(-dt * 5.0);
            if (chance < born * thick * count && thick > 0.12) mine = vec4(at, heading, 0.02);
        } else {
            float stay = thick > 0.10 ? 1.6 : -1.1;
            mine = vec4(mine.xy, heading, min(mine.a + stay * dt, 1.0));
        }
        gl_FragColor = mine;
        return;
    }
    vec2 grid = IMG_SIZE(birds), place = uv * grid;
    ivec2 corner = ivec2(floor(place - 0.5)), most = ivec2(grid) - 1;
    float seen = 0.0, soft = 1.2 * grid.y / RENDERSIZE.y;
    for (int i = 0; i < 4; i++) {
        vec4 one = texelFetch(birds, clamp(corner + ivec2(i % 2, i / 2), ivec2(0), most), 0);
        if (one.a <= 0.0) continue;
        vec2 away = place - one.xy * grid, way = vec2(cos(one.b), sin(one.b));
        float along = dot(away, way), across = dot(away, vec2(-way.y, way.x));
        float beat = 0.7 + 0.3 * sin(TIME * 14.0 + one.x * 900.0);
        float d = length(vec2(along * 0.55, across / beat)), r = 0.30 * size * one.a;
        seen = max(seen, smoothstep(r + soft, max(r - soft, 0.0), d) * smoothstep(0.0, 0.3, one.a));
    }
    float y = uv.y + 0.03 * sin(uv.x * 3.0 + 1.0);
    vec3 sky = mix(low.rgb, high.rgb, smoothstep(0.0, 0.95, y));
    sky += vec3(0.16, 0.06, -0.02) * exp(-dot((uv - vec2(0.68, 0.06)) * vec2(1.6, 2.6), (uv - vec2(0.68, 0.06)) * vec2(1.6, 2.6)) * 2.2);
    sky += 0.035 * sin(uv.y * 26.0 + 2.0 * sin(uv.x * 4.0 + uv.y * 7.0)) * (1.0 - uv.y) * vec3(1.0, 0.8, 0.7);
    float ground = 0.055 + 0.018 * sin(uv.x * 5.0 * aspect.x) + 0.010 * sin(uv.x * 13.0 * aspect.x + 1.0) + 0.004 * sin(uv.x * 71.0) * sin(uv.x * 23.0);
    float land = solid * smoothstep(ground + 0.004, ground - 0.002, uv.y);
    float dark = max(seen * 0.92, land * 0.97);
    vec3 colour = mix(sky, bird.rgb, dark);
    gl_FragColor = vec4(mix(bird.rgb, colour, solid), mix(seen, 1.0, solid));
}
