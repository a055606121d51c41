/*{"ISFVSN": "2", "DESCRIPTION": "An image lies with its first row at the bottom, 0 0, and its last at the top, 1 1.",
   "INPUTS": [{"NAME": "inputImage", "TYPE": "image"}]}*/
void main() { gl_FragColor = IMG_THIS_PIXEL(inputImage); }
//@ draw
//@ at 0.01 0.01: 1 0 0 1
//@ at 0.99 0.01: 0 1 0 1
//@ at 0.01 0.99: 0 0 1 1
//@ at 0.99 0.99: 1 1 1 1
