/*{"ISFVSN": "2", "DESCRIPTION": "IMG_PIXEL counts in the image's pixels, IMG_NORM_PIXEL from 0 to 1, IMG_SIZE tells its pixels.",
   "INPUTS": [{"NAME": "inputImage", "TYPE": "image"}]}*/
void main() {
    vec4 a = IMG_PIXEL(inputImage, vec2(3.5, 0.5)), b = IMG_NORM_PIXEL(inputImage, vec2(0.01, 0.99));
    gl_FragColor = gl_FragCoord.x < 16.0 ? a + b : vec4(IMG_SIZE(inputImage), 0.0, 0.0);
}
//@ draw
//@ at 0.1 0.5: 0 1 1 2
//@ at 0.9 0.5: 4 2 0 0
