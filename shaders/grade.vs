// The sums that every pixel of grade.fs has in common.
varying vec3 red, green, blue;
varying vec3 low, high;
varying vec2 curve;

const vec3 LUMA = vec3(0.2126, 0.7152, 0.0722);

// A colour's row of the matrix that turns the hue about grey; `side` is what crosses over to it.
vec3 turned(vec3 own, vec3 side, float angle) {
    return cos(angle) * own + sin(angle) * 0.57735 * side + vec3((1.0 - cos(angle)) / 3.0);
}

void main() {
    isf_vertShaderInit();
    float angle = radians(hue);
    vec3 gain = exp2(exposure) * (1.0 + temperature * vec3(0.22, 0.03, -0.25));
    vec3 r = turned(vec3(1.0, 0.0, 0.0), vec3(0.0, -1.0, 1.0), angle);
    vec3 g = turned(vec3(0.0, 1.0, 0.0), vec3(1.0, 0.0, -1.0), angle);
    vec3 b = turned(vec3(0.0, 0.0, 1.0), vec3(-1.0, 1.0, 0.0), angle);
    vec3 grey = LUMA.r * r + LUMA.g * g + LUMA.b * b;
    red = mix(grey, r, saturation) * gain;
    green = mix(grey, g, saturation) * gain;
    blue = mix(grey, b, saturation) * gain;
    low = split * 2.2 * (shadows.rgb - dot(shadows.rgb, LUMA));
    high = split * 1.6 * (lights.rgb - dot(lights.rgb, LUMA));
    curve = vec2(max(contrast, 0.0), max(-contrast, 0.0));
}
