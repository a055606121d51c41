/*{"DESCRIPTION": "Version 1: vv_FragNormCoord in the .fs, vv_vertShaderInit in the .vs."}*/
varying vec2 mine;
void main() { gl_FragColor = vec4(vv_FragNormCoord, mine) * vec4(RENDERSIZE, RENDERSIZE.yx) - 0.5; }
//@ draw
//@ at 0.25 0.75: 8 12 12 8
