// The sums that every pixel of halftone.fs has in common.
varying vec2 way;
varying vec3 grow;

void main() {
    isf_vertShaderInit();
    float pitch = RENDERSIZE.y / dots, a = radians(angle);
    way = vec2(cos(a), sin(a)) / pitch;
    grow = vec3(0.75 / pitch, 0.70 * (1.0 + kick * exp(-5.0 * fract(BEAT))), pitch * pitch);
}
