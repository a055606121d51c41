/*{"ISFVSN": "2", "DESCRIPTION": "DATE is year, month (from 1), day, seconds of the day."}*/
void main() { gl_FragColor = DATE; }
//@ draw
//@ at 0.5 0.5: 2031 5 7 43200
