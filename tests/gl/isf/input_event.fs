/*{"ISFVSN": "2", "DESCRIPTION": "An event is true in one drawn frame, however long it is held.",
   "INPUTS": [{"NAME": "hit", "TYPE": "event"}]}*/
void main() { gl_FragColor = vec4(hit ? 1.0 : 0.0); }
//@ draw
//@ at 0.5 0.5: 0 0 0 0
//@ set hit true
//@ draw
//@ at 0.5 0.5: 1 1 1 1
//@ draw
//@ at 0.5 0.5: 0 0 0 0
//@ set hit false
//@ draw
//@ set hit true
//@ draw
//@ at 0.5 0.5: 1 1 1 1
