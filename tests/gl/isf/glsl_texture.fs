/*{"ISFVSN": "2", "DESCRIPTION": "A variable may be called as GLSL's lookup is, and what is looked up after it is found.",
   "INPUTS": [{"NAME": "inputImage", "TYPE": "image"}]}*/
void main() {
    vec4 texture = IMG_THIS_PIXEL(inputImage);
    vec4 again = texture2D(inputImage, isf_FragNormCoord), biased = texture2D(inputImage, isf_FragNormCoord, 0.0);
    vec2 place = isf_FragNormCoord * IMG_SIZE(inputImage);
    gl_FragColor = texture + again - biased + IMG_NORM_PIXEL(inputImage, isf_FragNormCoord) - IMG_PIXEL(inputImage, place);
}
//@ draw
//@ at 0.05 0.1: 1 0 0 1
//@ at 0.95 0.9: 1 1 1 1
