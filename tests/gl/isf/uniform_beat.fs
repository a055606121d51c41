/*{"ISFVSN": "2", "DESCRIPTION": "Beyond the standard: BEAT since the transport's start, and TEMPO in BPM."}*/
void main() { gl_FragColor = vec4(BEAT, TEMPO, 0.0, 1.0); }
//@ draw 4.0
//@ at 0.5 0.5: 8 120 0 1
