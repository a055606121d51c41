// The sums that every pixel of kaleido.fs has in common.
varying vec4 turned;
varying vec2 stroll;

void main() {
    isf_vertShaderInit();
    float spin = TIME * turn * 0.5;
    turned = vec4(3.1415927 / floor(mirrors + 0.5), spin, spin * 0.4 + radians(angle), 1.0 / zoom);
    stroll = 0.5 + wander * vec2(0.33 * sin(TIME * 0.13), 0.30 * cos(TIME * 0.17));
}
