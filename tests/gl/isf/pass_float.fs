/*{"ISFVSN": "2", "DESCRIPTION": "A FLOAT buffer has 32 bits; without it, at least what a picture needs, and nothing infinite.",
   "PASSES": [{"TARGET": "wide", "FLOAT": true}, {"TARGET": "narrow"}, {}]}*/
void main() {
    if (PASSINDEX < 2) gl_FragColor = vec4(1000001.0, -1000001.0, 0.5, 1.0);
    else gl_FragColor = vec4((IMG_THIS_PIXEL(wide).xy - vec2(1000000.0, -1000000.0)) * 2.0, IMG_THIS_PIXEL(narrow).xy / 65504.0);
}
//@ draw
//@ at 0.5 0.5: 2 -2 1 -1
