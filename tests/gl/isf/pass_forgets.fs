/*{"ISFVSN": "2", "DESCRIPTION": "A buffer that is not PERSISTENT is empty until it is drawn, in each frame.",
   "PASSES": [{"TARGET": "first"}, {"TARGET": "later"}, {}]}*/
void main() {
    if (PASSINDEX == 0) gl_FragColor = IMG_THIS_PIXEL(later) + IMG_THIS_PIXEL(first) + vec4(0.25);
    else if (PASSINDEX == 1) gl_FragColor = vec4(1.0);
    else gl_FragColor = IMG_THIS_PIXEL(first);
}
//@ draw
//@ draw
//@ draw
//@ at 0.5 0.5: 0.25 0.25 0.25 0.25
