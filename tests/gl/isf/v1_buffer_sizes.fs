/*{"DESCRIPTION": "Version 1: PERSISTENT_BUFFERS may give their sizes and FLOAT.",
   "PERSISTENT_BUFFERS": {"memory": {"WIDTH": "$WIDTH / 4", "HEIGHT": 3, "FLOAT": true}},
   "PASSES": [{"TARGET": "memory"}, {}]}*/
void main() { gl_FragColor = PASSINDEX == 0 ? vec4(70001.0) : vec4(IMG_SIZE(memory), IMG_THIS_PIXEL(memory).x - 70000.0, 1.0); }
//@ draw
//@ at 0.5 0.5: 8 3 1 1
