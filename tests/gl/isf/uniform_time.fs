/*{"ISFVSN": "2", "DESCRIPTION": "TIME in seconds; TIMEDELTA since the frame before, 0 in the first; FRAMEINDEX from 0."}*/
void main() { gl_FragColor = vec4(TIME, TIMEDELTA, FRAMEINDEX, PASSINDEX); }
//@ draw 3.0
//@ at 0.5 0.5: 3 0 0 0
//@ draw 3.5
//@ at 0.5 0.5: 3.5 0.5 1 0
//@ draw 5.5
//@ at 0.5 0.5: 5.5 2 2 0
