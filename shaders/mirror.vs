// Where the mirror stands, for every pixel of mirror.fs.
varying vec3 line;

void main() {
    isf_vertShaderInit();
    float a = radians(angle) + 0.25 * wander * sin(TIME * 0.21), side = flip && fract(BEAT * 0.5) >= 0.5 ? -1.0 : 1.0;
    line = vec3(cos(a), sin(a), place + 0.5 * wander * sin(TIME * 0.37)) * side;
}
