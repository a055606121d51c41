/*{
  "ISFVSN": "2.0",
  "DESCRIPTION": "The new picture comes in where the old one is lightest, or darkest, and its forms decide the way.",
  "CREDIT": "Retrograde",
  "CATEGORIES": ["transition", "wipe"],
  "INPUTS": [
    {"NAME": "startImage", "TYPE": "image"},
    {"NAME": "endImage", "TYPE": "image"},
    {"NAME": "progress", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "how far it has come"},
    {"NAME": "soft", "TYPE": "float", "DEFAULT": 0.2, "MIN": 0.01, "MAX": 1.0, "LABEL": "how softly it comes"},
    {"NAME": "by", "TYPE": "float", "DEFAULT": 0.0, "MIN": 0.0, "MAX": 1.0, "LABEL": "by the forms of the old, or of the new picture"},
    {"NAME": "dark", "TYPE": "bool", "DEFAULT": false, "LABEL": "the dark goes first"},
    {"NAME": "bloom", "TYPE": "float", "DEFAULT": 0.4, "MIN": 0.0, "MAX": 1.0, "LABEL": "light where one passes into the other"}
  ]
}*/

float level(vec3 c) { return clamp(dot(c, vec3(0.3, 0.59, 0.11)), 0.0, 1.0); }

void main() {
    vec4 start = IMG_THIS_PIXEL(startImage), end = IMG_THIS_PIXEL(endImage);
    float y = mix(level(start.rgb), level(end.rgb), by), n = dark ? y : 1.0 - y;
    float come = smoothstep(n, n + soft, progress * (1.0 + soft));
    vec4 c = mix(start, end, come);
    float passing = come * (1.0 - come) * 4.0;
    gl_FragColor = vec4(c.rgb + bloom * passing * 0.5 * max(start.rgb, end.rgb), c.a);
}
