/*{"ISFVSN": "2", "DESCRIPTION": "A .vs beside the .fs is its vertex shader, and sees what that sees.",
   "INPUTS": [{"NAME": "by", "TYPE": "float", "DEFAULT": 0.5}, {"NAME": "inputImage", "TYPE": "image"}]}*/
#if __VERSION__ <= 120
varying vec2 steps[2];
varying vec4 corner;
#else
in vec2 steps[2];
in vec4 corner;
#endif
void main() { gl_FragColor = gl_FragCoord.y < 8.0 ? vec4(steps[0], steps[1]) : corner; }
//@ draw
//@ at 0.25 0.25: 4.25 2.25 32 16
//@ at 0.25 0.75: 0 1 0 1
