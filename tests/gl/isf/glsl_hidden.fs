/*{"ISFVSN": "2", "DESCRIPTION": "Inputs may be called as GLSL's functions are, which they hide from the shader only.",
   "INPUTS": [{"NAME": "mix", "TYPE": "float", "DEFAULT": 0.25}, {"NAME": "clamp", "TYPE": "float", "DEFAULT": 0.5},
              {"NAME": "fract", "TYPE": "float"}, {"NAME": "abs", "TYPE": "float"}, {"NAME": "length", "TYPE": "float"}]}*/
void main() { gl_FragColor = vec4(mix, clamp, fract + abs, 1.0 + length); }
//@ draw
//@ at 0.5 0.5: 0.25 0.5 0 1
