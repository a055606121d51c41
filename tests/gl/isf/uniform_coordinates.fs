/*{"ISFVSN": "2", "DESCRIPTION": "RENDERSIZE in pixels; isf_FragNormCoord from 0 0, the lower left, as gl_FragCoord."}*/
void main() { gl_FragColor = vec4(RENDERSIZE, isf_FragNormCoord * RENDERSIZE - gl_FragCoord.xy); }
//@ draw
//@ at 0.1 0.2: 32 16 0 0
//@ at 0.9 0.8: 32 16 0 0
