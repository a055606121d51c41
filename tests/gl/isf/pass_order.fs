/*{"ISFVSN": "2", "DESCRIPTION": "Passes run in order; each sees what those before it drew in this frame.",
   "PASSES": [{"TARGET": "one"}, {"TARGET": "two"}, {}]}*/
void main() {
    if (PASSINDEX == 0) gl_FragColor = vec4(FRAMEINDEX + 1);
    else if (PASSINDEX == 1) gl_FragColor = IMG_THIS_PIXEL(one) * 10.0;
    else gl_FragColor = IMG_THIS_PIXEL(two) + IMG_THIS_PIXEL(one);
}
//@ draw
//@ at 0.5 0.5: 11 11 11 11
//@ draw
//@ at 0.5 0.5: 22 22 22 22
