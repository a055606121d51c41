/*{"ISFVSN": "2", "DESCRIPTION": "An inputImage makes a filter.", "INPUTS": [{"NAME": "inputImage", "TYPE": "image"}]}*/
void main() { gl_FragColor = 1.0 - IMG_THIS_PIXEL(inputImage); }
//@ role filter
//@ draw
//@ at 0.01 0.01: 0 1 1 0
