/*{"ISFVSN": "2", "DESCRIPTION": "Macros bear commas, brackets and one another in what they are given.",
   "INPUTS": [{"NAME": "inputImage", "TYPE": "image"}]}*/
vec2 turned(vec2 a, vec2 b) { return a.yx * b; }
void main() {
    vec2 p = mix(turned(vec2(0.99, 0.01), vec2(1.0, 1.0)), vec2(max(0.0, IMG_NORM_PIXEL(inputImage, vec2(0.01, 0.01)).g), 0.99), 1.0);
    gl_FragColor = IMG_PIXEL(inputImage, (p * IMG_SIZE(inputImage)));
}
//@ draw
//@ at 0.5 0.5: 0 0 1 1
