/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "The picture behind reeded glass: every reed is a lens that gathers its own strip of it.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "distortion"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 0.7, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly the glass bends"},
    {"NAME": "reeds", "TYPE": "float", "DEFAULT": 22.0, "MIN": 2.0, "MAX": 90.0, "LABEL": "how many reeds"},
    {"NAME": "angle", "TYPE": "float", "DEFAULT": 0.0, "MIN": -90.0, "MAX": 90.0, "LABEL": "how they lie, degrees"},
    {"NAME": "frost", "TYPE": "float", "DEFAULT": 0.35, "MIN": 0.0, "MAX": 1.0, "LABEL": "how milky the glass is"},
    {"NAME": "prism", "TYPE": "float", "DEFAULT": 0.3, "MIN": 0.0, "MAX": 1.0, "LABEL": "how the colours part"},
    {"NAME": "shine", "TYPE": "float", "DEFAULT": 0.35, "MIN": 0.0, "MAX": 1.0, "LABEL": "light and shade on the reeds"},
    {"NAME": "slide", "TYPE": "float", "DEFAULT": 0.05, "MIN": -1.0, "MAX": 1.0, "LABEL": "how fast the pane slides"}
  ]
}*/

vec3 seen(vec2 uv) { return IMG_NORM_PIXEL(inputImage, 1.0 - abs(1.0 - mod(uv, 2.0))).rgb; }

void main() {
    vec4 picture = IMG_THIS_PIXEL(inputImage);
    vec2 aspect = vec2(RENDERSIZE.x / RENDERSIZE.y, 1.0), p = (isf_FragNormCoord - 0.5) * aspect;
    float a = radians(angle);
    vec2 way = vec2(cos(a), sin(a));
    float x = (dot(p, way) + TIME * slide) * reeds / aspect.x, lean = fract(x) - 0.5;
    // a half cylinder: what it bends by grows fast towards its edge
    float bend = lean * (1.0 + 1.8 * lean * lean) * 2.6 * amount;
    vec2 move = way * bend * aspect.x / reeds / aspect * 1.8, part = move * (0.06 + 0.30 * prism) * amount;
    vec2 blur = way * frost * amount * 0.010 / aspect + vec2(0.0, 0.0), mist = vec2(-way.y, way.x) * frost * amount * 0.012 / aspect;
    vec2 uv = isf_FragNormCoord - move;
    vec3 one = seen(uv + mist), two = seen(uv - mist);
    vec3 c = vec3(seen(uv + part + blur).r, 0.0, seen(uv - part - blur).b);
    c.g = 0.5 * (one.g + two.g);
    c.rb = mix(c.rb, 0.5 * (one.rb + two.rb), 0.45);
    float soft = fwidth(x);
    float light = smoothstep(0.5, 0.1, abs(lean + 0.22)) - 0.9 * smoothstep(0.28, 0.5, lean) - 0.35 * smoothstep(0.5 - soft * 2.0, 0.5, abs(lean));
    c *= 1.0 + amount * shine * 0.30 * light;
    c += amount * shine * 0.05 * smoothstep(0.10, 0.0, abs(lean + 0.27));
    gl_FragColor = vec4(amount > 0.0 ? c : picture.rgb, picture.a);
}
