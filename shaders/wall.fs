/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "A wall of records: details of past pictures on index cards, a new one on every beat, that add up to the present one.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "sampler", "time", "beat"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly it shows"},
    {"NAME": "rows", "TYPE": "float", "DEFAULT": 8.0, "MIN": 2.0, "MAX": 16.0, "LABEL": "rows of records"},
    {"NAME": "beats", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.0625, "MAX": 4.0, "LABEL": "beats until the next is hung"},
    {"NAME": "tint", "TYPE": "float", "DEFAULT": 0.65, "MIN": 0.0, "MAX": 1.0, "LABEL": "how much they take the present picture's colours"},
    {"NAME": "zoom", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "the whole picture, or details of it"},
    {"NAME": "gap", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.0, "MAX": 1.0, "LABEL": "wall between the cards"},
    {"NAME": "flash", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 1.0, "LABEL": "light on the newest"},
    {"NAME": "ground", "TYPE": "color", "DEFAULT": [0.05, 0.05, 0.06, 1.0], "LABEL": "the wall"}
  ],
  "PASSES": [
    {"TARGET": "cards", "PERSISTENT": true},
    {}
  ]
}*/

vec4 hash4(vec2 p) {
    vec4 q = fract(p.xyxy * vec4(0.1031, 0.1030, 0.0973, 0.1099));
    q += dot(q, q.wzxy + 33.33);
    return fract((q.xxyz + q.yzzw) * q.zywx);
}

// In which turn a card was hung last: of every ROUND turns each card has one that is its own.
const float ROUND = 48.0;
float hung(vec2 cell, float turn) {
    float own = floor(hash4(cell + 5.0).x * ROUND);
    return turn - mod(turn - own, ROUND);
}

void main() {
    vec2 uv = isf_FragNormCoord;
    float n = floor(rows + 0.5), turn = floor(BEAT / max(beats, 0.01));
    vec2 place = uv * n, cell = floor(place), in_ = fract(place);
    if (PASSINDEX == 0) {
        float before = floor((BEAT - TIMEDELTA * TEMPO / 60.0) / max(beats, 0.01)), when = hung(cell, turn);
        vec4 chance = hash4(cell + mod(when, 512.0) * 0.37);
        float part = mix(1.0, 0.30 + 0.35 * chance.z, zoom);
        vec2 from = chance.xy * (1.0 - part) + in_ * part;
        bool write = FRAMEINDEX == 0 || when > before;
        gl_FragColor = write ? IMG_NORM_PIXEL(inputImage, from) : IMG_THIS_PIXEL(cards);
        return;
    }
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec3 card = IMG_THIS_PIXEL(cards).rgb, here = vec3(0.0);
    for (int i = 0; i < 4; i++) here += IMG_NORM_PIXEL(inputImage, (cell + vec2(i % 2, i / 2) * 0.5 + 0.25) / n).rgb * 0.25;
    float y = dot(card, vec3(0.3, 0.59, 0.11)), aim = dot(here, vec3(0.3, 0.59, 0.11));
    // the card keeps its drawing, and takes the place's brightness and colour
    vec3 dyed = here * (0.35 + 0.65 * y / max(aim, 0.06)) * 0.75 + here * 0.30;
    vec3 c = mix(card, min(dyed, 1.0), tint);
    vec2 pitch = RENDERSIZE / n, edge = (0.5 - abs(in_ - 0.5)) * pitch;
    float margin = gap * pitch.y * 0.06, d = min(edge.x, edge.y), inside = smoothstep(margin - 0.6, margin + 0.6, d);
    float age = BEAT / max(beats, 0.01) - hung(cell, turn);
    c += flash * vec3(1.0, 0.93, 0.82) * 0.55 * exp(-age * 0.55);
    c *= 1.0 - 0.10 * smoothstep(0.0, 1.0, 1.0 - in_.y) * gap;
    c = mix(ground.rgb * (0.7 + 0.3 * smoothstep(0.0, margin + 1.0, d)), c, inside);
    gl_FragColor = vec4(mix(picture.rgb, c, amount), picture.a);
}
