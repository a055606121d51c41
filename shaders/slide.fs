/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "The new picture pushes the old one out, or comes over it as a page does, with its shadow before it.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["transition", "geometry"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far it has come"},
    {"NAME": "way", "TYPE": "long", "VALUES": [0, 1, 2, 3], "LABELS": ["left", "right", "up", "down"], "DEFAULT": 0, "LABEL": "which way it goes"},
    {"NAME": "kind", "TYPE": "long", "VALUES": [0, 1, 2], "LABELS": ["push", "cover", "reveal"], "DEFAULT": 1, "LABEL": "push it out, lie over it, or draw it away"},
    {"NAME": "ease", "TYPE": "float", "DEFAULT": 0.8, "MIN": 0.0, "MAX": 1.0, "LABEL": "how softly it starts and stops"},
    {"NAME": "shadow", "TYPE": "float", "DEFAULT": 0.6, "MIN": 0.0, "MAX": 1.0, "LABEL": "the shadow at its edge"},
    {"NAME": "shrink", "TYPE": "float", "DEFAULT": 0.08, "MIN": 0.0, "MAX": 0.5, "LABEL": "how far the one below draws back"}
  ]
}*/

void main() {
    vec2 uv = isf_FragNormCoord, step_ = way == 0 ? vec2(-1.0, 0.0) : way == 1 ? vec2(1.0, 0.0) : way == 2 ? vec2(0.0, 1.0) : vec2(0.0, -1.0);
    float gone = mix(progress, progress * progress * (3.0 - 2.0 * progress), ease), stay = kind == 2 ? 1.0 - gone : gone;
    // where the upper picture lies: the new one comes in, or (reveal) the old one leaves
    vec2 upper = kind == 2 ? uv - step_ * gone : uv + step_ * (1.0 - gone);
    vec2 lower = kind == 0 ? uv - step_ * gone : 0.5 + (uv - 0.5) * (1.0 + shrink * (kind == 2 ? 1.0 - gone : gone));
    bool over = all(greaterThanEqual(upper, vec2(0.0))) && all(lessThanEqual(upper, vec2(1.0)));
    vec4 top = kind == 2 ? IMG_NORM_PIXEL(startImage, upper) : IMG_NORM_PIXEL(endImage, upper);
    vec4 below = kind == 2 ? IMG_NORM_PIXEL(endImage, lower) : IMG_NORM_PIXEL(startImage, lower);
    vec2 beyond = max(max(-upper, upper - 1.0), 0.0) * vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0);
    // the shadow comes with the page, and goes with it: at neither end does it jump in or out
    float far = max(beyond.x, beyond.y), shade = kind == 0 ? 0.0 : shadow * (0.70 * exp(-far * 7.0) + 0.30 * stay) * smoothstep(0.0, 0.12, stay);
    gl_FragColor = over && (gone > 0.0 || kind == 2) ? top : vec4(below.rgb * (1.0 - shade), below.a);
}
