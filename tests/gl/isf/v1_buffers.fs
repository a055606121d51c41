/*{"DESCRIPTION": "Version 1: PERSISTENT_BUFFERS names the buffers that remember.", "PERSISTENT_BUFFERS": ["memory"],
   "PASSES": [{"TARGET": "memory"}, {}]}*/
void main() { gl_FragColor = PASSINDEX == 0 ? IMG_THIS_PIXEL(memory) + vec4(0.25) : IMG_THIS_PIXEL(memory); }
//@ draw
//@ draw
//@ at 0.5 0.5: 0.5 0.5 0.5 0.5
