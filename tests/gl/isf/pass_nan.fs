/*{"ISFVSN": "2", "DESCRIPTION": "What is not a number does not stay in a persistent buffer.",
   "INPUTS": [{"NAME": "below", "TYPE": "float", "DEFAULT": -1.0, "MIN": -1.0}],
   "PASSES": [{"TARGET": "memory", "PERSISTENT": true, "FLOAT": true}, {}]}*/
void main() {
    if (PASSINDEX == 0) gl_FragColor = IMG_THIS_PIXEL(memory) + vec4(sqrt(below), 1.0 / (below + 1.0), 0.25, 0.25);
    else gl_FragColor = IMG_THIS_PIXEL(memory);
}
//@ draw
//@ at 0.5 0.5: 0 0 0.25 0.25
//@ set below 0.0
//@ draw
//@ at 0.5 0.5: 0 1 0.5 0.5
