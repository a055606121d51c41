/*{"ISFVSN": "2", "DESCRIPTION": "What a pass discards is empty, not what was there before.",
   "PASSES": [{"TARGET": "memory", "PERSISTENT": true}, {}]}*/
void main() {
    if ((FRAMEINDEX > 0) == (gl_FragCoord.x < 8.0)) discard;
    gl_FragColor = PASSINDEX == 0 ? vec4(1.0) : IMG_THIS_PIXEL(memory);
}
//@ draw
//@ at 0.1 0.5: 1 1 1 1
//@ draw
//@ at 0.1 0.5: 0 0 0 0
//@ at 0.9 0.5: 1 1 1 1
