/*{"ISFVSN": "2", "DESCRIPTION": "A PERSISTENT buffer begins empty, and a pass sees in it what it drew the frame before.",
   "PASSES": [{"TARGET": "memory", "PERSISTENT": true}, {}]}*/
void main() { gl_FragColor = PASSINDEX == 0 ? IMG_THIS_PIXEL(memory) + vec4(0.25) : IMG_THIS_PIXEL(memory); }
//@ draw
//@ at 0.5 0.5: 0.25 0.25 0.25 0.25
//@ draw
//@ draw
//@ at 0.5 0.5: 0.75 0.75 0.75 0.75
