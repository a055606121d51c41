/*{"ISFVSN": "2", "DESCRIPTION": "A long sends the VALUE that its LABEL stands for; one without VALUES, a number.",
   "INPUTS": [{"NAME": "kind", "TYPE": "long", "VALUES": [3, -7], "LABELS": ["three", "minus seven"], "DEFAULT": -7},
              {"NAME": "rows", "TYPE": "long", "MIN": 1, "MAX": 9, "DEFAULT": 5}]}*/
void main() { gl_FragColor = vec4(kind, rows, 0, 1); }
//@ draw
//@ at 0.5 0.5: -7 5 0 1
//@ set kind "three"
//@ set rows 9
//@ draw
//@ at 0.5 0.5: 3 9 0 1
