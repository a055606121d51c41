// What every pixel of film.fs has in common, image by image of the film: 24 a second.
varying vec2 place;
varying vec2 turn;
varying vec3 warm;

void main() {
    isf_vertShaderInit();
    float image = floor(TIME * 24.0);
    place = isf_FragNormCoord + weave * 0.0012 * vec2(sin(image * 1.7) + sin(image * 0.37), sin(image * 2.3));
    turn = vec2(mod(image, 997.0), mod(image, 613.0));
    warm = 1.0 + warmth * vec3(0.10, 0.015, -0.12);
}
