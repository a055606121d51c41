/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "Slit-scan: the picture lives in the middle, and what leaves its edges flows away into the past.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["filter", "feedback", "time"],
  "INPUTS": [
    {"NAME": "inputImage", "TYPE": "image"},
    {"NAME": "amount", "TYPE": "float", "DEFAULT": 1.0, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how strongly the past shows"},
    {"NAME": "width", "TYPE": "float", "DEFAULT": 0.45, "MIN": 0.0, "MAX": 1.0, "IDENTITY": 1.0, "LABEL": "share of the picture that is the present"},
    {"NAME": "speed", "TYPE": "float", "DEFAULT": 0.25, "MIN": 0.02, "MAX": 2.0, "LABEL": "how fast the past flows, widths a second"},
    {"NAME": "stretch", "TYPE": "float", "DEFAULT": 0.12, "MIN": -1.0, "MAX": 1.0, "IDENTITY": 0.0, "LABEL": "how it grows on its way"},
    {"NAME": "fade", "TYPE": "float", "DEFAULT": 0.15, "MIN": 0.0, "MAX": 2.0, "IDENTITY": 0.0, "LABEL": "how it darkens on its way"},
    {"NAME": "upright", "TYPE": "bool", "DEFAULT": false, "LABEL": "flows up and down"}
  ],
  "PASSES": [
    {"TARGET": "past", "PERSISTENT": true},
    {}
  ]
}*/

void main() {
    vec2 uv = upright ? isf_FragNormCoord.yx : isf_FragNormCoord;
    float side = uv.x < 0.5 ? -1.0 : 1.0, edge = 0.5 * width;
    float out_by = abs(uv.x - 0.5) - edge;
    if (PASSINDEX == 0) {
        float step_by = speed * min(TIMEDELTA, 0.1);
        vec2 from = vec2(uv.x - side * step_by, 0.5 + (uv.y - 0.5) * (1.0 - stretch * step_by * 2.0));
        vec2 place = upright ? from.yx : from;
        bool present = out_by <= step_by || FRAMEINDEX == 0;
        vec4 old = IMG_NORM_PIXEL(past, place) * vec4(vec3(exp(-fade * step_by * 3.0)), 1.0);
        vec2 slit = vec2(0.5 + side * min(abs(uv.x - 0.5), edge), uv.y);
        vec4 now = IMG_NORM_PIXEL(inputImage, upright ? slit.yx : slit);
        gl_FragColor = present ? now : old;
        return;
    }
    float mixing = amount * smoothstep(0.0, 0.012, out_by);
    gl_FragColor = mix(IMG_THIS_PIXEL(inputImage), IMG_THIS_PIXEL(past), mixing);
}
