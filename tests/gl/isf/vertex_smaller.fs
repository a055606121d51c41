/*{"ISFVSN": "2", "DESCRIPTION": "What a .vs leaves uncovered is empty."}*/
void main() { gl_FragColor = vec4(1.0); }
//@ draw
//@ at 0.5 0.5: 1 1 1 1
//@ at 0.05 0.5: 0 0 0 0
