/*{"ISFVSN": "2", "DESCRIPTION": "A shader's own functions may be called as GLSL's are."}*/
float round(float x) { return 7.0; }
vec2 refract(vec2 p) { return p + 1.0; }
void main() { gl_FragColor = vec4(round(0.2), refract(vec2(1.0)), 1.0); }
//@ draw
//@ at 0.5 0.5: 7 2 2 1
