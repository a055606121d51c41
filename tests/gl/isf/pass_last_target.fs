/*{"ISFVSN": "2", "DESCRIPTION": "A last pass with a TARGET is what is seen.", "PASSES": [{"TARGET": "all", "WIDTH": "4"}]}*/
void main() { gl_FragColor = vec4(0.25, 0.5, 0.75, 1.0); }
//@ draw
//@ at 0.5 0.5: 0.25 0.5 0.75 1
