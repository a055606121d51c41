#if __VERSION__ <= 120
varying vec2 steps[2];
varying vec4 corner;
#else
out vec2 steps[2];
out vec4 corner;
#endif
void main() {
    isf_vertShaderInit();
    steps[0] = isf_FragNormCoord * RENDERSIZE * by;
    steps[1] = RENDERSIZE;
    corner = IMG_PIXEL(inputImage, vec2(3.5, 0.5));
}
