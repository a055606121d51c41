/*{"ISFVSN": "2", "DESCRIPTION": "audioFFT: MAX columns from low to high, a row a channel, 0 in silence.",
   "INPUTS": [{"NAME": "bins", "TYPE": "audioFFT", "MAX": 2}]}*/
void main() {
    vec2 size = IMG_SIZE(bins);
    gl_FragColor = vec4(IMG_PIXEL(bins, floor(isf_FragNormCoord * size) + 0.5).r, 0.0, size);
}
//@ draw
//@ at 0.5 0.5: 0 0 2 1
//@ hear
//@ draw
//@ at 0.25 0.25: 0.5 0 2 2
//@ at 0.75 0.25: 1 0 2 2
//@ at 0.75 0.75: 0.25 0 2 2
