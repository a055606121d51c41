#version 120
/*{"ISFVSN": "2", "DESCRIPTION": "GLSL of long ago: texture2D, #version, #extension and ES's precision in the midst of it, and names that became words.",
   "INPUTS": [{"NAME": "inputImage", "TYPE": "image"}]}*/
#version 120
#extension GL_ARB_texture_rectangle : enable
#ifdef GL_ES
precision mediump float;
#endif
void main(void) {
    vec4 sample = texture2D(inputImage, vec2(0.99, 0.01)), patch = texture2DRect(inputImage, vec2(0.5, 1.5));
    gl_FragColor = sample + patch;
}
//@ draw
//@ at 0.5 0.5: 0 1 1 2
