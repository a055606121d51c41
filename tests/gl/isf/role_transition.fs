/*{"ISFVSN": "2", "DESCRIPTION": "startImage, endImage and a float progress make a transition.",
   "INPUTS": [{"NAME": "startImage", "TYPE": "image"}, {"NAME": "endImage", "TYPE": "image"},
              {"NAME": "progress", "TYPE": "float"}]}*/
void main() { gl_FragColor = mix(IMG_THIS_PIXEL(startImage), IMG_THIS_NORM_PIXEL(endImage), progress); }
//@ role transition
//@ set progress 0.25
//@ draw
//@ at 0.01 0.01: 0.75 0.25 0.25 1
