/*{"ISFVSN": "2", "DESCRIPTION": "Two passes may draw into one buffer; the second sees what the first drew.",
   "PASSES": [{"TARGET": "buffer"}, {"TARGET": "buffer"}, {"TARGET": "buffer"}, {}]}*/
void main() {
    if (PASSINDEX == 0) gl_FragColor = vec4(0.125);
    else if (PASSINDEX < 3) gl_FragColor = IMG_THIS_PIXEL(buffer) * 2.0;
    else gl_FragColor = IMG_THIS_PIXEL(buffer);
}
//@ draw
//@ draw
//@ at 0.5 0.5: 0.5 0.5 0.5 0.5
