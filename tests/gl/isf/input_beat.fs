/*{"ISFVSN": "2", "DESCRIPTION": "An input that is called as one of our own uniforms comes first.",
   "INPUTS": [{"NAME": "BEAT", "TYPE": "float", "DEFAULT": 0.5}]}*/
void main() { gl_FragColor = vec4(BEAT, TEMPO, 0.0, 1.0); }
//@ draw 4.0
//@ at 0.5 0.5: 0.5 120 0 1
