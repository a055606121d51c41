/*{"ISFVSN": "2", "DESCRIPTION": "audio: MAX columns, a row a channel, centred on 0.5; silent, all of it is 0.5.",
   "INPUTS": [{"NAME": "sound", "TYPE": "audio", "MAX": 4}]}*/
void main() {
    vec2 size = IMG_SIZE(sound);
    gl_FragColor = vec4(IMG_PIXEL(sound, floor(isf_FragNormCoord * size) + 0.5).rg, size);
}
//@ draw
//@ at 0.5 0.5: 0.5 0.5 4 1
//@ hear
//@ draw
//@ at 0.125 0.25: 0 0 4 2
//@ at 0.875 0.25: 1 1 4 2
//@ at 0.875 0.75: 0.75 0.75 4 2
