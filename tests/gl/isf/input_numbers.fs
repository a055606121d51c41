/*{"ISFVSN": "2", "DESCRIPTION": "float is float, point2D vec2, color vec4; a colour of three parts is opaque.",
   "INPUTS": [{"NAME": "level", "TYPE": "float", "DEFAULT": 0.25, "MIN": -2.0, "MAX": 2.0},
              {"NAME": "place", "TYPE": "point2D", "DEFAULT": [0.5, -0.75], "MIN": [-1, -1], "MAX": [1, 1]},
              {"NAME": "tint", "TYPE": "color", "DEFAULT": [0.1, 0.2, 0.3]}]}*/
void main() { gl_FragColor = isf_FragNormCoord.x < 0.5 ? tint : vec4(level, place, 1.0); }
//@ draw
//@ at 0.2 0.5: 0.1 0.2 0.3 1
//@ at 0.8 0.5: 0.25 0.5 -0.75 1
//@ set level -2.0
//@ set place [1.0, 0.0]
//@ set tint [1.0, 0.0, 0.5, 0.25]
//@ draw
//@ at 0.2 0.5: 1 0 0.5 0.25
//@ at 0.8 0.5: -2 1 0 1
