/*{"ISFVSN": "2", "DESCRIPTION": "Two images without a progress make no transition.",
   "INPUTS": [{"NAME": "startImage", "TYPE": "image"}, {"NAME": "endImage", "TYPE": "image"}]}*/
void main() { gl_FragColor = vec4(1.0); }
//@ role generator
//@ draw
//@ at 0.5 0.5: 1 1 1 1
